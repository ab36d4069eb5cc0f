"""Rankers without training: the baselines for every trained model.

Each uses the undirected visible edges in every protocol, and follows the contract of `core.similarity`. References:
common neighbours and Adamic-Adar as in Liben-Nowell and Kleinberg (CIKM 2003); personalised PageRank as in Page et al.
(1999), section 6, with the walk restarting at the query.
"""

import numpy as np
import scipy.sparse as sp

from core.arrays import FloatArray, IntArray
from core.graph.adjacency import adjacency
from core.graph.protocols import GraphView

PAGERANK_CONTINUE = 0.5
PAGERANK_ITERATIONS = 15


class RandomOrder:
    """A random order: every artist is equally similar.

    The metrics average over all orders of tied scores, so their figures are the exact expectation of a random order.
    """

    name = "random"

    def __init__(self, n_artists: int) -> None:
        self.n_artists = n_artists

    def scores(self, queries: IntArray) -> FloatArray:
        return np.zeros((len(queries), self.n_artists), np.float32)


class Popularity:
    """The same order for every query: artists with more visible edges first."""

    name = "popularity"

    def __init__(self, view: GraphView) -> None:
        self.n_artists = view.n_artists
        self._degree = view.degree.astype(np.float32)

    def scores(self, queries: IntArray) -> FloatArray:
        return np.tile(self._degree, (len(queries), 1))


class CommonNeighbours:
    """Number of visible neighbours shared with the query."""

    name = "common-neighbours"

    def __init__(self, view: GraphView) -> None:
        self.n_artists = view.n_artists
        self._adjacency = adjacency(view.edges, view.n_artists)

    def scores(self, queries: IntArray) -> FloatArray:
        return (self._adjacency[queries] @ self._adjacency).toarray()


class AdamicAdar:
    """Shared visible neighbours, each weighted by one over the logarithm of its degree."""

    name = "adamic-adar"

    def __init__(self, view: GraphView) -> None:
        self.n_artists = view.n_artists
        self._adjacency = adjacency(view.edges, view.n_artists)
        # A shared neighbour has degree two or more, so the smaller ones never count.
        weight = 1.0 / np.log(np.maximum(view.degree, 2))
        self._weighted = (sp.diags_array(weight.astype(np.float32)) @ self._adjacency).tocsr()

    def scores(self, queries: IntArray) -> FloatArray:
        return (self._adjacency[queries] @ self._weighted).toarray()


class PersonalisedPageRank:
    """The visits of a random walk from the query that restarts at the query with probability .5 at each step.

    It takes fifteen iterations of r <- (1 - c) e + c Pᵀ r with c = .5 and P the row-normalised adjacency. An artist
    that the walk cannot reach scores zero.
    """

    name = "pagerank"

    def __init__(self, view: GraphView) -> None:
        self.n_artists = view.n_artists
        self._transition = _row_normalised(adjacency(view.edges, view.n_artists)).T.tocsr()

    def scores(self, queries: IntArray) -> FloatArray:
        start = np.zeros((self.n_artists, len(queries)), np.float32)
        start[queries, np.arange(len(queries))] = 1 - PAGERANK_CONTINUE
        rank = start / np.float32(1 - PAGERANK_CONTINUE)
        for _ in range(PAGERANK_ITERATIONS):
            rank = self._transition @ rank
            rank *= np.float32(PAGERANK_CONTINUE)
            rank += start
        return np.ascontiguousarray(rank.T)


def _row_normalised(matrix: sp.csr_array) -> sp.csr_array:
    degree: FloatArray = np.asarray(matrix.sum(axis=1), np.float32).ravel()
    return (sp.diags_array(1.0 / np.maximum(degree, 1)) @ matrix).tocsr()
