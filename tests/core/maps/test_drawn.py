"""Large maps: who is drawn of them, and the places of those whom the layout leaves out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import NearfieldError
from core.maps import Fidelity, MapSettings, StoredMap, drawn, project
from core.maps.by_sample import N_NEAREST, placed_by_sample
from core.maps.drawn import EVERYBODY, WHOLE, Box, drawn_artists


def stored(n: int, seed: int = 0, absent: int = 3) -> StoredMap:
    coordinates = np.random.default_rng(seed).uniform(-10, 10, (n, 2)).astype(np.float32)
    coordinates[:absent] = np.nan
    unknown = np.full(n, np.nan, np.float32)
    return StoredMap("clap", coordinates, unknown, MapSettings(), Fidelity((), (), (), n, n), "", {}, "")


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn, "MOST_DRAWN", 100)


def test_everybody_is_drawn_on_maps_that_are_small_enough() -> None:
    assert drawn_artists({"one": stored(103)}, {}) is EVERYBODY
    assert drawn_artists({"one": stored(53), "two": stored(40)}, {}) is EVERYBODY
    assert EVERYBODY.of(stored(10)).tolist() == list(range(3, 10))
    assert drawn_artists({"one": stored(104)}, {}) is not EVERYBODY
    assert drawn_artists({}, {}) is EVERYBODY


def test_a_part_has_its_artists_and_the_whole_a_sample() -> None:
    one = stored(3000)
    whole = drawn_artists({"one": one}, {})
    assert whole.rows is not None
    assert (len(whole.rows), whole.parts["one"].n_inside, whole.parts["one"].n_drawn) == (100, 2997, 100)
    assert whole.parts["one"].box == WHOLE
    near: Box = ((1.0, 2.0), (-3.0, -2.5))
    part = drawn_artists({"one": one}, {"one": near, "another": WHOLE})
    (left, right), (bottom, top) = part.parts["one"].box
    assert (left, right, bottom, top) == (0.75, 2.25, -3.5, -2.0)
    x, y = one.coordinates.T
    inside = np.flatnonzero((x >= left) & (x <= right) & (y >= bottom) & (y <= top))
    assert part.rows is not None
    assert part.rows.tolist() == inside.tolist()
    assert part.parts["one"].n_drawn == part.parts["one"].n_inside == len(inside)
    assert part.key != whole.key == drawn_artists({"one": one}, {}).key


def test_who_is_drawn_stays_when_the_view_narrows() -> None:
    one = stored(3000)
    wide = drawn_artists({"one": one}, {"one": ((-6.0, 6.0), (-6.0, 6.0))})
    narrow = drawn_artists({"one": one}, {"one": ((-2.0, 2.0), (-2.0, 2.0))})
    assert wide.rows is not None
    assert narrow.rows is not None
    (left, right), (bottom, top) = narrow.parts["one"].box
    x, y = one.coordinates[wide.rows].T
    still = wide.rows[(x >= left) & (x <= right) & (y >= bottom) & (y <= top)]
    assert 0 < len(still) < 100
    assert set(still.tolist()) <= set(narrow.rows.tolist())


def test_marked_artists_go_first_and_two_maps_draw_the_same() -> None:
    first = np.zeros(3000, bool)
    first[[7, 8, 2999, 0]] = True
    found = drawn_artists({"one": stored(3000), "two": stored(3000, 1)}, {}, first)
    assert found.rows is not None
    assert {7, 8, 2999} <= set(found.rows.tolist())
    assert 0 not in found.rows
    assert 25 <= len(found.rows) <= 50  # each map has those of both: a hundred points together
    assert {part.n_drawn for part in found.parts.values()} == {25}


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 5), st.integers(N_NEAREST, 40), st.integers(1, 30))
def test_the_others_lie_among_their_nearest_of_the_sample(seed: int, n_sample: int, n_others: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(n_sample + n_others, 6)).astype(np.float32)
    sample, places = vectors[:n_sample], rng.normal(size=(n_sample, 2)).astype(np.float32)
    rows = np.arange(n_sample, n_sample + n_others)
    told: list[float] = []
    found = placed_by_sample(sample, places, rows, lambda some: vectors[some], told.append)
    assert told[-1] == 1
    for vector, place in zip(vectors[rows].astype(float), found, strict=True):
        squared = np.square(sample - vector).sum(axis=1)
        near = np.argsort(squared)[:N_NEAREST]
        expected = np.average(places[near], axis=0, weights=1 / squared[near])
        assert np.abs(place - expected).max() < 1e-3


def test_a_map_by_a_sample_puts_equals_at_one_place() -> None:
    kinds = np.random.default_rng(1).normal(size=(6, 8)).astype(np.float32)
    vectors = np.repeat(kinds, 50, axis=0) * np.linspace(1, 2, 300, dtype=np.float32)[:, None]
    vectors[7] = np.nan
    present = np.arange(300) != 7
    stages: list[str] = []
    few = MapSettings(most_laid_out=40)
    found = project(vectors, present, few, lambda stage, done: stages.append(stage))
    assert list(dict.fromkeys(stages)) == ["preparing", "layout", "placing"]
    assert np.isnan(found[7]).all()
    assert len(np.unique(found[present], axis=0)) == 6
    for start in (0, 50):
        own = slice(start, start + 50)
        assert len(np.unique(found[own][present[own]], axis=0)) == 1
    with pytest.raises(NearfieldError, match="artist in row 7"):
        project(vectors, np.ones(300, bool), few)
