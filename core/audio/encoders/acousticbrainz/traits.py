"""Descriptors in words: what stands out in a sound, and what two artists have in common.

A trait is one number of the descriptor vector that a listener can relate to. The words depend on what is usual in the
open catalogue (`reference_of`) or, without one, in popular music (`USUAL`, our rules of thumb from AcousticBrainz
documents).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.arrays import DoubleArray, FloatArray
from core.audio.encoders.acousticbrainz.leaves import COLUMN_OF, key_at

CLOSE_DEVIATIONS = 0.5
"""Two artists are alike in a trait when they are this close and both unusual in the same way. Two drawn at random are
so in 4 of 100 traits."""

FAR_DEVIATIONS = 2.0
"""Two artists are unlike in a trait when they are this far apart: one of them is unusual then. Two drawn at random are
so in 16 of 100 traits."""

_SMALLEST_REFERENCE = 30
_LOW, _HIGH = 0.2, 0.8
_ONE_DEVIATION = (0.1587, 0.8413)
_CLEAR_KEY = 0.8
"""Length of the mean direction on the circle of fifths, and share of one mode, above which a key is named."""


@dataclass(frozen=True)
class Trait:
    """A descriptor column in words. `unit` is empty if the numbers mean nothing to a listener; `low` and `high` are the
    words for low and high values; `usual` is the mean and deviation in popular music."""

    key: str
    label: str
    unit: str
    column: str
    low: str
    high: str
    usual: tuple[float, float] = (math.nan, math.nan)


_TRAITS = (
    Trait("tempo", "Tempo", "bpm", "rhythm.bpm", "slow", "fast", (118, 26)),
    Trait("onsets", "Note onsets", "per second", "rhythm.onset_rate", "sparse onsets", "dense onsets", (3.5, 1.3)),
    Trait("beat", "Beat strength", "", "rhythm.beats_loudness.mean", "soft beat", "strong beat", (0.04, 0.02)),
    Trait("danceability", "Danceability", "", "rhythm.danceability", "hardly danceable", "danceable", (1.1, 0.2)),
    Trait("dynamics", "Dynamics", "dB", "lowlevel.dynamic_complexity", "little dynamics", "wide dynamics", (4.0, 2.5)),
    Trait("brightness", "Brightness", "Hz", "lowlevel.spectral_centroid.mean", "dark", "bright", (1450, 550)),
    Trait("bass", "Bass", "", "lowlevel.spectral_energyband_low.mean", "light bass", "heavy bass", (0.012, 0.009)),
    Trait(
        "treble",
        "Treble",
        "",
        "lowlevel.spectral_energyband_high.mean",
        "little treble",
        "much treble",
        (0.0011, 0.0009),
    ),
    Trait("roughness", "Roughness", "", "lowlevel.dissonance.mean", "smooth", "rough", (0.46, 0.03)),
    Trait("noise", "Noisiness", "", "lowlevel.spectral_entropy.mean", "pure tones", "noisy", (7.4, 0.6)),
    Trait("texture", "Fullness", "", "lowlevel.spectral_complexity.mean", "thin texture", "full texture", (18, 9)),
    Trait("pitch", "Pitch clarity", "", "lowlevel.pitch_salience.mean", "vague pitch", "clear pitch", (0.52, 0.08)),
    Trait(
        "change", "Change of sound", "", "lowlevel.spectral_flux.mean", "steady sound", "changing sound", (0.085, 0.03)
    ),
    Trait(
        "chords",
        "Chord changes",
        "",
        "tonal.chords_changes_rate",
        "few chord changes",
        "many chord changes",
        (0.075, 0.03),
    ),
    Trait("tonality", "Key clarity", "", "tonal.key_strength", "loose key", "firm key", (0.6, 0.14)),
)
TRAITS = {trait.key: trait for trait in _TRAITS}
_COLUMNS = [COLUMN_OF[trait.column] for trait in _TRAITS]


@dataclass(frozen=True)
class Reference:
    """The usual values of each trait, (t,) each; for descriptor vectors in the order of TRAITS.

    A trait gets a word below `low` and above `high`. `deviation` is the unit for comparing two artists. `known` (m, t)
    are the values of the reference artists, empty for rules of thumb.
    """

    middle: DoubleArray
    low: DoubleArray
    high: DoubleArray
    deviation: DoubleArray
    known: DoubleArray

    def places(self, vectors: FloatArray) -> DoubleArray:
        """Traits of vectors (..., d) in deviations from the middle (..., t): one scale for all traits, for charts."""
        return self.places_of_values(_traits(vectors))

    def places_of_values(self, values: DoubleArray) -> DoubleArray:
        """The same for values (..., t) of traits."""
        return (values - self.middle) / self.deviation

    def shares(self, values: DoubleArray) -> DoubleArray:
        """(t,) the share of known artists whose value is below `values` (t,) in each trait; NaN if none are known."""
        return (self.known < values).mean(axis=0) if len(self.known) else np.full(len(values), np.nan)


def _usual() -> Reference:
    middle, deviation = np.array([trait.usual for trait in _TRAITS], dtype=np.float64).T
    return Reference(middle, middle - deviation, middle + deviation, deviation, np.empty((0, len(_TRAITS))))


USUAL = _usual()


def reference_of(vectors: FloatArray) -> Reference:
    """The usual values among artists (n, d), without rows of NaN; USUAL if fewer than 30 artists are known."""
    return reference_of_values(_traits(vectors), USUAL.deviation) or USUAL


def reference_of_values(values: DoubleArray, smallest: DoubleArray | float = 1.0) -> Reference | None:
    """The usual values among traits (n, t) of artists, without rows of NaN; None if fewer than 30 are known.

    A fifth of the artists is below `low` and a fifth above `high`. A deviation is half the span of the middle 68%,
    which a few outliers do not change; it is `smallest` for a trait that is equal for all artists.
    """
    known = values[np.isfinite(values).all(axis=1)]
    if len(known) < _SMALLEST_REFERENCE:
        return None
    below, low, middle, high, above = np.quantile(known, [_ONE_DEVIATION[0], _LOW, 0.5, _HIGH, _ONE_DEVIATION[1]], 0)
    deviation = (above - below) / 2
    return Reference(middle, low, high, np.where(deviation > 0, deviation, smallest), known)


def trait_values(vectors: FloatArray) -> dict[str, DoubleArray]:
    """Trait key -> its value in each of the vectors (..., d)."""
    return dict(zip(TRAITS, np.moveaxis(_traits(vectors), -1, 0), strict=True))


def key_of(vector: FloatArray) -> str | None:
    """The key of a vector (d,), such as "A minor"; None if it averages tracks in different keys."""
    cosine, sine, major = (vector[COLUMN_OF[f"tonal.key_{part}"]] for part in ("key.cos", "key.sin", "scale.major"))
    if np.hypot(cosine, sine) < _CLEAR_KEY or max(major, 1 - major) < _CLEAR_KEY:
        return None
    return key_at(float(np.arctan2(sine, cosine)), bool(major > 0.5))


def describe(vector: FloatArray, reference: Reference = USUAL, most: int = 6) -> list[str]:
    """What stands out in a vector (d,): tempo and key, then at most `most` words, the most unusual first."""
    tempo = f"tempo {vector[COLUMN_OF['rhythm.bpm']]:.0f} bpm"
    key = key_of(vector)
    values, places = _traits(vector), reference.places(vector)
    words = [
        trait.low if value < low else trait.high
        for _, trait, value, low, high in sorted(
            zip(-np.abs(places), _TRAITS, values, reference.low, reference.high, strict=True),
            key=lambda entry: entry[0],
        )
        if trait.key != "tempo" and not low <= value <= high
    ]
    return [tempo, *([key] if key else []), *words[:most]]


@dataclass(frozen=True)
class TraitComparison:
    """One trait of two artists. `gap` is the distance between their values and `place` the position of their mean, in
    deviations. `word` describes both artists if both are unusual in the same way. `shares` are the shares of known
    artists with a lower value than each of the two, NaN if none are known."""

    trait: Trait
    first: float
    second: float
    gap: float
    place: float
    word: str | None
    shares: tuple[float, float]

    @property
    def alike(self) -> bool:
        """Whether both are unusual in the same way, and close."""
        return self.word is not None and self.gap <= CLOSE_DEVIATIONS

    @property
    def close(self) -> bool:
        """Whether the two are close, but not both unusual in the same way."""
        return self.word is None and self.gap <= CLOSE_DEVIATIONS

    @property
    def unlike(self) -> bool:
        return self.gap >= FAR_DEVIATIONS

    @property
    def name(self) -> str:
        """What the two have in common: the word for both, or the name of the trait."""
        return self.word if self.word and self.trait.key != "tempo" else self.trait.label.lower()

    @property
    def figures(self) -> tuple[str, str]:
        """The two values to two or three digits, in the trait's unit."""
        return _figure(self.first), _figure(self.second)


