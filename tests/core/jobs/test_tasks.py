"""Turns among visitors: one clip of each goes before a second of another, and nobody fills the places of all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from core.errors import NearfieldError
from core.jobs.tasks import Asker, Background, Cancelled, Limits, Stage, Task

LIMITS = Limits(of_one_visitor=2, of_one_sender=3, in_all=5, abandoned_seconds=60)
ADA, BO, CY = Asker("ada", "one"), Asker("bo", "two"), Asker("cy", "three")


@contextmanager
def busy(background: Background, asker: Asker) -> Iterator[None]:
    """The only thread is at work for `asker`."""
    begun, go = threading.Event(), threading.Event()

    def work(enter: Stage) -> None:
        begun.set()
        go.wait(60)

    background.start("busy", work, asker)
    assert begun.wait(60)
    yield
    go.set()


def noted(background: Background, order: list[str], name: str, asker: Asker) -> Task[None]:
    return background.start(name, lambda enter: order.append(name), asker)


def test_one_of_each_visitor_goes_before_a_second_of_another() -> None:
    background, order = Background(1, 9), list[str]()
    with busy(background, ADA):
        tasks = [
            noted(background, order, name, asker)
            for name, asker in (("a1", ADA), ("a2", ADA), ("b1", BO), ("b2", BO), ("c1", CY))
        ]
    for task in tasks:
        task.result()
    assert order == ["a1", "b1", "c1", "a2", "b2"]


def test_who_has_something_at_work_waits_for_others() -> None:
    background, order = Background(2, 9), list[str]()
    with busy(background, ADA):
        begun, gate = threading.Event(), threading.Event()
        first = background.start("gate", lambda enter: (begun.set(), gate.wait(60)), BO)
        assert begun.wait(60)
        tasks = [noted(background, order, name, asker) for name, asker in (("a1", ADA), ("b1", BO), ("c1", CY))]
        gate.set()
        for task in (first, *tasks):
            task.result()
    assert order == ["b1", "c1", "a1"]


def test_few_may_wait_of_a_visitor_of_an_address_and_in_all() -> None:
    background = Background(1, 9, LIMITS)
    with busy(background, CY):
        waiting = [background.start(number, lambda enter: 1, ADA) for number in range(2)]
        with pytest.raises(NearfieldError, match="2 of your questions wait"):
            background.start("more", lambda enter: 1, ADA).result()
        waiting.append(background.start("twin", lambda enter: 1, replace(ADA, visitor="without a cookie")))
        with pytest.raises(NearfieldError, match="3 questions from your network"):
            background.start("more", lambda enter: 1, replace(ADA, visitor="another")).result()
        waiting += [background.start(f"b{number}", lambda enter: 1, BO) for number in range(2)]
        with pytest.raises(NearfieldError, match="5 questions of visitors wait"):
            background.start("more", lambda enter: 1, CY).result()
        assert background.start(0, lambda enter: 2, BO) is waiting[0]
    assert [task.result() for task in waiting] == [1] * 5


def test_leaving_cancels_only_what_nobody_else_wants() -> None:
    background = Background(1, 9, LIMITS)
    with busy(background, CY):
        both, mine = background.start("both", lambda enter: 1, ADA), background.start("mine", lambda enter: 2, ADA)
        assert background.start("both", lambda enter: 3, BO) is both
        background.forget("both", ADA)
        background.forget("mine", BO)
        assert not both.done
        assert not mine.done
        background.forget("mine", ADA)
        assert mine.done
    assert both.result() == 1


def test_what_nobody_asks_about_any_more_is_not_done(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("core.jobs.tasks.time.monotonic", lambda: now[0])
    background, order = Background(1, 9, LIMITS), list[str]()
    begun, go = threading.Event(), threading.Event()

    def work(enter: Stage) -> None:
        begun.set()
        go.wait(60)
        enter("next")

    running = background.start("running", work, CY)
    assert begun.wait(60)
    left = noted(background, order, "left", ADA)
    now[0] = 50.0
    kept = noted(background, order, "kept", BO)
    now[0] = 70.0
    go.set()
    kept.result()
    assert order == ["kept"]
    assert left.done
    with pytest.raises(Cancelled):
        running.result()
    noted(background, order, "left", ADA).result()
    assert order == ["kept", "left"]
