"""What only PostgreSQL does: it goes away and comes back, lets several write at once, and knows passwords."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from core.database import Database, open_database, postgresql
from core.database.connection import DATABASE_VARIABLE
from core.database.schema import LISTS
from core.errors import NearfieldError
from core.jobs import Jobs, store
from tests.support.databases import close_database, forget_databases
from tests.support.postgres import PostgresServer, postgres_programs, postgres_server

ALL_CONTENT = select(LISTS.c.content)


def put(database: Database, name: str) -> None:
    with database.change(name) as connection:
        row = {"catalogue": "cat", "lists_id": name, "content": name, "stamp": "", "opened": 0.0}
        connection.execute(insert(LISTS).values(row))


def contents(database: Database) -> list[str]:
    return sorted(row.content for row in database.rows(ALL_CONTENT))


def test_a_server_that_is_killed_is_told_as_away_and_has_what_was_saved_when_it_is_back(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = postgres_programs()
    assert programs
    with postgres_server(programs, durable=True) as server:
        monkeypatch.setenv(DATABASE_VARIABLE, server.address())
        database = open_database(tmp_path)
        put(database, "eve")

        def change_while_it_is_killed() -> None:
            with database.change() as connection:
                connection.execute(update(LISTS).values(content="lost"))
                server.stop()

        for ask in (change_while_it_is_killed, lambda: contents(database), lambda: put(database, "adam")):
            with pytest.raises(NearfieldError, match=r"cannot be reached. What was saved before is kept. Try again"):
                ask()
        server.start()
        assert contents(database) == ["eve"]
        put(database, "adam")
        assert contents(database) == ["adam", "eve"]
        close_database(server.address())


def test_connections_that_the_server_has_ended_are_made_anew(on_postgresql: PostgresServer, tmp_path: Path) -> None:
    database = open_database(tmp_path)
    put(database, "eve")
    on_postgresql.ask("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'nearfield'")
    assert contents(database) == ["eve"]


def test_only_who_changes_the_same_waits(
    on_postgresql: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(postgresql._SETTINGS, "lock_timeout", "50ms")
    database = open_database(tmp_path)
    put(database, "adam")
    with database.change("eve"):
        put(database, "cain")
        assert contents(database) == ["adam", "cain"]
        with pytest.raises(NearfieldError, match="changes waiting for long. Try again later"):
            put(database, "eve")
    put(database, "eve")
    assert contents(database) == ["adam", "cain", "eve"]


def test_a_job_that_ends_while_others_are_made_has_ended(
    on_postgresql: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = Jobs(tmp_path / "cat")
    claim = jobs.create("map", "clap", {})

    def end_and_be_gone(_row: object) -> bool:
        jobs.end(claim, "finished")
        return True

    with monkeypatch.context() as patched:
        patched.setattr(store, "_is_gone", end_and_be_gone)
        jobs.create("map", "other", {})
    assert [job.state for job in jobs.listed()] == ["running", "finished"]


def test_tables_that_were_dropped_are_told_and_made_anew(on_postgresql: PostgresServer, tmp_path: Path) -> None:
    database = open_database(tmp_path)
    put(database, "eve")
    assert contents(database) == ["eve"]
    on_postgresql.empty()
    with pytest.raises(NearfieldError, match="has lost Nearfield's tables. Try again"):
        contents(database)
    assert contents(database) == []
    put(database, "adam")
    assert contents(database) == ["adam"]


def test_a_database_that_cannot_hold_all_letters_is_refused(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = postgres.new_database("encoding latin1 locale 'C' template template0")
    monkeypatch.setenv(DATABASE_VARIABLE, address)
    with pytest.raises(NearfieldError, match="cannot hold all letters. Make one with the encoding UTF8"):
        put(open_database(tmp_path), "eve")
    close_database(address)


def test_what_a_server_refuses_is_told_without_its_name(
    on_postgresql: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(open_database(tmp_path), "eve")
    reader = on_postgresql.address() + "&options=-c%20default_transaction_read_only%3Don"
    monkeypatch.setenv(DATABASE_VARIABLE, reader)
    assert contents(open_database(tmp_path)) == ["eve"]
    with pytest.raises(NearfieldError, match="can only be read"):
        put(open_database(tmp_path), "adam")
    close_database(reader)


@pytest.mark.parametrize("driver", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_an_address_may_name_another_driver(
    on_postgresql: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, driver: str
) -> None:
    address = on_postgresql.address().replace("postgresql", driver, 1)
    monkeypatch.setenv(DATABASE_VARIABLE, address)
    assert contents(open_database(tmp_path)) == []
    close_database(address)


HIDDEN = [
    "postgresql://me:hush@localhost:1/x",
    "postgresql://me:hush@/x?host=/none/hush",
    "postgresql://me@/x?host=/none/hush&password=hush",
    "postgresql://me:hush@/x?host=/none&no_such_option=1",
]


@pytest.mark.parametrize("address", HIDDEN)
def test_a_password_is_in_no_message_and_no_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    pytest.importorskip("psycopg")
    monkeypatch.setenv(DATABASE_VARIABLE, address)
    database = open_database(tmp_path)
    asked: list[Callable[[], object]] = [lambda: contents(database), lambda: put(database, "eve")]
    with caplog.at_level(logging.DEBUG):
        for ask in asked:
            with pytest.raises(NearfieldError, match="The database that NEARFIELD_DATABASE names") as fault:
                ask()
            assert "hush" not in str(fault.value)
            assert "/none" not in str(fault.value)
    assert caplog.text.count("The database server says") == 1
    assert "hush" not in caplog.text


def test_without_psycopg_the_remedy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forget_databases()
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.setenv(DATABASE_VARIABLE, "postgresql://me@here/x")
    with pytest.raises(NearfieldError, match=r"psycopg is not installed. Install it: .*requirements-scale.txt"):
        open_database(tmp_path)
