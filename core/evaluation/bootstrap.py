"""Bootstrap confidence intervals over queries: how far a mean metric would move with other query artists.

Queries are drawn with replacement and the interval holds the central percentiles of the resampled means. For
two rankers the differences per query are resampled, since both face the same easy and the same hard queries.

References
----------
.. [#] B. Efron and R. Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13 (percentile interval).
.. [#] T. Sakai, "Evaluating evaluation metrics based on the bootstrap", SIGIR 2006 (paired, over queries).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Interval", "mean_interval", "paired_difference"]

_BLOCK_CELLS = 2**20


@dataclass(frozen=True)
class Interval:
    """A mean over queries with the bounds of its confidence interval, in the unit of the values."""

    mean: float
    low: float
    high: float

    @property
    def within_noise(self) -> bool:
        """Whether the interval contains zero; for a difference: whether it may be due to chance."""
        return self.low <= 0.0 <= self.high


def mean_interval(values: ArrayLike, level: float = 0.95, resamples: int = 2000, seed: int = 0) -> Interval:
    """Mean of `values` (q,), one per query, with its percentile bootstrap interval.

    The same seed yields the same interval. Raises ValueError for fewer than two values, since one query says
    nothing about the spread, for values that are not finite, and for a level outside (0, 1).
    """
    from scipy import stats  # takes long to import

    sample = _validate_values(values)
    if not 0.0 < level < 1.0:
        raise ValueError(f"The confidence level must lie between 0 and 1, but is {level}.")
    if resamples < 1:
        raise ValueError(f"The number of resamples must be at least 1, but is {resamples}.")
    interval = stats.bootstrap(
        (sample,),
        np.mean,
        n_resamples=resamples,
        batch=max(1, _BLOCK_CELLS // len(sample)),
        vectorized=True,
        confidence_level=level,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Interval(mean=float(sample.mean()), low=float(interval.low), high=float(interval.high))


def paired_difference(
    a: ArrayLike, b: ArrayLike, level: float = 0.95, resamples: int = 2000, seed: int = 0
) -> Interval:
    """Interval of mean(a - b) for two rankers' values (q,) on the same queries in the same order.

    Raises ValueError if the shapes differ, and as `mean_interval` does.
    """
    first, second = _validate_values(a), _validate_values(b)
    if first.shape != second.shape:
        raise ValueError(
            f"Both rankers need a value for the same queries, but one has {len(first)} and the other {len(second)}."
        )
    return mean_interval(first - second, level=level, resamples=resamples, seed=seed)


def _validate_values(values: ArrayLike) -> NDArray[np.float64]:
    sample = np.asarray(values, dtype=np.float64)
    if sample.ndim != 1:
        raise ValueError(f"Values must have shape (queries,), but have shape {sample.shape}.")
    if len(sample) < 2:
        raise ValueError("A bootstrap interval needs the values of at least two queries.")
    if not np.isfinite(sample).all():
        raise ValueError("Every query needs a finite value.")
    return sample
