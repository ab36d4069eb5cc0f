"""Fixed windows of 10 s: CLAP reads 10 s at 48 kHz, and its own random crop would change an embedding at each call."""

import numpy as np

from core.arrays import FloatArray, IntArray
from core.audio.decoding import resample
from core.errors import AudioError

RATE = 48_000
WINDOW_SECONDS = 10
WINDOW_SAMPLES = RATE * WINDOW_SECONDS
WINDOWS_IN_WORDS = "windows of 10 s at 48 kHz, the last aligned to the end; shorter sound repeated, then padded"


def windows(samples: FloatArray, rate: int) -> tuple[FloatArray, FloatArray]:
    """Cut mono audio (n,) of `rate` Hz into windows (w, 480000) at 48 kHz and their starts (w,) in seconds.

    Windows follow each other; the last one is aligned to the end. Audio under 10 s is repeated as often as it fits,
    then padded with zeros ("repeatpad", Wu et al. 2023, section 3.3). Raises AudioError for no samples or for NaN.
    """
    samples = np.asarray(samples, np.float32)
    if samples.ndim != 1 or not len(samples):
        raise AudioError("There is no sound in this clip. Choose a file with at least a second of audio.")
    if not np.isfinite(samples).all():
        raise AudioError("This clip holds samples that are no numbers. Export it again from its source.")
    if rate != RATE:
        samples = resample(samples, rate, RATE)
    starts = _starts(len(samples))
    if len(samples) < WINDOW_SAMPLES:
        samples = np.tile(samples, WINDOW_SAMPLES // len(samples))
        samples = np.pad(samples, (0, WINDOW_SAMPLES - len(samples)))
    cut = np.stack([samples[start : start + WINDOW_SAMPLES] for start in starts])
    return cut, (starts / RATE).astype(np.float32)


def _starts(n_samples: int) -> IntArray:
    last = max(0, n_samples - WINDOW_SAMPLES)
    return np.append(np.arange(0, last, WINDOW_SAMPLES), last)
