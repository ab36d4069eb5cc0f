"""A path between two artists by small steps, each to an artist that is similar to the one before.

The idea comes from Boil the Frog (P. Lamere, The Echo Nest, 2012). It is a shortest path through a graph of similar
artists, in which a step costs more the further it goes and the more popularity changes. Every cost is raised to a
power. At 0 all steps cost the same, and the path has the fewest steps. The higher the power, the more the longest step
counts, and the path gets more and smaller steps. To reach a given number of steps, the power is chosen first. Then the
widest steps are split by an artist that is similar to both ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from core.arrays import BoolArray, DoubleArray, FloatArray, IntArray, average_ranks
from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.graph.links import PREDICTED, kinds_of_edges
from core.graph.nearest import nearest_neighbours

StepKinds = Literal["near", "known", "both"]

NEAREST = 24
MAX_NEAREST = 100
MAX_STEPS = 40
USUAL_POWER = 2.0
_HIGHEST_POWER = 16.0
_TRIES = 6
_NO_PREDECESSOR = -9999
_REMEDIES: dict[StepKinds, str] = {
    "near": "Choose another space, or allow listed edges as well.",
    "known": "Allow steps to near artists as well.",
    "both": "Choose another space.",
}


@dataclass(frozen=True)
class StepGraph:
    """The possible steps in one space. It is slow to build, so build it once per space and catalogue version.

    Shapes: `pairs` (m, 2) rows, the lower first, each pair once, sorted; `scores` (m,) the cosine of the two, NaN if
    the space lacks one of them; `near` (m,) whether one is among the `k` nearest of the other; `known` (m,) whether
    the catalogue has the edge; `familiarity` (n,) from 0, least known, to 1, NaN if unknown. `looked_at` is the number
    of artists among whom steps were looked for, None for all.
    """

    n_artists: int
    k: int
    pairs: IntArray
    scores: FloatArray
    near: BoolArray
    known: BoolArray
    familiarity: FloatArray
    looked_at: int | None = None


@dataclass(frozen=True)
class Step:
    """One step of a path: the artist that it leads to, and the evidence for it.

    `score` is the cosine with the artist before, None if the space lacks one of the two. `kind` is KNOWN or HELD_OUT if
    the catalogue has an edge between the two, otherwise PREDICTED. `jump` is the change of familiarity as a share of
    all artists, None if unknown. `cost` is the cost of the step, 1 for a step of usual length.
    """

    row: int
    score: float | None
    near: bool
    kind: str
    jump: float | None
    cost: float

    @property
    def listed(self) -> bool:
        """Whether the catalogue lists the two artists as similar."""
        return self.kind != PREDICTED


@dataclass(frozen=True)
class ArtistPath:
    """The artists from `start` to the artist of the last step. `power` is explained in the module."""

    start: int
    steps: tuple[Step, ...]
    power: float

    @property
    def rows(self) -> list[int]:
        return [self.start, *(step.row for step in self.steps)]

    @property
    def cost(self) -> float:
        return sum(step.cost for step in self.steps)

    @property
    def widest(self) -> int:
        """The position in `steps` of the step that goes furthest."""
        return max(range(len(self.steps)), key=lambda place: self.steps[place].cost)


def step_graph(
    catalogue: Catalogue, vectors: FloatArray, present: BoolArray, k: int = NEAREST, rows: IntArray | None = None
) -> StepGraph:
    """The steps of a space with vectors (n, d) of unit length, as from `space_vectors`, among all artists, or among
    those in `rows` (r,), ascending.

    Raises NearfieldError for a k outside 1 to 100 or vectors of another catalogue.
    """
    if not 1 <= k <= MAX_NEAREST:
        raise NearfieldError(f"Ask for 1 to {MAX_NEAREST} nearest artists per artist, not {k}.")
    n = len(catalogue)
    if len(vectors) != n or len(present) != n:
        raise NearfieldError(f"The space places {len(vectors)} artists, but {catalogue.name} has {n}. Open it again.")
    near_keys = np.unique(_keys(_near_pairs(vectors, present, k, rows), n))
    known_keys = _keys(_edges_among(catalogue, rows), n)
    keys = np.union1d(near_keys, known_keys)
    pairs = np.stack(np.divmod(keys, n), axis=1)
    return StepGraph(
        n,
        k,
        pairs,
        _cosines(vectors, present, pairs),
        np.isin(keys, near_keys, assume_unique=True),
        np.isin(keys, known_keys),
        familiarity(catalogue),
        None if rows is None else len(rows),
    )


def _near_pairs(vectors: FloatArray, present: BoolArray, k: int, rows: IntArray | None) -> IntArray:
    """(p, 2) each artist with each of its nearest, of all or of `rows`."""
    everybody = np.arange(len(vectors)) if rows is None else rows
    nearest, _ = nearest_neighbours(vectors if rows is None else vectors[rows], present[everybody], k)
    places = np.stack([np.repeat(np.arange(len(everybody)), k), nearest.ravel()], axis=1)
    return everybody[places[places[:, 1] >= 0]]


def _edges_among(catalogue: Catalogue, rows: IntArray | None) -> IntArray:
    """(m, 2) the known edges of all artists, or among those in `rows`."""
    edges = catalogue.learned_edges
    if rows is None:
        return edges
    inside = np.zeros(len(catalogue), bool)
    inside[rows] = True
    return edges[inside[edges].all(axis=1)]


def familiarity(catalogue: Catalogue) -> FloatArray:
    """(n,) the share of artists that are less known, by popularity, or by edges if no popularity is known; NaN if
    there are neither."""
    popularity = catalogue.artists["popularity"].to_numpy(np.float64)
    if not catalogue.has_popularity and len(catalogue.learned_edges):
        popularity = np.bincount(catalogue.learned_edges.ravel(), minlength=len(catalogue)).astype(np.float64)
    rank = np.full(len(popularity), np.nan)
    has = ~np.isnan(popularity)
    rank[has] = (average_ranks(popularity[has]) - 1) / max(np.count_nonzero(has) - 1, 1)
    return rank.astype(np.float32)


def find_path(
    catalogue: Catalogue,
    graph: StepGraph,
    start: int,
    goal: int,
    step_kinds: StepKinds = "both",
    smoothing: float = 0.5,
    avoid: Sequence[int] = (),
    n_steps: int | None = None,
) -> ArtistPath:
    """The cheapest path from `start` to `goal`.

    `step_kinds` are the steps allowed: to near artists of the space, along known edges, or both. `smoothing`, 0 to 1,
    weighs a usual jump of familiarity against a usual distance. The path never visits artists of `avoid`. With
    `n_steps` it has that many steps, or as close to it as possible. Raises NearfieldError for rows that do not exist,
    for settings out of bounds, and if there is no path, with advice.
    """
    _check(catalogue, graph, start, goal, avoid, step_kinds, smoothing, n_steps)
    allowed = _allowed(graph, step_kinds)
    free = allowed & ~np.isin(graph.pairs, np.fromiter(avoid, np.int64)).any(axis=1)
    lengths = _lengths(graph, free, smoothing)
    rows, power = _route(graph, free, lengths, start, goal, n_steps)
    if not rows:
        raise NearfieldError(_why_none(catalogue, graph, allowed, start, goal, step_kinds, avoided=bool(len(avoid))))
    return ArtistPath(start, tuple(_steps(catalogue, graph, rows, lengths)), power)


def _keys(pairs: IntArray, n: int) -> IntArray:
    """One number for each pair, the same in both directions, sorted as (lower, upper)."""
    return pairs.min(axis=1) * n + pairs.max(axis=1)


def _cosines(vectors: FloatArray, present: BoolArray, pairs: IntArray, block: int = 1 << 15) -> FloatArray:
    parts = [
        np.einsum("pd,pd->p", vectors[part[:, 0]], vectors[part[:, 1]])
        for part in np.split(pairs, range(block, len(pairs), block))
    ]
    scores = np.concatenate(parts).astype(np.float32)
    scores[~present[pairs].all(axis=1)] = np.nan
    return scores


def _allowed(graph: StepGraph, step_kinds: StepKinds) -> BoolArray:
    match step_kinds:
        case "near":
            return graph.near
        case "known":
            return graph.known
    return graph.near | graph.known


def _lengths(graph: StepGraph, free: BoolArray, smoothing: float) -> DoubleArray:
    """(m,) the length of each step. A step of usual distance without a jump has length 1."""
    distance = np.sqrt(np.maximum(2 - 2 * graph.scores.astype(np.float64), 0))
    jump = np.abs(np.diff(graph.familiarity[graph.pairs].astype(np.float64), axis=1)[:, 0])
    return _relative(distance, free, 1.0) + smoothing * _relative(jump, free, 1.0)


def _relative(values: DoubleArray, free: BoolArray, unknown: float) -> DoubleArray:
    """`values` in units of their median over the free steps; NaN becomes `unknown`."""
    known = values[free & ~np.isnan(values)]
    usual = float(np.median(known)) if len(known) else 0.0
    return np.nan_to_num(values / usual, nan=unknown) if usual > 0 else np.nan_to_num(values, nan=unknown)


def _route(
    graph: StepGraph, free: BoolArray, lengths: DoubleArray, start: int, goal: int, n_steps: int | None
) -> tuple[list[int], float]:
    """The rows of the best path and its power; no rows if there is no path."""
    steps = _Steps(graph, free, lengths)
    if n_steps is None:
        return steps.shortest(start, goal, USUAL_POWER), USUAL_POWER
    tried = [(steps.shortest(start, goal, power), power) for power in (0.0, USUAL_POWER)]
    fewest, usual = (len(rows) - 1 for rows, _ in tried)
    if n_steps <= fewest:
        return tried[0]
    low, high = (USUAL_POWER, _HIGHEST_POWER) if usual < n_steps else (0.0, USUAL_POWER)
    while len(tried) < _TRIES and all(len(rows) - 1 != n_steps for rows, _ in tried):
        power = (low + high) / 2
        rows = steps.shortest(start, goal, power)
        tried.append((rows, power))
        low, high = (power, high) if len(rows) - 1 < n_steps else (low, power)
    rows, power = max((one for one in tried if len(one[0]) - 1 <= n_steps), key=lambda one: (len(one[0]), -one[1]))
    return steps.lengthened(rows, n_steps), power


class _Steps:
    """The free steps as a matrix, with entries computed for each power."""

    def __init__(self, graph: StepGraph, free: BoolArray, lengths: DoubleArray) -> None:
        lower, upper = graph.pairs[free].T
        self._lengths = np.concatenate([lengths[free], lengths[free]])
        ends = (np.concatenate([lower, upper]), np.concatenate([upper, lower]))
        places = np.arange(1, len(self._lengths) + 1)
        self._matrix = csr_array((places, ends), shape=(graph.n_artists, graph.n_artists))

    def shortest(self, start: int, goal: int, power: float) -> list[int]:
        """The rows from `start` to `goal`; empty if they are not connected."""
        order = self._matrix.data - 1
        costs = np.maximum(self._lengths[order], 1e-3) ** power
        matrix = csr_array((costs, self._matrix.indices, self._matrix.indptr), shape=self._matrix.shape)
        _, (before,) = dijkstra(matrix, indices=[start], return_predecessors=True)
        rows = [goal]
        while rows[-1] != start:
            previous = int(before[rows[-1]])
            if previous == _NO_PREDECESSOR:
                return []
            rows.append(previous)
        return rows[::-1]

    def lengthened(self, rows: list[int], n_steps: int) -> list[int]:
        """Insert artists into the path until it has `n_steps`, first at the widest step that allows one."""
        while len(rows) - 1 < n_steps:
            detours = [self._between(*ends, rows) for ends in pairwise(rows)]
            widths = [
                self._length(*ends) if detour >= 0 else -1.0
                for ends, detour in zip(pairwise(rows), detours, strict=True)
            ]
            place = int(np.argmax(widths))
            if detours[place] < 0:
                return rows
            rows = [*rows[: place + 1], detours[place], *rows[place + 1 :]]
        return rows

    def _between(self, first: int, second: int, used: list[int]) -> int:
        """The artist one step from both, not in `used`, whose longer step is the shortest; -1 if there is none."""
        (near_first, to_first), (near_second, to_second) = self._neighbours(first), self._neighbours(second)
        both, here, there = np.intersect1d(near_first, near_second, assume_unique=True, return_indices=True)
        further = np.where(np.isin(both, used), np.inf, np.maximum(to_first[here], to_second[there]))
        return int(both[np.argmin(further)]) if np.isfinite(further).any() else -1

    def _length(self, first: int, second: int) -> float:
        near, lengths = self._neighbours(first)
        return float(lengths[near == second][0])

    def _neighbours(self, row: int) -> tuple[IntArray, DoubleArray]:
        part = slice(*self._matrix.indptr[row : row + 2])
        return self._matrix.indices[part].astype(np.int64), self._lengths[self._matrix.data[part] - 1]


def _steps(catalogue: Catalogue, graph: StepGraph, rows: list[int], lengths: DoubleArray) -> list[Step]:
    pairs = np.stack([rows[:-1], rows[1:]], axis=1)
    all_keys = _keys(graph.pairs, graph.n_artists)
    places = np.searchsorted(all_keys, _keys(pairs, graph.n_artists))
    jumps = np.diff(graph.familiarity[rows])
    kinds = np.where(graph.known[places], kinds_of_edges(catalogue, pairs), PREDICTED)
    return [
        Step(
            row, _number(graph.scores[place]), bool(graph.near[place]), str(kind), _number(jump), float(lengths[place])
        )
        for row, place, kind, jump in zip(rows[1:], places, kinds, jumps, strict=True)
    ]


def _number(value: np.float32) -> float | None:
    return None if np.isnan(value) else float(value)


def _why_none(
    catalogue: Catalogue,
    graph: StepGraph,
    allowed: BoolArray,
    start: int,
    goal: int,
    step_kinds: StepKinds,
    avoided: bool,
) -> str:
    first, last = catalogue.display_names.iloc[[start, goal]]
    for row, name in ((start, first), (goal, last)):
        if not (graph.pairs[allowed] == row).any():
            lacks = {"near": "no place in this space", "known": "no listed edge", "both": "neither place nor edge here"}
            return f"No path can reach {name}, which has {lacks[step_kinds]}. {_REMEDIES[step_kinds]}"
    steps = _Steps(graph, allowed, np.ones(len(allowed)))
    if avoided and steps.shortest(start, goal, 0.0):
        return f"Every path from {first} to {last} leads over an artist to avoid. Avoid fewer artists."
    among = f"among the {graph.looked_at:,} artists on the way between them" if graph.looked_at else "in this space"
    return f"No chain of similar artists joins {first} and {last} {among}. {_REMEDIES[step_kinds]}"


def _check(
    catalogue: Catalogue,
    graph: StepGraph,
    start: int,
    goal: int,
    avoid: Sequence[int],
    step_kinds: StepKinds,
    smoothing: float,
    n_steps: int | None,
) -> None:
    if len(catalogue) != graph.n_artists:
        raise NearfieldError(f"These steps are of {graph.n_artists} artists, not of {catalogue.name}. Make them anew.")
    for row in (start, goal, *avoid):
        if not 0 <= row < graph.n_artists:
            raise NearfieldError(f"There is no artist in row {row}. Rows go from 0 to {graph.n_artists - 1}.")
    if start == goal:
        raise NearfieldError("A path needs two different artists. Choose another goal.")
    for row in {start, goal}.intersection(avoid):
        raise NearfieldError(f"{catalogue.display_names.iat[row]} is an end of the path and cannot be avoided as well.")
    if step_kinds not in get_args(StepKinds):
        raise NearfieldError(f"“{step_kinds}” are no steps. There are: {', '.join(get_args(StepKinds))}.")
    if not 0 <= smoothing <= 1:
        raise NearfieldError(f"Smoothing goes from 0 to 1; {smoothing} is outside.")
    if n_steps is not None and not 1 <= n_steps <= MAX_STEPS:
        raise NearfieldError(f"Ask for 1 to {MAX_STEPS} steps, not {n_steps}.")
