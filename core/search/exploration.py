"""Queries of several artists, and exploration from familiar to adventurous answers.

A query adds up the standardised scores of the artists to be like and subtracts those of the artists to be unlike, as
in J. J. Rocchio, Relevance feedback in information retrieval, 1971. Exploration then chooses from a pool of the best
artists. It subtracts a share of each artist's popularity and spreads the list by maximal marginal relevance,

    argmax_{i not in S}  λ Sim1(i, query) - (1 - λ) max_{j in S} Sim2(i, j)

after J. Carbonell and J. Goldstein, The use of MMR, SIGIR 1998, section 2. Only the order of a similarity's scores has
meaning, so relevance, popularity and Sim2 are all ranks scaled to 0 to 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.arrays import BoolArray, FloatArray, IntArray, average_ranks
from core.errors import NearfieldError
from core.search.evidence import mask_unknown
from core.search.fusion import standardise
from core.search.spaces import Space
from core.search.vectors import CosineSimilarity
from core.similarity import MAX_K, Neighbours, Similarity, best
from core.space_name import SpaceName

POOL = 300
"""Number of artists that exploration chooses from, or twice the length of the list if that is more."""

MOST_ARTISTS = 12
"""Number of artists that one query may name."""

UNLIKE_WEIGHT = 0.5
FULL_PENALTY = 0.6
FULL_DIVERSITY = 0.5
UNKNOWN_POPULARITY = 0.5
"""Stands in for an unknown popularity, so that the artist is neither favoured nor penalised."""

UNKNOWN_LIKENESS = 0.5
"""Likeness of two artists that the similarity cannot compare."""


@dataclass(frozen=True)
class Query:
    """Rows of the artists that answers should be like, and of those that they should be unlike.

    `unlike_weight` is the weight of an unlike artist; a like artist has weight 1. Raises NearfieldError if `like` is
    empty, if an artist is named twice, or if more than MOST_ARTISTS are named.
    """

    like: tuple[int, ...]
    unlike: tuple[int, ...] = ()
    unlike_weight: float = UNLIKE_WEIGHT

    def __post_init__(self) -> None:
        named = (*self.like, *self.unlike)
        if not self.like:
            raise NearfieldError("Name at least one artist that the answers shall be like.")
        if len(set(named)) < len(named):
            raise NearfieldError("An artist is named twice. Name each once, as wanted or as unwanted.")
        if len(named) > MOST_ARTISTS:
            raise NearfieldError(f"Name at most {MOST_ARTISTS} artists, not {len(named)}.")
        if not 0 <= self.unlike_weight <= 1:
            raise NearfieldError("An unwanted artist can count 0 to 1 times as much as a wanted one.")

    @property
    def artists(self) -> IntArray:
        """(s,) all named artists, those of `like` first."""
        return np.array([*self.like, *self.unlike], np.int64)

    @property
    def weights(self) -> FloatArray:
        """(s,) 1 for artists of `like`, -unlike_weight for those of `unlike`."""
        return np.array([1.0] * len(self.like) + [-self.unlike_weight] * len(self.unlike), np.float32)


@dataclass(frozen=True)
class Exploration:
    """From familiar to adventurous: a `penalty` on popularity, and `diversity`, the 1 - λ of MMR, both 0 to 1."""

    penalty: float = 0.0
    diversity: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.penalty <= 1 and 0 <= self.diversity <= 1):
            raise NearfieldError("The dial goes from 0, familiar, to 1, adventurous.")

    @classmethod
    def at(cls, position: float) -> "Exploration":
        """Penalty and diversity set by one `position` from 0 to 1."""
        if not 0 <= position <= 1:
            raise NearfieldError("The dial goes from 0, familiar, to 1, adventurous.")
        return cls(FULL_PENALTY * position, FULL_DIVERSITY * position)


FAMILIAR = Exploration()


@dataclass(frozen=True)
class CombinedScores:
    """Every artist's score for a query.

    Shapes: `scores` (n,) float32, NaN for the named artists and where nothing is known; `parts` (s, n) what each named
    artist adds to the score. `unknown` are the rows of named artists that the similarity knows nothing about.
    """

    scores: FloatArray
    parts: FloatArray
    unknown: IntArray


@dataclass(frozen=True)
class ListFigures:
    """Figures that describe a list of artists.

    `popularity` is the mean share of the catalogue's artists that are less popular, over the `n_popularity` artists
    whose popularity is known (NaN if none). `distance` is a mean over all pairs of the list: the share of the pool that
    is more similar to one artist than the other is. It is 0.5 for a random choice from the pool, and NaN for fewer than
    two artists. `rank` is the mean rank in the plain ranking, from 1.
    """

    popularity: float
    n_popularity: int
    distance: float
    rank: float


@dataclass(frozen=True)
class ExploredResult:
    """The list after exploration, beside the plain one.

    Shapes: `neighbours` (k,) in the order to show, with their scores for the query; `plain` (k,) the best scores;
    `parts` (s, k) what each named artist adds to the score of each of `neighbours`; `scores` (n,) of all artists,
    allowed or not. `unknown` and `scores` are those of CombinedScores. `figures` describe `neighbours`, and
    `plain_figures` describe `plain`.
    """

    neighbours: Neighbours
    plain: Neighbours
    parts: FloatArray
    unknown: IntArray
    figures: ListFigures
    plain_figures: ListFigures
    scores: FloatArray

    @property
    def new(self) -> BoolArray:
        """(k,) which of `neighbours` are not in the plain list."""
        return ~np.isin(self.neighbours.rows, self.plain.rows)


def popularity_places(popularity: npt.ArrayLike) -> FloatArray:
    """(n,) the share of artists that are less popular, from popularity in any unit, NaN unknown. Ties share ranks."""
    values = np.asarray(popularity, np.float64)
    places = np.full(len(values), np.nan, np.float32)
    known = ~np.isnan(values)
    if known.any():
        places[known] = (average_ranks(values[known]) - 0.5) / known.sum()
    return places


def combined_scores(similarity: Similarity, query: Query) -> CombinedScores:
    """The scores of a query: those of a single artist as they are, or the weighted sum of several artists' scores.

    The scores of several artists are standardised over all artists first, after a logarithm for a walk. An unknown
    score then counts as the mean, but an artist that no artist of `like` has a score for is unknown. Raises
    NearfieldError for a row that does not exist.
    """
    artists = query.artists
    for row in artists[(artists < 0) | (artists >= similarity.n_artists)]:
        raise NearfieldError(f"There is no artist in row {row}.")
    raw = similarity.scores(artists)
    masked = mask_unknown(raw, artists, similarity.name)
    known = ~np.isnan(masked)
    if len(artists) == 1:
        parts = masked
    else:
        parts = query.weights[:, None] * standardise(raw, artists, SpaceName(similarity.name).has_probabilities)
    scores: FloatArray = parts.sum(axis=0)
    scores[~known[: len(query.like)].any(axis=0)] = np.nan
    scores[artists] = np.nan
    return CombinedScores(scores, parts, artists[~known.any(axis=1)])


def explore(
    similarity: Similarity,
    query: Query,
    k: int = 10,
    exploration: Exploration = FAMILIAR,
    popularity: FloatArray | None = None,
    allowed: BoolArray | None = None,
    spread_by: Similarity | None = None,
) -> ExploredResult:
    """The k artists for a query, chosen by exploration from those `allowed` (n,).

    `popularity` (n,) comes from `popularity_places`; None means unknown for all. Without exploration the list is the
    plain ranking. The scores of `spread_by`, or else of the similarity itself, decide how alike the answers are. This
    is fast for vectors; a walk or a fusion computes scores once for each artist of the list. Fewer than k artists may
    come back. Raises NearfieldError for a row that does not exist or a k outside 1 to 1000.
    """
    if not 1 <= k <= MAX_K:
        raise NearfieldError(f"Ask for 1 to {MAX_K} artists, not {k}.")
    combined = combined_scores(similarity, query)
    scores = combined.scores if allowed is None else np.where(allowed, combined.scores, np.nan).astype(np.float32)
    pool = best(scores, max(POOL, 2 * k))
    likeness = _PoolLikeness(spread_by or similarity, pool.rows)
    places = np.full(len(scores), np.nan, np.float32) if popularity is None else popularity
    penalised = _places(pool.scores) - exploration.penalty * np.nan_to_num(places[pool.rows], nan=UNKNOWN_POPULARITY)
    plain = np.arange(min(k, len(pool)))
    chosen = plain if exploration == FAMILIAR else _spread(penalised, likeness, len(plain), exploration.diversity)
    shown = Neighbours(pool.rows[chosen], pool.scores[chosen])
    return ExploredResult(
        neighbours=shown,
        plain=Neighbours(pool.rows[plain], pool.scores[plain]),
        parts=combined.parts[:, shown.rows],
        unknown=combined.unknown,
        figures=_figures(chosen, likeness, places[pool.rows]),
        plain_figures=_figures(plain, likeness, places[pool.rows]),
        scores=combined.scores,
    )


def spreading_space(spaces: Sequence[Space], own: Space) -> Space:
    """The space that decides how alike the answers of `own` are: itself if it has vectors, else a model, else any
    space with vectors.

    A walk or a fusion takes too long to compare its answers with each other at every change of exploration.
    """
    with_vectors = [space for space in spaces if space.has_vectors]
    with_vectors.sort(key=lambda space: not space.name.is_run)
    return own if own.has_vectors else next(iter(with_vectors), own)


class _PoolLikeness:
    """How alike the artists of a pool are. A row holds, for each other artist, the share that is less similar.

    Each row is computed when it is needed, and kept.
    """

    def __init__(self, similarity: Similarity, rows: IntArray) -> None:
        self._similarity, self._rows = similarity, rows
        self._known = np.zeros(len(rows), dtype=bool)
        self._likeness = np.zeros((len(rows), len(rows)), np.float32)

    def of(self, members: IntArray) -> FloatArray:
        """(len(members), p) for members given by their position in the pool; 0 with themselves."""
        missing = members[~self._known[members]]
        if len(missing):
            self._likeness[missing] = self._shares_less_similar(missing)
            self._known[missing] = True
        likeness: FloatArray = self._likeness[members]
        return likeness

    def _shares_less_similar(self, members: IntArray) -> FloatArray:
        scores = self._scores(members)
        known = ~np.isnan(scores)
        known[np.arange(len(members)), members] = False
        n_known = np.count_nonzero(known, axis=1, keepdims=True)
        ranks = np.apply_along_axis(average_ranks, 1, np.where(known, scores, -np.inf))
        n_lower = ranks - 1 - (len(self._rows) - n_known)
        places = n_lower / np.maximum(n_known - 1, 1)
        likeness: FloatArray = np.where(known, places, UNKNOWN_LIKENESS).astype(np.float32)
        likeness[np.arange(len(members)), members] = 0
        return likeness

    def _scores(self, members: IntArray) -> FloatArray:
        """(len(members), p) the similarity's scores within the pool."""
        if not isinstance(self._similarity, CosineSimilarity):
            return self._similarity.scores(self._rows[members])[:, self._rows]
        vectors, present = self._similarity.vectors[self._rows], self._similarity.present[self._rows]
        scores: FloatArray = vectors[members] @ vectors.T
        scores[~(present[members][:, None] & present)] = np.nan
        return scores


