"""Measure the words of confidence: the precision of the first answers at each level, on hidden edges."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.arrays import BoolArray, FloatArray, IntArray
from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.evaluation.bootstrap import Interval
from core.evaluation.evaluate import relevance
from core.graph.adjacency import adjacency
from core.graph.protocols import EvaluationView
from core.search.confidence import LEVELS, agreement_by_kind, confidence_levels, feature_presence, pair_facts
from core.search.evidence import known_scores
from core.search.spaces import open_ranker
from core.similarity import best

ANSWERS = 10
_QUERIES_AT_ONCE = 256
_RESAMPLES = 2000


@dataclass(frozen=True)
class LevelPrecision:
    """The answers with one word of confidence.

    There are `answers` answers to `queries` artists. `precision` is the share of them that are hidden neighbours, with
    its 95% bootstrap interval over queries. The bounds are NaN for fewer than two queries.
    """

    word: str
    answers: int
    queries: int
    precision: Interval


def confidence_precision(
    catalogue: Catalogue, name: str, others: Sequence[str], view: EvaluationView, k: int = ANSWERS
) -> list[LevelPrecision]:
    """Precision of the first k answers of the ranker `name` by confidence, the lowest level first.

    `others` are the rankers whose agreement counts. All rankers use only the view's visible edges and answer with the
    view's candidates. Agreement is measured among all artists, as in the app. Candidates have no visible edges with
    each other, so no answer is "known". Raises NearfieldError if the view hides no edge.
    """
    if not len(view.queries):
        raise NearfieldError(f"No two {view.split} artists share an edge, so there is nothing to find.")
    matrix = adjacency(view.visible.edges, len(catalogue))
    present = feature_presence(catalogue)
    rankers = {ranker: open_ranker(catalogue, ranker, view) for ranker in dict.fromkeys([name, *others])}
    query, level, hit = [], [], []
    for start in range(0, len(view.queries), _QUERIES_AT_ONCE):
        queries = view.queries[start : start + _QUERIES_AT_ONCE]
        scores = {ranker: known_scores(similarity, queries) for ranker, similarity in rankers.items()}
        place, column = _first_answers(scores[name][:, view.candidates], k)
        rows = view.candidates[column]
        counts = agreement_by_kind(scores, name, place, rows)
        level.append(confidence_levels(pair_facts(matrix, present, queries[place], rows, counts)))
        hit.append(relevance(view, queries).toarray()[place, column])
        query.append(start + place)
    return _by_level(np.concatenate(query), np.concatenate(level), np.concatenate(hit))


def _first_answers(scores: FloatArray, k: int) -> tuple[IntArray, IntArray]:
    """(p,) query and (p,) column of each query's best k columns of scores (q, c)."""
    columns = [best(row, k).rows for row in scores]
    return np.repeat(np.arange(len(columns)), [len(found) for found in columns]), np.concatenate(columns)


def _by_level(query: IntArray, level: IntArray, hit: BoolArray) -> list[LevelPrecision]:
    found = []
    for code, word in enumerate(LEVELS):
        own = level == code
        if own.any():
            _, place = np.unique(query[own], return_inverse=True)
            answers, hits = np.bincount(place), np.bincount(place[hit[own]], minlength=place.max() + 1)
            found.append(LevelPrecision(word, int(own.sum()), len(answers), _share(hits, answers)))
    return found


def _share(hits: IntArray, answers: IntArray) -> Interval:
    """Hits over answers of all queries, with a percentile bootstrap interval over queries."""
    mean = float(hits.sum() / answers.sum())
    if len(hits) < 2:
        return Interval(mean, float("nan"), float("nan"))
    from scipy import stats  # takes long to import

    interval = stats.bootstrap(
        (hits, answers),
        lambda hit, total, axis: hit.sum(axis=axis) / total.sum(axis=axis),
        paired=True,
        n_resamples=_RESAMPLES,
        batch=100,
        vectorized=True,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return Interval(mean, float(interval.low), float(interval.high))
