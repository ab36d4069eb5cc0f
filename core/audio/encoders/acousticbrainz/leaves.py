"""The vector of AcousticBrainz descriptors: the leaves of a low-level document that it holds, and their order.

It holds leaves that AcousticBrainz's documents ("music 1.0", Porter et al., ISMIR 2015) and current essentia ("music
2.0") share, under AcousticBrainz's names:

- mean, var, dmean and dvar of every frame descriptor: level and spread of the values and of their differences. median,
  min, max and the second differences add little and would double the width of the vector;
- the mean of MFCC and GFCC, without the covariance matrices, whose 676 numbers mostly repeat the spectrum;
- the single values, except counts that grow with the length of the excerpt (beats, different chords);
- keys as numbers: the cosine and sine of the position on the circle of fifths, which A minor shares with C major, and 1
  for major or 0 for minor.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.arrays import FloatArray
from core.errors import CatalogueError

Document = Mapping[str, Any]

STATISTICS = ("mean", "var", "dmean", "dvar")
_BANDS = {"barkbands": 27, "erbbands": 40, "melbands": 40}
_SHAPES = ("crest", "flatness_db", "kurtosis", "skewness", "spread")
_LOWLEVEL_FRAMES: dict[str, int] = {
    **_BANDS,
    **{f"{bands}_{shape}": 1 for bands in _BANDS for shape in _SHAPES},
    **dict.fromkeys(("dissonance", "hfc", "pitch_salience", "zerocrossingrate"), 1),
    **{f"silence_rate_{level}dB": 1 for level in (20, 30, 60)},
    **{f"spectral_energyband_{band}": 1 for band in ("low", "middle_low", "middle_high", "high")},
    **{
        f"spectral_{name}": 1
        for name in (
            "centroid",
            "complexity",
            "decrease",
            "energy",
            "entropy",
            "flux",
            "kurtosis",
            "rms",
            "rolloff",
            "skewness",
            "spread",
            "strongpeak",
        )
    },
    "spectral_contrast_coeffs": 6,
    "spectral_contrast_valleys": 6,
}
FRAME_DESCRIPTORS: dict[tuple[str, str], int] = {
    **{("lowlevel", name): width for name, width in _LOWLEVEL_FRAMES.items()},
    ("rhythm", "beats_loudness"): 1,
    ("rhythm", "beats_loudness_band_ratio"): 6,
    ("tonal", "chords_strength"): 1,
    ("tonal", "hpcp"): 36,
    ("tonal", "hpcp_entropy"): 1,
}
"""(section, name) -> numbers per frame."""

PEAKS = tuple(
    f"bpm_histogram_{peak}"
    for peak in ("first_peak_bpm", "first_peak_weight", "second_peak_bpm", "second_peak_spread", "second_peak_weight")
)
"""One value per track; AcousticBrainz wraps it in statistics of that one value, and current essentia does not."""

_SINGLE_LEAVES: dict[tuple[str, ...], int] = {
    ("lowlevel", "mfcc", "mean"): 13,
    ("lowlevel", "gfcc", "mean"): 13,
    ("lowlevel", "average_loudness"): 1,
    ("lowlevel", "dynamic_complexity"): 1,
    ("rhythm", "bpm"): 1,
    ("rhythm", "danceability"): 1,
    ("rhythm", "onset_rate"): 1,
    **{("rhythm", peak, "mean"): 1 for peak in PEAKS},
    ("tonal", "chords_changes_rate"): 1,
    ("tonal", "chords_histogram"): 24,
    ("tonal", "key_strength"): 1,
    ("tonal", "thpcp"): 36,
    ("tonal", "tuning_diatonic_strength"): 1,
    ("tonal", "tuning_equal_tempered_deviation"): 1,
    ("tonal", "tuning_frequency"): 1,
    ("tonal", "tuning_nontempered_energy_ratio"): 1,
}
LEAVES: dict[tuple[str, ...], int] = {
    **{(*frame, statistic): width for frame, width in FRAME_DESCRIPTORS.items() for statistic in STATISTICS},
    **_SINGLE_LEAVES,
}
"""Path of a numeric leaf in a document -> how many numbers it holds, in the order of the vector."""

KEYS = ("key", "chords")
"""Each is a pair of texts in the section "tonal": `<name>_key` and `<name>_scale`."""

PITCH_CLASSES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLATS = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#"}
_SCALES = ("minor", "major")
_LARGEST = float(np.finfo(np.float32).max)


def _names() -> tuple[str, ...]:
    names = []
    for path, width in LEAVES.items():
        name = ".".join(path)
        names += [name] if width == 1 else [f"{name}.{place}" for place in range(width)]
    for key in KEYS:
        names += [f"tonal.{key}_key.cos", f"tonal.{key}_key.sin", f"tonal.{key}_scale.major"]
    return tuple(names)


DESCRIPTOR_NAMES = _names()
"""A name for every number of the vector: section.descriptor.statistic, and an index if there are several."""

COLUMN_OF = {name: column for column, name in enumerate(DESCRIPTOR_NAMES)}


def descriptors_of(document: Document) -> FloatArray:
    """The vector (d,) of a low-level document, in the order of DESCRIPTOR_NAMES.

    Raises CatalogueError naming the first leaf that is missing, has another length or is no finite float32.
    """
    parts = [_numbers(document, path, width) for path, width in LEAVES.items()]
    return np.concatenate([*parts, *(_key_numbers(document, key) for key in KEYS)])


def fifths_angle(pitch_class: int, major: bool) -> float:
    """Angle in radians on the circle of fifths; a minor key has the angle of its relative major."""
    tonic = pitch_class if major else pitch_class + 3
    return float(tonic * 7 % 12 * np.pi / 6)


def key_at(angle: float, major: bool) -> str:
    """The inverse of `fifths_angle`, to the nearest key: "A minor"."""
    tonic = round(angle * 6 / np.pi) * 7 % 12
    return f"{PITCH_CLASSES[tonic if major else (tonic - 3) % 12]} {_SCALES[major]}"


def _numbers(document: Document, path: tuple[str, ...], width: int) -> FloatArray:
    value = _at(document, path)
    values = value if isinstance(value, list) else [value]
    name = ".".join(path)
    if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in values):
        raise CatalogueError(f"{name} should be {_so_many(width)}. Is this an AcousticBrainz low-level document?")
    if len(values) != width or (isinstance(value, list) and width == 1):
        raise CatalogueError(f"{name} should be {_so_many(width)}, not a list of {len(values)}.")
    if not all(abs(number) <= _LARGEST for number in values):
        raise CatalogueError(f"{name} is too large or not a number. Extract the track again.")
    return np.array(values, dtype=np.float32)


def _key_numbers(document: Document, key: str) -> FloatArray:
    pitch, scale = _at(document, ("tonal", f"{key}_key")), _at(document, ("tonal", f"{key}_scale"))
    pitch = _FLATS.get(pitch, pitch) if isinstance(pitch, str) else pitch
    if pitch not in PITCH_CLASSES or scale not in _SCALES:
        raise CatalogueError(f"tonal.{key}_key should be a key such as “A minor”, not “{pitch} {scale}”.")
    major = scale == "major"
    angle = fifths_angle(PITCH_CLASSES.index(pitch), major)
    return np.array([np.cos(angle), np.sin(angle), major], dtype=np.float32)


def _at(document: Document, path: tuple[str, ...]) -> Any:
    value: Any = document
    for name in path:
        if not isinstance(value, Mapping) or name not in value:
            raise CatalogueError(f"{'.'.join(path)} is missing. Is this an AcousticBrainz low-level document?")
        value = value[name]
    return value


def _so_many(width: int) -> str:
    return "one number" if width == 1 else f"a list of {width} numbers"
