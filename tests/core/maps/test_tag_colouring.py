"""Maps coloured by one tag: a scale of likelihood for what was heard, two classes where a tag is there or not."""

from pathlib import Path

import numpy as np
import pytest

from core.audio.encoders.musicnn.tags import TAGS
from core.catalogue import Catalogue, FeatureInfo
from core.features.audio_sets import MUSICNN_TAGS
from core.maps.colouring import Classes, Scale, is_mostly_one
from core.maps.tag_colouring import set_colouring, set_colourings, tag_colouring, tag_colourings
from core.search.tag_classes import telling_classes
from core.search.tag_sources import tag_source_of_set
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


def test_a_whole_set_has_the_tags_that_together_say_most(tmp_path: Path) -> None:
    has = np.zeros((40, 6), np.float32)
    has[:, 0] = 1  # Everybody's tag tells nobody apart.
    has[:13, 1] = has[:12, 2] = 1  # The second says hardly more than the first: it comes after the third.
    has[20:28, 3] = has[27:30, 4] = 1
    has[39] = np.nan
    columns = ["genre: rock", "mood: airy", "mood: light", "dub", "ska", "seen live"]
    info = FeatureInfo("tags", "Own tags", kind="binary", columns=columns)
    catalogue = tiny_catalogue(tmp_path / "set", 40, [(0, 1)], {"tags": (has, info), "clap": np.ones((40, 2))})
    assert set_colourings(catalogue) == {"Own tags": "tags"}
    found = set_colouring(catalogue, "Own tags", "tags")
    assert found.names == ["airy", "dub", "ska", "Other tags"]
    assert found.codes.tolist() == [0] * 13 + [3] * 7 + [1] * 7 + [2] * 3 + [3] * 9 + [-1]


def test_among_some_artists_other_tags_tell_them_apart(tmp_path: Path) -> None:
    has = np.zeros((12, 4), np.float32)
    has[:6, 0] = 1
    has[:2, 1] = has[2:4, 2] = has[8:, 3] = 1
    info = FeatureInfo("tags", "Own tags", kind="binary", columns=["metal", "doom", "thrash", "folk"])
    source = tag_source_of_set(tiny_catalogue(tmp_path / "few", 12, [(0, 1)], {"tags": (has, info)}), "tags")
    assert source is not None
    assert telling_classes(source, np.arange(12) < 6).names == ["doom", "thrash", "Other tags"]
    assert telling_classes(source).names == ["folk", "doom", "thrash", "Other tags"]


def test_one_class_may_cover_most() -> None:
    assert is_mostly_one(Classes("Genre", np.array([0, 0, 0, 1, -1, -1, -1]), ["Pop/Rock", "Jazz"], ""))
    assert not is_mostly_one(Classes("Genre", np.array([0, 0, 1, 1, -1]), ["Pop/Rock", "Jazz"], ""))
    assert not is_mostly_one(Classes("Genre", np.array([-1, -1]), [], ""))


def test_nothing_is_offered_without_named_tags(tmp_path: Path) -> None:
    assert tag_colourings(tiny_catalogue(tmp_path / "bare", 4, [(0, 1)], {"clap": np.ones((4, 2))})) == {}
