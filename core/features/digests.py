"""Content hashes of files, kept so that no file is hashed twice while its size and time of change stay."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path

from core.features.records import open_record
from core.storage import sha256_file

DIGESTS_FILE = "digests.sqlite"
_TABLE = (
    "CREATE TABLE IF NOT EXISTS digests (path BLOB PRIMARY KEY, size INTEGER, modified INTEGER, digest TEXT)"
    " WITHOUT ROWID"
)


class Digests:
    """The hashes that are kept in `file`, and in `others`, where none are written. A database that cannot be used is
    done without: it only saves time."""

    def __init__(self, file: Path, *others: Path) -> None:
        self._file, self._others = file, others

    def of(self, path: Path) -> str:
        """SHA-256 of the content of the file at `path`. Raises OSError where it cannot be read."""
        found = path.stat()
        key = (os.fsencode(path), found.st_size, found.st_mtime_ns)
        known = next(filter(None, (_known(database, *key) for database in (self._file, *self._others))), "")
        if known:
            return known
        digest = sha256_file(path)
        with suppress(sqlite3.Error, OSError), closing(self._open()) as database, database:
            database.execute("INSERT OR REPLACE INTO digests VALUES (?, ?, ?, ?)", (*key, digest))
        return digest

    def kept(self, paths: Iterable[Path]) -> Iterator[str | None]:
        """Of each path the kept hash of its file: None if it was never hashed, and "" if it has another size or time of
        change now. Nothing is hashed."""
        rows: dict[bytes, tuple[tuple[int, int], str]] = {}
        if self._file.is_file():
            with suppress(sqlite3.Error), closing(self._open()) as database:
                found = database.execute("SELECT path, size, modified, digest FROM digests")
                rows = {path: ((size, modified), digest) for path, size, modified, digest in found}
        for path in paths:
            before = rows.get(os.fsencode(path))
            yield None if before is None else before[1] if before[0] == _stamp(path) else ""

    def take_in(self, file: Path) -> None:
        """Keep the hashes of another database, too."""
        with (
            suppress(sqlite3.Error, OSError),
            closing(open_record(file, _TABLE)) as other,
            closing(self._open()) as database,
            database,
        ):
            rows = other.execute("SELECT path, size, modified, digest FROM digests")
            database.executemany("INSERT OR REPLACE INTO digests VALUES (?, ?, ?, ?)", rows)

    def _open(self) -> sqlite3.Connection:
        return open_record(self._file, _TABLE)


def _known(file: Path, path: bytes, size: int, modified: int) -> str:
    if not file.is_file():
        return ""
    with suppress(sqlite3.Error), closing(open_record(file, _TABLE)) as database:
        row = database.execute(
            "SELECT digest FROM digests WHERE path = ? AND size = ? AND modified = ?", (path, size, modified)
        ).fetchone()
        return str(row[0]) if row else ""
    return ""


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns
