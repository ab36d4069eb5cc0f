"""A PostgreSQL server for tests: a folder of its own, no port, and gone afterwards. Debian: `postgresql`."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.processes import lasts
from tests.support.server import wait_until

_DEBIANS = Path("/usr/lib/postgresql")
_HASTE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_OPTIONS = (
    "listen_addresses=",
    "max_connections=60",
    "shared_buffers=16MB",
    "autovacuum=off",
    "log_min_messages=fatal",
)


class PostgresServer:
    """A server on a Unix socket in `folder`. Its user may do everything, and needs no password."""

    def __init__(self, folder: Path, programs: Path, durable: bool = False) -> None:
        self._folder, self._programs = folder, programs
        self._options = [*_OPTIONS, *(() if durable else _HASTE)]
        self._numbers = itertools.count()
        self._process: subprocess.Popen[bytes] | None = None
        self._run("initdb", "-D", "data", "-A", "trust", "-U", "nearfield", "-E", "UTF8", "--locale=C", "-N")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = [part for option in self._options for part in ("-c", option)]
        command = [self._programs / "postgres", "-D", "data", "-k", self._folder, *settings]
        self._process = subprocess.Popen(command, **self._surroundings())
        lasts(self._process.pid)
        wait_until(self._answers, "a database server")

    def stop(self, how: int = signal.SIGQUIT) -> None:
        """End it: at once unless told otherwise (SIGINT writes all to disk first)."""
        if self._process:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None

    def address(self, name: str = "postgres") -> str:
        """The address of one of its databases, as NEARFIELD_DATABASE takes it."""
        return f"postgresql://nearfield@/{name}?host={self._folder}"

    def new_database(self, options: str = "") -> str:
        """Make an empty database; returns its address."""
        name = f"test_{next(self._numbers)}"
        self.ask(f"create database {name} {options}")
        return self.address(name)

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """What the server says to a statement outside any transaction."""
        import psycopg

        with psycopg.connect(self.address(), autocommit=True) as connection:
            answer = connection.execute(statement.encode())
            return answer.fetchall() if answer.description else []

    def empty(self) -> None:
        """Leave nothing in the first database. Much faster than making another one."""
        self.ask("set lock_timeout = '20s'; drop schema public cascade; create schema public")

    def _answers(self) -> bool:
        import psycopg

        assert self._process
        assert self._process.poll() is None, "the database server has ended"
        try:
            return bool(self.ask("select true"))
        except psycopg.OperationalError:
            return False

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run([self._programs / program, *arguments], check=True, **self._surroundings())

    def _surroundings(self) -> dict[str, Any]:
        """It refuses to run as root."""
        surroundings: dict[str, Any] = {"cwd": self._folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return surroundings | ({"user": "nobody", "group": "nogroup", "extra_groups": []} if os.getuid() == 0 else {})


def postgres_programs() -> Path | None:
    """The folder of PostgreSQL's programs; Debian keeps them off the path, the newest version counts."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(_DEBIANS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


@contextmanager
def postgres_server(programs: Path, durable: bool = False) -> Iterator[PostgresServer]:
    """A server that has started; it and its folder are gone afterwards. `durable` keeps what was committed for ever."""
    # Not pytest's folder: the path of a socket has at most 107 letters, and another user must reach it.
    with tempfile.TemporaryDirectory(prefix="nearfield-postgres-") as name:
        folder = Path(name)
        if os.getuid() == 0:
            shutil.chown(folder, "nobody", "nogroup")
        server = PostgresServer(folder, programs, durable)
        try:
            server.start()
            yield server
        finally:
            server.stop()
