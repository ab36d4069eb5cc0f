"""The part of the graph around one artist that is small enough to draw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from core.arrays import IntArray
from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.graph.adjacency import adjacency, degrees, neighbours_of, shared_counts

MAX_HOPS = 4
MAX_ARTISTS = 500
EXPANSION_SIZE = 15
"""How many new artists one expanded artist may add."""

_FURTHEST = 12
"""Largest distance, in edges, to look for a predicted artist."""


@dataclass(frozen=True)
class HopGraph:
    """The artists around a centre, and the edges among them.

    Shapes: `rows` (m,) the centre first, then artists by distance, then those added by predictions and by expanding;
    `hop` (m,) the true distance of each from the centre in edges, -1 for a predicted artist without a path; `edges`
    (e, 2) rows, the lower first. `n_reached` counts the artists within the given hops, drawn or not.
    """

    rows: IntArray
    hop: IntArray
    edges: IntArray
    n_reached: int

    def __len__(self) -> int:
        return len(self.rows)


def hop_graph(
    catalogue: Catalogue,
    centre: int,
    hops: int = 2,
    limit: int = 60,
    expanded: Sequence[int] = (),
    matrix: csr_array | None = None,
    predicted: Mapping[int, IntArray] | None = None,
) -> HopGraph:
    """The artists at most `hops` edges from `centre`, at most `limit` of them including the centre.

    Nearer artists come first, then those that share more neighbours with the centre, then those with more edges, so
    every artist drawn is connected to the centre. Each drawn artist of `expanded`, in the given order, adds up to 15
    more of its own neighbours by the same rule, up to 500 artists in all. `predicted` maps the centre and expanded
    artists to further rows to add, whether or not an edge leads there. `matrix` is the catalogue's adjacency, if it is
    already built. Raises NearfieldError for a row that does not exist, and for hops or a limit out of bounds.
    """
    _check(catalogue, centre, hops, limit)
    if matrix is None:
        matrix = adjacency(catalogue.learned_edges, len(catalogue))
    beside = predicted or {}
    n = matrix.shape[0]
    brought_in = [*beside.values(), *(neighbours_of(matrix, artist) for artist in expanded if 0 <= artist < n)]
    wanted = np.concatenate([np.empty(0, np.int64), *brought_in])
    distance = _distances(matrix, centre, hops + len(expanded), wanted)
    reached = np.flatnonzero((distance >= 0) & (distance <= hops))
    rows = _with(_closest_first(matrix, centre, reached, distance)[:limit], beside.get(centre))
    for artist in expanded:
        if artist in rows:
            rows = _with(_expand(matrix, rows, artist, distance), beside.get(artist))
    return HopGraph(rows, distance[rows], edges_among(matrix, rows), len(reached))


def edges_among(matrix: csr_array, rows: IntArray) -> IntArray:
    """(e, 2) the edges with both ends in `rows`, lower row first, sorted."""
    rows = np.sort(rows)
    lower, upper = matrix[rows][:, rows].nonzero()
    pairs = np.stack([rows[lower], rows[upper]], axis=1)
    return pairs[lower < upper]


def _distances(matrix: csr_array, centre: int, hops: int, wanted: IntArray) -> IntArray:
    """(n,) number of edges on a shortest path from `centre`, breadth first; -1 beyond `hops`.

    The search goes up to _FURTHEST for the rows `wanted`.
    """
    distance = np.full(matrix.shape[0], -1, np.int64)
    distance[centre] = 0
    frontier = np.array([centre])
    for hop in range(1, max(hops, _FURTHEST) + 1):
        if not len(frontier) or (hop > hops and (distance[wanted] >= 0).all()):
            break
        next_to = np.zeros(len(distance), bool)
        next_to[matrix[frontier].indices] = True
        frontier = np.flatnonzero(next_to & (distance < 0))
        distance[frontier] = hop
    return distance


def _closest_first(matrix: csr_array, artist: int, rows: IntArray, distance: IntArray) -> IntArray:
    """`rows` by distance, then shared neighbours with `artist`, then degree, then row."""
    shared = shared_counts(matrix, artist, rows)
    return rows[np.lexsort((rows, -degrees(matrix)[rows], -shared, distance[rows]))]


def _with(rows: IntArray, others: IntArray | None) -> IntArray:
    """`rows` followed by the new ones of `others`, up to MAX_ARTISTS."""
    if others is None:
        return rows
    return np.concatenate([rows, others[~np.isin(others, rows)]])[:MAX_ARTISTS]


def _expand(matrix: csr_array, rows: IntArray, artist: int, distance: IntArray) -> IntArray:
    new = np.setdiff1d(neighbours_of(matrix, artist), rows)
    room = min(EXPANSION_SIZE, MAX_ARTISTS - len(rows))
    return np.concatenate([rows, _closest_first(matrix, artist, new, distance)[: max(room, 0)]])


def _check(catalogue: Catalogue, centre: int, hops: int, limit: int) -> None:
    if not 0 <= centre < len(catalogue):
        raise NearfieldError(f"There is no artist in row {centre}. Rows go from 0 to {len(catalogue) - 1}.")
    if not 1 <= hops <= MAX_HOPS:
        raise NearfieldError(f"Ask for 1 to {MAX_HOPS} hops, not {hops}.")
    if not 1 <= limit <= MAX_ARTISTS:
        raise NearfieldError(f"Ask for 1 to {MAX_ARTISTS} artists, not {limit}.")
