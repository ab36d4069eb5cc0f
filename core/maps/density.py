"""The density of artists on a map: a Gaussian kernel density estimate on a grid.

The artists are counted per cell and the counts smoothed, which for many points equals summing a kernel for each of
them (Silverman, "Algorithm AS 176", Applied Statistics 31(1), 1982) and takes milliseconds for any number of artists.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from core.arrays import DoubleArray, FloatArray, IntArray
from core.maps.projection import MAP_EXTENT

CELLS = 160
REACH = MAP_EXTENT * 1.1
"""The grid lies between minus and plus this: a little beyond the area where artists can be."""

FINENESS = 0.4
"""Share of Scott's bandwidth: his rule suits a density with one peak, and a map has many."""

_QUARTILES = 1.349
"""The distance between the quartiles of a normal distribution, in standard deviations."""


@dataclass(frozen=True)
class Density:
    """Artists per cell, smoothed: `values` (CELLS, CELLS) float32, `values[i, j]` in row `i` from the bottom and column
    `j`."""

    values: FloatArray
    bandwidth: float

    @property
    def centres(self) -> DoubleArray:
        """(CELLS,) the centres of the cells, along either axis."""
        edges = np.linspace(-REACH, REACH, CELLS + 1)
        middles: DoubleArray = (edges[1:] + edges[:-1]) / 2
        return middles


def usual_bandwidth(coordinates: FloatArray) -> float:
    """A share of Scott's n^(-1/6) standard deviations (Scott, "Multivariate Density Estimation", 1992, eq. 6.42), never
    finer than the grid. The deviations come from the quartiles, so that a few distant artists change nothing."""
    known = coordinates[~np.isnan(coordinates[:, 0])]
    if not len(known):
        return _cell()
    low, high = np.quantile(known, (0.25, 0.75), axis=0)
    spread = float(np.mean(high - low)) / _QUARTILES
    return max(FINENESS * spread * len(known) ** (-1 / 6), _cell())


def map_density(coordinates: FloatArray, bandwidth: float | None = None) -> Density:
    """The density of map `coordinates` (n, 2) within ±10; rows of NaN are not on the map."""
    bandwidth = usual_bandwidth(coordinates) if bandwidth is None else bandwidth
    known = coordinates[~np.isnan(coordinates[:, 0])]
    across, up = cells_of(known).T
    counts = np.bincount(up * CELLS + across, minlength=CELLS * CELLS).reshape(CELLS, CELLS)
    smooth = gaussian_filter(counts.astype(np.float32), bandwidth / _cell(), mode="constant", truncate=3.5)
    return Density(smooth, bandwidth)


def cells_of(coordinates: FloatArray) -> IntArray:
    """(n, 2) the column and row of each place's cell; `coordinates` (n, 2) without NaN."""
    return np.clip(np.floor((coordinates + REACH) / _cell()), 0, CELLS - 1).astype(np.int64)


def _cell() -> float:
    return 2 * REACH / CELLS
