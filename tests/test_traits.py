"""Traits of a catalogue's artists: where they are read from, and how two artists are set side by side."""

import math
from pathlib import Path

import numpy as np
import pytest

from core.audio.acousticbrainz import Trait, TraitComparison
from core.catalogue import FeatureInfo
from core.search.traits import traits_of
from pages.shell import reasons
from tests.catalogues import tiny_catalogue


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
    head, *lines = reasons.traits_list(
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
    assert "…, then Twin;" in head
    assert lines == [
        "- Tempo: 118 and 122 bpm (50% and 62%)",
        "- Heavy bass: 99% and 1%",
        "- Light bass: 90% and 85%",
        "- Loudness: −9.5 dB (30%)",
        "- Bass",
        "- Tempo: 88 and 90 bpm",
    ]
