"""Words to artists by the tags that were heard in them: what is understood, who is found, and what chance gives."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from core.audio.encoders.clap import ClapEncoder
from core.audio.encoders.musicnn.tags import TAGS
from core.catalogue import Catalogue, FeatureInfo
from core.clips.encoder import takes_words
from core.clips.tag_words import TagSearch, parts_of, understand
from core.clips.word_search import MUSICNN_TAGS, WordSearch
from core.errors import NearfieldError
from core.features import load_feature_set
from core.search.sound_tags import HEARD, SoundTags, different, shared, sound_tags_of, tag_kinds, tag_lists
from tests.support.catalogues import tiny_catalogue
from tests.support.graphs import random_catalogue
from tests.support.words import NONSENSE

KINDS = {
    "metal band": ("metal", "heavy metal", "loud", "guitar", "rock", "hard rock", "drums", "male vocal", "fast"),
    "pianist": ("piano", "slow", "solo", "classical", "quiet", "soft", "no vocal", "sad"),
    "orchestra": ("classical", "strings", "violin", "cello", "no vocal", "opera"),
    "house producer": ("house", "dance", "techno", "electronic", "beat", "synth", "fast", "party"),
    "ambient artist": ("ambient", "new age", "slow", "electronic", "synth", "chill", "no vocal"),
    "folk singer": ("folk", "acoustic", "guitar", "female vocal", "vocal", "country", "mellow"),
    "rapper": ("hip-hop", "male vocal", "beat", "R&B", "vocal"),
    "choir": ("choir", "vocal", "female vocal", "opera"),
    "sitar player": ("sitar", "indian", "solo", "no vocal"),
    "jazz band": ("jazz", "soul", "blues", "funk", "piano"),
    "harpist": ("harp", "harpsichord", "flute", "soft", "quiet", "solo"),
}
QUERIES = {
    "fierce metal, distorted guitar": "metal band",
    "hard rock with a male singer": "metal band",
    "slow sad piano": "pianist",
    "quiet solo piano, no drums": "pianist",
    "symphonic orchestra": "orchestra",
    "violin and cello": "orchestra",
    "upbeat house to dance to": "house producer",
    "techno party": "house producer",
    "atmospheric drones, dreamy": "ambient artist",
    "new age meditation": "ambient artist",
    "fingerpicked guitar, unplugged folk": "folk singer",
    "a woman singing country songs": "folk singer",
    "rap over a beat": "rapper",
    "hip hop and r and b": "rapper",
    "a choir": "choir",
    "choral hymn, chanting": "choir",
    "indian raga on the sitar": "sitar player",
    "tabla": "sitar player",
    "big band swing": "jazz band",
    "bluesy soul": "jazz band",
    "harp and flute, tender": "harpist",
    "harpsichord with a recorder": "harpist",
}


def likelihood(seed: int = 0) -> np.ndarray:
    values = np.random.default_rng(seed).uniform(0.01, 0.06, (len(KINDS) + 1, len(TAGS)))
    for row, tags in enumerate(KINDS.values()):
        values[row, [TAGS.index(tag) for tag in tags]] = np.linspace(0.6, 0.25, len(tags))
    values[-1] = np.nan
    return values.astype(np.float32)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    info = FeatureInfo(MUSICNN_TAGS, "Words for sound", columns=list(TAGS))
    names = [*KINDS, "unheard"]
    return tiny_catalogue(tmp_path / "c", len(names), [(0, 1)], {MUSICNN_TAGS: (likelihood(), info)}, name=names)


@pytest.mark.parametrize("query", QUERIES)
def test_words_find_the_expected_kind_of_artist(query: str, catalogue: Catalogue) -> None:
    found = WordSearch(catalogue, None).answer([query], [1.0], 3)
    answer = found.answers[MUSICNN_TAGS]
    assert catalogue.display_names.iloc[answer.nearest.rows[0]] == QUERIES[query], found.understood
    assert answer.nearest.scores[0] > found.chance[MUSICNN_TAGS] - 0.5
    assert found.reasons[int(answer.nearest.rows[0])][0][1] > 0


@pytest.mark.parametrize("query", NONSENSE)
def test_nonsense_finds_nothing_and_is_named(query: str, catalogue: Catalogue) -> None:
    found = WordSearch(catalogue, None).answer([query], [1.0])
    assert not found.answers
    assert found.understood is not None
    assert set(found.understood.unknown) <= set(query.split())
    assert found.understood.unknown


def test_what_is_not_wanted_counts_against_an_artist() -> None:
    meant = understand(["slow piano, no drums", "singing"], [1.0, -0.5])
    assert meant.tags == {"slow": 1.0, "piano": 1.0, "drums": -1.0, "vocal": -0.5}
    assert understand(["no vocals"], [1.0]).tags == {"no vocal": 1.0}
    assert understand(["without any drums, piano"], [1.0]).tags == {"drums": -1.0, "piano": 1.0}
    assert understand(["female vocal"], [1.0]).tags == {"female vocal": 1.0}
    assert understand(["Trombone & piano!"], [1.0]).unknown == ["trombone", "&"]


def test_scores_are_in_deviations_of_the_artists_and_unheard_ones_have_none() -> None:
    scores = TagSearch(SoundTags(TAGS, likelihood())).scores(understand(["slow piano"], [1.0]))
    assert np.isnan(scores[-1])
    assert np.nanstd(scores) == pytest.approx(1.0, abs=1e-3)
    nothing = TagSearch(SoundTags(TAGS, likelihood())).scores(understand(["qwertz"], [1.0]))
    assert np.isnan(nothing).all()


def test_words_need_tags_or_a_clap_that_reads(catalogue: Catalogue, tmp_path: Path) -> None:
    assert takes_words(catalogue)
    bare = tiny_catalogue(tmp_path / "bare", 4, [(0, 1)])
    assert not takes_words(bare)
    with pytest.raises(NearfieldError, match="checkpoint get musicnn"):
        WordSearch(bare, None)


class OneWordEncoder:
    """Reads one word, as the sound of one artist; whatever else it reads means nothing."""

    title, has_text = "a CLAP of one word", True

    def __init__(self, word: str, vector: np.ndarray) -> None:
        self._word, self._vector = word, vector

    def embed_text(self, phrases: Sequence[str]) -> np.ndarray:
        return np.stack([self._vector if phrase == self._word else -self._vector for phrase in phrases])


@pytest.mark.parametrize(
    ("phrases", "weights", "alone"),
    [
        (["A smoky trip-hop band"], [1.0], ("trip-hop",)),
        (["smoky", "bells, not trip-hop"], [1.0, 1.0], ("trip-hop",)),
        (["smoky", "some trip-hop"], [1.0, -0.5], ()),
        (["smoky bells"], [1.0], ()),
    ],
)
def test_words_that_find_nothing_together_are_told_what_finds_something(
    phrases: list[str], weights: list[float], alone: tuple[str, ...], tmp_path: Path
) -> None:
    catalogue = random_catalogue(tmp_path)
    vector = np.array(load_feature_set(catalogue, "clap").values[4])
    encoder = cast(ClapEncoder, OneWordEncoder("trip-hop", vector / np.linalg.norm(vector)))
    search = WordSearch(catalogue, encoder)
    found = search.answer(phrases, weights)
    assert not found.answers
    assert found.alone == alone
    answered = search.answer(["trip-hop"], [1.0])
    assert answered.answers
    assert not answered.alone


def test_parts_of_a_phrase() -> None:
    assert parts_of("slow trip-hop with a female voice") == [
        "slow trip-hop",
        "female voice",
        *["slow", "trip-hop", "female", "voice"],
    ]
    assert parts_of("slow") == []
    assert parts_of("with, and") == []


def test_tags_are_named_likeliest_first_and_compared_by_name(catalogue: Catalogue) -> None:
    tags = sound_tags_of(catalogue)
    assert tags is not None
    assert tags.of(1) == ["piano", "slow", "solo", "classical", "quiet"]
    assert tags.of(len(KINDS)) == []
    metal, folk = tags.likelihood[0], tags.likelihood[5]
    assert shared(TAGS, metal, folk) == ["guitar"]
    assert different(TAGS, metal, folk)[0].tag in {*KINDS["metal band"], *KINDS["folk singer"]} - {"guitar"}
    assert different(TAGS, metal, metal) == []


def test_heard_tags_are_a_kind_of_tags(catalogue: Catalogue, tmp_path: Path) -> None:
    assert HEARD in tag_kinds(catalogue)
    lists = tag_lists(catalogue, HEARD)
    assert set(lists.iloc[0]) == set(KINDS["metal band"])
    assert lists.iloc[len(KINDS)] == []
    bare = tiny_catalogue(tmp_path / "bare", 4, [(0, 1)])
    assert HEARD not in tag_kinds(bare)
    assert tag_lists(bare, HEARD).tolist() == [[]] * 4
