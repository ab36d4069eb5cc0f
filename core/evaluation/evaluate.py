"""Scoring a similarity on the hidden edges of an evaluation view."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from core.arrays import BoolArray, DoubleArray, FloatArray, IntArray
from core.errors import NearfieldError
from core.evaluation.bootstrap import Interval, mean_interval
from core.evaluation.metrics import QueryScores, score_queries
from core.graph.adjacency import adjacency
from core.graph.protocols import EvaluationView
from core.similarity import Similarity

CUTOFF = 200
_QUERIES_AT_ONCE = 512
_SCORES_AT_ONCE = 16_000_000
_FIGURES = ("ndcg", "ndcg_published", "recall", "mrr")

DEGREE_BINS = ((0, 0), (1, 2), (3, 5), (6, 10), (11, 25), (26, None))
"""Bins of the number of visible edges of a query; both bounds are included."""


@dataclass(frozen=True)
class Evaluation:
    """A similarity's figures on one view.

    Shapes: `queries` (q,) artist rows, `degree` (q,) their visible edges, `scores` one figure per query. `draws` are
    the scores by draw of the kept edges, of which `scores` are the means.
    """

    ranker: str
    view: EvaluationView
    queries: IntArray
    degree: IntArray
    scores: QueryScores
    draws: tuple[QueryScores, ...] = ()

    @property
    def headline(self) -> str:
        """The protocol's own metric: the name of a field of `scores`."""
        return "ndcg_published" if self.view.protocol == "published" else "ndcg"

    @property
    def n_candidates(self) -> int:
        return len(self.view.candidates)

    def interval(self, metric: str | None = None) -> Interval:
        """Mean over queries of a metric ("ndcg", "ndcg_published", "recall", "mrr") with its 95% interval."""
        return _interval(getattr(self.scores, metric or self.headline))

    def by_draw(self, metric: str | None = None) -> DoubleArray:
        """(draws, q) a metric by draw of the kept edges; one row where nothing was drawn."""
        return np.stack([getattr(scores, metric or self.headline) for scores in self.draws or (self.scores,)])

    def by_degree(self, metric: str | None = None) -> list[dict[str, Any]]:
        """One row per bin of visible degree: bounds, number of queries, mean and interval."""
        values = getattr(self.scores, metric or self.headline)
        rows = []
        for label, inside in degree_bins(self.degree):
            interval = _interval(values[inside])
            rows.append(
                {"degree": label, "queries": int(inside.sum()), "mean": interval.mean}
                | {"low": interval.low, "high": interval.high}
            )
        return rows


def degree_bins(degree: IntArray) -> list[tuple[str, BoolArray]]:
    """Title and members (q,) of each bin of visible degree (q,) that has any, fewest edges first."""
    bins = []
    for low, high in DEGREE_BINS:
        inside = (degree >= low) & (degree <= (np.inf if high is None else high))
        if inside.any():
            bins.append((f"{low}+" if high is None else str(low) if low == high else f"{low}–{high}", inside))
    return bins


def evaluate(similarity: Similarity, view: EvaluationView) -> Evaluation:
    """Rank the view's candidates for each of its queries and score the ranking on the hidden edges.

    An artist the similarity knows nothing about ranks last, tied with others like it. Raises NearfieldError where
    the view hides no edge, so that there is nothing to find.
    """
    if not len(view.queries):
        raise NearfieldError(
            f"No two {view.split} artists share an edge, so this catalogue cannot be scored on that split."
        )
    blocks = []
    for start in range(0, len(view.queries), _QUERIES_AT_ONCE):
        queries = view.queries[start : start + _QUERIES_AT_ONCE]
        ranked = without_known(similarity.scores(queries)[:, view.candidates], queries, view)
        blocks.append(score_candidates(ranked, queries, view))
    return Evaluation(similarity.name, view, view.queries, view.visible.degree[view.queries], _joined(blocks))


def mean_evaluation(draws: Sequence[Evaluation]) -> Evaluation:
    """One evaluation from several draws of a view with the same queries: each query's mean figures.

    View and degrees come from the first draw.
    """
    means = (np.mean([getattr(draw.scores, name) for draw in draws], axis=0) for name in _FIGURES)
    return replace(draws[0], scores=QueryScores(*means), draws=tuple(draw.scores for draw in draws))


def score_candidates(scores: FloatArray, queries: IntArray, view: EvaluationView) -> QueryScores:
    """Scores of ranking the view's candidates by `scores` (q, c); NaN ranks last."""
    ranked = np.where(np.isnan(scores), -np.inf, scores)
    ranked[np.arange(len(queries)), np.searchsorted(view.candidates, queries)] = np.nan
    return score_queries(ranked, relevance(view, queries), CUTOFF)


def score_embeddings(embeddings: FloatArray, view: EvaluationView) -> QueryScores:
    """Scores of ranking by the inner product of the candidates' unit vectors (c, d), the same order as by Euclidean
    distance."""
    at_once = max(1, _SCORES_AT_ONCE // len(view.candidates))
    blocks = []
    for start in range(0, len(view.queries), at_once):
        queries = view.queries[start : start + at_once]
        own = embeddings[np.searchsorted(view.candidates, queries)]
        blocks.append(score_candidates(own @ embeddings.T, queries, view))
    return _joined(blocks)


def mean_ndcg(embeddings: FloatArray, view: EvaluationView) -> float:
    """The mean of the protocol's own NDCG by `score_embeddings`; 0 where there is nothing to find."""
    if not len(view.queries):
        return 0.0
    scores = score_embeddings(embeddings, view)
    return float((scores.ndcg_published if view.protocol == "published" else scores.ndcg).mean())


def without_known(scores: FloatArray, queries: IntArray, view: EvaluationView) -> FloatArray:
    """Scores (q, c) of the view's candidates, NaN where a candidate has a visible edge to the query.

    Only all artists as candidates include such ones; they are no answers to what is asked for.
    """
    if view.protocol != "everybody":
        return scores
    links = adjacency(view.visible.edges, view.visible.n_artists)[queries].tocoo()
    left: FloatArray = scores.copy()
    left[links.row, links.col] = np.nan
    return left


def relevance(view: EvaluationView, queries: IntArray) -> sp.csr_array:
    """(q, c) boolean CSR: which candidates each query has a hidden edge to."""
    both = np.concatenate([view.hidden, view.hidden[:, ::-1]])
    both = both[np.isin(both[:, 0], queries)]
    row = np.searchsorted(queries, both[:, 0])
    column = np.searchsorted(view.candidates, both[:, 1])
    marks = np.ones(len(both), dtype=bool)
    return sp.csr_array((marks, (row, column)), shape=(len(queries), len(view.candidates)))


def _joined(blocks: Sequence[QueryScores]) -> QueryScores:
    return QueryScores(*(np.concatenate([getattr(block, name) for block in blocks]) for name in _FIGURES))


def _interval(values: DoubleArray) -> Interval:
    if len(values) < 2:
        mean = float(values.mean())
        return Interval(mean, float("nan"), float("nan"))
    return mean_interval(values)
