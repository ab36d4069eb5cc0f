"""Numbers of walks and chances of walks between queries and candidates, by sparse products.

Between some hundred candidates a product is made from both sides and meets in the middle, so that it stays sparse.
Where all artists are candidates, the rows of the queries are pushed through the graph step by step.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from core.arrays import FloatArray, IntArray
from core.graph.adjacency import adjacency
from core.graph.protocols import GraphView
from core.graph.rankers import row_normalised

LONGEST_WALK = 6


@dataclass(frozen=True)
class VisibleGraph:
    """The matrices (n, n) of a visible graph that the columns are made from, and what is known of every artist.

    `links` is the adjacency; `steps` the chances of a step; `embedded` has for every edge one plus the number of
    neighbours that both ends share, `embedded_steps` its rows divided by their sums; `resource` and `rarity` are the
    adjacency, each column divided by the degree of that artist or by its logarithm.
    """

    n_artists: int
    links: sp.csr_array

    @classmethod
    def of(cls, view: GraphView) -> "VisibleGraph":
        return cls(view.n_artists, adjacency(view.edges, view.n_artists))

    @cached_property
    def degree(self) -> FloatArray:
        """(n,) visible edges of each artist."""
        return np.diff(self.links.indptr).astype(np.float32)

    @cached_property
    def divisor(self) -> FloatArray:
        """(n,) the degree, or one."""
        return np.maximum(self.degree, 1)

    @cached_property
    def steps(self) -> sp.csr_array:
        return row_normalised(self.links)

    @cached_property
    def embedded(self) -> sp.csr_array:
        shared = self.links.multiply(self.links @ self.links).tocsr()
        return sp.csr_array(self.links + shared)

    @cached_property
    def embedded_steps(self) -> sp.csr_array:
        return row_normalised(self.embedded)

    @cached_property
    def resource(self) -> sp.csr_array:
        return _columns_scaled(self.links, 1 / self.divisor)

    @cached_property
    def rarity(self) -> sp.csr_array:
        return _columns_scaled(self.links, 1 / np.log(np.maximum(self.degree, 2)))

    @cached_property
    def clustering(self) -> FloatArray:
        """(n,) the share of pairs of neighbours that are neighbours themselves."""
        closed = np.asarray(self.embedded.sum(axis=1)).ravel() - self.degree
        share: FloatArray = closed / np.maximum(self.degree * (self.degree - 1), 1)
        return share

    @cached_property
    def neighbour_degree(self) -> FloatArray:
        """(n,) the mean logarithm of the neighbours' degrees."""
        return self.steps @ np.log1p(self.degree)

    @cached_property
    def neighbour_rarity(self) -> FloatArray:
        """(n,) the mean of one over the neighbours' degrees."""
        return self.steps @ (1 / self.divisor)


def walk_chances(
    steps: sp.csr_array, queries: IntArray, candidates: IntArray | None, longest: int = LONGEST_WALK
) -> dict[int, FloatArray]:
    """By the number of steps, 2 to `longest`: the chance (q, c) that a walk from the query ends at the candidate.

    Without `candidates` these are all artists.
    """
    if candidates is None:
        return _pushed(steps, queries, longest)
    forward = [steps[queries]]
    backward = [steps.tocsc()[:, candidates].tocsr()]
    while len(forward) < (longest + 1) // 2:
        forward.append(forward[-1] @ steps)
    while len(backward) < longest // 2:
        backward.append(steps @ backward[-1])
    return {
        length: dense(forward[(length + 1) // 2 - 1] @ backward[length // 2 - 1]) for length in range(2, longest + 1)
    }


def _pushed(steps: sp.csr_array, queries: IntArray, longest: int) -> dict[int, FloatArray]:
    turned = steps.T.tocsr()
    place = dense(steps[queries]).T
    chances = {}
    for length in range(2, longest + 1):
        place = turned @ place
        chances[length] = np.ascontiguousarray(place.T)
    return chances


def between(left: sp.csr_array, right: sp.csr_array, queries: IntArray, candidates: IntArray | None) -> FloatArray:
    """(q, c) the rows of the queries in `left` times those of the candidates in `right`, which is symmetric."""
    return dense(left[queries] @ ends_of(right, candidates))


def ends_of(right: sp.csr_array, candidates: IntArray | None) -> sp.csr_array:
    """The columns (n, c) of the candidates in a symmetric matrix."""
    return right if candidates is None else right[candidates].T.tocsr()


def dense(matrix: sp.csr_array) -> FloatArray:
    """A sparse matrix as a float32 array."""
    rows: FloatArray = np.asarray(matrix.toarray(), np.float32)
    return rows


def _columns_scaled(matrix: sp.csr_array, scale: FloatArray) -> sp.csr_array:
    return sp.csr_array(matrix @ sp.diags_array(scale.astype(np.float32)))
