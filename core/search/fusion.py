"""Fusion: a weighted sum of several similarities, with weights that depend on the degrees of the two artists.

The scores of each part are standardised for each query over all artists that the part knows, so that parts of any
scale can be added. The degree of a pair is the geometric mean of both artists' (1 + degree), minus one. A weight is
interpolated between knots of this degree: the graph dominates when both artists have many edges, content when one has
none. Weights are fitted on validation artists (`core.experiments.fitting`). Every score can be split into the
contributions of its parts.

A pair ranker is joined with one other part in another way. Its scores are logarithms of chances and say how sure it is
of a query; divided by their deviation they would count least where it is surest. So the other part, standardised, is
added to the log chances as they are, with one weight for queries without edges and one for all others
(`core.experiments.joining`).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from core.arrays import DoubleArray, FloatArray, IntArray
from core.catalogue.records import is_text
from core.errors import NearfieldError
from core.reading import is_number
from core.similarity import Similarity
from core.space_name import Kind, SpaceName
from core.text import short_label

MOST_PARTS = 64
"""Parts of a fusion, its fusions' parts among them."""

_LARGEST_WEIGHT = 1e9
DEGREE_KNOTS = (0, 1, 3, 8, 20, 50)
_SMALLEST_SCORE = 1e-7
"""Smallest probability of a walk before its logarithm is taken."""

_ROUNDING = 1e-6
"""A deviation below this share of the mean, or of one, counts as a rounding error."""


@dataclass(frozen=True)
class FusionWeights:
    """The fitted weights.

    `parts` are names of rankers. `logarithmic` says which of them score by probabilities. `weights` (parts, knots) are
    the weights for pairs of artists with a degree of DEGREE_KNOTS. If `calibrated`, the first part scores by logarithms
    of chances and its weights are one; those of the other part are for queries with such a degree.
    """

    parts: tuple[SpaceName, ...]
    logarithmic: tuple[bool, ...]
    weights: tuple[tuple[float, ...], ...]
    calibrated: bool = False

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "FusionWeights":
        """Inverse of `as_dict`. Raises NearfieldError for anything else."""
        names = [each.name for each in fields(cls)]
        lists = [name for name in names if name != "calibrated"]
        if not isinstance(content, dict) or not all(isinstance(content.get(name), list) for name in lists):
            raise NearfieldError("These are not the weights of a fusion (a list is missing). Fit it again.")
        if unknown := sorted(set(content) - set(names)):
            raise NearfieldError(
                f"This Nearfield does not know the setting {short_label(', '.join(unknown))} of a fusion; a newer "
                "version may have written it."
            )
        parts, logarithmic, weights = (content[name] for name in lists)
        if not 1 <= len(parts) <= MOST_PARTS or not all(map(_is_part, parts)):
            raise NearfieldError(f"A fusion has 1 to {MOST_PARTS} parts, each the name of a ranker. Fit it again.")
        if not all(isinstance(row, list) and len(row) == len(DEGREE_KNOTS) for row in weights):
            raise NearfieldError("The weights of this fusion have another shape than expected. Fit it again.")
        if not len(parts) == len(logarithmic) == len(weights):
            raise NearfieldError("The weights of this fusion have another shape than expected. Fit it again.")
        if not all(_is_weight(weight) for row in weights for weight in row):
            raise NearfieldError("A weight of this fusion is no number. Fit it again.")
        rows = tuple(tuple(float(weight) for weight in row) for row in weights)
        calibrated = content.get("calibrated", False)
        if not isinstance(calibrated, bool):
            raise NearfieldError("The setting calibrated of this fusion is neither true nor false. Fit it again.")
        return cls(tuple(map(SpaceName, parts)), tuple(map(bool, logarithmic)), rows, calibrated)

    def knots(self, query_degree: IntArray, degree: IntArray) -> "PairKnots":
        """Where the weights of these queries (q,) and artists (c,) lie, given their degrees."""
        return PairKnots.of_queries(query_degree) if self.calibrated else PairKnots.of(query_degree, degree)

    def comparable(self, number: int, scores: FloatArray, queries: IntArray) -> FloatArray:
        """The scores (q, n) of the part `number`, ready to be weighted and added."""
        if self.calibrated and number == 0:
            return centre(scores, queries)
        return standardise(scores, queries, self.logarithmic[number])


def adds_to_chances(parts: Sequence[SpaceName]) -> bool:
    """Whether a fusion of these parts adds the second to the log chances of the first."""
    return len(parts) == 2 and parts[0].is_pairs


def _is_part(name: Any) -> bool:
    return is_text(name) and SpaceName(name).kind not in (Kind.ROUTE, Kind.CLIP)


def _is_weight(value: Any) -> bool:
    return is_number(value) and abs(value) < _LARGEST_WEIGHT


