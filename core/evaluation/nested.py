"""Intervals over queries, training seeds and draws of kept edges at once, and verdicts on many comparisons.

Every seed and every draw answers the same queries. So queries, seeds and draws are each drawn with replacement and
crossed [#]_. Of n seeds or draws n - 1 are drawn: as many as n would vary too little where n is small [#]_.

References
----------
.. [#] A. Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 1(2), 2007.
.. [#] J. Rao and C. Wu, "Resampling inference with complex survey data", JASA 83, 1988.
.. [#] S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979.
.. [#] F. Satterthwaite, "An approximate distribution of estimates of variance components", Biometrics 2, 1946.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from core.arrays import DoubleArray
from core.evaluation.bootstrap import Interval

__all__ = ["Difference", "holm", "nested_differences", "nested_interval", "over_seeds"]

_RESAMPLES = 4000
_BLOCK_CELLS = 2**22
_NORMAL_REACH = 1.959963984540054
"""Standard deviations from the mean to a bound of a 95% interval."""


@dataclass(frozen=True)
class Difference:
    """The mean of one ranker's values less another's, with its interval, and the two-sided bootstrap p-value."""

    interval: Interval
    p: float


def nested_interval(values: ArrayLike, level: float = 0.95, resamples: int = _RESAMPLES, seed: int = 0) -> Interval:
    """Mean of `values` (seeds, draws, queries) with its interval over all three.

    The same seed yields the same interval. Raises ValueError for another shape, fewer than two queries, and values that
    are not finite.
    """
    array = _validated(values)
    means = _resampled([array], level, resamples, seed)[0]
    return _interval(float(array.mean()), means, level)


def nested_differences(
    first: ArrayLike,
    others: Sequence[ArrayLike],
    level: float = 0.95,
    resamples: int = _RESAMPLES,
    seed: int = 0,
) -> list[Difference]:
    """Mean of `first` less the mean of each of `others`, all (seeds, draws, queries) with the same draws and queries.

    All meet the same resampled queries and draws; the seeds of each are drawn for themselves, since training seeds of
    two rankers have nothing in common. Raises ValueError for other shapes, and as `nested_interval`.
    """
    arrays = [_validated(values) for values in (first, *others)]
    for array in arrays[1:]:
        if array.shape[1:] != arrays[0].shape[1:]:
            raise ValueError(
                "All rankers need values for the same draws and queries, "
                f"not of shapes {arrays[0].shape} and {array.shape}."
            )
    own, *means = _resampled(arrays, level, resamples, seed)
    found = []
    for array, other in zip(arrays[1:], means, strict=True):
        differences = own - other
        beyond = min(int((differences <= 0).sum()), int((differences >= 0).sum()))
        interval = _interval(float(arrays[0].mean() - array.mean()), differences, level)
        found.append(Difference(interval, min(1.0, 2 * (beyond + 1) / (resamples + 1))))
    return found


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values adjusted for their number, in the same order: one below .05 holds with all others at once."""
    adjusted, largest = [0.0] * len(p_values), 0.0
    for place, index in enumerate(np.argsort(p_values, kind="stable").tolist()):
        largest = max(largest, min(1.0, (len(p_values) - place) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def over_seeds(values: ArrayLike, lows: ArrayLike, highs: ArrayLike) -> Interval:
    """The mean of seeds' figures (s,) with an interval that also holds the chance of the seed, where only each figure's
    own 95% interval over queries, `lows` and `highs` (s,), was kept.

    The variances over queries and over seeds are added, with the degrees of freedom of Satterthwaite (1946). With one
    seed the interval is that over queries. Bounds are NaN where one of the intervals is.
    """
    figures, low, high = (np.asarray(each, np.float64) for each in (values, lows, highs))
    mean, seeds = float(figures.mean()), len(figures)
    below, above = float((figures - low).mean()), float((high - figures).mean())
    of_queries = ((below + above) / 2 / _NORMAL_REACH) ** 2
    of_seeds = float(figures.var(ddof=1)) / seeds if seeds > 1 else 0.0
    if not of_seeds or not np.isfinite(of_queries):
        return Interval(mean, mean - below, mean + above)
    total = of_queries + of_seeds
    reach = float(stdtrit((seeds - 1) * (total / of_seeds) ** 2, 0.975)) * np.sqrt(total)
    if not of_queries:
        return Interval(mean, mean - reach, mean + reach)
    wider = reach / (np.sqrt(of_queries) * _NORMAL_REACH)
    return Interval(mean, mean - below * wider, mean + above * wider)


def _resampled(rankers: Sequence[DoubleArray], level: float, resamples: int, seed: int) -> list[DoubleArray]:
    """The resampled means (r,) of each ranker's values (seeds, draws, queries), with common draws and queries."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"The confidence level must lie between 0 and 1, but is {level}.")
    if resamples < 1:
        raise ValueError(f"The number of resamples must be at least 1, but is {resamples}.")
    rng = np.random.default_rng(seed)
    _, n_draws, n_queries = rankers[0].shape
    of_draws = _shares(rng, resamples, n_draws, n_draws - 1)
    of_seeds = [_shares(rng, resamples, len(values), len(values) - 1) for values in rankers]
    blocks: list[list[DoubleArray]] = [[] for _ in rankers]
    for block in _blocks(resamples, n_queries):
        of_queries = _shares(rng, block.stop - block.start, n_queries, n_queries)
        for values, seeds, found in zip(rankers, of_seeds, blocks, strict=True):
            by_query = values.reshape(-1, n_queries) @ of_queries.T
            cells = by_query.reshape(len(values), n_draws, -1)
            found.append(np.einsum("sdr,rs,rd->r", cells, seeds[block], of_draws[block]))
    return [np.concatenate(found) for found in blocks]


def _shares(rng: np.random.Generator, resamples: int, n: int, drawn: int) -> DoubleArray:
    """(resamples, n) the share of each of n in a sample of `drawn` with replacement, of one if there is but one."""
    drawn = max(drawn, 1)
    shares: DoubleArray = rng.multinomial(drawn, np.full(n, 1 / n), size=resamples) / drawn
    return shares


def _blocks(rows: int, columns: int) -> Iterator[slice]:
    step = max(1, _BLOCK_CELLS // columns)
    return (slice(start, min(start + step, rows)) for start in range(0, rows, step))


def _interval(mean: float, means: DoubleArray, level: float) -> Interval:
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(mean, float(low), float(high))


def _validated(values: ArrayLike) -> DoubleArray:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 3 or 0 in array.shape:
        raise ValueError(f"Values must have shape (seeds, draws, queries), but have shape {array.shape}.")
    if array.shape[2] < 2:
        raise ValueError("A bootstrap interval needs the values of at least two queries.")
    if not np.isfinite(array).all():
        raise ValueError("Every query needs a finite value.")
    return array
