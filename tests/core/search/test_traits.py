"""Traits of a catalogue's artists: where they are read from, and how two artists are set side by side."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from core.audio.encoders.acousticbrainz import (
    DESCRIPTOR_NAMES,
    TRAITS,
    USUAL,
    Likeness,
    Trait,
    TraitComparison,
    likeness,
    likeness_of_values,
    reference_of,
    reference_of_values,
)
from core.catalogue import FeatureInfo
from core.search.traits import traits_of
from pages.artists import texts
from pages.shell import resources
from tests.support.catalogues import tiny_catalogue


def named_traits(folder: Path, columns: list[str], values: np.ndarray, name: str = "audio_descriptors") -> list[str]:
    """The labels of the traits of a catalogue with one set of these named columns."""
    info = FeatureInfo(name, "Numbers", columns=columns)
    found = traits_of(tiny_catalogue(folder, len(values), features={name: (values.astype(np.float32), info)}))
    return [trait.label for traits in found for trait in traits.traits]


def test_named_descriptors_are_traits_where_there_are_no_others(tmp_path: Path) -> None:
    values = np.stack([np.arange(40.0), np.linspace(80, 119, 40), np.zeros(40), np.zeros(40)], axis=1, dtype=np.float32)
    values[0] = np.nan
    info = FeatureInfo("audio_descriptors", "Audio descriptors", columns=["secret", "tempo", "energy", "mode"])
    (found,) = traits_of(tiny_catalogue(tmp_path / "named", 40, features={"audio_descriptors": (values, info)}))
    assert (found.features, found.title) == ("audio_descriptors", "Audio descriptors")
    assert [trait.label for trait in found.traits] == ["Tempo", "Energy", "Major keys", "Secret"]
    assert found.likeness(0, 1) is None
    likeness = found.likeness(38, 39)
    assert likeness is not None
    first, second = likeness.alike
    assert (first.name, first.figures) == ("tempo", ("118", "119"))
    assert first.shares == (pytest.approx(37 / 39), pytest.approx(38 / 39))
    assert second.name == "high secret"
    far = found.likeness(1, 39)
    assert far is not None
    assert not far.alike
    assert {one.trait.key for one in far.unlike} == {"tempo", "secret"}
    assert np.isnan(found.places([0])).all()
    assert traits_of(tiny_catalogue(tmp_path / "few", 8, features={"audio_descriptors": (values[:8], info)})) == ()
    assert traits_of(tiny_catalogue(tmp_path / "unnamed", 40, features={"audio_descriptors": values})) == ()
    assert traits_of(tiny_catalogue(tmp_path / "none", 8)) == ()


def test_any_set_of_named_columns_has_traits_but_numbered_ones_and_tags_have_none(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(40, 4))
    columns = ["spectral_flux", "release count", "energy", "Key.Clarity"]
    assert named_traits(tmp_path / "mine", columns, values, "my_numbers") == [
        "Energy",
        "Spectral flux",
        "Release count",
        "Key Clarity",
    ]
    assert named_traits(tmp_path / "clap", [f"clap_{place}" for place in range(4)], values, "my_clap") == []
    tags = FeatureInfo("tags", "Tags", "binary", columns)
    assert (
        traits_of(tiny_catalogue(tmp_path / "tags", 40, features={"tags": (np.ones((40, 4), np.float32), tags)})) == ()
    )


def trait(label: str, unit: str, low: str, high: str) -> Trait:
    return Trait(label.lower(), label, unit, "", low, high)


TEMPO, BASS = trait("Tempo", "bpm", "slow", "fast"), trait("Bass", "", "light bass", "heavy bass")
TREBLE = trait("Treble", "", "little treble", "much treble")


def test_likeness_and_unlikeness_stand_side_by_side_with_figures() -> None:
    likeness = Likeness(
        alike=(
            TraitComparison(TEMPO, 118.04, 121.9, 0.1, 2, "fast", (0.9, 0.923)),
            TraitComparison(BASS, 0.002, 0.003, 0.1, -2, "light bass", (0.1, 0.15)),
            TraitComparison(TREBLE, 4.3e-05, 4.3e-05, 0.1, -2, "little treble", (math.nan, math.nan)),
        ),
        unlike=(
            TraitComparison(BASS, 0.021, 0.5, 3, 2, None, (0.004, 1.0)),
            TraitComparison(TREBLE, 0.1, 0.02, 3, 2, None, (math.nan, math.nan)),
        ),
    )
    said = (likeness, "Numbers", "3 of 10", False, "a*b" + 40 * "x", "Twin")
    head, *lines = texts.likeness_text(*said).splitlines()
    assert head.startswith("**Numbers, place 3 of 10** (first a\\*bxxx")
    assert head.endswith("…, then Twin; 85% means more so than 85% of artists)")
    assert lines == [
        "- Alike: tempo (118 and 122 bpm; 90% and 92%)",
        "- Alike: light bass (90% and 85%)",
        "- Alike: little treble",
        "- Unlike: bass (1% and 99%)",
        "- Unlike: treble (higher in the first)",
    ]


def test_nobody_is_called_alike_in_the_lower_half() -> None:
    likeness = Likeness((TraitComparison(TEMPO, 118, 118, 0, 2, "fast", (0.9, 0.9)),), ())
    assert "like:" not in texts.likeness_text(likeness, "Numbers", "9 of 10", True, "A", "B")
    assert "lower half" in texts.likeness_text(likeness, "Numbers", "9 of 10", True, "A", "B")
    assert "nothing stands out" in texts.likeness_text(Likeness((), ()), "Numbers", "1 of 10", False, "A", "B")


def test_a_near_place_without_a_trait_that_stands_out_names_where_the_two_are_close() -> None:
    usual = TraitComparison(TEMPO, 118, 120, 0.1, 0, None, (0.5, 0.55))
    far = TraitComparison(BASS, 0.021, 0.5, 3, 2, None, (0.1, 0.9))
    said = texts.likeness_text(Likeness((), (), (usual,)), "Numbers", "1 of 99", False, "A", "B", is_near=True)
    assert said.splitlines()[1:] == [
        "- Close, though not both unusual: tempo (118 and 120 bpm; 50% and 55%)",
        "- In no trait far apart",
    ]
    mixed = Likeness((), (far,), (usual,))
    said = texts.likeness_text(mixed, "Numbers", "1 of 99", False, "A", "B", is_near=True)
    assert said.splitlines()[2:] == ["- Unlike: bass (10% and 90%)"]
    for place in ({"is_near": False}, {"is_near": True, "in_lower_half": True}):
        place = {"in_lower_half": False} | place
        assert "Close" not in texts.likeness_text(mixed, "Numbers", "9 of 10", first="A", second="B", **place)
    nothing = texts.likeness_text(Likeness((), ()), "Numbers", "1 of 99", False, "A", "B", is_near=True)
    assert "nothing stands out" in nothing


def test_no_trait_that_both_are_unusual_in_is_called_close_only() -> None:
    values = np.vstack([np.array([[0.7, -0.7]]), np.random.default_rng(3).normal(size=(59, 2))])
    reference = reference_of_values(values)
    assert reference is not None
    n_close = 0
    for row in range(1, 60):
        found = likeness_of_values((TEMPO, BASS), values[0], values[row], reference)
        n_close += len(found.close)
        assert not {one.trait for one in found.close} & {one.trait for one in (*found.alike, *found.unlike)}
        assert all(one.gap <= 0.5 for one in found.close)
    assert n_close


def test_each_label_says_of_what_there_is_more(tmp_path: Path) -> None:
    values = np.random.default_rng(5).normal(size=(40, 1))
    assert named_traits(tmp_path / "named", ["valence"], values) == ["Cheerfulness"], "“mood” has no more or less"
    assert not {"Mood", "Texture"} & {trait.label for trait in TRAITS.values()}


def test_no_per_cent_is_promised_where_too_few_artists_are_known() -> None:
    vectors = np.random.default_rng(0).normal(size=(8, len(DESCRIPTOR_NAMES))).astype(np.float32)
    found = likeness(vectors[0], vectors[0], reference_of(vectors))
    head, *lines = texts.likeness_text(found, "Numbers", "1 of 7", False, "A", "B").split("\n")
    assert head == "**Numbers, place 1 of 7** (first A, then B)"
    assert lines
    assert all(re.fullmatch(r"- Alike: [^:%]+( \(−?[\d.,]+ \D+\))?", line) for line in lines)


def test_what_is_usual_is_read_from_the_artists_or_stated(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    vectors = {"acousticbrainz": rng.normal(size=(40, len(DESCRIPTOR_NAMES))).astype(np.float32)}
    named = FeatureInfo("audio_descriptors", "Audio descriptors", columns=["tempo", "energy"])
    both = vectors | {"audio_descriptors": (rng.normal(size=(40, 2)).astype(np.float32), named)}
    described = tiny_catalogue(tmp_path / "described", 40, features=both)
    traits = resources.artist_traits(described)[0]
    assert resources.usual_traits(described) is traits.reference
    np.testing.assert_array_equal(traits.reference.middle, reference_of(vectors["acousticbrainz"]).middle)
    only_named = {name: values for name, values in both.items() if name not in vectors}
    assert resources.usual_traits(tiny_catalogue(tmp_path / "named", 40, features=only_named)) is USUAL
    assert resources.usual_traits(tiny_catalogue(tmp_path / "none", 8)) is USUAL
