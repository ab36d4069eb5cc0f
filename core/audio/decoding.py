"""Decoding of files and recordings to mono samples at the rate that an extractor needs.

Malformed input is rejected. Channels are averaged and rates converted by soxr (https://sourceforge.net/projects/soxr,
"HQ") block by block, so that no file is ever in memory at its own rate and width. Neither ffmpeg nor librosa is needed.
"""

import io
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.arrays import FloatArray
from core.audio.checks import (
    CLIPPED_SHARE,
    FULL_SCALE,
    LOUDEST,
    MAX_SECONDS,
    check_samples,
    check_size,
    readable_file,
    recognise,
)
from core.audio.limits import run_limited
from core.audio.readers import Block, DamagedError, read_blocks
from core.errors import AudioError

if TYPE_CHECKING:
    import soxr

DECODING = "2"
"""Changes when a file may give other samples than before, so that vectors from earlier ones are not used again."""
DECODE_SECONDS = 60.0
DECODE_MEGABYTES = 1000
LEAST_OFFSET = 0.01
"""The share of full scale by which a recording is off zero that is taken out."""
CHANNELS_MIXED = "channels were mixed to one."
_NAME_LENGTH = 80


@dataclass(frozen=True, eq=False)
class Clip:
    """Mono samples (n,) in [-1, 1] at `rate` Hz; `notes` are plain sentences about how the file was processed."""

    samples: FloatArray
    rate: int
    notes: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


def decode(source: bytes | Path, rate: int = 48_000, name: str = "") -> Clip:
    """Decode a file, or its bytes, to mono sound at `rate` Hz. The content decides the format, never the name.

    The work runs in a process with limits on time and memory. Sound longer than 15 minutes is cut. Raises AudioError
    for input that is too large, too short, silent, damaged or not sound; its message begins with `name`, the file's
    name as the user knows it.
    """
    if isinstance(source, Path):
        name = name or source.name
    try:
        if isinstance(source, Path):
            readable_file(source)
        else:
            check_size(len(source))
        samples, notes = run_limited(decode_here, source, rate, seconds=DECODE_SECONDS, megabytes=DECODE_MEGABYTES)
    except AudioError as fault:
        raise AudioError(f"{_shown(name)}: {fault}" if name else str(fault)) from None
    return Clip(samples, rate, notes)


def decode_here(source: bytes | Path, rate: int) -> tuple[FloatArray, tuple[str, ...]]:
    """Like `decode`, but in this process and without limits: returns samples (n,) and notes. For limited processes."""
    data = readable_file(source).read_bytes() if isinstance(source, Path) else source
    check_size(len(data))
    mixer = _Mixer(rate)
    notes = []
    try:
        for block in read_blocks(data, recognise(data)):
            mixer.add(block)
            if mixer.seconds > MAX_SECONDS:
                notes.append(f"Only the first {MAX_SECONDS / 60:.0f} minutes were used.")
                break
    except DamagedError:
        notes.append("The file is damaged or breaks off: only the part that could be read was used.")
    samples = mixer.finish()
    check_samples(samples, rate, (mixer.highest - mixer.lowest) / 2, mixer.peak)
    return samples, (*notes, *mixer.notes())


def troubles(notes: tuple[str, ...]) -> list[str]:
    """The notes that tell of something wrong with a file: not that its channels were mixed, which is usual."""
    return [note for note in notes if not note.endswith(CHANNELS_MIXED)]


def resample(samples: FloatArray, from_rate: int, to_rate: int) -> FloatArray:
    """Convert mono samples (n,) to another rate."""
    if from_rate == to_rate:
        return np.asarray(samples, np.float32)
    import soxr

    return soxr.resample(np.asarray(samples, np.float32), from_rate, to_rate, quality="HQ")


def wav_bytes(samples: FloatArray, rate: int) -> bytes:
    """Mono samples (n,) as a 16-bit WAV file; values beyond full scale are clipped."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.round(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


class _Mixer:
    """Turns blocks of any width and rate into mono samples at one rate."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.seconds = 0.0
        self.peak = self.offset = 0.0
        self.lowest, self.highest = np.inf, -np.inf
        self._widest = 1
        self._n_values = self._n_clipped = 0
        self._parts: list[FloatArray] = []
        self._from_rate = rate
        self._stream: soxr.ResampleStream | None = None

    def add(self, block: Block) -> None:
        """Mix one block down and change its rate."""
        loudness = np.abs(block.samples)
        self.seconds += len(block.samples) / block.rate
        self.peak = max(self.peak, float(loudness.max(initial=0.0)))
        self._widest = max(self._widest, block.samples.shape[1])
        self._n_values += loudness.size
        self._n_clipped += int(np.count_nonzero(loudness >= FULL_SCALE))
        if block.rate != self._from_rate:
            self._change_rate(block.rate)
        mono = block.samples.mean(axis=1)
        self.lowest = min(self.lowest, float(mono.min(initial=np.inf)))
        self.highest = max(self.highest, float(mono.max(initial=-np.inf)))
        self._parts.append(self._stream.resample_chunk(mono) if self._stream else mono)

    def finish(self) -> FloatArray:
        """All samples (n,), cut at the maximum length. The mixer cannot be used afterwards."""
        self._change_rate(self.rate)
        samples = np.concatenate([*self._parts, np.empty(0, np.float32)])[: int(MAX_SECONDS * self.rate)]
        self._parts.clear()
        self.offset = float(samples.mean(dtype=np.float64)) if len(samples) else 0.0
        if abs(self.offset) >= LEAST_OFFSET:
            samples -= np.float32(self.offset)
        if self.peak > LOUDEST:
            samples /= self.peak
        return np.clip(samples, -1, 1, out=samples)

    def notes(self) -> list[str]:
        """Sentences about what was done to the sound and what is wrong with it."""
        notes = []
        if self._widest > 1:
            notes.append(f"The {self._widest} {CHANNELS_MIXED}")
        if abs(self.offset) >= LEAST_OFFSET:
            notes.append(
                f"A constant offset of {100 * self.offset:.1f}% of full scale was taken out: a fault of the recording."
            )
        if self.peak > LOUDEST:
            notes.append(f"The level was lowered: the file goes {self.peak:.3g} times beyond full scale.")
        elif self._n_clipped > CLIPPED_SHARE * self._n_values:
            share = 100 * self._n_clipped / self._n_values
            notes.append(
                f"The sound is clipped: {share:.1f}% of it is at full scale, which makes it harsher than it was. "
                "A recording at a lower level will be matched better."
            )
        return notes

    def _change_rate(self, from_rate: int) -> None:
        """Flush the current resampler and make the next one, for sound at `from_rate`."""
        if self._stream:
            self._parts.append(self._stream.resample_chunk(np.empty(0, np.float32), last=True))
        self._from_rate, self._stream = from_rate, None
        if from_rate != self.rate:
            import soxr

            self._stream = soxr.ResampleStream(from_rate, self.rate, 1, dtype="float32", quality="HQ")


def _shown(name: str) -> str:
    printable = "".join(character if character.isprintable() else " " for character in name)
    return printable if len(printable) <= _NAME_LENGTH else f"{printable[:_NAME_LENGTH]}..."
