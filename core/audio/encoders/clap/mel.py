"""CLAP's log-mel spectrogram, equal to transformers' ClapFeatureExtractor without its random crop."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import torch

from core.arrays import FloatArray
from core.audio.encoders.clap.windows import RATE, WINDOW_SECONDS
from core.audio.encoders.mel_filters import slaney_filters
from core.errors import NearfieldError

if TYPE_CHECKING:
    from transformers import ClapFeatureExtractor

_FLOOR = 1e-10


@dataclass(frozen=True)
class MelSettings:
    """The settings of a checkpoint's spectrograms; the defaults are those of all published CLAP checkpoints."""

    bins: int = 64
    fft: int = 1024
    hop: int = 480
    low: float = 50.0
    high: float = 14_000.0

    @property
    def in_words(self) -> str:
        """The spectrogram, for the record of a feature set."""
        return (
            f"log-mel spectrogram of {self.bins} bands from {self.low:g} to {self.high:g} Hz, "
            f"FFT of {self.fft} samples every {self.hop}"
        )

    @classmethod
    def from_preprocessor(cls, config: dict[str, Any]) -> Self:
        """Read a `preprocessor_config.json`. Raises NearfieldError for a front-end that Nearfield does not support."""
        expected = {
            "feature_extractor_type": "ClapFeatureExtractor",
            "sampling_rate": RATE,
            "max_length_s": WINDOW_SECONDS,
            "padding": "repeatpad",
            "truncation": "rand_trunc",
        }
        for name, wanted in expected.items():
            if config.get(name, wanted) != wanted:
                raise NearfieldError(
                    f"This checkpoint wants {name} = {config[name]}, and Nearfield reads checkpoints with {wanted} "
                    "only. Choose a checkpoint without feature fusion, for example laion/larger_clap_music."
                )
        default = cls()
        return cls(
            int(config.get("feature_size", default.bins)),
            int(config.get("fft_window_size", default.fft)),
            int(config.get("hop_length", default.hop)),
            float(config.get("frequency_min", default.low)),
            float(config.get("frequency_max", default.high)),
        )

    def feature_extractor(self) -> "ClapFeatureExtractor":
        """The library's own front-end with these settings; its configuration is saved beside a model."""
        from transformers import ClapFeatureExtractor

        return ClapFeatureExtractor(
            feature_size=self.bins,
            sampling_rate=RATE,
            hop_length=self.hop,
            max_length_s=WINDOW_SECONDS,
            fft_window_size=self.fft,
            frequency_min=self.low,
            frequency_max=self.high,
            truncation="rand_trunc",
        )


@dataclass(frozen=True)
class MelFrontEnd:
    """Turns windows of sound into log-mel spectrograms in decibels, computed in double precision."""

    settings: MelSettings = field(default_factory=MelSettings)

    @cached_property
    def _filters(self) -> torch.Tensor:
        """(frequencies below `high`, bins); higher frequencies have no weight."""
        settings = self.settings
        filters = slaney_filters(settings.fft // 2 + 1, settings.bins, settings.low, settings.high, RATE)
        return torch.tensor(filters[: int(np.flatnonzero(filters.any(axis=1))[-1]) + 1])

    @cached_property
    def _hann(self) -> torch.Tensor:
        return torch.hann_window(self.settings.fft, periodic=True, dtype=torch.float64)

    def __call__(self, windows: FloatArray) -> torch.Tensor:
        """Spectrograms (w, 1, frames, bins) of windows (w, samples) at 48 kHz; 10 s give 1001 frames of 64 bins."""
        return torch.stack([self._one(torch.tensor(window, dtype=torch.float64)) for window in windows])[:, None]

    def _one(self, window: torch.Tensor) -> torch.Tensor:
        reach = self.settings.fft // 2
        padded = torch.nn.functional.pad(window[None], (reach, reach), mode="reflect")[0]
        frames = padded.unfold(0, self.settings.fft, self.settings.hop) * self._hann
        spectrum = torch.fft.rfft(frames)[:, : len(self._filters)]
        power = spectrum.real.square() + spectrum.imag.square()
        return (10 * torch.log10(torch.clamp(power @ self._filters, min=_FLOOR))).float()


def mel_features(windows: FloatArray) -> torch.Tensor:
    """Spectrograms (w, 1, 1001, 64) in decibels of windows (w, 480000) with CLAP's own settings."""
    return _STANDARD(windows)


_STANDARD = MelFrontEnd()
