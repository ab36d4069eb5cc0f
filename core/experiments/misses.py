"""For each query: which hidden neighbours a similarity finds, at which rank, and what it answers instead."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.arrays import BoolArray, DoubleArray, FloatArray, IntArray
from core.evaluation.evaluate import CUTOFF, evaluate, relevance, without_known
from core.graph.protocols import EvaluationView
from core.similarity import Similarity

ANSWERS = 10
"""Number of first answers to keep for a query, and the early cut-off for hits."""

ORDERS = ("worst", "best", "differing")

TABLE_COLUMNS = ["row", "degree", "hidden", "value", "found_early", "found"]

_TIE_SEED = 7


@dataclass(frozen=True)
class QueryHits:
    """The answers of a similarity to every query of a view.

    Shapes: `queries` (q,) artist rows, ascending; `degree` (q,) their visible edges; `values` (q,) the protocol's own
    NDCG@200; `pair_query` (p,) and `neighbour` (p,) the hidden edges, from a position in `queries` to an artist row;
    `rank` (p,) the rank of the neighbour among all candidates, from 1, or 0 if the similarity does not know the pair;
    `answers` (q, 10) the rows of the first candidates, -1 if there are fewer; `is_hit` (q, 10) which of them are hidden
    neighbours.
    """

    ranker: str
    queries: IntArray
    degree: IntArray
    values: DoubleArray
    pair_query: IntArray
    neighbour: IntArray
    rank: IntArray
    answers: IntArray
    is_hit: BoolArray

    def found_within(self, k: int) -> IntArray:
        """(q,) number of hidden neighbours among the first k answers."""
        found = (self.rank > 0) & (self.rank <= k)
        return np.bincount(self.pair_query[found], minlength=len(self.queries)).astype(np.int64)

    @property
    def hidden(self) -> IntArray:
        """(q,) number of hidden neighbours."""
        return np.bincount(self.pair_query, minlength=len(self.queries)).astype(np.int64)


class _Keeping:
    """A similarity that keeps the candidates' scores, so that they are computed once."""

    def __init__(self, similarity: Similarity, candidates: IntArray) -> None:
        self._similarity, self._candidates = similarity, candidates
        self.name, self.n_artists = similarity.name, similarity.n_artists
        self.kept: list[FloatArray] = []

    def scores(self, queries: IntArray) -> FloatArray:
        scores = self._similarity.scores(queries)
        self.kept.append(scores[:, self._candidates])
        return scores


def query_hits(similarity: Similarity, view: EvaluationView) -> QueryHits:
    """Evaluate a similarity and keep the ranks of all hidden neighbours and the first answers.

    Equal scores are in a random order here, the same each time, while the NDCG is the expectation over all orders.
    Raises NearfieldError if the view hides no edge.
    """
    keeping = _Keeping(similarity, view.candidates)
    evaluation = evaluate(keeping, view)
    scores = without_known(np.concatenate(keeping.kept), view.queries, view)
    own = np.searchsorted(view.candidates, view.queries)
    order, rank = _rank(scores, own)
    relevant = relevance(view, view.queries).tocoo()
    known = ~np.isnan(scores)
    is_known = known[relevant.row, relevant.col]
    first = order[:, :ANSWERS]
    is_answer = np.take_along_axis(known, first, axis=1) & (first != own[:, None])
    is_hit = relevant.toarray()[np.arange(len(first))[:, None], first] & is_answer
    return QueryHits(
        ranker=similarity.name,
        queries=evaluation.queries,
        degree=evaluation.degree,
        values=getattr(evaluation.scores, evaluation.headline),
        pair_query=relevant.row.astype(np.int64),
        neighbour=view.candidates[relevant.col],
        rank=np.where(is_known, rank[relevant.row, relevant.col], 0),
        answers=np.where(is_answer, view.candidates[first], -1),
        is_hit=is_hit,
    )


def query_table(hits: QueryHits, order: str = "worst", other: QueryHits | None = None) -> pd.DataFrame:
    """One row per query artist with TABLE_COLUMNS, and with `other` also the columns `other_value` and `difference`.

    `order` is "worst" or "best" first by NDCG, or "differing" for the largest absolute difference to `other` first.
    Ties keep the order of rows. Raises ValueError for another order, for "differing" without `other`, and if the two
    have different queries.
    """
    if order not in ORDERS or (order == "differing" and other is None):
        raise ValueError(f"“{order}” is no order here.")
    columns = (hits.queries, hits.degree, hits.hidden, hits.values)
    table = pd.DataFrame(dict(zip(TABLE_COLUMNS, columns, strict=False)))
    table["found_early"], table["found"] = hits.found_within(ANSWERS), hits.found_within(CUTOFF)
    key = table["value"] if order == "worst" else -table["value"]
    if other is not None:
        if not np.array_equal(hits.queries, other.queries):
            raise ValueError("Both rankers must have answered the same queries.")
        table = table.assign(other_value=other.values, difference=hits.values - other.values)
        key = -table["difference"].abs() if order == "differing" else key
    return table.iloc[np.argsort(key.to_numpy(), kind="stable")].reset_index(drop=True)


def hidden_neighbours(hits: QueryHits, row: int) -> pd.DataFrame:
    """The hidden neighbours of the query artist `row` by rank. Columns: row, rank (NA if unknown)."""
    own = hits.pair_query == _place(hits, row)
    found = pd.DataFrame({"row": hits.neighbour[own], "rank": pd.array(hits.rank[own], dtype="Int64")})
    found["rank"] = found["rank"].mask(found["rank"] == 0)
    return found.sort_values("rank", kind="stable", na_position="last", ignore_index=True)


def first_answers(hits: QueryHits, row: int) -> pd.DataFrame:
    """The first ten answers to the query artist `row`. Columns: rank, row, hit."""
    place = _place(hits, row)
    rows = hits.answers[place]
    table = pd.DataFrame({"rank": np.arange(1, len(rows) + 1), "row": rows, "hit": hits.is_hit[place]})
    return table[rows >= 0].reset_index(drop=True)


def _place(hits: QueryHits, row: int) -> int:
    place = int(np.searchsorted(hits.queries, row))
    if place == len(hits.queries) or hits.queries[place] != row:
        raise ValueError(f"The artist in row {row} is no query of this view.")
    return place


def _rank(scores: FloatArray, own: IntArray) -> tuple[IntArray, IntArray]:
    """The candidates of each query, best first, and their ranks from 1. Unknown ones come late, the query last.

    Each query breaks ties by an order of its own: with one order for all, the same few would seem to be named always.
    """
    width = scores.shape[1]
    rng = np.random.default_rng(_TIE_SEED)
    lottery, first = rng.permutation(width), rng.integers(width, size=len(scores))
    order, rank = np.empty(scores.shape, np.int64), np.empty(scores.shape, np.int64)
    for query in range(len(scores)):
        drawn = np.roll(lottery, first[query])
        sortable = np.where(np.isnan(scores[query]), np.inf, -scores[query])
        sortable[own[query]] = np.nan
        order[query] = drawn[np.argsort(sortable[drawn], kind="stable")]
        rank[query, order[query]] = np.arange(1, width + 1)
    return order, rank
