"""Opening the database, reading from it and changing it. Each change is one transaction, whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import URL, Connection, Engine, Row, Select, insert, make_url, select, text, update
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from core.database.postgresql import PostgreSQL
from core.database.schema import METADATA, MIGRATIONS, SCHEMA_VERSION, VERSIONS
from core.database.sqlite import SQLite
from core.errors import NearfieldError
from core.storage import writing

DATABASE_VARIABLE = "NEARFIELD_DATABASE"
DATABASE_FILE = "nearfield.db"
_TABLES = "tables"


class Backend(Protocol):
    """What differs between kinds of databases. `name` begins a sentence."""

    engine: Engine
    name: str

    def hold(self, connection: Connection, what: str) -> None:
        """Let nobody else hold `what` until the transaction ends."""

    def check(self, connection: Connection) -> None:
        """Raise NearfieldError where the database is none to make tables in."""

    def sentence(self, fault: DBAPIError) -> str:
        """What is wrong with the database, and what to do about it."""


class Database:
    """The database at one address. Nothing is created before the first change."""

    def __init__(self, backend: Backend, file: Path | None) -> None:
        self._backend = backend
        self._engine = backend.engine
        self._file = file
        self._readable = self._ready = False

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
    def change(self, what: str = "") -> Iterator[Connection]:
        """A transaction; an exception undoes it.

        `what` names what it reads and then changes: those that name the same wait for one another. On SQLite all do.
        One that names nothing changes each row by one statement, which says what must still be true of the row.
        Raises NearfieldError where the database cannot be written, and if others keep it busy for too long.
        """
        with self._faults():
            if self._is_absent() or not self._ready:
                self._create()
            with self._engine.begin() as connection:
                if what:
                    self._backend.hold(connection, what)
                yield connection

    def hold(self, connection: Connection, what: str) -> None:
        """Have the rest of a transaction change `what` too. Whatever two of them hold, both take in the same order."""
        self._backend.hold(connection, what)

    def _is_absent(self) -> bool:
        return self._file is not None and not self._file.exists()

    def _create(self) -> None:
        if self._file:
            with writing(self._file.parent):
                self._file.parent.mkdir(parents=True, exist_ok=True)
        self._ready = False
        with self._engine.begin() as connection:
            self._backend.hold(connection, _TABLES)
            version = self._version(connection)
            if version is None:
                self._backend.check(connection)
                METADATA.create_all(connection)
                connection.execute(insert(VERSIONS).values(version=SCHEMA_VERSION))
            else:
                _migrate(connection, version)
        self._ready = True

    def _version(self, connection: Connection) -> int | None:
        """The version of the tables; None without any. Raises NearfieldError where a later Nearfield has made them."""
        if not connection.dialect.has_table(connection, VERSIONS.name):
            return None
        version = connection.execute(select(VERSIONS.c.version)).scalar()
        if version is None or version > SCHEMA_VERSION:
            raise NearfieldError(
                f"{self._backend.name} was written by a later version of Nearfield. Update Nearfield to use it."
            )
        return int(version)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as fault:
            self._readable = self._ready = False  # whatever is there next is looked at anew
            raise NearfieldError(self._backend.sentence(fault)) from fault
        except PoolTimeoutError as fault:
            raise NearfieldError(f"{self._backend.name} is asked too much at once. Try again in a minute.") from fault


def open_database(folder: Path) -> Database:
    """The database of a data folder: `nearfield.db` in it, or the one at the address in NEARFIELD_DATABASE.

    Raises NearfieldError for an address that is none, or where the driver for it is not installed.
    """
    address = os.environ.get(DATABASE_VARIABLE)
    file = None if address else Path(os.path.realpath(folder)) / DATABASE_FILE
    return _opened(address or f"sqlite:///{file}", file, os.getpid())


@lru_cache(maxsize=64)
def _opened(address: str, file: Path | None, process: int) -> Database:
    """One for each address and process: no connection may be shared with a process that was forked."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise _no_address() from None
    return Database(_backend(url, file), file)


def _backend(url: URL, file: Path | None) -> Backend:
    kind = url.drivername.partition("+")[0]
    # With an @ in its host the address has one in its password that is not written as %40.
    if kind in ("postgresql", "postgres") and "@" not in (url.host or ""):
        return PostgreSQL(url)
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        return SQLite(url, file)
    raise _no_address()


def _no_address() -> NearfieldError:
    return NearfieldError(
        f"{DATABASE_VARIABLE} is not the address of a database that Nearfield can use. Write it as "
        "postgresql://USER:PASSWORD@HOST/NAME, with %40 for @ in the password."
    )


def _migrate(connection: Connection, version: int) -> None:
    """Change the tables of a `version` into those of this Nearfield."""
    for later in range(version + 1, SCHEMA_VERSION + 1):
        for statement in MIGRATIONS[later]:
            connection.execute(text(statement))
    if version != SCHEMA_VERSION:
        connection.execute(update(VERSIONS).values(version=SCHEMA_VERSION))
