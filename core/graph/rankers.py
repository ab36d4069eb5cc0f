"""Rankers without training: the baselines for every trained model.

Each uses the undirected visible edges in every protocol, and follows the contract of `core.similarity`. References:
common neighbours and Adamic-Adar as in Liben-Nowell and Kleinberg (CIKM 2003); personalised PageRank as in Page et al.
(1999), section 6, with the walk restarting at the query; RP3beta as in Paudel et al. (ACM TiiS 7(1), 2017); EASE as in
Steck (WWW 2019).
"""

import numpy as np
import scipy.sparse as sp
from scipy.linalg import lapack

from core.arrays import BoolArray, FloatArray, IntArray
from core.errors import NearfieldError
from core.graph.adjacency import adjacency
from core.graph.protocols import GraphView
from core.graph.push import PUSH_ERROR, Pushed, pushed_pagerank, pushed_walk
from core.similarity import NearScores

PAGERANK_CONTINUE = 0.5
PAGERANK_ITERATIONS = 15
SHORT_WALK = {2: 1.0, 3: 2.0, 4: 0.25}
"""Number of steps -> weight, chosen on validation artists of DISCO-OLGA and OLGA."""
RP3_BETA = 0.25
_FEW_QUERIES = 8
"""So few walks are faster one after another than beside each other, and come to the same."""

EASE_PENALTY = 100.0
EASE_MOST_ARTISTS = 30_000
"""More artists than this would need over 3.6 GB for the dense matrix of EASE."""


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
        self._transition = row_normalised(adjacency(view.edges, view.n_artists)).T.tocsr()

    def scores(self, queries: IntArray) -> FloatArray:
        if len(queries) > _FEW_QUERIES:
            starts = np.zeros((self.n_artists, len(queries)), np.float32)
            starts[queries, np.arange(len(queries))] = 1 - PAGERANK_CONTINUE
            return np.ascontiguousarray(self._visits(starts).T)
        scores = np.zeros((len(queries), self.n_artists), np.float32)
        scores[np.arange(len(queries)), queries] = 1 - PAGERANK_CONTINUE
        for place, start in enumerate(scores):
            scores[place] = self._visits(start)
        return scores

    def near(self, row: int) -> NearScores:
        """As by NearSimilarity, by forward push."""
        return _near(pushed_pagerank(self._transition, row, PUSH_ERROR, PAGERANK_CONTINUE), self._transition, row)

    def _visits(self, start: FloatArray) -> FloatArray:
        """The visits of walks that restart at `start`, (n,) for one or (n, q) for several."""
        rank = start / np.float32(1 - PAGERANK_CONTINUE)
        for _ in range(PAGERANK_ITERATIONS):
            rank = self._transition @ rank
            rank *= np.float32(PAGERANK_CONTINUE)
            rank += start
        return rank


class ShortWalk:
    """P² + 2 P³ + ¼ P⁴, with P the row-normalised adjacency: where a walk of two, three or four steps ends.

    Without restarts the weights of the lengths are free. An artist that no such walk reaches scores zero.
    """

    name = "short-walk"

    def __init__(self, view: GraphView) -> None:
        self.n_artists = view.n_artists
        self._transition = row_normalised(adjacency(view.edges, view.n_artists)).T.tocsr()

    def scores(self, queries: IntArray) -> FloatArray:
        place = np.zeros((self.n_artists, len(queries)), np.float32)
        place[queries, np.arange(len(queries))] = 1
        total = np.zeros_like(place)
        for steps in range(1, max(SHORT_WALK) + 1):
            place = self._transition @ place
            if steps in SHORT_WALK:
                total += np.float32(SHORT_WALK[steps]) * place
        return np.ascontiguousarray(total.T)

    def near(self, row: int) -> NearScores:
        """As by NearSimilarity, by forward push."""
        return _near(pushed_walk(self._transition, row, SHORT_WALK, PUSH_ERROR), self._transition, row)


class Rp3Beta:
    """The share of walks of three steps from the query, divided by the artist's degree to the power RP3_BETA."""

    name = "rp3beta"

    def __init__(self, view: GraphView) -> None:
        self.n_artists = view.n_artists
        self._transition = row_normalised(adjacency(view.edges, view.n_artists)).T.tocsr()
        self._weight = (np.maximum(view.degree, 1).astype(np.float32) ** -RP3_BETA)[:, None]

    def scores(self, queries: IntArray) -> FloatArray:
        place = np.zeros((self.n_artists, len(queries)), np.float32)
        place[queries, np.arange(len(queries))] = 1
        for _ in range(3):
            place = self._transition @ place
        return np.ascontiguousarray((place * self._weight).T)


class Ease:
    """The linear model that best restores each artist's neighbours from its other neighbours, in closed form.

    It holds a dense (n, n) float32 matrix, and takes n³ operations to make. Raises NearfieldError for more than
    EASE_MOST_ARTISTS.
    """

    name = "ease"

    def __init__(self, view: GraphView) -> None:
        if view.n_artists > EASE_MOST_ARTISTS:
            raise NearfieldError(
                f"EASE needs a dense matrix of all artists, so it takes at most {EASE_MOST_ARTISTS:,} artists; this "
                f"catalogue has {view.n_artists:,}. Evaluate short-walk or pagerank instead."
            )
        self.n_artists = view.n_artists
        self._adjacency = adjacency(view.edges, view.n_artists)
        gram = np.asarray((self._adjacency.T @ self._adjacency).toarray(order="F"), np.float32)
        gram[np.diag_indices_from(gram)] += EASE_PENALTY
        factor, _ = lapack.spotrf(gram, overwrite_a=True)
        inverse, _ = lapack.spotri(factor, overwrite_c=True)
        # LAPACK fills the upper triangle only.
        for row in range(self.n_artists):
            inverse[row + 1 :, row] = inverse[row, row + 1 :]
        inverse /= -np.diag(inverse).copy()
        inverse[np.diag_indices_from(inverse)] = 0
        self._weights = inverse

    def scores(self, queries: IntArray) -> FloatArray:
        scores: FloatArray = np.asarray(self._adjacency[queries] @ self._weights, np.float32)
        return scores


def _near(pushed: Pushed, links: sp.csr_array, row: int) -> NearScores:
    """What a push from `row` has found of the others. No walk reaches more than those that have an edge."""
    rows = pushed.rows
    rows = rows[rows != row]
    known: BoolArray = np.diff(links.indptr) > 0
    known &= known[row]
    known[row] = False
    return NearScores(rows, pushed.scores[rows].astype(np.float32), PUSH_ERROR, known)


def row_normalised(matrix: sp.csr_array) -> sp.csr_array:
    """The matrix with each row divided by its sum, where that exceeds one."""
    degree: FloatArray = np.asarray(matrix.sum(axis=1), np.float32).ravel()
    return (sp.diags_array((1.0 / np.maximum(degree, 1)).astype(np.float32)) @ matrix).tocsr()