def _places(scores: FloatArray) -> FloatArray:
    """(p,) the share of the pool's artists with a lower score; ties share a rank."""
    places: FloatArray = ((average_ranks(scores) - 1) / max(len(scores) - 1, 1)).astype(np.float32)
    return places


def _spread(relevance: FloatArray, likeness: _PoolLikeness, k: int, diversity: float) -> IntArray:
    """(k,) members of the pool, chosen greedily by MMR. The earlier one wins a tie."""
    if diversity == 0:
        return np.argsort(-relevance, kind="stable")[:k]
    chosen = np.empty(k, np.int64)
    nearest = np.zeros(len(relevance), np.float32)
    left = np.ones(len(relevance), dtype=bool)
    for step in range(k):
        gain = np.where(left, (1 - diversity) * relevance - diversity * nearest, -np.inf)
        chosen[step] = pick = int(gain.argmax())
        left[pick] = False
        nearest = np.maximum(nearest, likeness.of(chosen[step : step + 1])[0])
    return chosen


def _figures(members: IntArray, likeness: _PoolLikeness, popularity: FloatArray) -> ListFigures:
    known = popularity[members][~np.isnan(popularity[members])]
    pairs = ~np.eye(len(members), dtype=bool)
    distance = 1 - likeness.of(members)[:, members][pairs]
    return ListFigures(
        popularity=float(known.mean()) if len(known) else float("nan"),
        n_popularity=len(known),
        distance=float(distance.mean()) if len(distance) else float("nan"),
        rank=float(members.mean() + 1) if len(members) else float("nan"),
    )
