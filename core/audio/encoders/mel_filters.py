"""Triangular filters on Slaney's mel scale, each of the same area, as librosa and transformers make them.

Slaney, "Auditory Toolbox", version 2 (1998): bands are spaced evenly below 1 kHz and logarithmically above.
"""

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BEND_HERTZ, _BEND_MEL = 1000.0, 15.0
_STEP = np.log(6.4) / 27.0


def slaney_filters(n_frequencies: int, n_bands: int, low: float, high: float, rate: int) -> "NDArray[np.float64]":
    """The weights (frequencies, bands) of bands from `low` to `high` Hz, for an FFT of sound at `rate` Hz."""
    edges = _hertz(np.linspace(_mel(low), _mel(high), n_bands + 2))
    frequencies = np.linspace(0, rate // 2, n_frequencies)
    widths = np.diff(edges)
    slopes = edges[None] - frequencies[:, None]
    filters = np.maximum(0.0, np.minimum(-slopes[:, :-2] / widths[:-1], slopes[:, 2:] / widths[1:]))
    filters *= 2.0 / (edges[2:] - edges[:-2])
    return filters


def _mel(hertz: float) -> float:
    if hertz < _BEND_HERTZ:
        return 3.0 * hertz / 200.0
    return float(_BEND_MEL + math.log(hertz / _BEND_HERTZ) * (27.0 / np.log(6.4)))


def _hertz(mels: "NDArray[np.float64]") -> "NDArray[np.float64]":
    above = _BEND_HERTZ * np.exp(_STEP * (np.maximum(mels, _BEND_MEL) - _BEND_MEL))
    return np.where(mels >= _BEND_MEL, above, 200.0 * mels / 3.0)
