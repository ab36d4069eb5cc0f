"""The links of a drawn graph: their kinds, their strengths, and which of them a thinned drawing keeps.

A thinned drawing keeps a spanning forest and each artist's few strongest links. Like the disparity filter (M. A.
Serrano, M. Boguñá, A. Vespignani, Extracting the multiscale backbone of complex weighted networks, PNAS 106(16), 2009)
it is local: strength is compared artist by artist, so little-known artists keep links too. It is simpler, because its
only weights are shared neighbours, and it leaves no artist unconnected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import minimum_spanning_tree

from core.arrays import BoolArray, FloatArray, IntArray
from core.catalogue import Catalogue
from core.graph.adjacency import degrees, neighbours_of
from core.graph.neighbourhood import HopGraph
from core.graph.protocols import is_trained_on
from core.similarity import Neighbours, best

KNOWN, HELD_OUT, PREDICTED = "known", "held out", "predicted"
Thinning = Literal["all", "strong", "few"]
STRONGEST: dict[Thinning, int] = {"strong": 2, "few": 0}
"""How many of its strongest links an artist keeps beside the spanning forest."""


@dataclass(frozen=True)
class Links:
    """Links between drawn artists.

    Shapes: `pairs` (e, 2) rows, the query artist of a predicted link first; `kinds` (e,) KNOWN for an edge that models
    are trained on, HELD_OUT for one that they are not, PREDICTED for one that the catalogue lacks; `shared` (e,) number
    of artists with an edge to both; `strength` (e,) from 0 to 1, the cosine of the two sets of neighbours; `places` and
    `scores` (e,) rank and score of a predicted link among the predictions for its query artist, 0 and NaN otherwise.
    """

    pairs: IntArray
    kinds: npt.NDArray[np.str_]
    shared: IntArray
    strength: FloatArray
    places: IntArray
    scores: FloatArray

    def __len__(self) -> int:
        return len(self.pairs)

    def only(self, chosen: BoolArray) -> "Links":
        """The links where `chosen` (e,) is True."""
        return Links(
            self.pairs[chosen],
            self.kinds[chosen],
            self.shared[chosen],
            self.strength[chosen],
            self.places[chosen],
            self.scores[chosen],
        )

    def count(self, kind: str) -> int:
        return int(np.count_nonzero(self.kinds == kind))


def predictions(scores: FloatArray, matrix: csr_array, artist: int, k: int) -> Neighbours:
    """The k artists nearest to `artist` by `scores` (n,), NaN unknown, that have no known edge to it."""
    unlisted = scores.copy()
    unlisted[artist] = np.nan
    unlisted[neighbours_of(matrix, artist)] = np.nan
    return best(unlisted, k)


def kinds_of_edges(catalogue: Catalogue, edges: IntArray) -> npt.NDArray[np.str_]:
    """(m,) KNOWN or HELD_OUT for each of the catalogue's `edges` (m, 2), in either direction."""
    return np.where(is_trained_on(catalogue, edges), KNOWN, HELD_OUT)


def links_of(
    catalogue: Catalogue, graph: HopGraph, matrix: csr_array, predicted: Mapping[int, Neighbours] | None = None
) -> Links:
    """The edges of `graph` and the predicted links between drawn artists, each pair once.

    `predicted` maps an artist to its predicted neighbours, best first, without artists that have a known edge to it.
    """
    edges = graph.edges
    kinds = kinds_of_edges(catalogue, edges)
    pairs, places, scores = _predicted_pairs(graph, predicted or {})
    everything = np.concatenate([edges, pairs])
    shared = _shared(matrix, everything)
    degree = degrees(matrix)[everything]
    strength = (shared / np.sqrt(np.maximum(degree.prod(axis=1), 1))).astype(np.float32)
    return Links(
        everything,
        np.concatenate([kinds, np.full(len(pairs), PREDICTED)]),
        shared,
        strength,
        np.concatenate([np.zeros(len(edges), np.int64), places]),
        np.concatenate([np.full(len(edges), np.nan, np.float32), scores]),
    )


def backbone(links: Links, graph: HopGraph, thinning: Thinning, opened: Sequence[int] = ()) -> BoolArray:
    """(e,) which links a thinned drawing keeps.

    It keeps all links of the centre and of the `opened` artists, all predicted links, the links of a spanning forest,
    and each artist's strongest links.
    """
    if thinning == "all" or not len(links):
        return np.ones(len(links), bool)
    always = np.isin(links.pairs, [graph.rows[0], *opened]).any(axis=1) | (links.kinds == PREDICTED)
    return always | _forest(links, graph, always) | _strongest(links, STRONGEST[thinning])


def _forest(links: Links, graph: HopGraph, always: BoolArray) -> BoolArray:
    """(e,) a spanning forest that prefers links `always` kept, then those towards the centre, then strong ones."""
    hop = _values_of(graph.rows, graph.hop, links.pairs)
    inwards = (np.abs(np.diff(hop, axis=1)[:, 0]) == 1) & (hop >= 0).all(axis=1)
    cost = np.where(always, 1, np.where(inwards, 2, 3)) + 0.5 * (1 - links.strength)
    places = _values_of(graph.rows, np.arange(len(graph)), links.pairs)
    size = len(graph)
    tree = minimum_spanning_tree(csr_array((cost, places.T), shape=(size, size))).tocoo()
    kept = np.minimum(tree.row, tree.col) * size + np.maximum(tree.row, tree.col)
    return np.isin(places.min(axis=1) * size + places.max(axis=1), kept)


def _strongest(links: Links, most: int) -> BoolArray:
    """(e,) which links are among the `most` strongest of either of their artists."""
    n_links = len(links)
    owner, link = links.pairs.T.ravel(), np.tile(np.arange(n_links), 2)
    order = np.lexsort((link, -links.strength[link], owner))
    place = np.arange(2 * n_links) - np.searchsorted(owner[order], owner[order])
    chosen = np.zeros(n_links, bool)
    chosen[link[order[place < most]]] = True
    return chosen


def _predicted_pairs(graph: HopGraph, predicted: Mapping[int, Neighbours]) -> tuple[IntArray, IntArray, FloatArray]:
    """Pairs (p, 2), places (p,) and scores (p,). If two artists predict each other, the first prediction counts."""
    drawn = {int(row) for row in graph.rows}
    found: dict[frozenset[int], tuple[int, int, int, float]] = {}
    for artist, nearest in predicted.items():
        named = zip(nearest.rows.tolist(), nearest.scores.tolist(), strict=True)
        for place, (row, score) in enumerate(named, 1):
            if {artist, row} <= drawn:
                found.setdefault(frozenset((artist, row)), (artist, row, place, score))
    rows = np.array([entry[:3] for entry in found.values()], np.int64).reshape(-1, 3)
    return rows[:, :2], rows[:, 2], np.array([entry[3] for entry in found.values()], np.float32)


def _shared(matrix: csr_array, pairs: IntArray) -> IntArray:
    """(e,) number of artists with an edge to both of each pair."""
    if not len(pairs):
        return np.zeros(0, np.int64)
    both = matrix[pairs[:, 0]].multiply(matrix[pairs[:, 1]])
    return np.asarray(both.sum(axis=1)).ravel().astype(np.int64)


def _values_of(rows: IntArray, values: IntArray, wanted: IntArray) -> IntArray:
    """The value of each of the `wanted` rows, which are all in `rows`."""
    order = np.argsort(rows)
    found: IntArray = values[order[np.searchsorted(rows, wanted, sorter=order)]]
    return found
