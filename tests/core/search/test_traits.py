"""Traits of a catalogue's artists: where they are read from, and how two artists are set side by side."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from core.audio.encoders.acousticbrainz import (
    DESCRIPTOR_NAMES,
    USUAL,
    Trait,
    TraitComparison,
    common_traits,
    reference_of,
)
from core.catalogue import FeatureInfo
from core.search.traits import traits_of
from pages.artists import texts
from pages.shell import resources
from tests.support.catalogues import tiny_catalogue


def test_named_descriptors_are_traits_where_there_are_no_others(tmp_path: Path) -> None:
    values = np.stack([np.arange(40.0), np.linspace(80, 119, 40), np.zeros(40), np.zeros(40)], axis=1, dtype=np.float32)
    values[0] = np.nan
    info = FeatureInfo("audio_descriptors", "Audio descriptors", columns=["secret", "tempo", "energy", "mode"])
    found = traits_of(tiny_catalogue(tmp_path / "named", 40, features={"audio_descriptors": (values, info)}))
    assert found is not None
    assert [trait.label for trait in found.traits] == ["Tempo", "Energy", "Major keys"]
    assert found.common(0, 1) == []
    first, *_ = found.common(38, 39)
    assert (first.name, first.figures) == ("tempo", ("118", "119"))
    assert first.shares == (pytest.approx(37 / 39), pytest.approx(38 / 39))
    assert np.isnan(found.places([0])).all()
    assert traits_of(tiny_catalogue(tmp_path / "few", 8, features={"audio_descriptors": (values[:8], info)})) is None
    assert traits_of(tiny_catalogue(tmp_path / "unnamed", 40, features={"audio_descriptors": values})) is None
    assert traits_of(tiny_catalogue(tmp_path / "none", 8)) is None


def test_alike_in_sound_is_said_with_figures_and_places_among_all() -> None:
    tempo = Trait("tempo", "Tempo", "bpm", "", "slow", "fast")
    bass = Trait("bass", "Bass", "", "", "light bass", "heavy bass")
    level = Trait("level", "Loudness", "dB", "", "quiet", "loud")
    head, *lines = texts.traits_list(
        [
            TraitComparison(tempo, 118.04, 121.9, 0.1, 0, "fast", (0.5, 0.623)),
            TraitComparison(bass, 0.021, 0.02, 0.1, 2, "heavy bass", (1.0, 0.0)),
            TraitComparison(bass, 0.002, 0.003, 0.1, -2, "light bass", (0.1, 0.15)),
            TraitComparison(level, -9.5301, -9.4999, 0.1, 2, None, (0.3, 0.3)),
            TraitComparison(bass, 0.021, 0.02, 0.1, 2, None, (math.nan, math.nan)),
            TraitComparison(tempo, 88.2, 90, 0.1, 0, None, (math.nan, math.nan)),
        ],
        "a*b" + 40 * "x",
        "Twin",
    ).splitlines()
    assert "first a\\*bxxx" in head
    assert "…, then Twin; per cent: artists who are less so)" in head
    assert lines == [
        "- Tempo: 118 and 122 bpm (50% and 62%)",
        "- Heavy bass: 99% and 1%",
        "- Light bass: 90% and 85%",
        "- Loudness: −9.5 dB (30%)",
        "- Bass: 0.021 and 0.02",
        "- Tempo: 88 and 90 bpm",
    ]


def test_no_per_cent_is_promised_where_too_few_artists_are_known() -> None:
    vectors = np.random.default_rng(0).normal(size=(8, len(DESCRIPTOR_NAMES))).astype(np.float32)
    head, *lines = texts.traits_list(common_traits(vectors[0], vectors[0], reference_of(vectors)), "A", "B").split("\n")
    assert head == "**Alike in sound** (first A, then B)"
    assert lines
    assert all(re.fullmatch(r"- [^:%]+: −?[\d.,]+( \D+)?", line) for line in lines)


def test_what_is_usual_is_read_from_the_artists_or_stated(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    vectors = {"acousticbrainz": rng.normal(size=(40, len(DESCRIPTOR_NAMES))).astype(np.float32)}
    named = FeatureInfo("audio_descriptors", "Audio descriptors", columns=["tempo", "energy"])
    both = vectors | {"audio_descriptors": (rng.normal(size=(40, 2)).astype(np.float32), named)}
    described = tiny_catalogue(tmp_path / "described", 40, features=both)
    traits = resources.artist_traits(described)
    assert traits is not None
    assert resources.usual_traits(described) is traits.reference
    np.testing.assert_array_equal(traits.reference.middle, reference_of(vectors["acousticbrainz"]).middle)
    only_named = {name: values for name, values in both.items() if name not in vectors}
    assert resources.usual_traits(tiny_catalogue(tmp_path / "named", 40, features=only_named)) is USUAL
    assert resources.usual_traits(tiny_catalogue(tmp_path / "none", 8)) is USUAL
