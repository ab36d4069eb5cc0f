"""Two replicas behind a proxy share catalogues, lists and jobs, and one that is killed takes nothing along."""

import secrets
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from core.catalogue.library import DATA_VARIABLE
from core.curation import read_lists
from core.database.connection import DATABASE_VARIABLE
from pages.shell.visitor import COOKIE
from tests.support import proxy
from tests.support.catalogues import trainable
from tests.support.postgres import PostgresServer
from tests.support.proxy import sticky_proxy
from tests.support.server import ROOT, running_script, wait_until
from tests.support.session import Session

pytestmark = pytest.mark.slow
VISITORS = "a" * 32, "b" * 32


def visit(address: str, replica: int, artist: int, visitor: str) -> Session:
    """The page of an artist, by a visitor whose proxy knows the replica."""
    cookies = f"{COOKIE}={visitor}; {proxy.COOKIE}={replica}"
    return Session(address, query=f"artist=id-{artist}", headers={"Cookie": cookies})


def keep(session: Session) -> None:
    (button,) = (button for button in session.elements("button") if button.label == "Keep")
    session.run([WidgetState(id=button.id, trigger_value=True)])


def is_kept(session: Session) -> bool:
    return any(button.label == "Kept: take out" for button in session.elements("button"))


def test_what_was_kept_through_a_replica_that_is_killed_is_there_through_the_other(
    on_postgresql: PostgresServer, tmp_path: Path
) -> None:
    catalogue = trainable(tmp_path / "data" / "tiny")
    environment = {
        DATA_VARIABLE: str(tmp_path / "data"),
        DATABASE_VARIABLE: on_postgresql.address(),
        "STREAMLIT_SERVER_COOKIE_SECRET": secrets.token_hex(32),
    }
    with ExitStack() as running:
        replicas = [running.enter_context(running_script(ROOT / "app.py", environment)) for _ in range(2)]
        front = running.enter_context(sticky_proxy([address for address, _ in replicas]))
        with visit(front.address, 0, 1, VISITORS[0]) as here, visit(front.address, 1, 1, VISITORS[1]) as there:
            before = dict(front.connections)
            keep(here)
            keep(there)
            assert is_kept(here)
            assert is_kept(there)
        with visit(front.address, 1, 1, VISITORS[0]) as there:
            assert is_kept(there)
        with visit(front.address, 0, 2, VISITORS[0]) as here:
            keep(here)
            killed = replicas[0][1]
            killed.kill()
            wait_until(lambda: killed.status() == psutil.STATUS_ZOMBIE, "that the replica has died")
            assert front.connections[0] > before[0]
        with visit(front.address, 0, 2, VISITORS[0]) as elsewhere:
            assert is_kept(elsewhere)
        with visit(front.address, 0, 3, VISITORS[0]) as elsewhere:
            keep(elsewhere)
            assert is_kept(elsewhere)
        kept = [
            [entry.artist_id for entry in read_lists(tmp_path / "data", visitor, catalogue).lists[0].entries]
            for visitor in VISITORS
        ]
        assert kept == [["id-1", "id-2", "id-3"], ["id-1"]]
