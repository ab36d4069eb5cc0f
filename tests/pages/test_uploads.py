"""Bounds on uploads, at Streamlit's own endpoint: by size, number and kind, per visitor, per network and in all."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from core.owner import network_of
from pages.serving import texts
from pages.serving.bounds import AT_ONCE, DEFAULT_MB, UPLOADS_VARIABLE, Refused, most_held
from pages.serving.leaving import Leaving
from pages.serving.offers import Offer
from tests.support.uploads import BOUNDARY, bounded_endpoint, multipart, put

MB = 1_000_000
CLIP = Offer(2 * MB, 2 * MB)
MUSIC = Offer(2 * MB, 4 * MB, 3, (".flac", ".mp3"), is_owners=True)


def endpoint(offer: Offer | None = CLIP, most: int = 100 * MB, *more: str) -> tuple[Any, Any, Any]:
    app, account, sessions = bounded_endpoint(most, "one", *more)
    for session in ("one", *more):
        if offer:
            account.offers.make(session, "place", offer)
    return app, account, sessions


def test_a_file_arrives() -> None:
    app, account, sessions = endpoint()
    assert put(app, "one", "a", multipart("a.wav", b"sound")).status == 204
    (kept,) = sessions.files.get_files("one", ["a"])
    assert (kept.name, kept.data) == ("a.wav", b"sound")
    assert account.offers.take_refusal("one") == ""


@pytest.mark.parametrize("says_length", [True, False])
def test_a_file_that_is_too_large_does_not_arrive_whatever_its_header_says(says_length: bool) -> None:
    app, account, sessions = endpoint()
    body = multipart("a.wav", bytes(3 * MB))
    assert put(app, "one", "a", body, says_length=says_length).status == 413
    assert put(app, "one", "a", body, says_length=False, others=[("content-length", "9")]).status == 413
    assert sessions.n_bytes() == 0
    assert account.offers.take_refusal("one") == texts.too_large(2 * MB)
    assert account.offers.take_refusal("one") == ""


def test_a_file_of_exactly_the_size_that_is_offered_arrives() -> None:
    app, _, sessions = endpoint()
    assert put(app, "one", "a", multipart("a.wav", bytes(2 * MB))).status == 204
    assert sessions.n_bytes() == 2 * MB


def test_a_page_without_a_place_for_files_takes_none() -> None:
    app, _, sessions = endpoint(None)
    refused = put(app, "one", "a", multipart("a.wav", b"sound"))
    assert (refused.status, refused.body.decode()) == (403, texts.NO_PLACE)
    assert put(app, "somebody", "a", multipart("a.wav", b"sound")).status == 403
    assert sessions.n_bytes() == 0


@pytest.mark.parametrize(
    ("name", "status"), [("a/b.flac", 204), ("B.MP3", 204), ("c.exe", 415), ("flac", 415), ("", 415), ("é.flac", 204)]
)
def test_the_kind_of_a_file_is_one_that_the_page_takes(name: str, status: int) -> None:
    app, account, _ = endpoint(MUSIC)
    for chunk in (65_536, 7):
        assert put(app, "one", "a", multipart(name, b"sound"), chunk=chunk).status == status
    if status == 415:
        assert ".flac, .mp3" in account.offers.take_refusal("one")


def test_a_kind_that_cannot_be_told_is_refused_where_kinds_matter() -> None:
    app, _, sessions = endpoint(MUSIC)
    body = multipart("a.flac", b"sound").replace(b"filename=", b"filename*=utf-8''")
    assert put(app, "one", "a", body).status == 415
    assert put(app, "one", "a", bytes(100_000)).status == 415
    assert sessions.n_bytes() == 0


@pytest.mark.parametrize("body", [b"", b"\r\n\r\n", b"--" + BOUNDARY.encode(), multipart("a.wav", b"")[:60], bytes(9)])
def test_what_is_no_upload_leaves_nothing(body: bytes) -> None:
    app, account, sessions = endpoint()
    assert put(app, "one", "a", body).status in (400, 415)
    assert sessions.n_bytes() == 0
    assert account._arriving == []


class TestPerVisitor:
    def test_the_file_that_was_replaced_goes(self) -> None:
        app, _, sessions = endpoint()
        for number in range(20):
            assert put(app, "one", f"file-{number}", multipart("a.wav", bytes(MB // 2))).status == 204
        assert list(sessions.held()["one"]) == ["file-18", "file-19"]

    def test_a_visitor_holds_no_more_bytes_than_the_page_takes(self) -> None:
        app, _, sessions = endpoint()
        for number in range(5):
            assert put(app, "one", f"file-{number}", multipart("a.wav", bytes(3 * MB // 2))).status == 204
        assert sessions.held() == {"one": {"file-4": 3 * MB // 2}}

    def test_the_owner_is_told_what_is_too_much(self) -> None:
        app, account, sessions = endpoint(MUSIC)
        answers = [put(app, "one", f"file-{number}", multipart("a.mp3", bytes(9))).status for number in range(6)]
        assert answers == [204] * 4 + [413] * 2
        assert account.offers.take_refusal("one") == texts.TOO_MANY
        assert len(sessions.held()["one"]) == 4

    def test_few_files_are_on_their_way_at_a_time(self) -> None:
        _, account, _ = endpoint()
        account.offers.make("one", "other", Offer(9, 9, 100))
        on_way = [account.begin("one", f"file-{number}", "::1", 1) for number in range(AT_ONCE)]
        with pytest.raises(Refused, match="on their way"):
            account.begin("one", "another", "::1", 1)
        account.end(on_way[0])
        account.begin("one", "another", "::1", 1)


class TestAll:
    def test_visitors_together_hold_no_more_than_the_server_gives(self) -> None:
        names = [f"visitor-{number}" for number in range(5)]
        app, account, sessions = endpoint(CLIP, 6 * MB, *names)
        body = multipart("a.wav", bytes(2 * MB - 1000))
        answers = [put(app, name, "a", body, client=f"10.0.0.{place}").status for place, name in enumerate(names)]
        assert answers == [204] * 3 + [503] * 2
        assert account.offers.take_refusal("visitor-4") == texts.ALL_FULL
        assert sessions.n_bytes() <= 6 * MB

    def test_those_of_one_network_hold_no_more_than_half_of_it(self) -> None:
        names = [f"visitor-{number}" for number in range(3)]
        app, account, _ = endpoint(CLIP, 6 * MB, *names)
        body = multipart("a.wav", bytes(2 * MB - 1000))
        answers = [put(app, name, "a", body, client=f"2001:db8::{place}").status for place, name in enumerate(names)]
        assert answers == [204, 429, 429]
        assert account.offers.take_refusal("visitor-1") == texts.ADDRESS_FULL
        assert put(app, "visitor-2", "a", body, client="2001:db9::1").status == 204

    def test_the_owners_files_are_not_counted_among_the_visitors(self) -> None:
        app, account, _ = endpoint(None, 4 * MB, "owner")
        account.offers.make("owner", "music", MUSIC)
        account.offers.make("one", "clip", CLIP)
        for number in range(2):
            assert put(app, "owner", f"{number}", multipart("a.mp3", bytes(2 * MB - 1000))).status == 204
        assert put(app, "one", "a", multipart("a.wav", bytes(2 * MB - 1000))).status == 204

    def test_who_says_much_and_sends_little_keeps_nobody_out(self) -> None:
        _, account, _ = endpoint(CLIP, 4 * MB, "slow-1", "slow-2", "slow-3")
        for number in range(1, 4):
            account.grow(account.begin(f"slow-{number}", "a", f"10.0.0.{number}", 2 * MB), 100)
        account.grow(account.begin("one", "a", "10.1.0.1", 2 * MB), 2 * MB)

    @pytest.mark.parametrize(("said", "mb"), [("", DEFAULT_MB), ("250", 250), ("-1", DEFAULT_MB), ("lots", DEFAULT_MB)])
    def test_the_owner_says_how_much(self, monkeypatch: pytest.MonkeyPatch, said: str, mb: int) -> None:
        monkeypatch.setenv(UPLOADS_VARIABLE, said)
        assert most_held() == mb * MB


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.168.1.5", "192.168.1.5"),
        ("::ffff:192.168.1.5", "192.168.1.5"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_a_network_is_an_address_of_ipv4_or_64_bits_of_ipv6(address: str, network: str) -> None:
    assert network_of(address) == network


class TestLeaving:
    def test_the_files_of_a_visitor_who_has_left_are_freed(self) -> None:
        app, account, sessions = endpoint(CLIP, 100 * MB, "two")
        for session in ("one", "two"):
            assert put(app, session, "a", multipart("a.wav", bytes(MB))).status == 204
        leaving = Leaving(account, grace_s=30)
        leaving.look(0)
        sessions.here.discard("one")
        leaving.look(10)
        leaving.look(39)
        assert sessions.ended == []
        leaving.look(40)
        assert sessions.ended == ["one"]
        assert list(sessions.held()) == ["two"]
        assert account.offers.sessions() == ["two"]
        assert list(account._networks) == ["two"]

    def test_who_comes_back_in_time_keeps_them(self) -> None:
        app, account, sessions = endpoint()
        assert put(app, "one", "a", multipart("a.wav", b"sound")).status == 204
        leaving = Leaving(account, grace_s=30)
        for here, now in [(set(), 0), ({"one"}, 20), (set(), 40), (set(), 60)]:
            sessions.here = here
            leaving.look(now)
        assert sessions.n_bytes() == 5

    def test_a_file_that_arrives_after_its_visitor_has_left_is_freed(self) -> None:
        _, account, sessions = endpoint()
        sessions.files.add_file("gone", UploadedFileRec("a", "a.wav", "audio/wav", b"sound"))
        leaving = Leaving(account, grace_s=30)
        leaving.look(0)
        leaving.look(30)
        assert sessions.n_bytes() == 0
