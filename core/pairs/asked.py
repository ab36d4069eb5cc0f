"""Queries and candidates, the pairs of them that get columns, and the columns gathered for these pairs."""

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from core.arrays import BoolArray, FloatArray, IntArray
from core.pairs.walks import VisibleGraph, between, dense


@dataclass(frozen=True)
class Asked:
    """Queries and their candidates on a visible graph.

    Shapes: `queries` (q,) and `rows` (c,) of the candidates; `candidates` are the same rows, or None for all artists;
    `open` (q, c) which candidates are neither the query nor known to be similar to it.
    """

    queries: IntArray
    candidates: IntArray | None
    rows: IntArray
    open: BoolArray

    @classmethod
    def of(cls, graph: VisibleGraph, queries: IntArray, candidates: IntArray | None) -> "Asked":
        rows = np.arange(graph.n_artists) if candidates is None else candidates
        links = graph.links[queries]
        known = dense(links if candidates is None else links[:, candidates]) > 0
        return cls(queries, candidates, rows, ~known & (rows != queries[:, None]))

    def between(self, left: sp.csr_array, right: sp.csr_array) -> FloatArray:
        """(q, c) the rows of the queries in `left` times the rows of the candidates in `right`."""
        return between(left, right, self.queries, self.candidates)

    def without_self(self, scores: FloatArray) -> FloatArray:
        """`scores` (q, c), changed to zero where the candidate is the query."""
        scores[self.rows == self.queries[:, None]] = 0
        return scores


@dataclass(frozen=True)
class Pairs:
    """The pairs that get columns, sorted by query.

    Shapes: (p,) each; `query` and `candidate` are places among the queries and candidates, `one` and `other` rows.
    """

    asked: Asked
    query: IntArray
    candidate: IntArray
    one: IntArray
    other: IntArray

    @classmethod
    def of(cls, asked: Asked, chosen: BoolArray) -> "Pairs":
        query, candidate = np.nonzero(chosen)
        return cls(asked, query, candidate, asked.queries[query], asked.rows[candidate])

    def at(self, scores: FloatArray) -> FloatArray:
        """(p,) of `scores` (q, c)."""
        return scores[self.query, self.candidate]

    def between(self, left: sp.csr_array, right: sp.csr_array) -> FloatArray:
        """(p,) of `Asked.between`."""
        return self.at(self.asked.between(left, right))

    def gaps(self, scores: FloatArray, lowest: float) -> FloatArray:
        """(p,) `scores` (q, c) less the best score of an open candidate, or `lowest` where there is none."""
        best = np.where(self.asked.open & ~np.isnan(scores), scores, lowest).max(axis=1, initial=lowest)
        return self.at(scores) - best[self.query]

    def ranks(self, scores: FloatArray) -> FloatArray:
        """(p,) log(1 + the number of open candidates with a higher score); NaN counts as the lowest."""
        negated = -np.nan_to_num(scores, nan=-1e9)
        ordered = np.sort(np.where(self.asked.open, negated, np.inf), axis=1)
        ends = np.searchsorted(self.query, np.arange(len(scores) + 1))
        ranks = np.empty(len(self.query), np.float32)
        for row, ascending in enumerate(ordered):
            inside = slice(ends[row], ends[row + 1])
            ranks[inside] = np.searchsorted(ascending, negated[row, self.candidate[inside]], side="left")
        return np.log1p(ranks)


@dataclass
class Columns:
    """Columns (p,) by name, and the group of each."""

    values: dict[str, FloatArray] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)

    def add(self, group: str, **columns: FloatArray) -> None:
        for name, column in columns.items():
            self.values[name] = np.asarray(column, np.float32)
            self.groups[name] = group
