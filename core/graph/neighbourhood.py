"""The part of the graph around one artist that is small enough to draw."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.graph.adjacency import adjacency, degrees, neighbours_of, shared_counts

IntArray = npt.NDArray[np.int64]

MAX_HOPS = 4
MAX_ARTISTS = 500
EXPANSION_SIZE = 15
"""New artists that one expanded artist may bring in."""


@dataclass(frozen=True)
class HopGraph:
    """The artists around a centre, and the edges among them.

    Shapes: `rows` (m,) the centre first, then nearer artists before further ones, then those brought in by expanding;
    `hop` (m,) each one's true distance from the centre in edges; `edges` (e, 2) rows, lower first. `n_reached` counts
    the artists within the asked hops, drawn or not.
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
) -> HopGraph:
    """The artists at most `hops` edges from `centre`, at most `limit` of them with the centre.

    Kept are the nearer ones, then those that share more neighbours with the centre, then those with more ties; so
    every artist kept hangs together with the centre. Each artist of `expanded` that is drawn, in the order given,
    brings in up to 15 more of its own neighbours by the same rule, while there are fewer than 500. `matrix` is the
    catalogue's adjacency, to save building it. Raises NearfieldError for an unknown row and for hops or a limit out
    of bounds.
    """
    _check(catalogue, centre, hops, limit)
    if matrix is None:
        matrix = adjacency(catalogue.similar_edges, len(catalogue))
    distance = _distances(matrix, centre, hops + len(expanded))
    reached = np.flatnonzero((distance >= 0) & (distance <= hops))
    rows = _closest_first(matrix, centre, reached, distance)[:limit]
    for artist in expanded:
        rows = _expand(matrix, rows, artist, distance)
    return HopGraph(rows, distance[rows], edges_among(matrix, rows), len(reached))


def edges_among(matrix: csr_array, rows: IntArray) -> IntArray:
    """(e, 2) the edges with both ends in `rows`, lower row first, sorted."""
    rows = np.sort(rows)
    lower, upper = matrix[rows][:, rows].nonzero()
    pairs = np.stack([rows[lower], rows[upper]], axis=1)
    return pairs[lower < upper]


def _distances(matrix: csr_array, centre: int, hops: int) -> IntArray:
    """(n,) edges on a shortest path from `centre`, -1 where that takes more than `hops`; breadth first."""
    distance = np.full(matrix.shape[0], -1, np.int64)
    distance[centre] = 0
    frontier = np.array([centre])
    for hop in range(1, hops + 1):
        next_to = np.unique(matrix[frontier].indices)
        frontier = next_to[distance[next_to] < 0]
        if not len(frontier):
            break
        distance[frontier] = hop
    return distance


def _closest_first(matrix: csr_array, artist: int, rows: IntArray, distance: IntArray) -> IntArray:
    """`rows` by distance, then shared neighbours with `artist`, then degree, then row."""
    shared = shared_counts(matrix, artist, rows)
    return rows[np.lexsort((rows, -degrees(matrix)[rows], -shared, distance[rows]))]


def _expand(matrix: csr_array, rows: IntArray, artist: int, distance: IntArray) -> IntArray:
    if artist not in rows:
        return rows
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
