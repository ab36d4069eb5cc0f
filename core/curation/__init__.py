"""A curator's lists of artists with notes: their values, their store, and exchange with other programs."""

from core.curation.exchange import FORMATS, PLAYLISTS, Export, FileFormat, Imported, export_list, import_list
from core.curation.finding import entry_of, found
from core.curation.lists import (
    CurationList,
    Entry,
    ListCollection,
    Origin,
    Verdict,
    add,
    annotate,
    free_name,
    judge,
    move,
    put_back,
    remove,
    renamed,
    with_list,
    without_list,
)
from core.curation.matching import Unmatched
from core.curation.store import change_lists, lists_stamp, mark_opened, read_lists

__all__ = [
    "FORMATS",
    "PLAYLISTS",
    "CurationList",
    "Entry",
    "Export",
    "FileFormat",
    "Imported",
    "Origin",
    "ListCollection",
    "Unmatched",
    "Verdict",
    "add",
    "annotate",
    "change_lists",
    "entry_of",
    "export_list",
    "found",
    "free_name",
    "import_list",
    "judge",
    "mark_opened",
    "move",
    "read_lists",
    "remove",
    "put_back",
    "renamed",
    "lists_stamp",
    "with_list",
    "without_list",
]
