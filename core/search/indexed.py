"""Answers without a score for everybody: by rough scores or an approximate index of vectors, or by a search around the
artist."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.arrays import BoolArray, FloatArray, IntArray
from core.search.evidence import Answer, answer, known_scores, score_in_place
from core.search.indexes import index_of, searches_near
from core.search.spaces import Space
from core.search.vectors import CosineSimilarity
from core.similarity import (
    MAX_K,
    NearScores,
    NearSimilarity,
    NeighbourIndex,
    Neighbours,
    Similarity,
    best_among,
    similar,
)

ROUGH_FROM = 50_000
"""Artists from which exact search scores those alone that may be among the nearest."""

_SAMPLE = 20_000
"""Artists by whose scores a place among all is estimated."""


@dataclass(frozen=True, kw_only=True)
class RoughAnswer(Answer):
    """An exact answer. Rough scores (n,) tell who may be near enough to be compared exactly.

    All scores, and so ranks, are computed when they are first asked for.
    """

    similarity: CosineSimilarity
    rough: FloatArray

    @cached_property
    def known(self) -> BoolArray:
        return _known_to(self.similarity, self.query_row)

    def above(self, place: int, rows: IntArray) -> BoolArray:
        """As by Answer: the score in that place is found among those that rounding cannot tell from it."""
        known = np.flatnonzero(self.known)
        vector = self.similarity.vectors[self.query_row]
        more = self.known[rows]
        if place <= len(known):
            rough, nearly = self.rough[known], 2 * self.similarity.rounding
            beyond = rough - np.partition(rough, len(rough) - place)[len(rough) - place]
            unsure = known[np.abs(beyond) <= nearly]
            in_place = place - np.count_nonzero(beyond > nearly)
            limit = score_in_place(self.similarity.scores_of_rows(vector, unsure), in_place)
            more &= self.similarity.scores_of_rows(vector, rows) > limit
        return more


@dataclass(frozen=True, kw_only=True)
class IndexedAnswer(Answer):
    """An answer whose nearest an index found. `n_tied` is 0: equal scores are not looked for.

    Scores, and so ranks, are exact. All are computed when they are first asked for.
    """

    similarity: CosineSimilarity

    @cached_property
    def known(self) -> BoolArray:
        return _known_to(self.similarity, self.query_row)

    def above(self, place: int, rows: IntArray) -> BoolArray:
        """As by Answer, with the score in that place estimated by a sample of all where they are many."""
        known = np.flatnonzero(self.known)
        step = max(1, len(known) // _SAMPLE)
        vector = self.similarity.vectors[self.query_row]
        sample = self.similarity.scores_of_rows(vector, known[::step])
        limit = score_in_place(sample, -(-place * len(sample) // max(1, len(known))))
        return self.known[rows] & (self.similarity.scores_of_rows(vector, rows) > limit)


@dataclass(frozen=True, kw_only=True)
class NearAnswer(Answer):
    """An answer found around the artist. `n_tied` is 0: equal scores are not looked for.

    Scores, and so ranks, are exact. All are computed when they are first asked for; until then `known` is an estimate.
    """

    near: NearScores
    n_artists: int

    @property
    def known(self) -> BoolArray:
        return ~np.isnan(self.scores) if "scores" in vars(self) else self._perhaps_known

    @cached_property
    def _perhaps_known(self) -> BoolArray:
        if self.near.known is not None:
            return self.near.known
        known = np.zeros(self.n_artists, bool)
        known[self.near.rows] = True
        return known

    def above(self, place: int, rows: IntArray) -> BoolArray:
        """As by Answer, among the artists that were found; nobody else is above."""
        above: BoolArray = self.near.of(rows) > score_in_place(self.near.scores, place)
        return above


def indexed_answer(
    similarity: Similarity, space: Space, query_row: int, k: int, allowed: BoolArray | None = None
) -> IndexedAnswer | RoughAnswer | NearAnswer | None:
    """The answer of a space that need not look at everybody; None if it must, or if there is no such row."""
    if not 0 <= query_row < similarity.n_artists:
        return None
    if isinstance(similarity, CosineSimilarity):
        return _by_index(similarity, space, query_row, k, allowed)
    if not isinstance(similarity, NearSimilarity) or not searches_near(similarity.n_artists):
        return None
    near = similarity.near(query_row)
    nearest = near.best(k, similarity.n_artists, allowed)
    if len(nearest) < k and near.error is not None:
        return None  # an exact walk may find more
    return NearAnswer(
        space=space,
        query_row=query_row,
        given=_all_scores(similarity, query_row),
        nearest=nearest,
        n_tied=0,
        near=near,
        n_artists=similarity.n_artists,
    )


def nearest_answer(similarity: Similarity, space: Space, query_row: int, k: int) -> Answer:
    """The answer of a space, found without looking at everybody where that can be."""
    return indexed_answer(similarity, space, query_row, k) or answer(similarity, space, query_row, k)


def nearest_artists(similarity: Similarity, query_row: int, k: int) -> Neighbours:
    """The k artists most similar to the one in `query_row`, found without looking at everybody where that can be.

    Raises NearfieldError as `similar` does.
    """
    if 0 <= query_row < similarity.n_artists and 1 <= k <= MAX_K:
        if isinstance(similarity, CosineSimilarity):
            index = index_of(similarity)
            if index is not similarity:
                return _nearest(index, similarity, query_row, k)
        elif isinstance(similarity, NearSimilarity) and searches_near(similarity.n_artists):
            found = similarity.near(query_row).best(k, similarity.n_artists)
            if len(found) == k or found.error is None:
                return found
    return similar(similarity, query_row, k)


def _by_index(
    similarity: CosineSimilarity, space: Space, query_row: int, k: int, allowed: BoolArray | None
) -> IndexedAnswer | RoughAnswer | None:
    index = index_of(similarity)
    if index is similarity:
        return _rough_answer(similarity, space, query_row, k, allowed) if similarity.n_artists >= ROUGH_FROM else None
    return IndexedAnswer(
        space=space,
        query_row=query_row,
        given=_all_scores(similarity, query_row),
        nearest=_nearest(index, similarity, query_row, k, allowed),
        n_tied=0,
        similarity=similarity,
    )


def _rough_answer(
    similarity: CosineSimilarity, space: Space, query_row: int, k: int, allowed: BoolArray | None
) -> RoughAnswer:
    vector = similarity.vectors[query_row]
    rough = similarity.rough_scores(vector)
    known = _known_to(similarity, query_row)
    rows = np.flatnonzero(known if allowed is None else known & allowed)
    rows = similarity.possibly_best(rough, rows, k)
    scores = similarity.scores_of_rows(vector, rows)
    nearest = best_among(rows, scores, similarity.n_artists, k)
    last = nearest.scores[-1:]
    return RoughAnswer(
        space=space,
        query_row=query_row,
        given=_all_scores(similarity, query_row),
        nearest=nearest,
        n_tied=int(np.count_nonzero(np.isin(scores, last)) - np.count_nonzero(np.isin(nearest.scores, last))),
        similarity=similarity,
        rough=rough,
    )


def _known_to(similarity: CosineSimilarity, query_row: int) -> BoolArray:
    """(n,) whom the space can compare with an artist."""
    known = similarity.present & similarity.present[query_row]
    known[query_row] = False
    return known


def _all_scores(similarity: Similarity, query_row: int) -> Callable[[], FloatArray]:
    return lambda: known_scores(similarity, np.array([query_row]))[0]


def _nearest(
    index: NeighbourIndex, similarity: CosineSimilarity, query_row: int, k: int, allowed: BoolArray | None = None
) -> Neighbours:
    """The nearest to an artist, without that itself; nobody to one that is not known."""
    if not similarity.present[query_row]:
        return Neighbours(np.empty(0, np.int64), np.empty(0, np.float32))
    found = index.search(similarity.vectors[query_row], k + 1, allowed)
    others = np.flatnonzero(found.rows != query_row)[:k]
    return Neighbours(found.rows[others], found.scores[others], found.recall)
