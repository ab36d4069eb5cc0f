"""Fusion: a weighted sum of several similarities, with weights that depend on the degrees of the two artists.

The scores of each part are standardised for each query over all artists that the part knows, so that parts of any
scale can be added. The degree of a pair is the geometric mean of both artists' (1 + degree), minus one. A weight is
interpolated between knots of this degree: the graph dominates when both artists have many edges, content when one has
none. Weights are fitted on validation artists (`core.experiments.fitting`). Every score can be split into the
contributions of its parts.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from core.arrays import FloatArray, IntArray
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
    the weights for pairs of artists with a degree of DEGREE_KNOTS.
    """

    parts: tuple[SpaceName, ...]
    logarithmic: tuple[bool, ...]
    weights: tuple[tuple[float, ...], ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "FusionWeights":
        """Inverse of `as_dict`. Raises NearfieldError for anything else."""
        names = [each.name for each in fields(cls)]
        if not isinstance(content, dict) or not all(isinstance(content.get(name), list) for name in names):
            raise NearfieldError("These are not the weights of a fusion (a list is missing). Fit it again.")
        if unknown := sorted(set(content) - set(names)):
            raise NearfieldError(
                f"This Nearfield does not know the setting {short_label(', '.join(unknown))} of a fusion; a newer "
                "version may have written it."
            )
        parts, logarithmic, weights = (content[name] for name in names)
        if not 1 <= len(parts) <= MOST_PARTS or not all(map(_is_part, parts)):
            raise NearfieldError(f"A fusion has 1 to {MOST_PARTS} parts, each the name of a ranker. Fit it again.")
        if not all(isinstance(row, list) and len(row) == len(DEGREE_KNOTS) for row in weights):
            raise NearfieldError("The weights of this fusion have another shape than expected. Fit it again.")
        if not len(parts) == len(logarithmic) == len(weights):
            raise NearfieldError("The weights of this fusion have another shape than expected. Fit it again.")
        if not all(_is_weight(weight) for row in weights for weight in row):
            raise NearfieldError("A weight of this fusion is no number. Fit it again.")
        rows = tuple(tuple(float(weight) for weight in row) for row in weights)
        return cls(tuple(map(SpaceName, parts)), tuple(map(bool, logarithmic)), rows)


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
        knots = PairKnots.of(self._degree[queries], self._degree[rows])
        return [
            knots.interpolate(np.array(weights, np.float32)) * part[:, rows]
            for weights, part in zip(self.weights.weights, self._standardised(queries), strict=True)
        ]

    def _standardised(self, queries: IntArray) -> list[FloatArray]:
        return [
            standardise(part.scores(queries), queries, logarithmic)
            for part, logarithmic in zip(self._parts, self.weights.logarithmic, strict=True)
        ]


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
    """

    below: IntArray
    share: FloatArray

    @classmethod
    def of(cls, query_degree: IntArray, degree: IntArray) -> "PairKnots":
        """Shapes: `query_degree` (q,) and `degree` (c,) are numbers of visible edges."""
        knots = np.log1p(DEGREE_KNOTS).astype(np.float32)
        pair = (np.log1p(query_degree)[:, None] + np.log1p(degree)) / 2
        place = np.minimum(pair.astype(np.float32), knots[-1])
        below = np.clip(np.searchsorted(knots, place, side="right") - 1, 0, len(knots) - 2)
        return cls(below, (place - knots[below]) / (knots[below + 1] - knots[below]))

    def interpolate(self, values: FloatArray) -> FloatArray:
        """Interpolate values at the knots, (knots,), to (q, c), linear in the logarithm between two knots."""
        weights: FloatArray = values[self.below] * (1 - self.share) + values[self.below + 1] * self.share
        return weights
