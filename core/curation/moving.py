"""The lists of Nearfield 0.1 move into the database. They were files: `shelves/CATALOGUE/ID.json` in the data folder.

They move when a process first opens lists of a data folder. A file that has moved is kept in `moved/` beside it; put
back in its place, an older Nearfield finds it. A file that cannot be read stays where it is, and its visitor is told.
While the database cannot be written, lists are read from their files.
"""

import hashlib
import logging
import threading
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Row

from core.catalogue.library import LISTS_FOLDER
from core.curation.lists import free_name, with_list
from core.curation.records import collection_from, json_from
from core.curation.rows import MAX_COLLECTION_BYTES, content_of, key_of, put, row_of
from core.database import Database
from core.errors import NearfieldError
from core.reading import read_regular
from core.storage import sweep, writing

MOVED_FOLDER = "moved"
_LOCK_SECONDS = 10
_LOG = logging.getLogger(__name__)
_seen: set[Path] = set()
_seeing = threading.Lock()


@dataclass(frozen=True)
class ListsFile:
    """A file of lists: its text, the SHA-256 of its bytes, and when it was last opened, in seconds since 1970."""

    text: str
    digest: str
    opened: float


def lists_file(data: Path, catalogue_folder: str, lists_id: str) -> Path:
    """Where Nearfield 0.1 kept a visitor's lists."""
    return data / LISTS_FOLDER / catalogue_folder / f"{lists_id}.json"


def read_lists_file(file: Path) -> ListsFile | None:
    """A visitor's file; None if there is none. Raises NearfieldError for one that cannot be read or holds no lists."""
    try:
        opened = file.stat().st_mtime
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as fault:
        raise NearfieldError(f"{file} cannot be read ({fault.strerror}).") from None
    content = read_regular(file, MAX_COLLECTION_BYTES)
    try:
        collection_from(json_from(content, file.name), {})
    except NearfieldError as fault:
        raise NearfieldError(f"{file.name} holds no lists: {fault} Move {file} away to start afresh.") from None
    return ListsFile(content.decode("utf-8-sig"), hashlib.sha256(content).hexdigest(), opened)


def move_lists_in(data: Path, database: Database) -> None:
    """Move the files of a data folder into the database, once in each process. What stays is logged."""
    with _seeing:
        if data in _seen:
            return
        _seen.add(data)
        files = _files(data)
        if not files:
            return
        try:
            with database.change():
                pass
        except NearfieldError as fault:
            _LOG.warning("Lists stay in their files for now: %s", fault)
            return
        sweep(data / LISTS_FOLDER, depth=1)
        for file in files:
            try:
                _move_in(file, database)
            except Timeout:
                _LOG.warning("%s stays where it is: another process has been writing it for long.", file)
            except NearfieldError as fault:
                _LOG.warning("%s stays where it is: %s", file, fault)


def _files(data: Path) -> list[Path]:
    try:
        return sorted((data / LISTS_FOLDER).glob("[!.]*/[!.]*.json"))
    except OSError as fault:
        _LOG.warning("Lists stay in their files for now: %s cannot be read (%s).", data / LISTS_FOLDER, fault.strerror)
        return []


def _move_in(file: Path, database: Database) -> None:
    key = key_of(file.parent.name, file.stem)
    lock = file.with_suffix(".lock")  # the one that Nearfield 0.1 takes
    with writing(file.parent), FileLock(lock, timeout=_LOCK_SECONDS):
        found = read_lists_file(file)
        if found is None:
            return
        with database.change(key.name) as connection:
            row = connection.execute(row_of(key)).first()
            if row is None:
                put(connection, key, found.text, found.opened, found.digest)
            elif row.moved_from != found.digest:
                put(connection, key, _joined(row, found), max(row.opened, found.opened), found.digest)
        _put_aside(file)
        lock.unlink(missing_ok=True)


def _joined(row: Row[tuple[str, str, float, str | None]], found: ListsFile) -> str:
    """The lists of both, where an older Nearfield has gone on writing its file."""
    collection, provenance = collection_from(json_from(row.content, "The row"), {})
    others, _ = collection_from(json_from(found.text, "The file"), {})
    for one in others.lists:
        is_empty_twin = not len(one) and one.name in collection.names
        if one not in collection.lists and not is_empty_twin:
            collection = with_list(collection, replace(one, name=free_name(collection, one.name)))
    return content_of(collection, provenance)


def _put_aside(file: Path) -> None:
    folder = file.parent / MOVED_FOLDER
    folder.mkdir(exist_ok=True)
    aside, number = folder / file.name, 1
    while aside.exists():
        number += 1
        aside = folder / f"{file.stem} ({number}){file.suffix}"
    file.rename(aside)
