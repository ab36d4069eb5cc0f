"""Filters, drive, reverb and loudness."""

from typing import Literal

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from core.arrays import DoubleArray, FloatArray

RATE = 48_000


def high_pass(above: float) -> DoubleArray:
    """Second-order sections of a Butterworth filter."""
    return _butterworth(2, min(above, 0.45 * RATE), "high")


def low_pass(below: float) -> DoubleArray:
    """Second-order sections of a Butterworth filter."""
    return _butterworth(2, min(below, 0.45 * RATE), "low")


def filtered(samples: FloatArray, sections: DoubleArray) -> FloatArray:
    """Pass samples (n,) through a filter."""
    return passed(samples, sections).astype(np.float32)


def passed(samples: FloatArray | DoubleArray, sections: DoubleArray) -> DoubleArray:
    """Pass samples (n,) through a filter, in double precision."""
    from scipy.signal import sosfilt  # takes long to import

    return sosfilt(sections, samples)


def _butterworth(order: int, hertz: float | tuple[float, float], kind: Literal["low", "high", "band"]) -> DoubleArray:
    from scipy.signal import butter  # takes long to import

    return butter(order, hertz, kind, fs=RATE, output="sos")


def tilted(samples: FloatArray, decibels: float, pivot: float = 900.0) -> FloatArray:
    """Raise highs and lower lows by `decibels` each, around `pivot` Hz."""
    low = filtered(samples, _butterworth(1, pivot, "low"))
    gain = 10 ** (decibels / 20)
    return (low / gain + (samples - low) * gain).astype(np.float32)


def peaked(samples: FloatArray, hertz: float, decibels: float) -> FloatArray:
    """Raise or lower one octave around `hertz` by `decibels`."""
    band = filtered(samples, _butterworth(1, (hertz / 1.41, hertz * 1.41), "band"))
    return samples + (10 ** (decibels / 20) - 1) * band


def driven(samples: FloatArray, amount: float) -> FloatArray:
    """Saturate; `amount` is 0 (none) to 1 (fuzz), and the loudness stays about the same."""
    if amount <= 0:
        return samples
    level = float(np.sqrt(np.mean(samples**2))) + 1e-6
    gain = 10 ** (2.0 * amount) * 0.25 / level
    shaped = np.tanh(gain * samples)
    return (shaped * level * 1.2 / (float(np.sqrt(np.mean(shaped**2))) + 1e-6)).astype(np.float32)


def reverb(samples: FloatArray, seconds: float, damping: float, seed: int) -> FloatArray:
    """Convolve with noise (Moorer, 1979) that decays by 60 dB in `seconds`; `damping` is its highest frequency in
    Hz."""
    n = int(min(seconds, 4.0) * RATE)
    time = np.arange(n) / RATE
    noise = np.random.default_rng([seed, 77]).standard_normal(n) * np.exp(-6.9 * time / seconds)
    noise = passed(passed(noise, low_pass(damping)), high_pass(180)) * np.minimum(time / 0.012, 1)
    noise /= np.sqrt((noise**2).sum()) + 1e-9
    size = next_fast_len(len(samples) + n, real=True)
    wet = irfft(rfft(samples, size) * rfft(noise.astype(np.float32), size), size)
    return wet[: len(samples)].astype(np.float32)


def echoed(samples: FloatArray, delay: float, feedback: float) -> FloatArray:
    """Add four echoes, `delay` seconds apart, each `feedback` times as loud as the last."""
    out = samples.copy()
    step = max(1, int(delay * RATE))
    for number in range(1, 5):
        if number * step < len(samples):
            out[number * step :] += feedback**number * samples[: -number * step]
    return out


def loud(samples: FloatArray, decibels: float) -> FloatArray:
    """Scale to an RMS of `decibels` relative to full scale, with peaks rounded off below 1."""
    level = float(np.sqrt(np.mean(samples**2))) + 1e-9
    scaled = samples * (10 ** (decibels / 20) / level)
    return np.tanh(scaled * 0.9).astype(np.float32)
