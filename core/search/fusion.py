"""Fusion: several similarities added up, with weights that depend on how many edges the query shows.

Each part's scores are standardised over all artists the part knows, query by query, so that parts of any scale can be
added. A weight is interpolated between knots of the query's degree: where an artist has many edges the graph speaks,
where it has none only content can. Weights are fitted on validation artists (`core.evaluation.fitting`) and every
answer can be taken apart into what each part gave to it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import NearfieldError
from core.similarity import FloatArray, IntArray, Similarity

DEGREE_KNOTS = (0, 1, 3, 8, 20, 50)
_SMALLEST_SCORE = 1e-7
"""Below this a walk's probability counts as zero; its logarithm is what is added."""

_ROUNDING = 1e-6
"""Share of the mean, or of one, below which a deviation is rounding."""


@dataclass(frozen=True)
class FusionWeights:
    """The fitted weights.

    `parts` are names of rankers; `logarithmic` those whose scores are probabilities; `weights` (parts, knots) by the
    query's degree at DEGREE_KNOTS.
    """

    parts: tuple[str, ...]
    logarithmic: tuple[bool, ...]
    weights: tuple[tuple[float, ...], ...]

    def at(self, degree: IntArray) -> npt.NDArray[np.float64]:
        """(q, parts) weights of queries with these numbers of visible edges (q,)."""
        return knot_shares(degree) @ np.array(self.weights).T

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "FusionWeights":
        """Inverse of `as_dict`. Raises NearfieldError for what is not a fusion's weights."""
        try:
            weights = tuple(tuple(float(weight) for weight in row) for row in content["weights"])
            read = cls(tuple(map(str, content["parts"])), tuple(map(bool, content["logarithmic"])), weights)
        except (KeyError, TypeError, ValueError) as fault:
            raise NearfieldError(f"These are not the weights of a fusion ({fault}). Fit it again.") from None
        if len(read.parts) != len(read.weights) or any(len(row) != len(DEGREE_KNOTS) for row in read.weights):
            raise NearfieldError("The weights of this fusion have another shape than expected. Fit it again.")
        return read


class Fusion:
    """The weighted sum of its parts, a similarity like any other.

    `parts` in the order of `weights.parts`; `degree` (n,) visible edges of every artist.
    """

    def __init__(self, name: str, parts: Sequence[Similarity], weights: FusionWeights, degree: IntArray) -> None:
        self.name, self.weights, self._parts, self._degree = name, weights, parts, degree

    @property
    def n_artists(self) -> int:
        return len(self._degree)

    def scores(self, queries: IntArray) -> FloatArray:
        total = np.zeros((len(queries), self.n_artists), np.float32)
        weights = self.weights.at(self._degree[queries])
        for index, standardised in enumerate(self._standardised(queries)):
            total += weights[:, index, None].astype(np.float32) * standardised
        return total

    def contributions(self, query: int, rows: IntArray) -> FloatArray:
        """(parts, len(rows)) what each part adds to the score of each of `rows`; the sum over parts is the score."""
        queries = np.array([query])
        weights = self.weights.at(self._degree[queries])[0]
        parts = [weight * part[0, rows] for weight, part in zip(weights, self._standardised(queries), strict=True)]
        return np.array(parts, np.float32)

    def _standardised(self, queries: IntArray) -> list[FloatArray]:
        return [
            standardise(part.scores(queries), queries, logarithmic)
            for part, logarithmic in zip(self._parts, self.weights.logarithmic, strict=True)
        ]


def standardise(scores: FloatArray, queries: IntArray, logarithmic: bool) -> FloatArray:
    """Scores (q, n) with mean 0 and deviation 1 over the artists known to each query, itself left out.

    Zero, the mean, stands for what the part does not know, and for a query it cannot tell artists apart for.
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


def knot_shares(degree: IntArray) -> npt.NDArray[np.float64]:
    """(q, knots) how much each of DEGREE_KNOTS counts for a degree, linear in the logarithm between two knots."""
    knots = np.log1p(DEGREE_KNOTS)
    place = np.clip(np.log1p(degree), knots[0], knots[-1])
    return np.stack([np.interp(place, knots, row) for row in np.eye(len(knots))], axis=1)
