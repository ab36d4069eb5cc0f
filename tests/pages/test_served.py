"""A public server as strangers meet it: over HTTP and by its websocket, with neither token nor browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.catalogue.library import BUNDLED
from core.owner import PUBLIC_VARIABLE
from pages.serving import texts
from pages.serving.bounds import UPLOADS_VARIABLE
from pages.shell.text import plain
from tests.support.server import ROOT, Server, running_server
from tests.support.session import Session, fetch

MB = 1_000_000
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "bmVhcmZpZWxkIG5lYXJmaQ==",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Public, with room for two megabytes of uploads, of which one network has half."""
    public = {PUBLIC_VARIABLE: "1", UPLOADS_VARIABLE: "2"}
    with running_server(ROOT / "data" / BUNDLED, **public) as started:
        yield started


@pytest.fixture
def visitor(server: Server) -> Iterator[Session]:
    with Session(server.address, "clip") as session:
        yield session


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/agent/interact"])
def test_what_visitors_do_is_told_to_nobody(server: Server, path: str) -> None:
    reply = fetch(server.address, path)
    assert (reply.status, reply.body.decode()) == (404, texts.NOT_HERE)


@pytest.mark.parametrize(
    "path", ["/", "/map?artist=syn-0005", "/_stcore/host-config", "/static/js/none.js", "/media/none"]
)
def test_every_answer_has_the_headers(server: Server, path: str) -> None:
    headers = fetch(server.address, path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "script-src 'self' blob: 'unsafe-eval' 'sha256-" in headers["content-security-policy"]


def test_another_name_is_refused_over_http_and_by_websocket(server: Server) -> None:
    evil = {"Host": "evil.example"}
    assert fetch(server.address, "/", headers=evil).status == 403
    assert fetch(server.address, "/_stcore/health", headers=evil).status == 200
    assert fetch(server.address, "/_stcore/stream", headers=HANDSHAKE).status == 101
    assert fetch(server.address, "/_stcore/stream", headers=HANDSHAKE | evil).status == 403


def test_a_page_of_another_site_opens_no_websocket(server: Server) -> None:
    origin = {"Origin": "http://evil.example"}
    assert fetch(server.address, "/_stcore/stream", headers=HANDSHAKE | origin).status == 403


class TestUploads:
    def test_a_file_is_taken_for_a_page_with_a_place(self, visitor: Session) -> None:
        assert visitor.upload("a.wav", b"sound").status == 204

    def test_none_is_for_a_page_without(self, server: Server) -> None:
        with Session(server.address, "results") as session:
            reply = session.upload("a.wav", b"sound")
        assert (reply.status, reply.body.decode()) == (403, texts.NO_PLACE)

    def test_none_is_for_a_page_that_only_the_owner_uploads_to(self, server: Server) -> None:
        with Session(server.address, "catalogues") as session:
            assert session.upload("a.csv", b"id,name\n").status == 403

    def test_what_says_too_much_is_refused_before_it_arrives_and_the_page_says_why(self, visitor: Session) -> None:
        reply = visitor.upload("a.wav", b"sound", length=str(300 << 20))
        assert (reply.status, reply.body.decode()) == (413, texts.too_large(200 << 20))
        visitor.run()
        why = plain(texts.was_refused(texts.too_large(200 << 20)))
        assert why in [alert.body for alert in visitor.elements("alert")]
        visitor.run()
        assert why not in [alert.body for alert in visitor.elements("alert")]

    def test_one_network_holds_half_of_what_visitors_may(self, server: Server, visitor: Session) -> None:
        with Session(server.address, "clip") as other:
            assert visitor.upload("a.wav", bytes(MB * 6 // 10)).status == 204
            reply = other.upload("a.wav", bytes(MB * 6 // 10))
            assert (reply.status, reply.body.decode()) == (429, texts.ADDRESS_FULL)

    def test_many_at_once_are_answered_all_and_the_server_lives(self, server: Server, visitor: Session) -> None:
        statuses: list[int] = []

        def send() -> None:
            statuses.append(visitor.upload("a.wav", bytes(MB // 4)).status)

        sending = [threading.Thread(target=send) for _ in range(12)]
        for thread in sending:
            thread.start()
        for thread in sending:
            thread.join()
        assert len(statuses) == 12
        assert set(statuses) <= {204, 429}
        assert fetch(server.address, "/_stcore/health").body == b"ok"


def test_on_this_machine_everything_is_open_without_a_token(tmp_path: Path) -> None:
    catalogue = tmp_path / BUNDLED
    catalogue.symlink_to(ROOT / "data" / BUNDLED)
    with running_server(catalogue) as local, Session(local.address, "catalogues") as owner:
        assert "owner_token" not in owner.said()
        with Session(local.address, "clip") as visitor:
            assert visitor.upload("a.wav", b"sound").status == 204
        with Session(local.address.replace("localhost", "127.0.0.1"), "train") as session:
            assert not list(session.elements("exception"))
            assert "start_run" in session.said()
