"""Traits of a catalogue's artists: their sound in words and numbers, read from feature sets with named columns.

AcousticBrainz descriptors and the columns that Spotify describes tracks by have words of their own. Any other named
column of a continuous set is called by its name.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.arrays import DoubleArray, FloatArray
from core.audio.encoders.acousticbrainz import (
    DESCRIPTOR_NAMES,
    TRAITS,
    Likeness,
    Reference,
    Trait,
    likeness_of_values,
    reference_of,
    reference_of_values,
    trait_values,
)
from core.catalogue import Catalogue
from core.features.audio_sets import ACOUSTICBRAINZ, AUDIO_SETS, ONE_TRACK, audio_set_of

MOST_TRAITS = 256
"""The first named columns of a set of other columns that are looked at."""

_NAMED_TRAITS = (
    Trait("tempo", "Tempo", "bpm", "tempo", "slow", "fast"),
    Trait("energy", "Energy", "", "energy", "calm", "energetic"),
    Trait("loudness", "Loudness", "dB", "loudness", "quiet", "loud"),
    Trait("danceability", "Danceability", "", "danceability", "hardly danceable", "danceable"),
    Trait("valence", "Cheerfulness", "", "valence", "hardly cheerful", "cheerful"),
    Trait("acousticness", "Acoustic sound", "", "acousticness", "hardly acoustic", "acoustic"),
    Trait("instrumentalness", "Instrumental music", "", "instrumentalness", "mostly sung", "instrumental"),
    Trait("speechiness", "Spoken words", "", "speechiness", "little speech", "much speech"),
    Trait("liveness", "Live sound", "", "liveness", "studio sound", "live sound"),
    Trait("duration", "Length of tracks", "", "duration_ms", "short tracks", "long tracks"),
    Trait("mode", "Major keys", "", "mode", "mostly minor", "mostly major"),
)
"""Traits for the columns that Spotify describes tracks by."""

_WORDED = {trait.column: trait for trait in (*TRAITS.values(), *_NAMED_TRAITS)}
_FEWEST_NUMBERED = 3
"""So many columns that differ in a number only are numbered, not named."""


@dataclass(frozen=True)
class ArtistTraits:
    """Traits (t,) of n artists, read from the set `features` with this `title`: `values` (n, t), with NaN rows for
    artists without, and their usual values."""

    features: str
    title: str
    traits: tuple[Trait, ...]
    values: DoubleArray
    reference: Reference

    def places(self, rows: Sequence[int]) -> FloatArray:
        """(r, t) deviations of artists from the usual values, with NaN rows for artists without traits."""
        return self.reference.places_of_values(self.values[list(rows)]).astype(np.float32)

    def likeness(self, one: int, other: int) -> Likeness | None:
        """The traits in which two artists are alike and unlike; None if one has no traits."""
        first, second = self.values[[one, other]]
        if np.isnan(first[0]) or np.isnan(second[0]):
            return None
        return likeness_of_values(self.traits, first, second, self.reference)


def has_traits(catalogue: Catalogue) -> bool:
    """Whether the catalogue's AcousticBrainz set has the descriptors that traits need."""
    if ACOUSTICBRAINZ not in catalogue.feature_names:
        return False
    return bool(catalogue.feature_array(ACOUSTICBRAINZ).shape[1] == len(DESCRIPTOR_NAMES))


def traits_of(catalogue: Catalogue) -> tuple[ArtistTraits, ...]:
    """The traits of all artists by each set that has any, AcousticBrainz first.

    A set of tags has none, nor has one with too few artists to know what is usual.
    """
    names = sorted(catalogue.feature_names, key=lambda name: name != ACOUSTICBRAINZ)
    found = [traits_of_set(catalogue, name) for name in names if not name.endswith(ONE_TRACK)]
    return tuple(traits for traits in found if traits)


def traits_of_set(catalogue: Catalogue, name: str) -> ArtistTraits | None:
    """The traits of all artists by one set; None if it has none, or too few artists to know what is usual."""
    info = catalogue.feature_info(name)
    if name == ACOUSTICBRAINZ and has_traits(catalogue):
        vectors = catalogue.feature_array(name)
        values = np.stack(list(trait_values(vectors).values()), axis=-1)
        return ArtistTraits(name, info.title, tuple(TRAITS.values()), values, reference_of(vectors))
    if info.kind == "binary" or info.columns is None:
        return None
    traits = _traits_of_columns(info.columns, only_worded=audio_set_of(name) in AUDIO_SETS)[:MOST_TRAITS]
    places = [info.columns.index(trait.column) for trait in traits]
    values = np.asarray(catalogue.feature_array(name)[:, places], np.float64)
    reference = reference_of_values(values) if traits else None
    return None if reference is None else ArtistTraits(name, info.title, tuple(traits), values, reference)


def _traits_of_columns(columns: Sequence[str], only_worded: bool) -> list[Trait]:
    """Those with words of their own first."""
    worded = [trait for column, trait in _WORDED.items() if column in columns]
    if only_worded:
        return worded
    stems = Counter(_stem(column) for column in columns)
    named = [column for column in columns if column not in _WORDED and stems[_stem(column)] < _FEWEST_NUMBERED]
    return [*worded, *(_called_by_name(column) for column in named if _stem(column))]


def _called_by_name(column: str) -> Trait:
    name = re.sub(r"[\s._]+", " ", column).strip()
    return Trait(column, name[:1].upper() + name[1:], "", column, f"low {name}", f"high {name}")


def _stem(column: str) -> str:
    """The column's name without numbers."""
    return re.sub(r"[\W\d_]+", "", column)
