"""The interface of every similarity, trained or not.

A similarity scores artists against a query artist. Evaluation needs whole rows of scores and search the best k; both
use the same object, so the app shows what the metrics measured.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol, runtime_checkable

import numpy as np

from core.arrays import BoolArray, FloatArray, IntArray
from core.errors import NearfieldError

MAX_K = 1000
_TIE_SEED = 7


@runtime_checkable
class Similarity(Protocol):
    """How similar artists are to a query artist.

    `scores` takes query rows (q,) and returns float32 (q, n): higher is more similar, NaN where this similarity
    knows nothing about the pair (a missing feature, say). Only the order within a row has meaning. An artist's score
    with itself is unspecified.
    """

    @property
    def name(self) -> str: ...

    @property
    def n_artists(self) -> int: ...

    def scores(self, queries: IntArray) -> FloatArray: ...


@runtime_checkable
class VectorSimilarity(Similarity, Protocol):
    """A similarity between vectors, which can also score a vector that belongs to no artist.

    `scores_of_vectors` takes float32 (q, d) in the space of the similarity and returns float32 (q, n).
    """

    def scores_of_vectors(self, vectors: FloatArray) -> FloatArray: ...


@dataclass(frozen=True)
class Neighbours:
    """The most similar artists, best first. Shapes: `rows` (k,) int64, `scores` (k,) float32.

    Where the search was not exact, one of the others says what it is worth: `recall` is the share of the true nearest
    that it finds; `error` is by how much a score may be too low for each edge of the artist, and none is too high;
    `compared` is how many artists alone were compared.
    """

    rows: IntArray
    scores: FloatArray
    recall: float | None = None
    error: float | None = None
    compared: int | None = None

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class NearScores:
    """The scores of the artists near to one, found without looking at all others.

    Shapes: `rows` (r,) ascending, without the artist itself, and `scores` (r,) float32. `error` is as in Neighbours;
    None where these rows alone were compared. Nobody but those `known` (n,) can have a score, None for these rows.
    """

    rows: IntArray
    scores: FloatArray
    error: float | None = None
    known: BoolArray | None = None

    def best(self, k: int, n_artists: int, allowed: BoolArray | None = None) -> Neighbours:
        """The k best of those `allowed` (n,), None for all."""
        chosen = slice(None) if allowed is None else allowed[self.rows]
        found = best_among(self.rows[chosen], self.scores[chosen], n_artists, k)
        return replace(found, error=self.error, compared=None if self.error else len(self.rows))

    def of(self, rows: IntArray) -> FloatArray:
        """(len(rows),) their scores; minus infinity where an artist is not near."""
        places = np.searchsorted(self.rows, rows).clip(0, max(0, len(self.rows) - 1))
        is_near = self.rows[places] == rows if len(self.rows) else np.zeros(len(rows), bool)
        scores = np.full(len(rows), -np.inf, np.float32)
        scores[is_near] = self.scores[places[is_near]]
        return scores


@runtime_checkable
class NearSimilarity(Similarity, Protocol):
    """A similarity that can look for the artists near to one without a score for everybody."""

    def near(self, row: int) -> NearScores: ...


class NeighbourIndex(Protocol):
    """Which artists are nearest to a vector.

    `search` takes a vector (d,) of the space, of any length, and returns the k best of those `allowed` (n,), or of all,
    with their exact scores, and with the recall that was measured when the index was built. Fewer come back where fewer
    are allowed and known.
    """

    def search(self, vector: FloatArray, k: int, allowed: BoolArray | None = None) -> Neighbours: ...


def most_near(most: int, n_artists: int) -> int:
    """How many of `n_artists` count as nearest to another: `most`, or a third where they are few, and at least one."""
    return max(1, min(most, n_artists // 3))


def similar(similarity: Similarity, query: int | FloatArray, k: int = 20, exclude: Iterable[int] = ()) -> Neighbours:
    """The k artists most similar to `query`, an artist's row or a vector (d,) of the similarity's space.

    The query artist, those in `exclude` and those the similarity knows nothing about are left out, so fewer than k may
    come back. Equal scores are in an arbitrary but fixed order that favours no row. Raises NearfieldError for an
    unknown row, a k outside 1 to 1000, or a vector where artists are needed.
    """
    if not 1 <= k <= MAX_K:
        raise NearfieldError(f"Ask for 1 to {MAX_K} artists, not {k}.")
    excluded = np.fromiter(exclude, dtype=np.int64)
    if isinstance(query, np.ndarray):
        if not isinstance(similarity, VectorSimilarity):
            raise NearfieldError(f"{similarity.name} compares artists of the catalogue only, not vectors.")
        scores = similarity.scores_of_vectors(query[np.newaxis])[0].copy()
    else:
        if not 0 <= query < similarity.n_artists:
            raise NearfieldError(f"There is no artist in row {query}.")
        scores = similarity.scores(np.array([query]))[0].copy()
        scores[query] = np.nan
    scores[excluded] = np.nan
    return best(scores, k)


def best(scores: FloatArray, k: int) -> Neighbours:
    """The k highest of `scores` (n,), NaN left out, ties in a fixed random order."""
    known = np.flatnonzero(~np.isnan(scores))
    return best_among(known, scores[known], len(scores), k)


def best_among(rows: IntArray, scores: FloatArray, n_artists: int, k: int) -> Neighbours:
    """The k highest of the scores (r,) of some `rows` (r,), in the same order as by `best`. No score is NaN."""
    if 0 < k < len(rows):  # sort only those that can be among them
        possible = scores >= np.partition(scores, len(rows) - k)[len(rows) - k]
        rows, scores = rows[possible], scores[possible]
    order = np.lexsort((_tie_order(n_artists)[rows], -scores))[:k]
    return Neighbours(rows[order], scores[order])


@lru_cache(maxsize=4)
def _tie_order(n_artists: int) -> IntArray:
    order = np.random.default_rng(_TIE_SEED).permutation(n_artists)
    order.setflags(write=False)  # it is everybody's
    return order
