"""Whom a path through a very large catalogue may visit: the artists around the way from its start to its goal.

To find the nearest of each artist, all are compared with all, which takes hours for a million. So a path looks at those
who are most similar to some place on the straight way between the two, at who is a few known edges away from either,
and at one shortest chain of known edges, if there is any.
"""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from core.arrays import BoolArray, FloatArray, IntArray
from core.graph.adjacency import neighbours_of

WHOLE_UP_TO = 100_000
"""Artists up to which a path looks at all of them."""

MOST_AROUND = 12_000
MOST_LINKED = 2_000
"""Artists around the way in the space, and around either end by known edges."""

_PLACES = 9
_BLOCK = 1 << 16
_NO_PREDECESSOR = -9999


def artists_between(vectors: FloatArray, present: BoolArray, matrix: csr_array, start: int, goal: int) -> IntArray:
    """The rows (m,) of the artists that a path from `start` to `goal` looks at, ascending.

    Shapes: `vectors` (n, d) of unit length, zero where not `present` (n,); `matrix` (n, n) the known edges.
    """
    ends = np.array([start, goal])
    linked = [_around(matrix, end) for end in (start, goal)]
    parts = [ends, *linked, _chain(matrix, start, goal), _on_the_way(vectors, present, ends)]
    return np.unique(np.concatenate(parts))


def _on_the_way(vectors: FloatArray, present: BoolArray, ends: IntArray) -> IntArray:
    """The artists most similar to some place between the ends that the space knows."""
    known = vectors[ends[present[ends]]]
    if not len(known):
        return np.empty(0, np.int64)
    share = np.linspace(0, 1, _PLACES, dtype=np.float32)[:, None]
    places = (1 - share) * known[0] + share * known[-1]
    places /= np.maximum(np.linalg.norm(places, axis=1, keepdims=True), 1e-6)
    likeness = np.full(len(vectors), -np.inf, np.float32)
    for first in range(0, len(vectors), _BLOCK):
        block = slice(first, first + _BLOCK)
        likeness[block] = np.where(present[block], (vectors[block] @ places.T).max(axis=1), -np.inf)
    most = min(MOST_AROUND, int(np.count_nonzero(present)))
    return np.argpartition(-likeness, most - 1)[:most]


def _around(matrix: csr_array, row: int) -> IntArray:
    """The artists one known edge away from `row`, and two, up to MOST_LINKED."""
    near = neighbours_of(matrix, row)
    further = np.unique(matrix[near].indices).astype(np.int64)
    return np.concatenate([near, further])[:MOST_LINKED]


def _chain(matrix: csr_array, start: int, goal: int) -> IntArray:
    """The artists on a chain of the fewest known edges; nobody if there is none."""
    _, before = breadth_first_order(matrix, start)
    chain = [goal]
    while chain[-1] != start:
        previous = int(before[chain[-1]])
        if previous == _NO_PREDECESSOR:
            return np.empty(0, np.int64)
        chain.append(previous)
    return np.array(chain, np.int64)
