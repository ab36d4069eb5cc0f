"""Why an artist is an answer: its rank in every space, and the edges it shares with the named artists.

Shared neighbours with the fewest edges come first, after L. A. Adamic and E. Adar, Friends and neighbors on the Web,
Social Networks 25(3), 2003.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Literal

import numpy as np
from scipy.sparse import csr_array

from core.arrays import BoolArray, FloatArray, IntArray
from core.catalogue import Catalogue
from core.features import LEARNED, RANDOM
from core.graph.adjacency import degrees, neighbours_of
from core.pairs.store import features_of_pairs, load_pairs
from core.runs.record import open_run
from core.search.fusions import load_fusion
from core.search.spaces import Space
from core.similarity import Neighbours, Similarity, best
from core.space_name import RECOMMENDED, SpaceName

_FEW = 16
"""So many artists' ranks are counted one by one."""

_SIDES: tuple[Literal["right"], Literal["left"]] = ("right", "left")


@dataclass(frozen=True)
class Answer:
    """The ranked list of one space for a query artist.

    Shapes: `scores` (n,) float32, NaN for the query artist itself and for artists that the space does not know;
    `nearest` (k,) best first. `n_tied` artists have the same score as the last of `nearest` but are not in it.
    """

    space: Space
    query_row: int
    given: FloatArray | Callable[[], FloatArray]
    """The scores, or what computes them when they are first asked for."""

    nearest: Neighbours
    n_tied: int

    @cached_property
    def scores(self) -> FloatArray:
        return self.given() if callable(self.given) else self.given

    @property
    def known(self) -> BoolArray:
        """(n,) which artists the space can compare with the query artist."""
        return ~np.isnan(self.scores)

    @property
    def n_known(self) -> int:
        """Number of artists that the space can compare with the query artist."""
        return int(np.count_nonzero(self.known))

    def above(self, place: int, rows: IntArray) -> BoolArray:
        """(len(rows),) which artists score more than the one in `place`, from 1, of all that are known; nobody unknown.

        Where fewer are known, all of them do.
        """
        more: BoolArray = self.scores[rows] > score_in_place(self.scores, place)
        return more

    def ranks(self, rows: IntArray) -> IntArray:
        """(len(rows),) rank of each artist, 1 for the nearest, 0 for unknown. Equal scores share the better rank."""
        higher, _ = self._compared(rows)
        return np.where(np.isnan(self.scores[rows]), 0, higher + 1)

    def ties(self, rows: IntArray) -> IntArray:
        """(len(rows),) how many other artists have exactly the score of each artist, 0 for unknown."""
        _, equal = self._compared(rows)
        return np.where(np.isnan(self.scores[rows]), 0, equal - 1)

    def _compared(self, rows: IntArray) -> tuple[IntArray, IntArray]:
        """(len(rows),) how many artists have a higher score than each of `rows`, and how many the same one."""
        scores = self.scores[rows]
        if len(rows) <= _FEW:  # sorting all takes longer
            higher = [np.count_nonzero(self.scores > score) for score in scores]
            return np.array(higher, np.int64), np.array([np.count_nonzero(self.scores == one) for one in scores], int)
        ascending = np.sort(self.scores[~np.isnan(self.scores)])
        upper, lower = (np.searchsorted(ascending, scores, side=side) for side in _SIDES)
        return len(ascending) - upper, upper - lower

    def in_lower_half(self, row: int) -> bool:
        """Whether an artist is in the lower half of those that the space knows, with the worst place of a tie."""
        return not self.is_within(row, 0.5)

    def is_within(self, row: int, share: float) -> bool:
        """Whether an artist is in the first `share` of those that the space knows, with the worst place of a tie."""
        place = np.array([row])
        rank = int(self.ranks(place)[0])
        return rank > 0 and rank + int(self.ties(place)[0]) <= share * self.n_known


@dataclass(frozen=True)
class Evidence:
    """What the known edges say about each of k results for a query of l artists to be like and u to be unlike.

    Shapes: `like` (l,), `unlike` (u,) and `rows` (k,) are rows of artists. `known` (l, k) says whether a result has an
    edge to an artist of `like`, and `unwanted` (u, k) to one of `unlike`. `shared` (k,) counts the artists with an edge
    to the result and to an artist of `like`. `degree` (k,) and `query_degree` (l,) count all known edges.
    """

    like: IntArray
    unlike: IntArray
    rows: IntArray
    known: BoolArray
    unwanted: BoolArray
    shared: IntArray
    degree: IntArray
    query_degree: IntArray


def score_in_place(scores: FloatArray, place: int) -> float:
    """The score in `place`, from 1 for the highest of `scores` (n,) that are not NaN; -inf where there are fewer."""
    known = scores[~np.isnan(scores)]
    return float(np.partition(known, len(known) - place)[len(known) - place]) if place <= len(known) else -np.inf


def answer(similarity: Similarity, space: Space, query_row: int, k: int = 10) -> Answer:
    """The k artists nearest to `query_row` in a space. Artists that a walk does not reach are unknown to it."""
    return ranked(space, query_row, known_scores(similarity, np.array([query_row]))[0], k)


def known_scores(similarity: Similarity, queries: IntArray) -> FloatArray:
    """(q, n) scores, with NaN for each query artist itself and for artists that a walk does not reach."""
    return mask_unknown(similarity.scores(queries), queries, similarity.name)


