"""The database opens, changes as a whole or not at all, and says in plain words why it cannot."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from core.database import open_database, sqlite
from core.database.connection import DATABASE_FILE, DATABASE_VARIABLE
from core.database.schema import LISTS, SCHEMA_VERSION
from core.errors import NearfieldError
from tests.support.databases import EACH_DATABASE, SQLITE_ONLY, database_file, forget_databases, run_script
from tests.support.faults import in_a_process

pytestmark = EACH_DATABASE

LISTS_OF_EVE = {"catalogue": "cat", "lists_id": "eve", "content": "0", "stamp": "", "opened": 0.0}
ALL_CONTENT = select(LISTS.c.content)


def contents(folder: Path) -> list[tuple[object, ...]]:
    return [tuple(row) for row in open_database(folder).rows(select(LISTS))]


def test_a_read_creates_nothing(tmp_path: Path) -> None:
    assert open_database(tmp_path).rows(ALL_CONTENT) == []
    assert list(tmp_path.iterdir()) == []


@SQLITE_ONLY
def test_what_was_written_is_read_by_another_process(tmp_path: Path) -> None:
    with open_database(tmp_path / "new").change() as connection:
        connection.execute(insert(LISTS).values(LISTS_OF_EVE))
    with sqlite3.connect(tmp_path / "new" / DATABASE_FILE) as other:
        assert other.execute("select content from lists").fetchall() == [("0",)]
    other.close()


def test_a_fault_undoes_the_whole_change(tmp_path: Path) -> None:
    database = open_database(tmp_path)

    def fail() -> None:
        with database.change() as connection:
            connection.execute(insert(LISTS).values(LISTS_OF_EVE))
            raise NearfieldError("no")

    with pytest.raises(NearfieldError, match="no"):
        fail()
    assert database.rows(ALL_CONTENT) == []


def _count(folder: Path, times: int) -> None:
    database = open_database(folder)
    for _ in range(times):
        with database.change("the count") as connection:
            content = connection.execute(ALL_CONTENT).scalar_one()
            connection.execute(update(LISTS).values(content=str(int(content) + 1)))


def test_several_writers_lose_nothing(tmp_path: Path) -> None:
    with open_database(tmp_path).change() as connection:
        connection.execute(insert(LISTS).values(LISTS_OF_EVE))
    with ThreadPoolExecutor(3) as pool:
        writers = [pool.submit(in_a_process, lambda: _count(tmp_path, 25)) for _ in range(3)]
        assert all(writer.result() for writer in writers)
    assert [row.content for row in open_database(tmp_path).rows(ALL_CONTENT)] == ["75"]


@SQLITE_ONLY
def test_a_removed_file_is_an_empty_database(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    with database.change() as connection:
        connection.execute(insert(LISTS).values(LISTS_OF_EVE))
    (tmp_path / DATABASE_FILE).unlink()
    assert database.rows(ALL_CONTENT) == []
    with database.change() as connection:
        connection.execute(insert(LISTS).values(LISTS_OF_EVE))
    assert len(database.rows(ALL_CONTENT)) == 1


def test_a_later_version_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    with open_database(tmp_path).change() as connection:
        connection.execute(insert(LISTS).values(LISTS_OF_EVE))
    before = contents(tmp_path)
    run_script(tmp_path, f"update schema_version set version = {SCHEMA_VERSION + 1}")
    forget_databases()
    file = database_file(tmp_path)
    with pytest.raises(NearfieldError, match="later version of Nearfield"):
        open_database(tmp_path).rows(ALL_CONTENT)
    with pytest.raises(NearfieldError, match="later version of Nearfield"), open_database(tmp_path).change():
        pass
    assert database_file(tmp_path) == file
    run_script(tmp_path, f"update schema_version set version = {SCHEMA_VERSION}")
    assert contents(tmp_path) == before


def test_the_database_of_version_1_is_read_as_it_is_and_changed_when_it_is_first_written(tmp_path: Path) -> None:
    run_script(
        tmp_path,
        "create table schema_version (version integer primary key); insert into schema_version values (1);"
        "create table lists (catalogue text, lists_id varchar(64), content text not null, stamp varchar(16) not "
        "null, opened float not null, moved_from varchar(64), primary key (catalogue, lists_id));"
        "insert into lists values ('cat', 'adam', '7', '', 1.0, null);",
    )
    file = database_file(tmp_path)
    assert [row.content for row in open_database(tmp_path).rows(ALL_CONTENT)] == ["7"]
    assert database_file(tmp_path) == file
    with pytest.raises(NearfieldError):  # as reading has changed nothing
        open_database(tmp_path).rows(select(LISTS.c.changes))
    with open_database(tmp_path).change() as connection:
        connection.execute(insert(LISTS).values(LISTS_OF_EVE))
    rows = open_database(tmp_path).rows(select(LISTS).order_by(LISTS.c.lists_id))
    assert [(row.lists_id, row.content, row.changes, row.is_owners) for row in rows] == [
        ("adam", "7", 30, False),
        ("eve", "0", 1, False),
    ]
    forget_databases()
    with open_database(tmp_path).change() as connection:
        assert connection.exec_driver_sql("select version from schema_version").scalar_one() == SCHEMA_VERSION


@SQLITE_ONLY
@pytest.mark.parametrize(
    "content", [b"no database at all, but text that is long enough" * 40, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_file_that_is_no_database_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / DATABASE_FILE).write_bytes(content)
    with pytest.raises(NearfieldError, match="Move it away to start afresh"):
        open_database(tmp_path).rows(ALL_CONTENT)
    with pytest.raises(NearfieldError, match="Move it away to start afresh"), open_database(tmp_path).change():
        pass
    assert (tmp_path / DATABASE_FILE).read_bytes() == content


@SQLITE_ONLY
def test_another_address_by_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATABASE_VARIABLE, f"sqlite:///{tmp_path / 'elsewhere.db'}")
    with open_database(tmp_path / "data").change() as connection:
        connection.execute(insert(LISTS).values(LISTS_OF_EVE))
    assert [file.name for file in tmp_path.iterdir()] == ["elsewhere.db"]


@SQLITE_ONLY
@pytest.mark.parametrize(
    "address",
    ["nonsense", "mongodb://somewhere/x", "postgresql://me@here:port/x", "postgresql://me:pass@wort@here/x"],
)
def test_an_address_that_is_none_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv(DATABASE_VARIABLE, address)
    with pytest.raises(NearfieldError, match="not the address of a database.*HOST/NAME") as fault:
        open_database(tmp_path)
    assert "wort" not in str(fault.value)


@SQLITE_ONLY
def test_a_reader_gives_up_sooner_than_a_writer_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "_READ_SECONDS", 0.1)
    database = open_database(tmp_path)
    with database.change() as connection:
        connection.execute(insert(LISTS).values(LISTS_OF_EVE))
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000
    with closing(sqlite3.connect(tmp_path / DATABASE_FILE, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(NearfieldError, match="Others keep writing it"):
            database.rows(ALL_CONTENT)
