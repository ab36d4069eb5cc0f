"""Ranking metrics for artist similarity: NDCG, recall and reciprocal rank, one figure per query.

Conventions
-----------
Every metric takes `scores`, a real (q, c) array with one row per query and one column per candidate,
and `relevant`, a boolean (q, c) array or scipy sparse array marking the positives.

* A higher score ranks earlier; ``-inf`` ranks last.
* ``NaN`` means "not a candidate for this query", as the query itself is not.
* Each query has at least one positive and every positive is a candidate; anything else is a `ValueError`.
* Ties favour no candidate: each figure is its expectation over all orders of equally scored candidates. A constant
  score therefore yields the figures of a random order.

NDCG comes in two variants that must not be mixed in one comparison:

* ``standard`` equals scikit-learn's ``ndcg_score`` with binary relevance;
* ``published`` sums one discount too many in the ideal DCG (q + 1 for q positives, never more than k), as the
  public runs of Grötschla et al. did. A perfect ranking then scores below 1: see `ndcg_ceiling`.

References
----------
.. [#] K. Järvelin and J. Kekäläinen, "Cumulated gain-based evaluation of IR techniques",
   ACM Transactions on Information Systems 20(4), 2002. DCG is their discounted gain with log base 2.
.. [#] F. McSherry and M. Najork, "Computing information retrieval performance measures efficiently in the
   presence of tied scores", ECIR 2008. The expectations under ties.
.. [#] F. Korzeniowski, S. Oramas and F. Gouyon, "Artist similarity with graph neural networks", ISMIR 2021.
   NDCG@200 for artist similarity.
.. [#] F. Grötschla, L. Strässle, L. A. Lanzendörfer and R. Wattenhofer, "Towards leveraging contrastively
   pretrained neural audio embeddings for recommender tasks", MuRS at RecSys 2024, arXiv:2409.09026.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

__all__ = [
    "NdcgVariant",
    "QueryScores",
    "ndcg_at_k",
    "ndcg_ceiling",
    "recall_at_k",
    "reciprocal_rank",
    "score_queries",
]

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
NdcgVariant = Literal["standard", "published"]

DEFAULT_K = 200
_BLOCK_CELLS = 2**20


@dataclass(frozen=True, eq=False)
class QueryScores:
    """Metrics of the same ranking, each float64 (q,), in query order; all but `mrr` are cut at rank k."""

    ndcg: Floats
    ndcg_published: Floats
    recall: Floats
    mrr: Floats


def score_queries(scores: ArrayLike, relevant: Any, k: int = DEFAULT_K) -> QueryScores:
    """All metrics of every query, ranking the candidates once.

    Raises ValueError for malformed input (see the module's conventions).
    """
    k = _validate_k(k)
    ranks = _positive_ranks(scores, relevant)
    return QueryScores(
        ndcg=_ndcg(ranks, k, "standard"),
        ndcg_published=_ndcg(ranks, k, "published"),
        recall=_recall(ranks, k),
        mrr=_reciprocal_rank(ranks),
    )


def ndcg_at_k(scores: ArrayLike, relevant: Any, k: int = DEFAULT_K, variant: NdcgVariant = "standard") -> Floats:
    """Normalised discounted cumulative gain at k with binary relevance, in [0, 1].

    Returns float64 (q,). Raises ValueError for malformed input or an unknown variant.
    """
    k = _validate_k(k)
    _validate_variant(variant)
    return _ndcg(_positive_ranks(scores, relevant), k, variant)


def recall_at_k(scores: ArrayLike, relevant: Any, k: int = DEFAULT_K) -> Floats:
    """Share of a query's positives among its first k candidates, in [0, 1].

    Returns float64 (q,). Raises ValueError for malformed input.
    """
    k = _validate_k(k)
    return _recall(_positive_ranks(scores, relevant), k)


def reciprocal_rank(scores: ArrayLike, relevant: Any) -> Floats:
    """One over the rank of a query's first positive, in (0, 1]; its mean over queries is the MRR.

    Returns float64 (q,). Raises ValueError for malformed input.
    """
    return _reciprocal_rank(_positive_ranks(scores, relevant))


def ndcg_ceiling(n_positives: ArrayLike, k: int = DEFAULT_K, variant: NdcgVariant = "standard") -> Floats:
    """NDCG at k of a perfect ranking: 1 when `standard`, less when `published`.

    Takes the number of positives per query, integers >= 1 of any shape, and returns float64 of that shape.
    """
    k = _validate_k(k)
    _validate_variant(variant)
    counts = np.asarray(n_positives)
    if counts.dtype.kind not in "iu" or (counts < 1).any():
        raise ValueError("The numbers of positives must be integers of at least 1.")
    ceiling: Floats = _perfect_dcg(counts, k) / _ideal_dcg(counts, k, variant)
    return ceiling


@dataclass(frozen=True, eq=False)
class _PositiveRanks:
    """Where the p positives of all queries rank: `query`, `above` and `tied` are (p,), `n_positives` is (q,).

    A positive has `above` strictly better candidates and shares its score with `tied`, itself included, so
    its 0-based rank is uniform on above .. above + tied - 1. Positives are ordered by query.
    """

    query: Ints
    above: Ints
    tied: Ints
    n_positives: Ints

    @property
    def first_of_query(self) -> Ints:
        return np.cumsum(self.n_positives) - self.n_positives

    def sum_per_query(self, values: Floats) -> Floats:
        sums: Floats = np.add.reduceat(values, self.first_of_query)
        return sums


def _positive_ranks(scores: ArrayLike, relevant: Any) -> _PositiveRanks:
    matrix = _validate_scores(scores)
    query, candidate = _validate_relevant(relevant, matrix.shape)
    n_positives: Ints = np.bincount(query, minlength=len(matrix))
    if not n_positives.all():
        raise ValueError(
            f"{np.count_nonzero(n_positives == 0)} queries have no relevant candidate. "
            "Leave queries without positives out."
        )
    own = matrix[query, candidate]
    if np.isnan(own).any():
        raise ValueError(
            "A relevant candidate has a NaN score, which means that it is no candidate. "
            "Score it -inf to rank it last, or do not mark it relevant."
        )
    above = np.empty(len(query), dtype=np.int64)
    tied = np.empty(len(query), dtype=np.int64)
    for block in _blocks(len(query), matrix.shape[1]):
        rows, threshold = matrix[query[block]], own[block, np.newaxis]
        above[block] = np.count_nonzero(rows > threshold, axis=1)
        tied[block] = np.count_nonzero(rows == threshold, axis=1)
    return _PositiveRanks(query, above, tied, n_positives)


def _ndcg(ranks: _PositiveRanks, k: int, variant: NdcgVariant) -> Floats:
    cumulative = _cumulative_discounts(k)
    first, last = np.minimum(ranks.above, k), np.minimum(ranks.above + ranks.tied, k)
    dcg = ranks.sum_per_query((cumulative[last] - cumulative[first]) / ranks.tied)
    # Differences of cumulative sums may exceed a perfect ranking's DCG by a rounding error.
    capped: Floats = np.minimum(dcg, _perfect_dcg(ranks.n_positives, k))
    return capped / _ideal_dcg(ranks.n_positives, k, variant)


def _recall(ranks: _PositiveRanks, k: int) -> Floats:
    within_k = np.clip(k - ranks.above, 0, ranks.tied) / ranks.tied
    return ranks.sum_per_query(within_k) / ranks.n_positives


def _reciprocal_rank(ranks: _PositiveRanks) -> Floats:
    # Only the best group of tied candidates that holds a positive decides where the first positive stands.
    first_of_query = ranks.first_of_query
    above = np.minimum.reduceat(ranks.above, first_of_query)
    in_best_group = ranks.above == above[ranks.query]
    tied = np.maximum.reduceat(np.where(in_best_group, ranks.tied, 0), first_of_query)
    positives = np.add.reduceat(in_best_group.astype(np.int64), first_of_query)

    expected: Floats = 1.0 / (above + 1.0)
    ambiguous = np.flatnonzero(tied > positives)
    for block in _blocks(len(ambiguous), int(tied.max(initial=1))):
        chosen = ambiguous[block]
        expected[chosen] = _expected_reciprocal(above[chosen], tied[chosen], positives[chosen])
    return expected


def _expected_reciprocal(above: Ints, tied: Ints, positives: Ints) -> Floats:
    """Expectation of 1 / (above + 1 + J), J candidates drawn before the first of `positives` among `tied`.

    J is negative hypergeometric: all draws before j miss, draw j hits. All arrays are (n,), as is the result.
    """
    draw = np.arange((tied - positives).max() + 1)
    left = np.maximum(tied[:, np.newaxis] - draw, 1)
    hit = np.minimum(positives[:, np.newaxis] / left, 1.0)
    all_missed = np.ones_like(hit)
    np.cumprod(1.0 - hit[:, :-1], axis=1, out=all_missed[:, 1:])
    expected: Floats = np.sum(all_missed * hit / (above[:, np.newaxis] + 1 + draw), axis=1)
    return expected


def _cumulative_discounts(k: int) -> Floats:
    """DCG of n positives at the first n ranks for n = 0 .. k, float64 (k + 1,)."""
    return np.concatenate(([0.0], np.cumsum(1.0 / np.log2(np.arange(k) + 2.0))))


def _perfect_dcg(n_positives: Ints, k: int) -> Floats:
    """DCG of a ranking that starts with all positives."""
    dcg: Floats = _cumulative_discounts(k)[np.minimum(n_positives, k)]
    return dcg


def _ideal_dcg(n_positives: Ints, k: int, variant: NdcgVariant) -> Floats:
    """The ideal DCG by which the variant divides, right or wrong."""
    return _perfect_dcg(n_positives + 1 if variant == "published" else n_positives, k)


def _blocks(n_rows: int, n_columns: int) -> Iterator[slice]:
    """Slices of rows that bound the temporary arrays of a vectorised step."""
    step = max(1, _BLOCK_CELLS // max(1, n_columns))
    return (slice(start, start + step) for start in range(0, n_rows, step))


def _validate_k(k: int) -> int:
    k = operator.index(k)
    if k < 1:
        raise ValueError(f"The cut-off k must be at least 1, but is {k}.")
    return k


def _validate_variant(variant: str) -> None:
    if variant not in get_args(NdcgVariant):
        raise ValueError(f"NDCG is 'standard' or 'published', not '{variant}'.")


def _validate_scores(scores: ArrayLike) -> NDArray[Any]:
    matrix = np.asarray(scores)
    if matrix.ndim != 2:
        raise ValueError(f"Scores must have shape (queries, candidates), but have shape {matrix.shape}.")
    if matrix.dtype.kind not in "fiu":
        raise ValueError(f"Scores must be real numbers, but are {matrix.dtype}.")
    return matrix


def _validate_relevant(relevant: Any, shape: tuple[int, ...]) -> tuple[Ints, Ints]:
    """Query and candidate of each positive, both (p,), ordered by query."""
    is_sparse = sparse.issparse(relevant)
    marks: Any = relevant if is_sparse else np.asarray(relevant)
    if marks.shape != shape:
        raise ValueError(f"Relevance has shape {marks.shape}, but the scores have shape {shape}.")
    if marks.dtype != np.bool_:
        raise ValueError(f"Relevance must be boolean, but is {marks.dtype}.")
    if is_sparse:
        marks = sparse.csr_array(marks, copy=True)
        marks.sum_duplicates()
    query, candidate = marks.nonzero()
    return query.astype(np.int64), candidate.astype(np.int64)