class Fusion:
    """The weighted sum of several similarities, itself a similarity.

    `parts` are in the order of `weights.parts`; `degree` (n,) counts the visible edges of every artist.
    """

    def __init__(self, name: str, parts: Sequence[Similarity], weights: FusionWeights, degree: IntArray) -> None:
        self.name, self.weights, self._parts, self._degree = name, weights, parts, degree

    @property
    def n_artists(self) -> int:
        return len(self._degree)

    def scores(self, queries: IntArray) -> FloatArray:
        return np.sum(self._added(queries, np.arange(self.n_artists)), axis=0)

    def contributions(self, query_row: int, rows: IntArray) -> FloatArray:
        """(parts, len(rows)) what each part adds to the score of each of `rows`. The sum over parts is the score."""
        return np.array([part[0] for part in self._added(np.array([query_row]), rows)], np.float32)

    def _added(self, queries: IntArray, rows: IntArray) -> list[FloatArray]:
        """What each part adds for these queries and rows, each (q, r)."""
        knots = self.weights.knots(self._degree[queries], self._degree[rows])
        return [
            knots.interpolate(np.array(weights, np.float32))
            * self.weights.comparable(number, part.scores(queries), queries)[:, rows]
            for number, (weights, part) in enumerate(zip(self.weights.weights, self._parts, strict=True))
        ]


def centre(scores: FloatArray, queries: IntArray) -> FloatArray:
    """Scores (q, n) less the mean over the known artists of each query, without the query itself.

    An unknown artist scores as the lowest known one: what is known of nobody is no reason to be an answer.
    """
    known = ~np.isnan(scores)
    known[np.arange(len(queries)), queries] = False
    count = np.maximum(known.sum(axis=1, keepdims=True), 1).astype(np.float32)
    mean = np.where(known, scores, 0).sum(axis=1, keepdims=True) / count
    lowest = np.where(known, scores, np.inf).min(axis=1, keepdims=True, initial=np.inf)
    centred: FloatArray = np.where(known, scores, np.where(np.isinf(lowest), mean, lowest)) - mean
    return centred


def standardise(scores: FloatArray, queries: IntArray, logarithmic: bool) -> FloatArray:
    """Scores (q, n) with mean 0 and deviation 1 over the known artists of each query, without the query itself.

    Unknown scores become zero, the mean. So do all scores of a query whose scores are all equal.
    """
    known = ~np.isnan(scores)
    known[np.arange(len(queries)), queries] = False
    values = np.where(known, np.log(np.maximum(scores, _SMALLEST_SCORE)) if logarithmic else scores, 0).astype(
        np.float32
    )
    count = np.maximum(known.sum(axis=1, keepdims=True), 1).astype(np.float32)
    mean = values.sum(axis=1, keepdims=True) / count
    centred = np.where(known, values - mean, 0)
    deviation = np.sqrt(np.square(centred).sum(axis=1, keepdims=True) / count)
    smallest = _ROUNDING * np.maximum(np.abs(mean), 1)
    standardised: FloatArray = np.divide(centred, deviation, out=np.zeros_like(centred), where=deviation > smallest)
    return standardised


@dataclass(frozen=True)
class PairKnots:
    """The positions of pairs of artists between DEGREE_KNOTS.

    Shapes: `below` (q, c) the knot at or below each pair's degree; `share` (q, c) the share of the way to the next.
    Both are (q, 1) where the query's degree alone counts.
    """

    below: IntArray
    share: FloatArray

    @classmethod
    def of(cls, query_degree: IntArray, degree: IntArray) -> "PairKnots":
        """Shapes: `query_degree` (q,) and `degree` (c,) are numbers of visible edges."""
        return cls._at((np.log1p(query_degree)[:, None] + np.log1p(degree)) / 2)

    @classmethod
    def of_queries(cls, query_degree: IntArray) -> "PairKnots":
        """Shape (q, 1): the degree of the query (q,) alone, whatever the candidate."""
        return cls._at(np.log1p(query_degree)[:, None])

    @classmethod
    def _at(cls, logged: DoubleArray) -> "PairKnots":
        knots = np.log1p(DEGREE_KNOTS).astype(np.float32)
        place = np.minimum(logged.astype(np.float32), knots[-1])
        below = np.clip(np.searchsorted(knots, place, side="right") - 1, 0, len(knots) - 2)
        return cls(below, (place - knots[below]) / (knots[below + 1] - knots[below]))

    def interpolate(self, values: FloatArray) -> FloatArray:
        """Interpolate values at the knots, (knots,), to (q, c) or (q, 1), linear in the logarithm between two knots."""
        weights: FloatArray = values[self.below] * (1 - self.share) + values[self.below + 1] * self.share
        return weights
