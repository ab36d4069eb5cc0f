"""Pages are computed one after the other, but none waits for one that takes long."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pages.shell import turns as turns_module
from pages.shell.turns import Turns

PATIENCE = 60.0


@contextmanager
def holding(turns: Turns) -> Iterator[threading.Event]:
    """Another thread has the turn until the event is set."""
    has_it, done = threading.Event(), threading.Event()

    def hold() -> None:
        with turns.turn():
            has_it.set()
            done.wait(PATIENCE)

    thread = threading.Thread(target=hold)
    thread.start()
    assert has_it.wait(PATIENCE)
    try:
        yield done
    finally:
        done.set()
        thread.join()


def asking(turns: Turns) -> tuple[threading.Thread, threading.Event]:
    """A thread that asks for the turn, and the event that it has had it."""
    served = threading.Event()

    def ask() -> None:
        with turns.turn():
            served.set()

    thread = threading.Thread(target=ask)
    thread.start()
    return thread, served


def test_a_page_waits_for_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns_module, "LONGEST_SECONDS", PATIENCE)
    turns = Turns()
    with holding(turns) as done:
        thread, served = asking(turns)
        assert not served.wait(0.2)
        done.set()
        assert served.wait(PATIENCE)
        thread.join()


def test_no_page_waits_for_one_that_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns_module, "LONGEST_SECONDS", 0.01)
    turns = Turns()
    with holding(turns) as done:
        for _ in range(3):
            thread, served = asking(turns)
            assert served.wait(PATIENCE)
            thread.join()
        assert not done.is_set()


def test_behind_one_that_takes_long_pages_still_come_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = Turns()
    monkeypatch.setattr(turns_module, "LONGEST_SECONDS", 0.01)
    with holding(turns):
        monkeypatch.setattr(turns_module, "LONGEST_SECONDS", PATIENCE)
        with holding(turns) as done:
            thread, served = asking(turns)
            assert not served.wait(0.2)
            done.set()
            assert served.wait(PATIENCE)
            thread.join()


def test_a_page_that_fails_lets_the_next_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns_module, "LONGEST_SECONDS", PATIENCE)
    turns = Turns()
    with pytest.raises(KeyError), turns.turn():
        raise KeyError
    thread, served = asking(turns)
    assert served.wait(PATIENCE / 2)
    thread.join()
