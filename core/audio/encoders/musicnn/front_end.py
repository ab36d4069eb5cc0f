"""musicnn's log-mel spectrogram and its patches of three seconds.

The wheel's own front end rounds the power to float16 and overflows on loud music; this one computes in float64 and
gives float32.
"""

from functools import cache

import numpy as np

from core.arrays import FloatArray, IntArray
from core.audio.decoding import resample
from core.audio.encoders.mel_filters import slaney_filters
from core.errors import AudioError

RATE = 16_000
BANDS = 96
PATCH_FRAMES = 187
PATCH_SECONDS = 3
_FFT, _HOP = 512, 256
_FRAMES_AT_ONCE = 4096
IN_WORDS = (
    f"mono at 16 kHz; log10(1 + 10,000 x) of {BANDS} Slaney mel bands from 0 to 8 kHz, power of an FFT of {_FFT} "
    f"samples every {_HOP}, float64; patches of {PATCH_FRAMES} frames, a last one aligned to the end if at least half "
    "of it is new; shorter sound repeated"
)


def log_mel(samples: FloatArray, rate: int) -> FloatArray:
    """The spectrogram (frames, 96) of mono samples (n,) of `rate` Hz, a frame every 16 ms.

    Raises AudioError for no samples and for values that are not finite.
    """
    if samples.ndim != 1 or not len(samples):
        raise AudioError("There is no sound in this clip. Choose a file with at least a second of audio.")
    if not np.isfinite(samples).all():
        raise AudioError("This clip holds samples that are no numbers. Export it again from its source.")
    waveform = np.pad(resample(samples, rate, RATE), _FFT // 2)
    frames = np.lib.stride_tricks.sliding_window_view(waveform, _FFT)[::_HOP]
    parts = [_bands(frames[start : start + _FRAMES_AT_ONCE]) for start in range(0, len(frames), _FRAMES_AT_ONCE)]
    return np.concatenate(parts)


def patches(spectrogram: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Cut a spectrogram (frames, 96) into patches (p, 187, 96), and their starts (p,) in seconds.

    Patches follow each other. What is left at the end gets one that is aligned to the end, if it fills at least half of
    it. A spectrogram shorter than a patch is repeated.
    """
    if len(spectrogram) < PATCH_FRAMES:
        times = -(-PATCH_FRAMES // len(spectrogram))
        return np.tile(spectrogram, (times, 1))[None, :PATCH_FRAMES], np.zeros(1, np.float32)
    starts = _starts(len(spectrogram))
    cut = np.stack([spectrogram[start : start + PATCH_FRAMES] for start in starts])
    return cut, (starts * (_HOP / RATE)).astype(np.float32)


def _starts(n_frames: int) -> IntArray:
    whole = n_frames // PATCH_FRAMES
    starts = np.arange(whole) * PATCH_FRAMES
    left = n_frames - whole * PATCH_FRAMES
    return np.append(starts, n_frames - PATCH_FRAMES) if 2 * left >= PATCH_FRAMES else starts


def _bands(frames: FloatArray) -> FloatArray:
    spectrum = np.fft.rfft(frames * _hann())
    power = spectrum.real**2 + spectrum.imag**2
    return np.log10(10_000 * (power @ _filters()) + 1).astype(np.float32)


@cache
def _hann() -> "np.ndarray":
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_FFT) / _FFT)


@cache
def _filters() -> "np.ndarray":
    """(257, 96) weights of the bands."""
    return slaney_filters(_FFT // 2 + 1, BANDS, 0.0, RATE / 2, RATE)
