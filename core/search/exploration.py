"""Steering an answer: more like these artists, less like those, from the familiar to the adventurous.

Several artists are joined by adding up their standardised scores and taking away those of the unwanted ones, as in
J. J. Rocchio, Relevance feedback in information retrieval, 1971. The dial then chooses from a pool of the best: it
takes from each one's place a share of its popularity, and spreads the list by maximal marginal relevance,

    argmax_{i not in S}  λ Sim1(i, query) - (1 - λ) max_{j in S} Sim2(i, j)

after J. Carbonell and J. Goldstein, The use of MMR, SIGIR 1998, section 2. Only the order of a similarity's scores has
meaning, so relevance, popularity and Sim2 all are places between 0 and 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from core.arrays import BoolArray, FloatArray, IntArray
from core.errors import NearfieldError
from core.search.evidence import mask_unknown
from core.search.fusion import standardise
from core.search.spaces import Space
from core.search.vectors import CosineSimilarity
from core.similarity import MAX_K, Neighbours, Similarity, best
from core.space_name import SpaceName

POOL = 300
"""Artists that the dial chooses from, or twice as many as are asked for where that is more."""

MOST_ARTISTS = 12
"""Artists that one wish may name."""

UNLIKE_WEIGHT = 0.5
FULL_PENALTY = 0.6
FULL_DIVERSITY = 0.5
UNKNOWN_POPULARITY = 0.5
"""Place of an artist whose popularity is unknown: neither favoured nor held back."""

UNKNOWN_LIKENESS = 0.5
"""Likeness of two artists of a pool that the similarity cannot compare."""


@dataclass(frozen=True)
class Query:
    """Rows of artists that answers shall be like, and of those that they shall not be like.

    `unlike_weight` is what an unwanted artist counts against a wanted one. Raises NearfieldError where no artist is
    wanted, one is named twice, or more than MOST_ARTISTS are named.
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
        """(s,) all that are named, wanted ones first."""
        return np.array([*self.like, *self.unlike], np.int64)

    @property
    def weights(self) -> FloatArray:
        """(s,) 1 for the wanted, -unlike_weight for the unwanted."""
        return np.array([1.0] * len(self.like) + [-self.unlike_weight] * len(self.unlike), np.float32)


@dataclass(frozen=True)
class Exploration:
    """From familiar to adventurous: `penalty` on popularity and `diversity`, 1 - λ of the MMR, both 0 to 1."""

    penalty: float = 0.0
    diversity: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.penalty <= 1 and 0 <= self.diversity <= 1):
            raise NearfieldError("The dial goes from 0, familiar, to 1, adventurous.")

    @classmethod
    def at(cls, position: float) -> "Exploration":
        """One dial for both, at `position` 0 to 1."""
        if not 0 <= position <= 1:
            raise NearfieldError("The dial goes from 0, familiar, to 1, adventurous.")
        return cls(FULL_PENALTY * position, FULL_DIVERSITY * position)


FAMILIAR = Exploration()


@dataclass(frozen=True)
class CombinedScores:
    """Every artist's score for a wish.

    Shapes: `scores` (n,) float32, NaN for the named artists and where nothing is known; `parts` (s, n) what each named
    artist adds, their sum is the score; `unknown` rows of named artists of which the similarity knows nothing.
    """

    scores: FloatArray
    parts: FloatArray
    unknown: IntArray


@dataclass(frozen=True)
class ListFigures:
    """What a list of artists is like.

    `popularity` is the mean share of the catalogue's artists that are less popular, over the `n_popularity` artists of
    which it is known (NaN for none); `distance` the mean over pairs of the list of the share of the pool that is more
    similar to the one than the other is: 0.5 for artists taken from the pool at random, NaN for fewer than two;
    `rank` the mean place in the plain ranking, from 1.
    """

    popularity: float
    n_popularity: int
    distance: float
    rank: float


