"""SQLite: one file, written by one process at a time and read by any number."""

import sqlite3
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

_READ_SECONDS = 5
_CHANGE_SECONDS = 30
"""How long a reader and a writer wait for other writers before they give up. A page waits for its readers."""

_REMEDIES = {
    sqlite3.SQLITE_BUSY: "Others keep writing it. Try again later.",
    sqlite3.SQLITE_FULL: "Make room and try again.",
    sqlite3.SQLITE_READONLY: "Allow writing there, or choose another place, and try again.",
    sqlite3.SQLITE_CANTOPEN: "Allow reading and writing there, or choose another place, and try again.",
    sqlite3.SQLITE_PERM: "Allow writing there, or choose another place, and try again.",
    sqlite3.SQLITE_CORRUPT: "Move it away to start afresh, or put a backup in its place.",
    sqlite3.SQLITE_NOTADB: "Move it away to start afresh, or put a backup in its place.",
}
_USUAL_REMEDY = "Check the disk, or the connection to it, and try again."


class SQLite:
    """The database in one file, in `file` or where the address says."""

    def __init__(self, address: URL, file: Path | None) -> None:
        self.engine = _engine(address)
        self.name = f"The database {file or address.render_as_string(hide_password=True)}"

    def hold(self, connection: Connection, what: str) -> None:
        """Nothing: who changes anything holds it all."""

    def check(self, connection: Connection) -> None:
        """Nothing: whoever makes the file chooses what it is like."""

    def sentence(self, fault: DBAPIError) -> str:
        """What is wrong with the database, and what to do about it."""
        code = getattr(fault.orig, "sqlite_errorcode", 0) & 0xFF
        return f"{self.name} cannot be used ({fault.orig}). {_REMEDIES.get(code, _USUAL_REMEDY)}"


def _engine(address: URL) -> Engine:
    # A connection takes microseconds, and one that is closed keeps no file open that has been replaced or removed.
    engine = create_engine(address, poolclass=NullPool, connect_args={"timeout": _READ_SECONDS})
    event.listen(engine, "connect", _no_implicit_transactions)
    event.listen(engine, "begin", _begin_with_the_lock)
    return engine


def _no_implicit_transactions(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = FULL")


def _begin_with_the_lock(connection: Connection) -> None:
    """Readers begin nothing. A writer takes the lock before it reads, so that nobody changes what it has read."""
    if not connection.get_execution_options().get("reading"):
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {_CHANGE_SECONDS * 1000}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
