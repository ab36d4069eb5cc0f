"""Traits of a catalogue's artists: their sound in words and numbers, read from stored descriptors.

The source is the AcousticBrainz set if the catalogue has one, otherwise a set of named descriptors.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.arrays import DoubleArray, FloatArray
from core.audio.encoders.acousticbrainz import (
    DESCRIPTOR_NAMES,
    TRAITS,
    Reference,
    Trait,
    TraitComparison,
    close_traits,
    reference_of,
    reference_of_values,
    trait_values,
)
from core.catalogue import Catalogue
from core.features.audio_sets import ACOUSTICBRAINZ

NAMED = "audio_descriptors"
_NAMED_TRAITS = (
    Trait("tempo", "Tempo", "bpm", "tempo", "slow", "fast"),
    Trait("energy", "Energy", "", "energy", "calm", "energetic"),
    Trait("loudness", "Loudness", "dB", "loudness", "quiet", "loud"),
    Trait("danceability", "Danceability", "", "danceability", "hardly danceable", "danceable"),
    Trait("valence", "Mood", "", "valence", "gloomy", "cheerful"),
    Trait("acousticness", "Acoustic sound", "", "acousticness", "hardly acoustic", "acoustic"),
    Trait("instrumentalness", "Instrumental music", "", "instrumentalness", "mostly sung", "instrumental"),
    Trait("speechiness", "Spoken words", "", "speechiness", "little speech", "much speech"),
    Trait("liveness", "Live sound", "", "liveness", "studio sound", "live sound"),
    Trait("mode", "Major keys", "", "mode", "mostly minor", "mostly major"),
)
"""Traits for the columns that Spotify describes tracks by."""


@dataclass(frozen=True)
class ArtistTraits:
    """Traits (t,) of n artists: `values` (n, t), with NaN rows for artists without, and their usual values."""

    traits: tuple[Trait, ...]
    values: DoubleArray
    reference: Reference

    def places(self, rows: Sequence[int]) -> FloatArray:
        """(r, t) deviations of artists from the usual values, with NaN rows for artists without traits."""
        return self.reference.places_of_values(self.values[list(rows)]).astype(np.float32)

    def common(self, one: int, other: int) -> list[TraitComparison]:
        """The traits in which two artists are close, the most distinctive first; empty if one has no traits."""
        first, second = self.values[[one, other]]
        if np.isnan(first[0]) or np.isnan(second[0]):
            return []
        return close_traits(self.traits, first, second, self.reference)


def has_traits(catalogue: Catalogue) -> bool:
    """Whether the catalogue's AcousticBrainz set has the descriptors that traits need."""
    if ACOUSTICBRAINZ not in catalogue.feature_names:
        return False
    return bool(catalogue.feature_array(ACOUSTICBRAINZ).shape[1] == len(DESCRIPTOR_NAMES))


def traits_of(catalogue: Catalogue) -> ArtistTraits | None:
    """The traits of all artists; None if the catalogue has no descriptors, or too few artists with descriptors."""
    if has_traits(catalogue):
        vectors = catalogue.feature_array(ACOUSTICBRAINZ)
        values = np.stack(list(trait_values(vectors).values()), axis=-1)
        return ArtistTraits(tuple(TRAITS.values()), values, reference_of(vectors))
    columns = catalogue.feature_info(NAMED).columns if NAMED in catalogue.feature_names else None
    traits = tuple(trait for trait in _NAMED_TRAITS if trait.column in (columns or ()))
    if columns is None or not traits:
        return None
    places = [columns.index(trait.column) for trait in traits]
    values = np.asarray(catalogue.feature_array(NAMED)[:, places], np.float64)
    reference = reference_of_values(values)
    return None if reference is None else ArtistTraits(traits, values, reference)
