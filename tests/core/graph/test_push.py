"""Walks by forward push: how far they may be from the exact ones, and how little of the graph they read."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from core.arrays import DoubleArray, IntArray
from core.graph import push
from core.graph.adjacency import adjacency
from core.graph.protocols import GraphView
from core.graph.push import PUSH_ERROR, pushed_pagerank, pushed_steps, pushed_walk
from core.graph.rankers import (
    PAGERANK_CONTINUE,
    PAGERANK_ITERATIONS,
    SHORT_WALK,
    PersonalisedPageRank,
    ShortWalk,
)
from tests.support.graphs import random_edges

N = 400
LONELY = N - 1
QUERIES = (0, 7, 123, LONELY)
ERRORS = (1e-2, 1e-4, 1e-7)
ROUNDING = 1e-12
FLOAT32 = 1e-6
CUT = PAGERANK_CONTINUE**PAGERANK_ITERATIONS
"""What the exact walk's iterations can leave out at most."""


@pytest.fixture(scope="module")
def edges() -> IntArray:
    """Artist 0 has an edge to every third, the last has none, and two are far from all others."""
    around = random_edges(N - 3, 3 * N)
    thirds = np.arange(3, N - 3, 3)
    star = np.stack([np.zeros_like(thirds), thirds], axis=1)
    return np.unique(np.concatenate([around, star, [[N - 3, N - 2]]]), axis=0)


@pytest.fixture(scope="module")
def view(edges: IntArray) -> GraphView:
    return GraphView(N, edges)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of edges that each step of a push reads."""
    counts: list[int] = []
    pass_on = push._pass_on

    def counted(links: csr_array, degree: IntArray, rows: IntArray, *others: object) -> IntArray:
        counts.append(int(degree[rows].sum()))
        return pass_on(links, degree, rows, *others)

    monkeypatch.setattr(push, "_pass_on", counted)
    return counts


def chances_of_steps(links: csr_array) -> DoubleArray:
    return links.toarray().astype(np.float64) / np.maximum(np.diff(links.indptr), 1)[:, None]


@pytest.mark.parametrize("error", ERRORS)
def test_pagerank_is_never_too_high_and_too_low_by_the_bound_at_most(
    view: GraphView, error: float, read: list[int]
) -> None:
    links = adjacency(view.edges, N)
    steps = chances_of_steps(links)
    solved = (1 - PAGERANK_CONTINUE) * np.linalg.inv(np.eye(N) - PAGERANK_CONTINUE * steps)
    iterated = PersonalisedPageRank(view).scores(np.array(QUERIES))
    for query, by_iteration in zip(QUERIES, iterated, strict=True):
        read.clear()
        found = pushed_pagerank(links, query, error, PAGERANK_CONTINUE).scores
        assert sum(read[1:]) <= 1 / (error * (1 - PAGERANK_CONTINUE))
        missing = solved[query] - found
        assert (missing >= -ROUNDING).all()
        assert (missing <= error * view.degree + ROUNDING).all()
        assert (np.abs(by_iteration - found) <= error * view.degree + CUT + FLOAT32).all()


@pytest.mark.parametrize("error", ERRORS)
def test_the_short_walk_is_never_too_high_and_too_low_by_the_bound_at_most(view: GraphView, error: float) -> None:
    links = adjacency(view.edges, N)
    exact = ShortWalk(view).scores(np.array(QUERIES))
    for query, by_iteration in zip(QUERIES, exact, strict=True):
        missing = by_iteration - pushed_walk(links, query, SHORT_WALK, error).scores
        assert (missing >= -FLOAT32).all()
        assert (missing <= error * view.degree + FLOAT32).all()


@pytest.mark.parametrize("error", ERRORS)
def test_each_step_keeps_its_own_bound(view: GraphView, error: float, read: list[int]) -> None:
    links = adjacency(view.edges, N)
    steps = chances_of_steps(links)
    for query in QUERIES:
        read.clear()
        power = np.eye(N)[query]
        for taken, (rows, chances) in enumerate(pushed_steps(links, query, 6, error), 1):
            power = power @ steps
            found = np.zeros(N)
            found[rows] = chances
            assert len(np.unique(rows)) == len(rows)
            assert (power - found >= -ROUNDING).all()
            assert (power - found <= (taken - 1) * error * view.degree + ROUNDING).all()
        assert max(read[1:]) <= 1 / error


def test_what_lies_elsewhere_changes_nothing(view: GraphView) -> None:
    elsewhere = random_edges(5 * N, 20 * N) + N
    larger = GraphView(6 * N, np.concatenate([view.edges, elsewhere]))
    for walk in (PersonalisedPageRank, ShortWalk):
        small, large = walk(view).near(7), walk(larger).near(7)
        np.testing.assert_array_equal(small.rows, large.rows)
        np.testing.assert_array_equal(small.scores, large.scores)


def test_a_search_around_an_artist_leaves_out_itself_and_whom_no_walk_reaches(view: GraphView) -> None:
    for walk in (PersonalisedPageRank(view), ShortWalk(view)):
        near = walk.near(0)
        assert near.error == PUSH_ERROR
        assert not {0, LONELY, N - 2} & set(near.rows.tolist())
        assert (near.scores > 0).all()
        known = near.known
        assert known is not None
        assert known[near.rows].all()
        assert not known[[0, LONELY]].any()
        assert len(walk.near(LONELY).rows) == 0
        assert not walk.near(LONELY).known.any()
        exact = walk.scores(np.array([5]))[0]
        exact[5] = 0
        assert (exact[walk.near(5).best(10, N).rows] >= np.sort(exact)[-10] - PUSH_ERROR * view.degree.max()).all()
