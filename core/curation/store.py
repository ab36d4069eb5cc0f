"""The list store: one JSON file for each visitor's lists, written atomically and safe with several writers.

A folder holds at most 500 files of at most 4 MB each. When it is full, a new file replaces the ones that nobody has
opened for 90 days, the oldest first. Files in use are never deleted.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from core.catalogue import Catalogue
from core.curation.lists import ListCollection
from core.curation.records import collection_from, collection_record, json_bytes, json_from, provenance_of
from core.errors import NearfieldError
from core.storage import atomic_path, sweep, writing

_LISTS_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_LOCK_SECONDS = 10
MAX_COLLECTIONS = 500
MAX_COLLECTION_BYTES = 4 << 20
UNOPENED_SECONDS = 90 * 24 * 3600.0

Stamp = tuple[int, int, int]


def read_lists(folder: Path, lists_id: str, catalogue: Catalogue) -> ListCollection:
    """Read a visitor's lists from `folder`, with each artist's row in `catalogue`, or a new collection without a file.

    Raises NearfieldError for a bad id, and for a file that is damaged, too large or of another catalogue.
    """
    file = _file(folder, lists_id)
    try:
        with file.open("rb") as source:
            content = source.read(MAX_COLLECTION_BYTES + 1)
    except FileNotFoundError:
        return ListCollection()
    except OSError as fault:
        raise NearfieldError(f"{file} cannot be read ({fault.strerror}).") from None
    if len(content) > MAX_COLLECTION_BYTES:
        raise NearfieldError(f"{file} is larger than {MAX_COLLECTION_BYTES >> 20} MB. Move it away to start afresh.")
    try:
        collection, provenance = collection_from(json_from(content, file.name), catalogue.row_of)
    except NearfieldError as fault:
        raise NearfieldError(f"{file.name} holds no shelf: {fault} Move {file} away to start afresh.") from None
    if provenance.catalogue != catalogue.name:
        raise NearfieldError(f"{file} is a shelf of {provenance.catalogue}, not of {catalogue.name}. Move it away.")
    return collection


def change_lists(
    folder: Path, lists_id: str, catalogue: Catalogue, change: Callable[[ListCollection], ListCollection]
) -> ListCollection:
    """Apply `change` to the lists on disk, and return the result. Changes by other writers are not lost.

    Raises NearfieldError as `read_lists` and `change` do, if another writer holds the file for too long, and if the
    result would be too large. The file then stays unchanged.
    """
    file = _file(folder, lists_id)
    what = f"The lists in {folder}"
    try:
        with writing(what), _locked(file):
            sweep(folder)
            collection = change(read_lists(folder, lists_id, catalogue))
            record = collection_record(collection, provenance_of(catalogue))
            collection_from(record, {})
            content = json_bytes(record)
            if len(content) > MAX_COLLECTION_BYTES:
                raise NearfieldError(
                    f"The lists together have become larger than {MAX_COLLECTION_BYTES >> 20} MB, about "
                    "8,000 artists. Export a list and delete it, or shorten notes."
                )
            if not file.exists():
                _make_room(folder)
            with atomic_path(file, what) as temporary:
                temporary.write_bytes(content)
    except Timeout:
        raise NearfieldError(f"Another process has been writing {file.name} for long. Try again later.") from None
    return collection


def lists_stamp(folder: Path, lists_id: str) -> Stamp | None:
    """A stamp that changes whenever the lists are written; None without a file. Raises NearfieldError for a bad id."""
    try:
        found = _file(folder, lists_id).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def mark_opened(folder: Path, lists_id: str) -> None:
    """Mark the lists as in use, so that they are not deleted. Does nothing if there is no file or no permission."""
    try:
        os.utime(_file(folder, lists_id))
    except OSError:
        return


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file.with_suffix(".lock"), timeout=_LOCK_SECONDS):
        yield


def _make_room(folder: Path) -> None:
    """Delete files that nobody has opened for long if there are too many. Raises NearfieldError if all are in use."""
    collections = {file: file.stat().st_mtime for file in folder.glob("[!.]*.json")}
    excess = len(collections) - MAX_COLLECTIONS + 1
    if excess <= 0:
        return
    long_ago = time.time() - UNOPENED_SECONDS
    unopened = sorted((opened, file) for file, opened in collections.items() if opened < long_ago)
    if len(unopened) < excess:
        raise NearfieldError(f"There are lists of {len(collections):,} browsers here, and no room for more. Try later.")
    for _, file in unopened[:excess]:
        file.unlink(missing_ok=True)
        file.with_suffix(".lock").unlink(missing_ok=True)


def _file(folder: Path, lists_id: str) -> Path:
    if not _LISTS_ID.fullmatch(lists_id):
        raise NearfieldError("A shelf's id is made of at most 64 letters, digits, - and _. Use another.")
    return folder / f"{lists_id}.json"
