"""Requests to a service that refuses, is busy, slow or broken, and to none at all."""

from __future__ import annotations

import socket
import threading
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from core.errors import NearfieldError, StoppedError
from core.relations.cache import AnswerCache
from core.relations.http import (
    ATTEMPTS,
    LARGEST_ANSWER,
    BusyError,
    Client,
    RefusedError,
    ServiceError,
    seconds_after,
)
from tests.support.services import CONTACT, Clock, Reply, Service, serving

GOOD = Reply({"answer": 42})


def client_of(base: str, clock: Clock | None = None, **settings: Any) -> Client:
    clock = clock or Clock()
    return Client(base, CONTACT, clock=clock, sleep=clock.sleep, **settings)


def test_it_says_who_asks_and_sends_the_token_as_a_header() -> None:
    with serving(lambda parameters: GOOD) as service:
        client = client_of(service.base, headers={"Authorization": "Token secret"})
        assert client.get("a/b", {"x": "1 2"}) == {"answer": 42}
    (asked,) = service.asked
    assert asked.path == "/a/b"
    assert asked.parameters == {"x": "1 2"}
    assert asked.headers["User-Agent"].startswith("nearfield/")
    assert CONTACT in asked.headers["User-Agent"]
    assert asked.headers["Authorization"] == "Token secret"
    assert "secret" not in repr(client)


@pytest.mark.parametrize("contact", ["", "me", "a b@c.d", "a@b\r\nX: y", "mé@example.org"])
def test_a_contact_is_needed(contact: str) -> None:
    with pytest.raises(NearfieldError, match="contact"):
        Client("https://example.org", contact)


@pytest.mark.parametrize("base", ["http://example.org", "ftp://127.0.0.1", "file:///etc/passwd"])
def test_only_https_is_asked(base: str) -> None:
    with pytest.raises(NearfieldError, match="https only"):
        Client(base, CONTACT)


@pytest.mark.parametrize("status", [429, 503])
def test_it_waits_as_long_as_it_is_told_and_asks_again(status: int) -> None:
    clock = Clock()
    with serving(lambda parameters: GOOD) as service:
        service.first = [Reply(status=status, headers={"Retry-After": "7"})]
        assert client_of(service.base, clock).get("x", {}) == {"answer": 42}
    assert len(service.asked) == 2
    assert clock.slept == pytest.approx(7)


def test_a_wait_may_be_given_as_a_date() -> None:
    assert seconds_after(formatdate(1_000_030, usegmt=True), lambda: 1_000_000.0) == 30
    assert seconds_after(formatdate(999_000, usegmt=True), lambda: 1_000_000.0) == 0
    assert seconds_after("2.5") == 2.5
    assert [seconds_after(text) for text in ("", None, "soon", "nan", "inf")] == [None] * 5


def test_a_service_that_stays_busy_is_left_alone() -> None:
    clock = Clock()
    with serving(lambda parameters: Reply(status=503)) as service, pytest.raises(ServiceError, match="answered 503"):
        client_of(service.base, clock).get("x", {})
    assert len(service.asked) == ATTEMPTS
    assert clock.slept == pytest.approx(1 + 2 + 4)


def test_it_does_not_wait_for_an_hour() -> None:
    clock = Clock()
    reply = Reply(status=429, headers={"Retry-After": "3600"})
    with serving(lambda parameters: reply) as service, pytest.raises(ServiceError, match="60 minutes"):
        client_of(service.base, clock).get("x", {})
    assert len(service.asked) == 1
    assert clock.slept == 0


