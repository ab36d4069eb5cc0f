"""Answers of an approximate index: it finds the nearest without a score for everybody."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.arrays import BoolArray, IntArray
from core.search.evidence import Answer, known_scores, score_in_place
from core.search.indexes import index_of
from core.search.spaces import Space
from core.search.vectors import CosineSimilarity
from core.similarity import MAX_K, NeighbourIndex, Neighbours, Similarity, similar

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


def indexed_answer(
    similarity: Similarity, space: Space, query_row: int, k: int, allowed: BoolArray | None = None
) -> IndexedAnswer | None:
    """The answer of the approximate index of a space, None if it has none or there is no such row."""
    if not isinstance(similarity, CosineSimilarity) or not 0 <= query_row < similarity.n_artists:
        return None
    index = index_of(similarity)
    if index is similarity:
        return None
    return IndexedAnswer(
        space=space,
        query_row=query_row,
        given=lambda: known_scores(similarity, np.array([query_row]))[0],
        nearest=_nearest(index, similarity, query_row, k, allowed),
        n_tied=0,
        similarity=similarity,
    )


def nearest_artists(similarity: Similarity, query_row: int, k: int) -> Neighbours:
    """The k artists most similar to the one in `query_row`, by the space's index.

    Raises NearfieldError as `similar` does.
    """
    index = index_of(similarity) if isinstance(similarity, CosineSimilarity) else None
    is_sound = 0 <= query_row < similarity.n_artists and 1 <= k <= MAX_K
    if not isinstance(similarity, CosineSimilarity) or index is None or index is similarity or not is_sound:
        return similar(similarity, query_row, k)
    return _nearest(index, similarity, query_row, k)


def _nearest(
    index: NeighbourIndex, similarity: CosineSimilarity, query_row: int, k: int, allowed: BoolArray | None = None
) -> Neighbours:
    """The nearest to an artist, without that itself; nobody to one that is not known."""
    if not similarity.present[query_row]:
        return Neighbours(np.empty(0, np.int64), np.empty(0, np.float32))
    found = index.search(similarity.vectors[query_row], k + 1, allowed)
    others = np.flatnonzero(found.rows != query_row)[:k]
    return Neighbours(found.rows[others], found.scores[others], found.recall)
