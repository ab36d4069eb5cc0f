"""The list store: each visitor's lists of a catalogue are a row of the database, which is changed as a whole.

It holds the lists of at most 500 visitors of a catalogue, of at most 4 MB each. When it is full, a new visitor's lists
replace those that nobody has opened for 90 days, the oldest first. Lists in use are never deleted.
"""

import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, delete, func, select, update

from core.catalogue import Catalogue
from core.curation.lists import ListCollection
from core.curation.moving import lists_file, move_lists_in, read_lists_file
from core.curation.records import collection_from, json_from, provenance_of
from core.curation.rows import Key, content_of, key_of, put, row_of
from core.database import Database, open_database
from core.database.schema import LISTS
from core.errors import NearfieldError

MAX_COLLECTIONS = 500
UNOPENED_SECONDS = 90 * 24 * 3600.0
_MARK_SECONDS = 24 * 3600.0
"""Lists are marked as opened once a day: reading them seldom writes."""


def read_lists(folder: Path, lists_id: str, catalogue: Catalogue) -> ListCollection:
    """Read a visitor's lists of `catalogue`, with each artist's row in it, or a new collection if there are none.

    `folder` is the data folder. Raises NearfieldError for a bad id, for a database that cannot be read, and for lists
    that are damaged or of another catalogue.
    """
    database, key, file = _opened(folder, lists_id, catalogue)
    rows = database.rows(row_of(key))
    if rows:
        return _collection(rows[0].content, catalogue)
    found = read_lists_file(file)
    return _collection(found.text, catalogue) if found else ListCollection()


def change_lists(
    folder: Path, lists_id: str, catalogue: Catalogue, change: Callable[[ListCollection], ListCollection]
) -> ListCollection:
    """Apply `change` to the lists in the database, and return the result. Changes by other writers are not lost.

    Raises NearfieldError as `read_lists` and `change` do, if the database cannot be written, and if the result would be
    too large. The lists then stay unchanged.
    """
    database, key, file = _opened(folder, lists_id, catalogue)
    with database.change() as connection:
        row = connection.execute(row_of(key)).first()
        found = None if row else read_lists_file(file)
        if row:
            content, opened, moved_from = row.content, row.opened, row.moved_from
        elif found:
            content, opened, moved_from = found.text, found.opened, found.digest
        else:
            _make_room(connection, key)
            content, opened, moved_from = "", 0.0, None
        collection = change(_collection(content, catalogue) if content else ListCollection())
        text = content_of(collection, provenance_of(catalogue))
        put(connection, key, text, max(opened, time.time()), moved_from)
    return collection


def lists_stamp(folder: Path, lists_id: str, catalogue: Catalogue) -> str | None:
    """A stamp that changes whenever the lists are written; None if there are none. Raises NearfieldError as
    `read_lists` does."""
    database, key, file = _opened(folder, lists_id, catalogue)
    rows = database.rows(select(LISTS.c.stamp).where(key.matches))
    if rows:
        return str(rows[0].stamp)
    try:
        found = file.stat()
    except OSError:
        return None
    return f"{found.st_mtime_ns} {found.st_size} {found.st_ino}"


def mark_opened(folder: Path, lists_id: str, catalogue: Catalogue) -> None:
    """Mark the lists as in use, so that they are not deleted. Does nothing if there are none or no permission."""
    now = time.time()
    try:
        database, key, _ = _opened(folder, lists_id, catalogue)
        long_unmarked = key.matches & (LISTS.c.opened < now - _MARK_SECONDS)
        if database.rows(select(LISTS.c.lists_id).where(long_unmarked)):
            with database.change() as connection:
                connection.execute(update(LISTS).where(long_unmarked).values(opened=now))
    except NearfieldError:
        return


def _opened(folder: Path, lists_id: str, catalogue: Catalogue) -> tuple[Database, Key, Path]:
    """The database, the key of the lists in it, and the file of Nearfield 0.1, which counts while there is no row."""
    key = key_of(catalogue.path.name, lists_id)
    database = open_database(folder)
    move_lists_in(folder, database)
    return database, key, lists_file(folder, catalogue.path.name, lists_id)


def _collection(content: str, catalogue: Catalogue) -> ListCollection:
    try:
        collection, provenance = collection_from(json_from(content, "Their text"), catalogue.row_of)
    except NearfieldError as fault:
        raise NearfieldError(
            f"The lists in the database cannot be read: {fault} Update Nearfield if a later version has written them, "
            "or put a backup of the database in its place."
        ) from None
    if provenance.catalogue != catalogue.name:
        raise NearfieldError(
            f"The lists kept for the folder {catalogue.path.name} are of the catalogue {provenance.catalogue}, not of "
            f"{catalogue.name}. Give the folder another name."
        )
    return collection


def _make_room(connection: Connection, key: Key) -> None:
    """Delete lists that nobody has opened for long if there are too many. Raises NearfieldError if all are in use."""
    here = LISTS.c.catalogue == key.catalogue
    number = connection.execute(select(func.count()).select_from(LISTS).where(here)).scalar_one()
    excess = number - MAX_COLLECTIONS + 1
    if excess <= 0:
        return
    unopened = here & (LISTS.c.opened < time.time() - UNOPENED_SECONDS)
    oldest = select(LISTS.c.lists_id).where(unopened).order_by(LISTS.c.opened).limit(excess)
    gone = connection.execute(oldest).scalars().all()
    if len(gone) < excess:
        raise NearfieldError(f"There are lists of {number:,} browsers here, and no room for more. Try later.")
    connection.execute(delete(LISTS).where(here, LISTS.c.lists_id.in_(gone)))
