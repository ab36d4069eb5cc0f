"""Files that gave no vectors, kept with the reason, so that none is tried again while its content stays as it is."""

import os
import sqlite3
from collections.abc import Collection, Iterable
from contextlib import closing, suppress
from pathlib import Path

from core.audio.decoding import DECODING
from core.features.records import open_record

FAULTS_FILE = "faults.sqlite"
_TABLE = (
    "CREATE TABLE IF NOT EXISTS faults (file TEXT, wanted TEXT, reason TEXT, PRIMARY KEY (file, wanted)) WITHOUT ROWID"
)


class Faults:
    """The faults that are kept in `file`, where sets of these `names` are wanted, and in `others`, where none are put.

    A fault counts where all that was wanted when it was found is wanted again. A database that cannot be used is done
    without: it only saves time.
    """

    def __init__(self, file: Path, names: Iterable[str], *others: Path) -> None:
        self._file = file
        self._wanted = frozenset(f"{name}-{DECODING}" for name in names)
        self._reasons = {key: reason for one in (*others, file) for key, reason in _read(one, self._wanted).items()}

    def reason(self, *files: str) -> str:
        """Why none of these identities of one file gives vectors; "" where nothing is known against it."""
        return next((self._reasons[file] for file in files if file in self._reasons), "")

    def __bool__(self) -> bool:
        """Whether any fault is known."""
        return bool(self._reasons)

    def put(self, file: str, reason: str) -> None:
        """Keep why a file gives no vectors, or, with "", that it does."""
        if not reason and file not in self._reasons:
            return
        self._reasons.pop(file, None)
        if reason:
            self._reasons[file] = reason
        with suppress(sqlite3.Error, OSError), closing(open_record(self._file, _TABLE)) as database, database:
            if reason:
                row = (file, " ".join(sorted(self._wanted)), reason)
                database.execute("INSERT OR REPLACE INTO faults VALUES (?, ?, ?)", row)
            else:
                database.execute("DELETE FROM faults WHERE file = ?", (file,))

    def take_in(self, file: Path) -> None:
        """Keep the faults of another database, too. They count for a new `Faults`."""
        with (
            suppress(sqlite3.Error, OSError),
            closing(open_record(file, _TABLE)) as other,
            closing(open_record(self._file, _TABLE)) as database,
            database,
        ):
            rows = other.execute("SELECT file, wanted, reason FROM faults")
            database.executemany("INSERT OR REPLACE INTO faults VALUES (?, ?, ?)", rows)


def _read(file: Path, wanted: Collection[str]) -> dict[str, str]:
    if not file.is_file():
        return {}
    with suppress(sqlite3.Error, OSError), closing(open_record(file, _TABLE)) as database:
        rows = database.execute("SELECT file, wanted, reason FROM faults").fetchall()
        return {key: reason for key, sets, reason in rows if _is_within(sets, wanted)}
    return {}


def identity_of_locked(path: Path) -> str:
    """What identifies a file whose content cannot be read: its place, its size, and when it or its permissions were
    changed. Raises OSError where there is no such file."""
    found = path.stat()
    return f"{os.fsencode(path).hex()} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"


def _is_within(wanted: str, names: Collection[str]) -> bool:
    return set(wanted.split()) <= set(names)
