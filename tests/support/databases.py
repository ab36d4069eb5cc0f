"""Both kinds of databases for tests of lists and jobs."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.database import connection, open_database

EACH_DATABASE = pytest.mark.usefixtures("each_database")
"""For a module whose tests run with each kind."""

SQLITE_ONLY = pytest.mark.parametrize("each_database", ["sqlite"], indirect=True)
"""For a test in such a module of what a file can come to."""


def ask_database(data: Path, statement: str, **values: object) -> list[tuple[Any, ...]]:
    """Ask or change the database of a data folder behind Nearfield's back; returns the rows, if there are any."""
    with open_database(data).change() as opened:
        answer = opened.execute(text(statement), values)
        return [tuple(row) for row in answer] if answer.returns_rows else []


def run_script(data: Path, script: str) -> None:
    """Have the database of a data folder run statements that know nothing of Nearfield."""
    if address := os.environ.get(connection.DATABASE_VARIABLE):
        import psycopg

        with psycopg.connect(address, autocommit=True) as opened:
            opened.execute(script.encode())
    else:
        with closing(sqlite3.connect(data / connection.DATABASE_FILE)) as file, file:
            file.executescript(script)


def database_file(data: Path) -> bytes | None:
    """What the file of the database holds; None where the database is no file of the data folder."""
    file = data / connection.DATABASE_FILE
    return None if connection.DATABASE_VARIABLE in os.environ else file.read_bytes()


def forget_databases() -> None:
    """Open databases anew, as the next process would."""
    connection._opened.cache_clear()


def close_database(address: str) -> None:
    """End the connections that this process keeps open."""
    connection._opened(address, None, os.getpid())._engine.dispose()
    forget_databases()
