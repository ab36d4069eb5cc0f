"""Whether a ranker is better than others on the same queries, with the chance of queries, seeds and draws at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.arrays import DoubleArray
from core.evaluation.bootstrap import Interval
from core.evaluation.nested import holm, nested_differences

SURE = 0.05
"""An adjusted p-value below this holds."""


@dataclass(frozen=True)
class Comparison:
    """A ranker beside another one: both means, their difference with its 95% interval, and how likely chance is.

    `p` is the two-sided p-value, `adjusted` that of Holm (1979) for all comparisons that were made at once.
    """

    first: float
    second: float
    difference: Interval
    p: float
    adjusted: float

    @property
    def holds(self) -> bool:
        """Whether the difference is beyond noise, together with all others that hold."""
        return self.adjusted < SURE


def compare_with(first: DoubleArray, others: Sequence[DoubleArray]) -> list[Comparison]:
    """One ranker beside each of the others, in their order.

    Each has the figures (seeds, draws, queries) of its queries, the same draws and queries for all. Raises ValueError
    for other shapes.
    """
    found = nested_differences(first, others)
    adjusted = holm([difference.p for difference in found])
    return [
        Comparison(float(first.mean()), float(other.mean()), difference.interval, difference.p, p)
        for other, difference, p in zip(others, found, adjusted, strict=True)
    ]