@dataclass(frozen=True)
class ExploredResult:
    """A steered answer beside the plain one.

    Shapes: `neighbours` (k,) in the order to show, with the scores of the wish; `plain` (k,) the best scores; `parts`
    (s, k) what each named artist adds to the score of each of `neighbours`; `unknown` as in Wished. `figures` are of
    `neighbours`, `plain_figures` of `plain`; `scores` (n,) of all artists, allowed or not, as in Wished.
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
        """(k,) which of `neighbours` are not in the plain answer."""
        return ~np.isin(self.neighbours.rows, self.plain.rows)


def popularity_places(popularity: npt.ArrayLike) -> FloatArray:
    """(n,) popularity of any unit, NaN unknown, to the share of artists that are less popular, ties sharing theirs."""
    values = np.asarray(popularity, np.float64)
    places = np.full(len(values), np.nan, np.float32)
    known = ~np.isnan(values)
    if known.any():
        places[known] = (rankdata(values[known]) - 0.5) / known.sum()
    return places


def combined_scores(similarity: Similarity, query: Query) -> CombinedScores:
    """The scores of one artist as they are; of several standardised over all artists, wanted ones added, others taken.

    What one of several named artists is not known to resemble counts as the mean; an artist that none of the wanted
    ones is known to resemble is unknown. Of a walk the logarithm is standardised. Raises NearfieldError for an
    unknown row.
    """
    artists = query.artists
    for row in artists[(artists < 0) | (artists >= similarity.n_artists)]:
        raise NearfieldError(f"There is no artist in row {row}.")
    raw = similarity.scores(artists)
    said = mask_unknown(raw, artists, similarity.name)
    known = ~np.isnan(said)
    if len(artists) == 1:
        parts = said
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
    """The k artists for a wish, chosen by the dial among those `allowed` (n,).

    `popularity` (n,) as of `popularity_places`; None: unknown of all. With the dial at 0 the answer is the plain
    ranking. The list is spread by the similarity's own scores, for which a walk or a fusion is asked once for each
    artist of the list, or by those of `spread_by`, quickest for vectors. Fewer than k may come back. Raises
    NearfieldError for an unknown row or a k outside 1 to 1000.
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
    """The space to spread the answers of `own` by: itself where it has vectors, else a model, else any with vectors.

    A walk or a fusion of many parts takes too long to compare its answers with each other at every turn of the dial.
    """
    with_vectors = [space for space in spaces if space.has_vectors]
    with_vectors.sort(key=lambda space: not space.name.is_run)
    return own if own.has_vectors else next(iter(with_vectors), own)


class _PoolLikeness:
    """How alike the artists of a pool are: by row, the share of the others that are less similar to it.

    A similarity of vectors is asked for all at once; of others each artist's row is asked for when it is needed.
    """

    def __init__(self, similarity: Similarity, rows: IntArray) -> None:
        self._similarity, self._rows = similarity, rows
        self._known = np.zeros(len(rows), dtype=bool)
        self._likeness = np.zeros((len(rows), len(rows)), np.float32)

    def of(self, members: IntArray) -> FloatArray:
        """(len(members), p) for members of the pool by their place in it; 0 with themselves."""
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
        n_lower = rankdata(np.where(known, scores, -np.inf), axis=1) - 1 - (len(self._rows) - n_known)
        places = n_lower / np.maximum(n_known - 1, 1)
        likeness: FloatArray = np.where(known, places, UNKNOWN_LIKENESS).astype(np.float32)
        likeness[np.arange(len(members)), members] = 0
        return likeness

    def _scores(self, members: IntArray) -> FloatArray:
        """(len(members), p) the similarity's scores inside the pool."""
        if not isinstance(self._similarity, CosineSimilarity):
            return self._similarity.scores(self._rows[members])[:, self._rows]
        vectors, present = self._similarity.vectors[self._rows], self._similarity.present[self._rows]
        scores: FloatArray = vectors[members] @ vectors.T
        scores[~(present[members][:, None] & present)] = np.nan
        return scores


def _places(scores: FloatArray) -> FloatArray:
    """(p,) the share of the pool's artists with a lower score, ties sharing theirs."""
    places: FloatArray = ((rankdata(scores) - 1) / max(len(scores) - 1, 1)).astype(np.float32)
    return places


def _spread(relevance: FloatArray, likeness: _PoolLikeness, k: int, diversity: float) -> IntArray:
    """(k,) members of the pool chosen greedily by MMR; the earlier one where several are as good."""
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