def mask_unknown(scores: FloatArray, queries: IntArray, name: str) -> FloatArray:
    """`scores` (q, n) of the similarity `name`, with NaN as in `known_scores`."""
    known = scores.copy()
    known[np.arange(len(queries)), queries] = np.nan
    if SpaceName(name).is_walk:
        known[known <= 0] = np.nan
    return known


def ranked(space: Space, query_row: int, scores: FloatArray, k: int, allowed: BoolArray | None = None) -> Answer:
    """The answer from `scores` (n,), NaN unknown, with the k nearest of the artists `allowed` (n,), or of all."""
    listed = scores if allowed is None else np.where(allowed, scores, np.nan).astype(np.float32)
    nearest = best(listed, k)
    last = nearest.scores[-1:]
    tied = np.count_nonzero(np.isin(listed, last)) - np.count_nonzero(np.isin(nearest.scores, last))
    return Answer(space, query_row, scores, nearest, int(tied))


def agreement(answers: Sequence[Answer], n_artists: int) -> IntArray:
    """(n,) the number of answers that have each artist among their nearest."""
    named = [found.nearest.rows for found in answers]
    return np.bincount(np.concatenate(named), minlength=n_artists) if named else np.zeros(n_artists, np.int64)


def gather_evidence(matrix: csr_array, like: Sequence[int], rows: IntArray, unlike: Sequence[int] = ()) -> Evidence:
    """What the known edges, `matrix` (n, n), say about the results `rows` (k,) for all artists that a query names."""
    degree = degrees(matrix)
    around = np.zeros(matrix.shape[0], np.float32)
    around[np.concatenate([neighbours_of(matrix, row) for row in like])] = 1
    return Evidence(
        like=np.array(like, np.int64),
        unlike=np.array(unlike, np.int64),
        rows=rows,
        known=_has_edges(matrix, like, rows),
        unwanted=_has_edges(matrix, unlike, rows),
        shared=(matrix[rows] @ around).astype(np.int64),
        degree=degree[rows],
        query_degree=degree[list(like)],
    )


def _has_edges(matrix: csr_array, named: Sequence[int], rows: IntArray) -> BoolArray:
    return np.array([np.isin(rows, neighbours_of(matrix, row)) for row in named], bool).reshape(len(named), len(rows))


def neighbours_in_common(matrix: csr_array, rows: Sequence[int]) -> IntArray:
    """Artists with a known edge to all of `rows`, those with the fewest edges first."""
    common = reduce(np.intersect1d, [neighbours_of(matrix, row) for row in rows])
    degree = degrees(matrix)[common]
    return common[np.argsort(degree, kind="stable")].astype(np.int64)


def uses_edges(catalogue: Catalogue, name: SpaceName) -> bool:
    """Whether a space uses known edges. Content and models without graph layers use none."""
    if name.is_run:
        return open_run(catalogue, name.id).config.model.layers > 0
    return name.is_walk or name.is_fusion or name.is_pairs


def uses_features(catalogue: Catalogue, name: SpaceName) -> bool:
    """Whether a space uses feature sets. Walks, and models of learned or of random vectors, use none."""
    if name.is_run:
        return open_run(catalogue, name.id).config.features not in (LEARNED, RANDOM)
    if name.is_fusion:
        return any(uses_features(catalogue, part.space) for part in load_fusion(catalogue, name.id)[0].parts)
    return bool(features_of_pairs(load_pairs(catalogue, name.id))) if name.is_pairs else not name.is_walk


def best_first(spaces: Sequence[Space], measured: Mapping[str, float]) -> list[Space]:
    """The spaces by their measured quality, by name, the best first; then those that were not measured.

    Of the latter, models come first, recommended ones before fusions, pair rankers and runs; then the walk, which
    finds more than content wherever both were measured; then content.
    """
    return sorted(spaces, key=lambda space: (-measured.get(space.name, -np.inf), *_unmeasured_order(space)))


def default_spaces(
    spaces: Sequence[Space], most: int = 4, wanted: str | None = None, measured: Mapping[str, float] | None = None
) -> list[Space]:
    """The spaces to compare first, at most `most`: a model, the graph walk, and content, as `best_first` orders them.

    The model is the recommended fusion or pair ranker, or else the one that was measured best, or else a fusion, a pair
    ranker or the newest run, whichever there is first. If the space named `wanted` is a model, it replaces the model;
    otherwise it comes before other content.
    """
    measured = measured or {}
    ordered = best_first(spaces, measured)
    models = [space for space in ordered if _is_model(space)]
    recommended = (SpaceName.fusion(RECOMMENDED), SpaceName.pairs(RECOMMENDED))
    models.sort(key=lambda space: recommended.index(space.name) if space.name in recommended else len(recommended))
    walks = [space for space in ordered if space.name.is_walk][:1]
    content = [space for space in ordered if space not in models and not space.name.is_walk]
    first = [space for space in [*content, *models] if space.name == wanted]
    models = first if first and first[0] in models else models[:1]
    content = sorted(content, key=lambda space: space not in first)
    return best_first([*models, *walks, *content[: most - len(walks) - len(models)]], measured)


def _is_model(space: Space) -> bool:
    return space.name.is_run or space.name.is_fusion or space.name.is_pairs


def _unmeasured_order(space: Space) -> tuple[bool, ...]:
    name = space.name
    return (
        not _is_model(space),
        name.id != RECOMMENDED,
        not name.is_fusion,
        not name.is_pairs,
        not name.is_walk,
    )
