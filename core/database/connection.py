"""Opening the database, reading from it and changing it. Each change is one transaction, whole or not at all."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, create_engine, event, insert, make_url, select, text, update
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from core.database.schema import METADATA, MIGRATIONS, SCHEMA_VERSION, VERSIONS
from core.errors import NearfieldError
from core.storage import writing

DATABASE_VARIABLE = "NEARFIELD_DATABASE"
DATABASE_FILE = "nearfield.db"
_READ_SECONDS = 5
_CHANGE_SECONDS = 30
"""How long a reader and a writer wait for other writers before they give up. A page waits for its readers."""


class Database:
    """The database at one address. Nothing is created before the first change."""

    def __init__(self, address: str, file: Path | None) -> None:
        self._engine = _engine(address)
        self._file = file
        self._readable = self._ready = False
        self._name = str(file) if file else make_url(address).render_as_string(hide_password=True)

    def rows(self, statement: Select[Any]) -> list[Row[Any]]:
        """The rows that `statement` selects; none where nothing has been written yet.

        Raises NearfieldError where the database cannot be read.
        """
        if self._is_absent():
            return []
        with self._faults(), self._engine.connect() as connection:
            connection = connection.execution_options(reading=True)
            if not self._readable and not self._version(connection):
                return []
            self._readable = True
            return list(connection.execute(statement).all())

    @contextmanager
    def change(self) -> Iterator[Connection]:
        """A transaction, the only one that changes anything meanwhile; an exception undoes it.

        Raises NearfieldError where the database cannot be written, and if others keep it busy for too long.
        """
        with self._faults():
            if self._is_absent() or not self._ready:
                self._create()
            with self._engine.begin() as connection:
                yield connection

    def _is_absent(self) -> bool:
        return self._file is not None and not self._file.exists()

    def _create(self) -> None:
        if self._file:
            with writing(self._file.parent):
                self._file.parent.mkdir(parents=True, exist_ok=True)
        self._ready = False
        with self._engine.begin() as connection:
            version = self._version(connection, lock=True)
            if version is None:
                METADATA.create_all(connection)
                connection.execute(insert(VERSIONS).values(version=SCHEMA_VERSION))
            else:
                _migrate(connection, version)
        self._ready = True

    def _version(self, connection: Connection, lock: bool = False) -> int | None:
        """The version of the tables; None without any. Raises NearfieldError where a later Nearfield has made them."""
        if not connection.dialect.has_table(connection, VERSIONS.name):
            return None
        found = select(VERSIONS.c.version)
        # Where databases lock rows, others that would change the tables wait for this one.
        version = connection.execute(found.with_for_update() if lock else found).scalar()
        if version is None or version > SCHEMA_VERSION:
            raise NearfieldError(
                f"{self._name} was written by a later version of Nearfield. Update Nearfield to use it."
            )
        return int(version)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as fault:
            raise NearfieldError(_sentence(self._name, fault)) from fault


def open_database(folder: Path) -> Database:
    """The database of a data folder: `nearfield.db` in it, or the one at the address in NEARFIELD_DATABASE.

    Raises NearfieldError for an address that is none.
    """
    address = os.environ.get(DATABASE_VARIABLE)
    file = None if address else Path(os.path.realpath(folder)) / DATABASE_FILE
    try:
        return _opened(address or f"sqlite:///{file}", file, os.getpid())
    except (ArgumentError, NoSuchModuleError):
        raise NearfieldError(f"{DATABASE_VARIABLE} is not the address of a database that Nearfield can use.") from None


@lru_cache(maxsize=64)
def _opened(address: str, file: Path | None, process: int) -> Database:
    """One for each address and process: no connection may be shared with a process that was forked."""
    return Database(address, file)


def _migrate(connection: Connection, version: int) -> None:
    """Change the tables of a `version` into those of this Nearfield."""
    for later in range(version + 1, SCHEMA_VERSION + 1):
        for statement in MIGRATIONS[later]:
            connection.execute(text(statement))
    if version != SCHEMA_VERSION:
        connection.execute(update(VERSIONS).values(version=SCHEMA_VERSION))


def _engine(address: str) -> Engine:
    url = make_url(address)
    if url.get_backend_name() != "sqlite":
        return create_engine(url)
    # A connection takes microseconds, and one that is closed keeps no file open that has been replaced or removed.
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": _READ_SECONDS})
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


def _sentence(name: str, fault: DatabaseError) -> str:
    """What is wrong with the database, and what to do about it."""
    reason = str(fault.orig)
    code = getattr(fault.orig, "sqlite_errorcode", 0) & 0xFF
    remedies = {
        sqlite3.SQLITE_BUSY: "Others keep writing it. Try again later.",
        sqlite3.SQLITE_FULL: "Make room and try again.",
        sqlite3.SQLITE_READONLY: "Allow writing there, or choose another place, and try again.",
        sqlite3.SQLITE_CANTOPEN: "Allow reading and writing there, or choose another place, and try again.",
        sqlite3.SQLITE_PERM: "Allow writing there, or choose another place, and try again.",
        sqlite3.SQLITE_CORRUPT: "Move it away to start afresh, or put a backup in its place.",
        sqlite3.SQLITE_NOTADB: "Move it away to start afresh, or put a backup in its place.",
    }
    usual = "Check the disk, or the connection to it, and try again."
    return f"The database {name} cannot be used ({reason}). {remedies.get(code, usual)}"
