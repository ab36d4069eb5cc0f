"""AcousticBrainz descriptors of audio, extracted by essentia's MusicExtractor as in AcousticBrainz itself.

essentia (Bogdanov et al., ISMIR 2013) is licensed under the AGPL: only this module imports it, and nothing else in
Nearfield needs it. The extractor reads files, so samples are passed to it as a 44.1 kHz float WAV in a temporary
folder.

MusicExtractor fills silent frames with noise that differs on every call. Here it leaves silent frames alone, and
stretches of digital silence are filled with fixed noise beforehand. Equal samples therefore give bit-identical
descriptors, whatever was extracted before. Sound without silent frames is described as by AcousticBrainz. Samples that
are very quiet or beyond full scale are scaled to a normal level, because MusicExtractor evens out loudness only within
limits.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from core.arrays import FloatArray
from core.audio.decoding import resample
from core.audio.encoders.acousticbrainz.documents import with_acousticbrainz_names
from core.audio.encoders.acousticbrainz.leaves import descriptors_of
from core.audio.limits import run_limited
from core.errors import AudioError, CatalogueError

EXTRACTOR = "essentia MusicExtractor (music 2.0)"
RATE = 44100
SHORTEST_SECONDS = 1.0
STATISTICS = ["mean", "var", "median", "min", "max", "dmean", "dmean2", "dvar", "dvar2"]
"""The statistics in AcousticBrainz's documents."""

_SILENCE = 1e-10
"""Mean square below which essentia treats a frame as silent; the inserted noise has the same mean square."""
_BLOCK = 512
_PEAKS = (0.05, 1.0)
_PEAK = 0.5

_MEGABYTES = 2000
_SECONDS = 20.0
_SECONDS_PER_SECOND = 0.2


def extract_descriptors(samples: FloatArray, rate: int) -> FloatArray:
    """Extract the vector (d,) of mono samples (n,), in the order of DESCRIPTOR_NAMES, in a process with limits.

    Raises AudioError for silence, for less than a second, for values that are not finite, and for sound that the
    extractor cannot describe.
    """
    seconds = _SECONDS + _SECONDS_PER_SECOND * len(samples) / rate
    return run_limited(_descriptors, samples, rate, seconds=seconds, megabytes=_MEGABYTES)


def _descriptors(samples: FloatArray, rate: int) -> FloatArray:
    return DescriptorExtractor()(samples, rate)


class DescriptorExtractor:
    """MusicExtractor in this process. Make it once and call it for many clips; `extract_descriptors` is for one clip.

    Do not use it for untrusted files: it has no limit on time or memory. Check the samples first.
    """

    def __init__(self) -> None:
        try:
            import essentia
        except ModuleNotFoundError:
            raise AudioError(
                "AcousticBrainz descriptors need essentia, which has no package for this kind of machine. "
                "They can be had on Linux with an Intel or AMD processor."
            ) from None

        essentia.log.infoActive = False
        essentia.log.warningActive = False
        import essentia.standard

        self.version: str = essentia.__version__
        self._extract = essentia.standard.MusicExtractor(
            lowlevelStats=STATISTICS,
            rhythmStats=STATISTICS,
            tonalStats=STATISTICS,
            lowlevelSilentFrames="keep",
            tonalSilentFrames="keep",
        )

    def __call__(self, samples: FloatArray, rate: int) -> FloatArray:
        """The vector (d,) of mono samples (n,), in the order of DESCRIPTOR_NAMES. Raises AudioError like `document`."""
        try:
            return descriptors_of(self.document(samples, rate))
        except CatalogueError as error:
            raise AudioError(f"This sound has no complete set of descriptors: {error}") from error

    def document(self, samples: FloatArray, rate: int) -> dict[str, Any]:
        """The sections lowlevel, rhythm and tonal of mono samples (n,), under AcousticBrainz's names.

        Raises AudioError for silence, for less than a second, for values that are not finite, and for sound that the
        extractor cannot describe.
        """
        with tempfile.TemporaryDirectory(prefix="nearfield-") as folder:
            path = Path(folder) / "clip.wav"
            write_clip(path, samples, rate)
            return self.document_of_file(path)

    def document_of_file(self, path: Path) -> dict[str, Any]:
        """Like `document`, for a WAV file written by `write_clip`."""
        try:
            pool, _ = self._extract(str(path))
        except RuntimeError as error:
            raise AudioError(
                "This sound holds too little to describe. Use a clip in which more can be heard."
            ) from error
        leaves = {name: pool[name] for name in pool.descriptorNames()}
        return with_acousticbrainz_names(_nested(leaves))


def write_clip(path: Path, samples: FloatArray, rate: int) -> None:
    """Write mono samples (n,) as the WAV that the extractor reads. Raises AudioError for sound it cannot describe."""
    samples = np.asarray(samples, dtype=np.float32)
    if samples.ndim != 1:
        raise AudioError(f"The extractor takes one channel, not samples of shape {samples.shape}. Mix them down first.")
    if not np.isfinite(samples).all():
        raise AudioError("The sound holds values that are not finite numbers. Decode the file again.")
    if len(samples) < SHORTEST_SECONDS * rate:
        raise AudioError(f"The sound is shorter than {SHORTEST_SECONDS:.0f} second. Use a longer clip.")
    if np.square(samples).mean(dtype=np.float64) < _SILENCE:
        raise AudioError("There is only silence. Use a clip in which something can be heard.")
    samples = resample(samples, rate, RATE)
    peak = np.abs(samples).max()
    if not _PEAKS[0] <= peak <= _PEAKS[1]:
        samples = samples * np.float32(_PEAK / peak)
    soundfile.write(path, _without_digital_silence(samples), RATE, subtype="FLOAT")


def _without_digital_silence(samples: FloatArray) -> FloatArray:
    whole = len(samples) // _BLOCK * _BLOCK
    power = np.square(samples[:whole].reshape(-1, _BLOCK)).mean(axis=1)
    silent = np.append(np.repeat(power < _SILENCE, _BLOCK), np.full(len(samples) - whole, not samples[whole:].any()))
    if not silent.any():
        return samples
    noise = np.random.default_rng(0).standard_normal(len(samples), dtype=np.float32)
    return samples + np.float32(np.sqrt(_SILENCE)) * noise * silent


def _nested(leaves: Mapping[str, Any]) -> dict[str, Any]:
    """{"rhythm.bpm": 120.0} -> {"rhythm": {"bpm": 120.0}}, arrays as lists."""
    document: dict[str, Any] = {}
    for name, value in leaves.items():
        *sections, last = name.split(".")
        place = document
        for section in sections:
            place = place.setdefault(section, {})
        place[last] = value.tolist() if isinstance(value, np.ndarray) else value
    return document
