"""Maps coloured by one tag: a scale of likelihood for what was heard, two classes where a tag is there or not."""

from pathlib import Path

import numpy as np
import pytest

from core.audio.encoders.musicnn.tags import TAGS
from core.catalogue import Catalogue, FeatureInfo
from core.features.audio_sets import MUSICNN_TAGS
from core.maps.colouring import Classes, Scale
from core.maps.tag_colouring import tag_colouring, tag_colourings
from tests.support.catalogues import tiny_catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    heard = np.full((5, len(TAGS)), 0.001, np.float32)
    heard[:3, TAGS.index("guitar")] = 0.9, 0.12, 0.3
    heard[0, TAGS.index("drums")] = 0.5
    heard[4] = np.nan
    moods = np.array([[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 0], [np.nan] * 3], np.float32)
    features = {
        MUSICNN_TAGS: (heard, FeatureInfo(MUSICNN_TAGS, "Words for sound", columns=list(TAGS))),
        "moods": (moods, FeatureInfo("moods", "Moods", kind="binary", columns=["airy", "calm", "grim"])),
        "numbers": (heard[:, :2], FeatureInfo("numbers", "Numbers", columns=["one", "two"])),
    }
    return tiny_catalogue(tmp_path / "c", 5, [(0, 1)], features)


def test_tags_that_some_artist_has_are_offered_the_most_frequent_first(catalogue: Catalogue) -> None:
    offered = list(tag_colourings(catalogue))
    assert [name for name in offered if name.startswith("Heard")] == ["Heard: guitar", "Heard: drums"]
    assert [name for name in offered if not name.startswith("Heard")] == ["Moods: calm", "Moods: airy"]


def test_what_is_heard_is_a_scale_in_percent(catalogue: Catalogue) -> None:
    found = tag_colouring(catalogue, "Heard: guitar", *tag_colourings(catalogue)["Heard: guitar"])
    assert isinstance(found, Scale)
    assert found.values() == ["90%", "12%", "30%", "1%", ""]
    assert found.unknown == "No sound heard"
    assert list(np.argsort(found.levels)) == [0, 1, 2, 3]
    assert list(found.ticks.values()) == ["1%", "3%", "10%", "30%", "60%", "90%"]


def test_a_tag_that_is_said_or_not_has_two_classes(catalogue: Catalogue) -> None:
    found = tag_colouring(catalogue, "Moods: calm", *tag_colourings(catalogue)["Moods: calm"])
    assert isinstance(found, Classes)
    assert found.codes.tolist() == [1, 0, 0, 1, -1]
    assert found.names == ["calm", "without “calm”"]


def test_nothing_is_offered_without_named_tags(tmp_path: Path) -> None:
    assert tag_colourings(tiny_catalogue(tmp_path / "bare", 4, [(0, 1)], {"clap": np.ones((4, 2))})) == {}