def compare_traits(first: FloatArray, second: FloatArray, reference: Reference = USUAL) -> list[TraitComparison]:
    """Every trait of two vectors (d,), in the order of TRAITS."""
    return _compared(_TRAITS, _traits(first), _traits(second), reference)


@dataclass(frozen=True)
class Likeness:
    """The traits in which two artists are `alike` and `unlike`, those that stand out most first.

    `close` are the traits in which they are close though not both unusual, the closest first.
    """

    alike: tuple[TraitComparison, ...]
    unlike: tuple[TraitComparison, ...]
    close: tuple[TraitComparison, ...] = ()


def likeness(first: FloatArray, second: FloatArray, reference: Reference = USUAL) -> Likeness:
    """The traits in which two vectors (d,) are alike and unlike."""
    return likeness_of_values(_TRAITS, _traits(first), _traits(second), reference)


def likeness_of_values(
    traits: Sequence[Trait], first: DoubleArray, second: DoubleArray, reference: Reference
) -> Likeness:
    """The same for values (t,) of any `traits` (t,)."""
    compared = _compared(traits, first, second, reference)
    alike = sorted((one for one in compared if one.alike), key=lambda one: -abs(one.place))
    unlike = sorted((one for one in compared if one.unlike), key=lambda one: -one.gap)
    close = sorted((one for one in compared if one.close), key=lambda one: one.gap)
    return Likeness(tuple(alike), tuple(unlike), tuple(close))


def _compared(traits: Sequence[Trait], a: DoubleArray, b: DoubleArray, reference: Reference) -> list[TraitComparison]:
    both_low, both_high = np.maximum(a, b) < reference.low, np.minimum(a, b) > reference.high
    gaps = np.abs(a - b) / reference.deviation
    places = reference.places_of_values((a + b) / 2)
    shares = np.stack([reference.shares(a), reference.shares(b)], axis=1).tolist()
    return [
        TraitComparison(trait, float(a[at]), float(b[at]), float(gaps[at]), float(places[at]), word, tuple(shares[at]))
        for at, trait in enumerate(traits)
        for word in [trait.low if both_low[at] else trait.high if both_high[at] else None]
    ]


def _traits(vectors: FloatArray) -> DoubleArray:
    return np.asarray(vectors)[..., _COLUMNS].astype(np.float64)


def _figure(value: float) -> str:
    return f"{float(f'{value:.{3 if abs(value) >= 100 else 2}g}'):,g}".replace("-", "−")
