"""Answers without a score for everybody: by an approximate index of vectors, or by a search around the artist."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.arrays import BoolArray, FloatArray, IntArray
from core.search.evidence import Answer, known_scores, score_in_place
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
    similar,
)

_SAMPLE = 20_000
"""Artists by whose scores a place among all is estimated."""


@dataclass(frozen=True, kw_only=True)
class IndexedAnswer(Answer):
    """An answer whose nearest an index found. `n_tied` is 0: equal scores are not looked for.

    Scores, and so ranks, are exact. All are computed when they are first asked for.
    """

    similarity: CosineSimilarity

    @cached_property
    def known(self) -> BoolArray:
        known = self.similarity.present & self.similarity.present[self.query_row]
        known[self.query_row] = False
        return known

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
) -> IndexedAnswer | NearAnswer | None:
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
) -> IndexedAnswer | None:
    index = index_of(similarity)
    if index is similarity:
        return None
    return IndexedAnswer(
        space=space,
        query_row=query_row,
        given=_all_scores(similarity, query_row),
        nearest=_nearest(index, similarity, query_row, k, allowed),
        n_tied=0,
        similarity=similarity,
    )


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