def test_it_waits_where_the_requests_of_a_period_are_used_up() -> None:
    clock = Clock()
    used_up = Reply(1, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-In": "9"})
    with serving(lambda parameters: Reply(2, headers={"X-RateLimit-Remaining": "5"})) as service:
        service.first = [used_up]
        client = client_of(service.base, clock, interval=0.5)
        assert client.get("x", {}) == 1
        assert clock.slept == 0
        assert client.get("y", {}) == 2
        assert clock.slept == pytest.approx(9)
        client.get("z", {})
        assert clock.slept == pytest.approx(9.5)


@pytest.mark.parametrize(
    "broken", [Reply([1] * 100, cut=50), Reply(body=b'{"half": ['), Reply(body=b"<html>"), Reply(body=b"\xff")]
)
def test_half_an_answer_is_asked_for_again_and_not_kept(broken: Reply, tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path)
    with serving(lambda parameters: broken) as service:
        client = client_of(service.base, cache=cache)
        with pytest.raises(ServiceError, match="gave no answer"):
            client.get("x", {})
        assert not client.is_cached("x", {})
        service.answer = lambda parameters: GOOD
        service.first = [broken]
        assert client.get("x", {}) == {"answer": 42}


def test_a_slow_answer_is_given_up() -> None:
    clock, rest = Clock(), threading.Event()
    slow = Reply([1, 2, 3], held=rest)

    def slept_through() -> float:
        if service.asked:
            clock.now += 100
        return clock.now

    with serving(lambda parameters: slow) as service:
        client = Client(service.base, CONTACT, timeout=5, clock=slept_through, sleep=clock.sleep)
        rest.set()
        with pytest.raises(ServiceError, match="took longer than 5 seconds"):
            client.get("x", {})
    assert len(service.asked) == ATTEMPTS


def test_a_service_that_says_nothing_is_given_up() -> None:
    silent = threading.Event()
    with serving(lambda parameters: Reply([1, 2], held=silent)) as service:
        client = client_of(service.base, timeout=0.05)
        with pytest.raises(ServiceError, match="gave no answer"):
            client.get("x", {})
        silent.set()


def test_without_a_network_it_says_so() -> None:
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        client = client_of(f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(ServiceError, match="127.0.0.1 gave no answer .*refused"):
            client.get("x", {})


def test_too_much_is_not_read() -> None:
    huge = Reply(body=b" " * (LARGEST_ANSWER + 1))
    with serving(lambda parameters: huge) as service, pytest.raises(ServiceError, match="more than 8 MB"):
        client_of(service.base).get("x", {})


def test_a_refusal_is_not_repeated() -> None:
    refusal = Reply({"error": "no"}, status=400)
    with serving(lambda parameters: refusal) as service, pytest.raises(RefusedError) as caught:
        client_of(service.base).get("x", {})
    assert caught.value.status == 400
    assert caught.value.body == b'{"error": "no"}'
    assert len(service.asked) == 1


def test_a_token_does_not_follow_a_redirect() -> None:
    with serving(lambda parameters: GOOD) as other:
        moved = Reply(status=302, headers={"Location": f"{other.base}/x"})
        with serving(lambda parameters: moved) as service, pytest.raises(ServiceError, match="moved"):
            client_of(service.base, headers={"Authorization": "Token secret"}).get("x", {})
    assert other.asked == []


class TestCache:
    def test_it_answers_the_second_time(self, tmp_path: Path) -> None:
        with serving(lambda parameters: GOOD) as service:
            for _ in range(2):
                assert client_of(service.base, cache=AnswerCache(tmp_path)).get("x", {"a": "1"}) == {"answer": 42}
            assert len(service.asked) == 1
            client_of(service.base, cache=AnswerCache(tmp_path)).get("x", {"a": "2"})
            assert len(service.asked) == 2

    def test_it_holds_no_secret(self, tmp_path: Path) -> None:
        with serving(lambda parameters: GOOD) as service:
            client = client_of(service.base, cache=AnswerCache(tmp_path))
            client.get("x", {"a": "1"}, {"api_key": "secret"})
            assert service.asked[0].parameters == {"a": "1", "api_key": "secret"}
            assert client.get("x", {"a": "1"}, {"api_key": "another"}) == {"answer": 42}
        assert len(service.asked) == 1

    def test_answers_grow_old(self, tmp_path: Path) -> None:
        now = [0.0]
        cache = AnswerCache(tmp_path, days=28, now=lambda: now[0])
        cache.write("u", [1])
        now[0] = 27 * 86_400
        assert cache.read("u") == [1]
        now[0] = 29 * 86_400
        assert cache.read("u") is None
        now[0] = -1  # the clock was set back
        assert cache.read("u") is None

    @pytest.mark.parametrize("content", [b"", b"no gzip", b"\x1f\x8b\x08\x00broken"])
    def test_a_damaged_file_is_no_answer(self, content: bytes, tmp_path: Path) -> None:
        cache = AnswerCache(tmp_path)
        cache.write("u", [1])
        (file,) = tmp_path.rglob("*.gz")
        file.write_bytes(content)
        assert cache.read("u") is None
        cache.write("u", [2])
        assert cache.read("u") == [2]


def test_an_answer_that_its_reader_refuses_is_not_kept(tmp_path: Path) -> None:
    def busy(answer: Any) -> None:
        if answer == "wait":
            raise BusyError("it said so", 3)

    clock = Clock()
    with serving(lambda parameters: GOOD) as service:
        service.first = [Reply("wait")]
        assert client_of(service.base, clock, cache=AnswerCache(tmp_path)).get("x", {}, check=busy) == {"answer": 42}
    assert clock.slept == pytest.approx(3)


def test_it_stops_while_it_waits() -> None:
    clock = Clock()
    service: Service
    with serving(lambda parameters: Reply(status=503, headers={"Retry-After": "200"})) as service:
        client = client_of(service.base, clock, cancelled=lambda: clock.slept > 1)
        with pytest.raises(StoppedError):
            client.get("x", {})
    assert clock.slept < 2
