"""Numbers of walks and chances of walks between queries and candidates, by sparse products.

Between some hundred candidates a product is made from both sides and meets in the middle, so that it stays sparse.
Where all artists are candidates, the rows of the queries are pushed through the graph step by step. In a graph of
millions the chances come from forward pushes, which read the edges around the query alone (`core.graph.push`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from core.arrays import DoubleArray, FloatArray, IntArray
from core.graph.adjacency import adjacency
from core.graph.protocols import GraphView
from core.graph.push import pushed_steps
from core.graph.rankers import row_normalised

LONGEST_WALK = 6
_PRODUCTS_AT_ONCE = 50_000_000


@dataclass(frozen=True)
class Walks:
    """Walks along symmetric `links` (n, n), by their weights.

    With `push_error`, chances are found by forward push: too low by at most that for each step but the first and each
    unit of the candidate's row of `links`.
    """

    links: sp.csr_array
    push_error: float | None = None

    @cached_property
    def steps(self) -> sp.csr_array:
        """The chances of a step."""
        return row_normalised(self.links)

    @cached_property
    def strength(self) -> DoubleArray:
        """(n,) the sums of the rows of `links`."""
        return np.asarray(self.links.sum(axis=1), np.float64).ravel()

    def chances(
        self, queries: IntArray, candidates: IntArray | None, longest: int = LONGEST_WALK
    ) -> dict[int, FloatArray]:
        """As by `walk_chances`."""
        if self.push_error is None or candidates is None:
            return walk_chances(self.steps, queries, candidates, longest)
        found = {length: np.zeros((len(queries), len(candidates)), np.float32) for length in range(2, longest + 1)}
        for place, query in enumerate(queries.tolist()):
            pushed = pushed_steps(self.links, query, longest, self.push_error, self.strength)
            for length, (rows, chances) in enumerate(pushed, 1):
                if length in found:
                    found[length][place] = _at(rows, chances, candidates)
        return found


@dataclass(frozen=True)
class VisibleGraph:
    """The matrices (n, n) of a visible graph that the columns are made from, and what is known of every artist.

    `links` is the adjacency, `walks` along it; `embedded` has for every edge one plus the number of neighbours that
    both ends share, `embedded_walks` go along that; `resource` and `rarity` are the adjacency, each column divided by
    the degree of that artist or by its logarithm. With `push_error`, chances of walks are pushed. `keep` stores what
    takes long to make, under a name, and returns it.
    """

    n_artists: int
    links: sp.csr_array
    push_error: float | None = None
    keep: Callable[[str, Callable[[], FloatArray]], FloatArray] = lambda name, make: make()

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
    def walks(self) -> Walks:
        return Walks(self.links, self.push_error)

    @property
    def steps(self) -> sp.csr_array:
        return self.walks.steps

    @cached_property
    def embedded(self) -> sp.csr_array:
        data = self.keep("embedded", lambda: _embedded(self.links, self.degree))
        return sp.csr_array((data, self.links.indices, self.links.indptr), shape=self.links.shape)

    @cached_property
    def embedded_walks(self) -> Walks:
        return Walks(self.embedded, self.push_error)

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


def _embedded(links: sp.csr_array, degree: FloatArray) -> FloatArray:
    """One plus the number of neighbours that both ends share, in the order of the entries of `links`. By blocks of
    rows: the product of `links` with itself has many times as many entries."""
    data = np.empty(links.nnz, np.float32)
    products = np.cumsum(links @ degree, dtype=np.float64)
    first = 0
    while first < links.shape[0]:
        done = products[first - 1] if first else 0.0
        last = max(first + 1, int(np.searchsorted(products, done + _PRODUCTS_AT_ONCE, side="right")))
        part = links[first:last]
        whole = sp.csr_array(part + part.multiply(part @ links))
        whole.sort_indices()
        data[links.indptr[first] : links.indptr[last]] = whole.data
        first = last
    return data


def _at(rows: IntArray, values: DoubleArray, wanted: IntArray) -> FloatArray:
    """(w,) the values (r,) of the `wanted` rows, zero where they are not among `rows` (r,), ascending."""
    if not len(rows):
        return np.zeros(len(wanted), np.float32)
    places = np.searchsorted(rows, wanted).clip(0, len(rows) - 1)
    found: FloatArray = np.where(rows[places] == wanted, values[places], 0).astype(np.float32)
    return found
