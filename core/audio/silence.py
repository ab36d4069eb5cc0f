"""Silence before and after the music, which says nothing about the music and must not be described as part of it."""

from typing import NamedTuple

import numpy as np

from core.arrays import FloatArray

SILENT = 2 / 32768
"""The largest sample of digital silence: what dither and lossy codecs make of it."""
SHORTEST = 0.5
"""Seconds of silence that are left out; every recording begins and ends with a little."""
_LEAST = 1.0


class Sounding(NamedTuple):
    """Samples (n,) without silence at their ends, and the seconds that were left out before and after them."""

    samples: FloatArray
    before: float
    after: float

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, as sentences."""
        parts = ((self.before, "at the beginning"), (self.after, "at the end"))
        return tuple(
            f"{seconds:.1f} seconds of silence {where} are left out of what is described."
            for seconds, where in parts
            if seconds
        )


def sounding(samples: FloatArray, rate: int) -> Sounding:
    """Mono samples (n,) of `rate` Hz without digital silence at their ends; at least a second is kept."""
    loud = np.flatnonzero(np.abs(samples) > SILENT)
    if not len(loud):
        return Sounding(samples, 0.0, 0.0)
    first, end = int(loud[0]), int(loud[-1]) + 1
    shortest = int(SHORTEST * rate)
    first = first if first >= shortest else 0
    end = end if len(samples) - end >= shortest else len(samples)
    lacking = int(_LEAST * rate) - (end - first)
    if lacking > 0:
        end = min(len(samples), end + lacking)
        first = max(0, end - int(_LEAST * rate))
    return Sounding(samples[first:end], first / rate, (len(samples) - end) / rate)
