"""Shelves on disk: one JSON file each, written whole or not at all, and safe against several writers at once.

A folder holds at most 500, each of at most 4 MB. Where one more is to be written, those that nobody opened for 90 days
make room, the longest unopened first; shelves in use are never dropped.
"""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from core.catalogue import Catalogue
from core.curation.lists import Shelf
from core.curation.records import json_bytes, json_from, provenance_of, shelf_from, shelf_record
from core.errors import NearfieldError
from core.storage import atomic_path

_SHELF_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_LOCK_SECONDS = 10
MAX_SHELVES = 500
MAX_SHELF_BYTES = 4 << 20
UNOPENED_SECONDS = 90 * 24 * 3600.0

Stamp = tuple[int, int, int]


def read_shelf(folder: Path, shelf_id: str, catalogue: Catalogue) -> Shelf:
    """The shelf in `folder`, each artist with its row in `catalogue`; a fresh one where there is no file.

    Raises NearfieldError for a bad id, and for a file that is damaged, too large, or of another catalogue.
    """
    file = _file(folder, shelf_id)
    try:
        with file.open("rb") as source:
            content = source.read(MAX_SHELF_BYTES + 1)
    except FileNotFoundError:
        return Shelf()
    except OSError as fault:
        raise NearfieldError(f"{file} cannot be read ({fault.strerror}).") from None
    if len(content) > MAX_SHELF_BYTES:
        raise NearfieldError(f"{file} is larger than {MAX_SHELF_BYTES >> 20} MB. Move it away to start afresh.")
    try:
        shelf, provenance = shelf_from(json_from(content, file.name), catalogue.row_of)
    except NearfieldError as fault:
        raise NearfieldError(f"{file.name} holds no shelf: {fault} Move {file} away to start afresh.") from None
    if provenance.catalogue != catalogue.name:
        raise NearfieldError(f"{file} is a shelf of {provenance.catalogue}, not of {catalogue.name}. Move it away.")
    return shelf


def change_shelf(folder: Path, shelf_id: str, catalogue: Catalogue, change: Callable[[Shelf], Shelf]) -> Shelf:
    """Put `change` of the shelf as it is on disk in its place, and return it; nobody else's change is lost.

    Raises NearfieldError as `read_shelf` does, where `change` does, and where another writer holds the shelf for long
    or it would be too large; the file stays as it was then.
    """
    file = _file(folder, shelf_id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(file.with_suffix(".lock"), timeout=_LOCK_SECONDS):
            shelf = change(read_shelf(folder, shelf_id, catalogue))
            record = shelf_record(shelf, provenance_of(catalogue))
            shelf_from(record, {})
            content = json_bytes(record)
            if len(content) > MAX_SHELF_BYTES:
                raise NearfieldError(
                    f"The lists together have become larger than {MAX_SHELF_BYTES >> 20} MB, about "
                    "8,000 artists. Export a list and delete it, or shorten notes."
                )
            if not file.exists():
                _make_room(folder)
            with atomic_path(file) as temporary:
                temporary.write_bytes(content)
    except Timeout:
        raise NearfieldError(f"Another process has been writing {file.name} for long. Try again later.") from None
    except OSError as fault:
        raise NearfieldError(f"The lists cannot be written to {folder} ({fault.strerror}).") from None
    return shelf


def shelf_stamp(folder: Path, shelf_id: str) -> Stamp | None:
    """What differs after every writing of the shelf; None without a file. Raises NearfieldError for a bad id."""
    try:
        found = _file(folder, shelf_id).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def mark_opened(folder: Path, shelf_id: str) -> None:
    """Say that the shelf is in use, so that it is not dropped; nothing where there is none or it may not be touched."""
    try:
        os.utime(_file(folder, shelf_id))
    except OSError:
        return


def _make_room(folder: Path) -> None:
    """Drop what nobody opened for long where there are too many. Raises NearfieldError where all are in use."""
    shelves = {file: file.stat().st_mtime for file in folder.glob("*.json")}
    excess = len(shelves) - MAX_SHELVES + 1
    if excess <= 0:
        return
    long_ago = time.time() - UNOPENED_SECONDS
    unopened = sorted((opened, file) for file, opened in shelves.items() if opened < long_ago)
    if len(unopened) < excess:
        raise NearfieldError(f"There are lists of {len(shelves):,} browsers here, and no room for more. Try later.")
    for _, file in unopened[:excess]:
        file.unlink(missing_ok=True)
        file.with_suffix(".lock").unlink(missing_ok=True)


def _file(folder: Path, shelf_id: str) -> Path:
    if not _SHELF_ID.fullmatch(shelf_id):
        raise NearfieldError("A shelf's id is made of at most 64 letters, digits, - and _. Use another.")
    return folder / f"{shelf_id}.json"
