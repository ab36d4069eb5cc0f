"""The pair ranker of a catalogue of millions: it compares the artists that the walk and the content suggest.

The columns are those of `core.pairs.columns`, the same functions over a slice of the artists: those that a forward push
from the query finds likeliest, and those nearest to it in each feature set by its index. Chances of walks are pushed
too. Ranks count the artists that are compared; everything else is what it is among all artists.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from core.arrays import FloatArray, IntArray
from core.graph.push import PUSH_ERROR, pushed_walk
from core.graph.rankers import SHORT_WALK
from core.pairs.columns import PairTable
from core.pairs.config import EVERYBODY_CHOICE
from core.pairs.content import PairContent
from core.pairs.ranker import PairRanker, spread
from core.pairs.store import StoredPairs
from core.pairs.walks import VisibleGraph
from core.similarity import NearScores, best_among

BY_WALK, BY_CONTENT = 1500, 300
"""How many artists the walk, and each feature set, suggest."""

Suggestions = Callable[[int, int], IntArray]
"""Takes an artist's row and a number k, and returns the rows of at most k others."""


class NearPairRanker(PairRanker):
    """A trained network over suggested artists; all others are unknown."""

    def __init__(
        self,
        name: str,
        stored: StoredPairs,
        graph: VisibleGraph,
        content: PairContent,
        suggestions: Sequence[Suggestions],
        relations: Mapping[str, sp.csr_array] | None = None,
    ) -> None:
        pushed = replace(graph, push_error=PUSH_ERROR)
        super().__init__(name, stored, pushed, content, None, EVERYBODY_CHOICE, relations)
        self._graph, self._suggestions = pushed, suggestions

    def near(self, row: int) -> NearScores:
        """As by NearSimilarity."""
        candidates = self._suggested(row)
        if not len(candidates):
            return NearScores(candidates, np.empty(0, np.float32))
        table = self._table(np.array([row]), candidates)
        scores = spread(table, self.stored.network.scores(table.values))[0]
        known = ~np.isnan(scores)
        return NearScores(candidates[known], scores[known])

    def scores(self, queries: IntArray) -> FloatArray:
        scores = np.full((len(queries), self.n_artists), np.nan, np.float32)
        for place, row in enumerate(queries.tolist()):
            found = self.near(row)
            scores[place, found.rows] = found.scores
        return scores

    def table(self, queries: IntArray) -> PairTable:
        """As by PairRanker, for one query."""
        candidates = self._suggested(int(queries[0]))
        table = self._table(queries, candidates)
        return replace(table, candidate=candidates[table.candidate])

    def _suggested(self, row: int) -> IntArray:
        return suggested(self._graph, row, self._suggestions)


def suggested(graph: VisibleGraph, row: int, suggestions: Sequence[Suggestions]) -> IntArray:
    """The artists to compare with the one in `row`, ascending: the likeliest by the short walk, and those that other
    suggestions add."""
    pushed = pushed_walk(graph.links, row, SHORT_WALK, PUSH_ERROR)
    rows = pushed.rows
    likely = best_among(rows, pushed.scores[rows].astype(np.float32), graph.n_artists, BY_WALK).rows
    found = np.unique(np.concatenate([likely, *(suggest(row, BY_CONTENT) for suggest in suggestions)]))
    return found[found != row]
