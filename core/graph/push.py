"""Walks from one artist by forward push: they read the edges around it, however many artists there are.

R. Andersen, F. Chung, K. Lang, Local graph partitioning using PageRank vectors, FOCS 2006, section 3, for a walk that
is not lazy. What is left to spread at an artist is passed on to its neighbours once it comes to `error` times the
number of its edges; smaller rests stay where they are. Chances of a walk along undirected edges are reversible,
d(u) Pᵏ(u, v) = d(v) Pᵏ(v, u), so all rests together are worth at most `error` · d(v) at any artist v. Hence no score is
too high, and none is too low by more than `error` times the number of edges of that artist. `core.graph.rankers` has
the exact walks.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from scipy.sparse import csr_array

from core.arrays import BoolArray, DoubleArray, IntArray

PUSH_ERROR = 1e-6
"""The error per edge of the artist that search allows."""

_DENSE = 16
"""Sorting the rows of more than one in so many artists takes longer than looking at all."""


class Pushed:
    """The artists that a push has met and their scores (n,), float64, zero for the others."""

    def __init__(self, n_artists: int) -> None:
        self.scores: DoubleArray = np.zeros(n_artists)
        self._met: BoolArray = np.zeros(n_artists, bool)
        self._rows: list[IntArray] = []

    def meet(self, rows: IntArray) -> None:
        fresh = np.unique(rows[~self._met[rows]])
        self._met[fresh] = True
        self._rows.append(fresh)

    @property
    def rows(self) -> IntArray:
        """The artists that were met, ascending."""
        return np.sort(np.concatenate(self._rows)).astype(np.int64)


def pushed_pagerank(links: csr_array, row: int, error: float, onward: float) -> Pushed:
    """The visits of a walk from `row` that goes on with probability `onward`, and otherwise begins again there.

    `links` (n, n) has an entry for each edge, both ways; only where they are counts. At most 1 / (error · (1 - onward))
    edges are read, beside those of `row`.
    """
    degree = np.diff(links.indptr)
    left, pushed = np.zeros(links.shape[0]), Pushed(links.shape[0])
    left[row] = 1.0
    frontier = np.array([row], np.int64)
    pushed.meet(frontier)
    while len(frontier):
        mass = left[frontier]
        left[frontier] = 0.0
        pushed.scores[frontier] += (1 - onward) * mass
        arrived = _pass_on(links, degree, frontier, onward * mass, left)
        pushed.meet(arrived)
        frontier = np.unique(arrived[left[arrived] >= error * degree[arrived]])
    rows = pushed.rows
    pushed.scores[rows] += (1 - onward) * left[rows]  # those rests that end where they are
    return pushed


def pushed_walk(links: csr_array, row: int, weights: Mapping[int, float], error: float) -> Pushed:
    """The sum of the chances of walks of some numbers of steps from `row`, each with its weight.

    `links` are as in `pushed_pagerank`. Rests are left once a step, so a chance of t steps is too low by at most
    (t - 1) · error for each edge; they are made so small that it is `error` for the sum. See `steps_error`.
    """
    pushed = Pushed(links.shape[0])
    smallest = error / steps_error(weights)
    for steps, (rows, chances) in enumerate(pushed_steps(links, row, max(weights), smallest), 1):
        if steps in weights:
            pushed.scores[rows] += weights[steps] * chances
            pushed.meet(rows)
    return pushed


def steps_error(weights: Mapping[int, float]) -> float:
    """By how many times the error of a step the sum of `pushed_walk` may be too low, for each edge."""
    return sum(weight * (steps - 1) for steps, weight in weights.items()) or 1.0


def pushed_steps(
    links: csr_array, row: int, longest: int, error: float, strength: DoubleArray | None = None
) -> Iterator[tuple[IntArray, DoubleArray]]:
    """For 1, 2, … `longest` steps: the artists where a walk from `row` may be, ascending, and the chances of each.

    After t steps a chance is too low by at most (t - 1) · error for each edge of the artist. After the first
    step, each reads at most 1 / error edges. With `strength` (n,), the sums of the rows of `links`, edges are taken by
    their weights, which are at least one, and the strength stands for the number of edges.
    """
    degree = np.diff(links.indptr)
    least = error * (degree if strength is None else strength)
    room = np.zeros(links.shape[0])
    rows, chances = np.array([row], np.int64), np.ones(1)
    for _ in range(longest):
        arrived = _distinct(_pass_on(links, degree, rows, chances, room, strength), room)
        rows, chances = arrived.astype(np.int64), room[arrived]
        room[arrived] = 0.0
        yield rows, chances
        goes_on = chances >= least[rows]
        rows, chances = rows[goes_on], chances[goes_on]


def _pass_on(
    links: csr_array,
    degree: IntArray,
    rows: IntArray,
    mass: DoubleArray,
    into: DoubleArray,
    strength: DoubleArray | None = None,
) -> IntArray:
    """Add the `mass` (r,) of some rows to `into` (n,) at their neighbours, in equal parts or by weight. Returns where
    it arrived, an artist as often as edges lead to it."""
    counts = degree[rows]
    ends = np.cumsum(counts, dtype=np.int64)
    places = np.arange(ends[-1] if len(ends) else 0) + np.repeat(links.indptr[rows] - ends + counts, counts)
    arrived: IntArray = links.indices[places]
    passed = np.repeat(mass / np.maximum(counts if strength is None else strength[rows], 1), counts)
    if strength is not None:
        passed *= links.data[places]
    np.add.at(into, arrived, passed)
    return arrived


def _distinct(rows: IntArray, room: DoubleArray) -> IntArray:
    """The distinct of `rows`, ascending: those where `room` (n,) is not zero."""
    return np.flatnonzero(room) if len(rows) > len(room) // _DENSE else np.unique(rows)
