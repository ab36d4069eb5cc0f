"""The pair ranker as a similarity."""

from collections.abc import Mapping

import numpy as np
import scipy.sparse as sp

from core.arrays import FloatArray, IntArray
from core.errors import NearfieldError
from core.pairs.columns import Choice, PairColumns, PairTable
from core.pairs.content import PairContent
from core.pairs.store import StoredPairs
from core.pairs.walks import VisibleGraph

_QUERIES_AT_ONCE = 64
_FLOOR = -20.0
_RANGE = np.float32(20)
"""The logarithm of a chance spans this much, so that pairs without columns share one unit of the score."""


class PairRanker:
    """Scores of a trained network, for the candidates that are worth it; the others follow in the order of the walk.

    `candidates` (c,) are the rows that are ranked; None means all artists. Other artists, and pairs of which neither
    edges nor content say anything, are unknown.
    """

    def __init__(
        self,
        name: str,
        stored: StoredPairs,
        graph: VisibleGraph,
        content: PairContent,
        candidates: IntArray | None,
        choice: Choice,
        relations: Mapping[str, sp.csr_array] | None = None,
    ) -> None:
        self.name, self.n_artists, self.stored = name, graph.n_artists, stored
        self.candidates, self._choice = candidates, choice
        self._columns = PairColumns(graph, content, relations)

    def scores(self, queries: IntArray) -> FloatArray:
        if self.candidates is None:
            starts = range(0, len(queries), _QUERIES_AT_ONCE)
            blocks = [self._scores(queries[start : start + _QUERIES_AT_ONCE]) for start in starts]
            return np.concatenate(blocks) if blocks else np.empty((0, self.n_artists), np.float32)
        scores = np.full((len(queries), self.n_artists), np.nan, np.float32)
        scores[:, self.candidates] = self._scores(queries)
        return scores

    def table(self, queries: IntArray) -> PairTable:
        """The columns of the candidates of these queries that the network scores.

        Raises NearfieldError if they are not those that the network was trained on.
        """
        return self._table(queries, self.candidates)

    def _table(self, queries: IntArray, candidates: IntArray | None) -> PairTable:
        table = self._columns.table(queries, candidates, self._choice)
        if table.names != self.stored.columns:
            raise NearfieldError(f"{self.name} was trained on other columns than this catalogue has. Train it again.")
        return table

    def _scores(self, queries: IntArray) -> FloatArray:
        table = self.table(queries)
        return spread(table, self.stored.network.scores(table.values))


def spread(table: PairTable, scores: FloatArray) -> FloatArray:
    """(q, c) the scores (p,) of the chosen pairs, and below them the other pairs in the order of `table.base`."""
    lowest = np.full(len(table.base), _FLOOR, np.float32)
    ends = np.searchsorted(table.query, np.arange(len(lowest) + 1))
    some = np.flatnonzero(np.diff(ends))
    if len(some):
        lowest[some] = np.minimum.reduceat(scores, ends[some])
    top = np.nan_to_num(table.base, nan=-np.inf).max(axis=1, keepdims=True)
    below: FloatArray = lowest[:, None] - 1 + (table.base - top) / _RANGE
    below[table.query, table.candidate] = scores
    return below
