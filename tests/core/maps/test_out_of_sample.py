"""Placing something new on a map, and work in the background."""

import threading

import numpy as np
import pytest

from core.errors import NearfieldError
from core.jobs.tasks import Background, Cancelled
from core.maps.out_of_sample import out_of_sample_place

SQUARE = np.array([[0, 0], [1, 0], [0, 1], [1, 1], [np.nan, np.nan]], np.float32)


def test_a_clip_that_sounds_as_an_artist_stands_where_it_stands() -> None:
    placed = out_of_sample_place(SQUARE, np.array([3, 0, 1]), np.array([1, 0.5, 0.4], np.float32))
    assert placed is not None
    np.testing.assert_allclose(placed.position, [1, 1], atol=1e-4)
    assert not placed.is_vague


def test_equal_neighbours_are_met_in_the_middle_and_far_ones_said() -> None:
    placed = out_of_sample_place(SQUARE, np.arange(5), np.full(5, 0.7, np.float32))
    assert placed is not None
    np.testing.assert_allclose(placed.position, [0.5, 0.5])
    np.testing.assert_allclose(placed.weights, 0.25)
    assert placed.rows.tolist() == [0, 1, 2, 3]
    assert placed.scatter == pytest.approx(1)
    assert placed.is_vague


def test_without_a_neighbour_on_the_map_there_is_no_place() -> None:
    assert out_of_sample_place(SQUARE, np.array([4]), np.array([0.9], np.float32)) is None


def test_work_is_done_once_and_told_by_stages() -> None:
    background, go = Background(1, 2), threading.Event()

    def work(enter):  # type: ignore[no-untyped-def]
        enter("first")
        go.wait(60)
        enter("second")
        return object()

    task = background.start("key", work)
    assert background.start("key", work) is task
    assert not task.wait(0.01)
    go.set()
    assert task.wait(60)
    assert task.result() is background.start("key", work).result()
    assert task.stage == "second"


def test_cancelled_work_ends_before_its_next_step_and_may_begin_again() -> None:
    background, entered, go = Background(1, 2), threading.Event(), threading.Event()

    def work(enter):  # type: ignore[no-untyped-def]
        entered.set()
        go.wait(60)
        enter("next")
        return 1

    task = background.start("key", work)
    waiting = background.start("other", lambda enter: 2)
    entered.wait(60)
    background.forget("key")
    background.forget("other")
    go.set()
    with pytest.raises(Cancelled):
        task.result()
    assert waiting.done
    assert background.start("key", lambda enter: 3).result() == 3


def test_only_the_latest_results_are_kept_and_faults_are_passed_on() -> None:
    background = Background(2, 2)
    first = background.start(0, lambda enter: object()).result()
    for key in (1, 2, 3):
        background.start(key, lambda enter: None).result()
    assert background.start(0, lambda enter: object()).result() is not first

    def fail(enter):  # type: ignore[no-untyped-def]
        raise NearfieldError("no")

    with pytest.raises(NearfieldError):
        background.start("bad", fail).result()
