"""Places for the artists of a large map whom its layout leaves out: each at the weighted mean of its nearest in the
sample that was laid out.

Weights are inverse squared distances, as for everything that is placed later (out_of_sample.py). Whoever equals an
artist of the sample shares its place. The memory for it does not grow with the number of artists.
"""

from collections.abc import Callable

import numpy as np

from core.arrays import DoubleArray, FloatArray, IntArray
from core.graph.nearest import best_of_rows

N_NEAREST = 5
"""Few, since a mean of many draws all of them to the middle of their neighbours."""

_BLOCK = 512
_GROUPS = 12  # for each neighbour, of columns whose best bounds what is sorted
_CLOSEST, _EQUAL = 1e-6, 1e-9
_DECIMALS = 5
"""Of places: artists with equal vectors get equal ones, whichever block they are in."""


def placed_by_sample(
    sample: FloatArray,
    places: FloatArray,
    rows: IntArray,
    vectors_of: Callable[[IntArray], FloatArray],
    on_done: Callable[[float], None],
) -> FloatArray:
    """The places (r, 2) of `rows` (r,), whose vectors `vectors_of` gives for some rows at a time, as it gave the
    `sample` (s, d), which lies at `places` (s, 2). `on_done` is told the share that is done."""
    found = np.empty((len(rows), 2), np.float32)
    nearest = min(N_NEAREST, len(sample))
    columns, bias, width = _columns(sample, nearest)
    for start in range(0, len(rows), _BLOCK):
        block = vectors_of(rows[start : start + _BLOCK])
        near, _ = best_of_rows(block @ columns + bias, nearest, width)
        found[start : start + _BLOCK] = _weighted(_squared(block, sample[near]), places[near])
        on_done(min(1.0, (start + _BLOCK) / len(rows)))
    return found


def _columns(sample: FloatArray, nearest: int) -> tuple[FloatArray, FloatArray, int]:
    """The sample (d, m) and what makes products with it rank by distance (m,), with columns that nobody is near to, so
    that m is a multiple of the width, which is returned too."""
    width = max(1, len(sample) // (_GROUPS * nearest))
    missing = -len(sample) % width
    bias = np.square(sample, dtype=np.float64).sum(axis=1) / -2
    columns = np.pad(sample, ((0, missing), (0, 0))).T
    return np.ascontiguousarray(columns), np.pad(bias, (0, missing), constant_values=-np.inf).astype(np.float32), width


def _squared(block: FloatArray, near: FloatArray) -> DoubleArray:
    """(b, k) the squared distances of vectors (b, d) to k others each (b, k, d)."""
    squared: DoubleArray = np.square(near.astype(np.float64) - block[:, None]).sum(axis=2)
    return squared


def _weighted(squared: DoubleArray, places: FloatArray) -> FloatArray:
    """(b, 2) the mean places, weighted by inverse squared distances (b, k); exactly there where one is at no
    distance."""
    weights = 1 / np.maximum(squared, _CLOSEST)
    weights /= weights.sum(axis=1, keepdims=True)
    mean = np.round((weights[:, :, None] * places).sum(axis=1), _DECIMALS)
    closest = squared.argmin(axis=1)
    here = squared[np.arange(len(squared)), closest] < _EQUAL
    mean[here] = places[np.flatnonzero(here), closest[here]]
    return mean.astype(np.float32)
