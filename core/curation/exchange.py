"""Export and import of lists: CSV and JSON of artists, JSPF, XSPF and M3U8 of tracks."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from core.catalogue import Catalogue
from core.catalogue.importers.tables.delimited import as_utf8
from core.curation.foreign import column, foreign_mention
from core.curation.jspf import jspf_bytes, read_jspf
from core.curation.lists import FIRST_LIST, MAX_LIST_NAME, MAX_NAME, CurationList, add, checked_list_name
from core.curation.m3u import HEADER, TRACK, m3u_bytes, read_m3u
from core.curation.matching import FileContent, Mention, Unmatched, match_mentions
from core.curation.playlists import REJECTED, LeftOut, Paths, Playlist, mention_of, playlist_of
from core.curation.records import (
    COLLECTION_FORMAT,
    LIST_FORMAT,
    MAX_FILE_BYTES,
    Provenance,
    entry_record,
    json_bytes,
    json_from,
    list_from,
    list_record,
    provenance_of,
)
from core.curation.spreadsheets import list_csv
from core.curation.tables import MAX_ROWS, is_path, read_table
from core.curation.xspf import read_xspf, xspf_bytes
from core.errors import CatalogueError, NearfieldError

FileFormat = Literal["csv", "json", "jspf", "xspf", "m3u8", "txt"]
PlaylistFormat = Literal["jspf", "xspf", "m3u8"]
FORMATS: tuple[FileFormat, ...] = get_args(FileFormat)
PLAYLISTS: tuple[PlaylistFormat, ...] = get_args(PlaylistFormat)
MEDIA_TYPES: dict[FileFormat, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "jspf": "application/jspf+json",
    "xspf": "application/xspf+xml",
    "m3u8": "audio/x-mpegurl",
    "txt": "text/plain; charset=utf-8",
}
_WRITERS: dict[PlaylistFormat, Callable[[CurationList, Playlist, Provenance], bytes]] = {
    "jspf": jspf_bytes,
    "xspf": xspf_bytes,
    "m3u8": m3u_bytes,
}
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?encoding=[\"']([A-Za-z0-9._-]{1,40})[\"']")
_NO_FILE_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Export:
    """A file to save, with `n_artists` artists. `left_out` are the others, with the reason.

    In a playlist, `n_tracks` of them have a track; `n_files` of these have a file and `n_recordings` a MusicBrainz
    recording.
    """

    content: bytes
    file_name: str
    media_type: str
    n_artists: int
    left_out: tuple[LeftOut, ...] = ()
    n_tracks: int = 0
    n_files: int = 0
    n_recordings: int = 0


@dataclass(frozen=True)
class Imported:
    """A list read from a file, with the artists without a match, the number of repeats, and the provenance.

    `notes` say what could not be read, or how it was read.
    """

    curated: CurationList
    unmatched: tuple[Unmatched, ...]
    n_repeated: int
    file_format: FileFormat
    provenance: Provenance | None
    notes: tuple[str, ...] = ()


def export_list(
    catalogue: Catalogue,
    curated: CurationList,
    file_format: FileFormat,
    recordings_only: bool = False,
    paths: Paths = "absolute",
    when: datetime | None = None,
) -> Export:
    """The list as a file. CSV and JSON hold every artist; JSPF, XSPF and M3U8 those kept, with a track if known.

    Plain text has the names of those kept, one a line.

    `recordings_only` and `paths` are for playlists, see `playlist_of`. `when` is now by default. Raises NearfieldError
    for an unknown format.
    """
    if file_format not in FORMATS:
        raise NearfieldError(f"“{file_format}” is no format. There are: {', '.join(FORMATS)}.")
    provenance = provenance_of(catalogue, when)
    name, media_type = f"{_file_stem(curated.name)}.{file_format}", MEDIA_TYPES[file_format]
    if file_format == "csv":
        return Export(list_csv(curated, provenance), name, media_type, len(curated))
    if file_format == "json":
        return Export(json_bytes(list_record(curated, provenance)), name, media_type, len(curated))
    if file_format == "txt":
        return Export(_plain_names(curated), name, media_type, len(curated.kept), _rejected(curated))
    playlist = playlist_of(catalogue, curated, recordings_only, paths, files_first=file_format == "m3u8")
    return Export(
        _WRITERS[file_format](curated, playlist, provenance),
        name,
        media_type,
        len(playlist.tracks),
        playlist.left_out,
        sum(track.is_known for track in playlist.tracks),
        sum(track.path is not None for track in playlist.tracks),
        sum(bool(track.recording_mbid) for track in playlist.tracks),
    )


def _plain_names(curated: CurationList) -> bytes:
    return "".join(f"{' '.join(entry.name.split())}\n" for entry in curated.kept).encode("utf-8", "replace")


def _rejected(curated: CurationList) -> tuple[LeftOut, ...]:
    return tuple(LeftOut(entry, REJECTED) for entry in curated.entries if entry.verdict == "skip")


def import_list(catalogue: Catalogue, content: bytes, name: str = "") -> Imported:
    """Read a list from a file in any of the formats, which its content decides, and in any encoding.

    Artists are matched to the catalogue, see `match_mentions`. A repeated artist keeps its first place. `name` is used
    if the file gives none. Raises NearfieldError, which says what is wrong, for anything that is not a list.
    """
    if len(content) > MAX_FILE_BYTES:
        raise NearfieldError(f"The file is larger than {MAX_FILE_BYTES >> 20} MB, so it is no list.")
    text, encoding_notes = _decoded(content)
    found, file_format = _read(text)
    entries, unmatched = match_mentions(catalogue, found)
    curated = add(CurationList(_list_name(found.name, name)), entries)
    notes = (*encoding_notes, *found.notes)
    return Imported(curated, tuple(unmatched), len(entries) - len(curated), file_format, found.provenance, notes)


def _decoded(content: bytes) -> tuple[str, list[str]]:
    """The text of the file, and how it was read if it is not in UTF-8."""
    notes: list[str] = []
    declared = _DECLARED.match(content[:200])
    try:
        text = as_utf8(content, "The file", None, notes)
        if declared and notes:
            text = as_utf8(content, "The file", declared[1].decode(), [])
    except CatalogueError as fault:
        raise NearfieldError(str(fault)) from None
    return text.decode(), [f"{note[:1].upper()}{note[1:]}." for note in notes]


def _read(text: str) -> tuple[FileContent, FileFormat]:
    start = text.lstrip()[:1]
    if not start:
        raise NearfieldError("The file is empty.")
    if start == "<":
        return read_xspf(text), "xspf"
    if start in ("{", "["):
        record = json_from(text, "The file")
        if isinstance(record, Mapping) and "playlist" in record:
            return read_jspf(record), "jspf"
        return _from_json(record), "json"
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if text.lstrip().startswith(HEADER) or TRACK in text or (lines and all(map(is_path, lines))):
        return read_m3u(text), "m3u8"
    return read_table(text), "csv"


def _from_json(record: Any) -> FileContent:
    """Read Nearfield's own JSON, or any list of names or of objects with an artist_id, mbid or name."""
    if isinstance(record, list):
        if len(record) > MAX_ROWS:
            raise NearfieldError(f"The file has {len(record)} artists; at most {MAX_ROWS} are read. Split it.")
        return FileContent("", [_foreign_mention(one, f"Artist {number}") for number, one in enumerate(record, 1)])
    if record.get("format") == COLLECTION_FORMAT:
        raise NearfieldError("The file holds all lists of somebody. Export the one list you want by itself.")
    if record.get("format") != LIST_FORMAT:
        raise NearfieldError("The JSON file is neither a list of Nearfield nor a JSPF playlist.")
    curated, provenance = list_from(record, {})
    mentions = [mention_of(entry_record(entry), "The list") for entry in curated.entries]
    return FileContent(curated.name, mentions, provenance)


def _foreign_mention(record: Any, where: str) -> Mention:
    if isinstance(record, str):
        record = {"name": record}
    if not isinstance(record, Mapping):
        return Mention(name=str(record)[:MAX_NAME], fault=f"{where} is neither text nor a JSON object.")
    return foreign_mention({column(str(name)): value for name, value in record.items()}, where)


def _list_name(found: str, given: str) -> str:
    """The first of the two that can be a name, cut to its longest length, otherwise FIRST_LIST."""
    for text in (found, given):
        try:
            return checked_list_name(" ".join(text.split())[:MAX_LIST_NAME])
        except NearfieldError:
            continue
    return FIRST_LIST


def _file_stem(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return f"nearfield-{_NO_FILE_NAME.sub('-', plain).strip('-')[:60].strip('-') or 'list'}"
