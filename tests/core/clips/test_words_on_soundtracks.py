"""Words against real music: the tags that musicnn heard in 18 artists of free soundtracks, recorded.

The artists are those of 88 tracks in the Debian packages that docs/findings.md names under “Which ears?”, thirty
seconds from the middle of each. `python -m benchmarks.words CATALOGUE --store tests/support/soundtracks.json` wrote the
file; it holds names, genres by the tags of the artists' own files, and likelihoods, and no music.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from core.catalogue import FeatureInfo
from core.clips.word_search import WordSearch
from core.features.audio_sets import MUSICNN_TAGS
from tests.support.catalogues import tiny_catalogue
from tests.support.words import ask, kinds_of, refused

RECORDED = json.loads((Path(__file__).resolve().parents[2] / "support" / "soundtracks.json").read_text())
ARTISTS = RECORDED["artists"]


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> WordSearch:
    likelihood = np.array([artist["likelihood"] for artist in ARTISTS], np.float32)
    features = {MUSICNN_TAGS: (likelihood, FeatureInfo(MUSICNN_TAGS, "Words", columns=RECORDED["tags"]))}
    folder = tmp_path_factory.mktemp("soundtracks") / "c"
    names = [artist["name"] for artist in ARTISTS]
    return WordSearch(tiny_catalogue(folder, len(ARTISTS), [(0, 1)], features, name=names), None)


def test_twenty_queries_find_the_kind_of_artist_that_they_mean(search: WordSearch) -> None:
    kinds = kinds_of([artist["genres"] for artist in ARTISTS])
    assert {kind: kinds.count(kind) for kind in kinds} == {"metal": 1, "orchestral": 6, "electronic": 1, "": 10}
    found = ask(search, kinds)
    assert len(found) == 20
    wrong = [one.query for one in found if one.said != one.expected]
    assert wrong == ["thrash with growled vocals"], "nobody there sings"
    assert sum(one.kind == one.expected for one in found) >= 10
    assert all(one.score > one.chance for one in found if one.kind == "metal")


def test_ten_queries_without_a_meaning_find_nothing(search: WordSearch) -> None:
    found = refused(search)
    assert len(found) == 10
    assert all(found.values()), found
