"""Small databases beside what is extracted, of what is known of files. They save time; losing one costs only that."""

import sqlite3
from pathlib import Path

_PATIENCE_SECONDS = 5.0


def open_record(file: Path, table: str) -> sqlite3.Connection:
    """The database in `file`, with what the statement `table` makes where it is not there yet.

    Raises OSError and sqlite3.Error where it cannot be used.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(file, timeout=_PATIENCE_SECONDS)
    database.execute("PRAGMA synchronous = OFF")
    database.execute(table)
    return database
