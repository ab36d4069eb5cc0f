"""The list store: each visitor's lists of a catalogue are a row of the database, which is changed as a whole.

It holds the lists of at most 500 visitors of a catalogue, of at most 4 MB each, and of at most 25 that come from one
address. When it is full, a new visitor's lists replace the least used, and beyond 25 of one address the least used from
there. An owner's lists are never deleted.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, select, update
from sqlalchemy.sql import ColumnElement

from core.catalogue import Catalogue
from core.curation.lists import ListCollection
from core.curation.moving import lists_file, move_lists_in, read_lists_file
from core.curation.records import collection_from, json_from, provenance_of
from core.curation.rows import Keeper, Key, content_of, key_of, put, row_of
from core.database import Database, open_database
from core.database.schema import LISTS
from core.errors import NearfieldError

MAX_COLLECTIONS = 500
MAX_OF_ONE_SENDER = 25
_DAY = 24 * 3600.0
_MOST_DAYS = 90
"""Lists stay a day longer than others for each time that they were changed, and so many days at most."""

_MARK_SECONDS = _DAY
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
    folder: Path,
    lists_id: str,
    catalogue: Catalogue,
    change: Callable[[ListCollection], ListCollection],
    keeper: Keeper | None = None,
) -> ListCollection:
    """Apply `change` to the lists in the database, and return the result. Changes by other writers are not lost.

    `keeper` is who changes them, as far as it is known. Raises NearfieldError as `read_lists` and `change` do, if the
    database cannot be written, and if the result would be too large. The lists then stay unchanged.
    """
    keeper = keeper or Keeper()
    database, key, file = _opened(folder, lists_id, catalogue)
    with database.change(key.name) as connection:
        row = connection.execute(row_of(key)).first()
        found = None if row else read_lists_file(file)
        if row:
            content, opened, moved_from = row.content, row.opened, row.moved_from
        elif found:
            content, opened, moved_from = found.text, found.opened, found.digest
        else:
            database.hold(connection, key.catalogue_name)
            _make_room(connection, key, keeper)
            content, opened, moved_from = "", 0.0, None
        collection = change(_collection(content, catalogue) if content else ListCollection())
        text = content_of(collection, provenance_of(catalogue))
        put(connection, key, text, max(opened, time.time()), moved_from, keeper)
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


def visitors_with_lists(folder: Path, catalogue_folder: str) -> int:
    """How many visitors have lists of the catalogue in the folder of this name.

    Raises NearfieldError where the database cannot be read.
    """
    key = key_of(catalogue_folder, "any")
    counting = select(func.count()).select_from(LISTS).where(LISTS.c.catalogue == key.catalogue)
    rows = open_database(folder).rows(counting)
    return int(rows[0][0]) if rows else 0


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


def _make_room(connection: Connection, key: Key, keeper: Keeper) -> None:
    """Delete the least used lists, of this sender and of all, so that another visitor's fit.

    Raises NearfieldError if all are an owner's.
    """
    here = LISTS.c.catalogue == key.catalogue
    if keeper.sender and not keeper.is_owner:
        _keep_fewer(connection, here & (LISTS.c.sender == keeper.sender), MAX_OF_ONE_SENDER)
    if n_left := _keep_fewer(connection, here, MAX_COLLECTIONS):
        raise NearfieldError(f"There are {n_left:,} lists of the server's owner here, and no room for more.")


def _keep_fewer(connection: Connection, which: ColumnElement[bool], most: int) -> int:
    """Delete the least used of some lists until fewer than `most` are left; returns how many are left if they are not.

    An owner's are not deleted.
    """
    chosen: Select[Any] = select(
        LISTS.c.catalogue, LISTS.c.lists_id, LISTS.c.opened, LISTS.c.changes, LISTS.c.is_owners
    )
    rows = connection.execute(chosen.where(which)).all()
    gone = least_used(rows, max(0, len(rows) - most + 1))
    for row in gone:
        one = (LISTS.c.catalogue == row.catalogue) & (LISTS.c.lists_id == row.lists_id)
        connection.execute(delete(LISTS).where(one))
    n_left = len(rows) - len(gone)
    return n_left if n_left >= most else 0


def least_used(rows: Sequence[Row[Any]], count: int) -> list[Row[Any]]:
    """Up to `count` of these lists that are no owner's: those not opened for longest, with a day for each change."""
    others = [row for row in rows if not row.is_owners]
    return sorted(others, key=lambda row: row.opened + _DAY * min(row.changes, _MOST_DAYS))[:count]
