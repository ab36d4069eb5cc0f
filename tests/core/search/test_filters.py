"""Filters: who passes, how many each choice leaves, and the text that keeps them in a link."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue import Catalogue, FeatureInfo
from core.errors import NearfieldError
from core.search.filters import LONGEST_TEXT, FilterIndex, Filters, filters_from_text, filters_to_text
from tests.support.catalogues import tiny_catalogue

GENRES = [["Rock", "Pop"], ["Rock"], ["Jazz", "Jazz"], [], ["Pop"]]
MOODS = [["Calm"], [], ["Calm"], ["Wild"], []]
HOSTILE = ["<script>alert(1)</script>", "a.b~c_d-e", "100 % ☃", "עברית", "", " ", "x" * 300]
COLUMNS: dict[str, Any] = {
    "genres": GENRES,
    "moods": MOODS,
    "popularity": [10.0, 50.0, np.nan, 90.0, 50.0],
    "decade": [1960, 1990, None, 1990, 2010],
}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return tiny_catalogue(tmp_path_factory.mktemp("filters") / "tiny", 5, **COLUMNS)


@pytest.fixture(scope="module")
def index(catalogue: Catalogue) -> FilterIndex:
    return FilterIndex(catalogue)


@pytest.mark.parametrize(
    ("asked", "passing"),
    [
        ({}, [0, 1, 2, 3, 4]),
        ({"unknown": True}, [0, 1, 2, 3, 4]),
        ({"genres": ("Rock",)}, [0, 1]),
        ({"genres": ("Rock", "Jazz")}, [0, 1, 2]),
        ({"genres": ("Rock",), "unknown": True}, [0, 1, 3]),
        ({"genres": ("Rock",), "moods": ("Calm",)}, [0]),
        ({"genres": ("Rock",), "moods": ("Calm",), "unknown": True}, [0, 1]),
        ({"decades": (1990, None)}, [1, 3, 4]),
        ({"decades": (None, 1990)}, [0, 1, 3]),
        ({"decades": (1990, 1990), "unknown": True}, [1, 2, 3]),
        ({"popularity": (50, 90)}, [1, 3, 4]),
        ({"popularity": (11, 49)}, []),
    ],
)
def test_who_passes(index: FilterIndex, asked: dict[str, Any], passing: list[int]) -> None:
    mask = index.mask(Filters(**asked))
    assert mask.dtype == np.bool_
    assert np.flatnonzero(mask).tolist() == passing


def test_options_count_artists_not_tags(index: FilterIndex) -> None:
    options = index.options()
    assert list(options.tags["genres"].items()) == [("Pop", 2), ("Rock", 2), ("Jazz", 1)]
    assert options.tags["themes"] == {}
    assert list(options.decades.items()) == [(1960, 1), (1990, 2), (2010, 1)]
    assert options.popularity == (10.0, 90.0)
    assert options.unknown == {"genres": 1, "moods": 2, "themes": 5, "decades": 1, "popularity": 1}


def test_a_choice_is_counted_with_the_other_fields_applied(index: FilterIndex) -> None:
    options = index.options(Filters(genres=("Rock",), popularity=(50, None)))
    assert options.tags["genres"] == {"Pop": 1, "Rock": 1}, "its own field does not narrow it"
    assert options.tags["moods"] == {}
    assert options.decades == {1990: 1}


def test_every_counted_choice_leaves_that_many(index: FilterIndex) -> None:
    chosen = Filters(moods=("Calm", "Wild"))
    for genre, count in index.options(chosen).tags["genres"].items():
        assert index.mask(Filters(genres=(genre,), moods=chosen.moods)).sum() == count


def test_a_catalogue_without_decade_popularity_or_tags(tmp_path: Path) -> None:
    index = FilterIndex(tiny_catalogue(tmp_path / "tiny", 4))
    options = index.options()
    assert (options.decades, options.popularity) == ({}, None)
    assert options.unknown == dict.fromkeys(("genres", "moods", "themes", "decades", "popularity"), 4)
    assert not index.mask(Filters(decades=(1960, None))).any()
    assert index.mask(Filters(decades=(1960, None), unknown=True)).all()


def test_a_tag_of_another_catalogue_is_refused_and_can_be_left_out(index: FilterIndex) -> None:
    filters = Filters(genres=("Rock", "Polka"), moods=("Grim",))
    with pytest.raises(NearfieldError, match="No artist of tiny has “Polka” among its genres. Take it out"):
        index.mask(filters)
    assert index.restrict(filters) == Filters(genres=("Rock",))
    assert index.restrict(Filters(genres=("Rock",))) == Filters(genres=("Rock",))


def test_open_filters() -> None:
    assert Filters().is_open
    assert Filters(unknown=True).is_open
    assert not Filters(moods=("Calm",)).is_open


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"decades": (1990, 1960)}, "from 1990 to 1960. Swap"),
        ({"popularity": (0, float("nan"))}, "must be numbers"),
        ({"popularity": (None, float("inf"))}, "must be numbers"),
    ],
)
def test_impossible_ranges_are_refused(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(NearfieldError, match=said):
        Filters(**asked)


def test_text_is_short_and_needs_no_escape_in_a_link() -> None:
    filters = Filters(genres=("Pop/Rock", "Indie Pop"), decades=(1960, 1990), popularity=(None, 50.5), unknown=True)
    text = filters_to_text(filters)
    assert text == "genres.Pop-2FRock.Indie_Pop~decades.1960_1990~popularity._50.5~unknown"
    assert filters_from_text(text) == filters
    assert filters_to_text(Filters()) == ""
    assert filters_from_text("") == Filters()


TAGS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=4).map(tuple)
NUMBERS = st.none() | st.floats(allow_nan=False, allow_infinity=False)
RANGES = st.tuples(NUMBERS, NUMBERS).map(lambda pair: tuple(sorted(pair)) if None not in pair else pair)


@given(TAGS, TAGS, TAGS, RANGES, RANGES, st.booleans())
def test_text_and_back(genres: Any, moods: Any, themes: Any, decades: Any, popularity: Any, unknown: bool) -> None:
    filters = Filters(genres, moods, themes, decades, popularity, unknown)
    text = filters_to_text(filters)
    assert filters_from_text(text) == filters
    assert text.replace("~", "").replace(".", "").replace("_", "").replace("-", "").isalnum() or not text


@given(st.text(max_size=40) | st.text("gdnrestupolaiyk.~_-019AF", max_size=60))
def test_any_text_is_read_as_filters_or_refused_plainly(text: str) -> None:
    with suppress(NearfieldError):
        read = filters_from_text(text)
        assert filters_from_text(filters_to_text(read)) == read


@pytest.mark.parametrize(
    "text",
    [
        "artists.x",
        "genres",
        "unknown.1",
        "genres.a~genres.b",
        "~",
        "genres.<b>",
        "genres.-C3",
        "genres.-zz",
        "decades._",
        "decades.1960",
        "decades.nan_",
        "decades.1e999_",
        "popularity.1_2_3",
        "decades.٣_",
        "genres.a\n",
        "genres." + "a" * LONGEST_TEXT,
    ],
)
def test_bad_texts(text: str) -> None:
    with pytest.raises(NearfieldError):
        filters_from_text(text)


def test_hostile_tags_pass_through(tmp_path: Path) -> None:
    index = FilterIndex(tiny_catalogue(tmp_path / "tiny", len(HOSTILE), genres=[[tag] for tag in HOSTILE]))
    for row, tag in enumerate(HOSTILE):
        filters = filters_from_text(filters_to_text(Filters(genres=(tag,))))
        assert np.flatnonzero(index.mask(filters)).tolist() == [row]


def test_tags_of_a_feature_set_filter_as_those_of_the_table_do(tmp_path: Path) -> None:
    values = np.array([[1, 0, 1], [1, 1, 1], [0, 0, 1], [np.nan] * 3], np.float32)
    tags = {"tags": (values, FeatureInfo("tags", "Tags", "binary", ["trip hop", "dub", "seen live"]))}
    index = FilterIndex(tiny_catalogue(tmp_path / "tagged", 4, features=tags))
    assert index.titles == {"set_tags": "Tags"}
    assert index.options().tags["set_tags"] == {"trip hop": 2, "dub": 1}
    asked = Filters(sets=(("tags", ("dub", "trip hop")),))
    assert index.mask(asked).tolist() == [True, True, False, False]
    assert index.mask(replace(asked, unknown=True)).tolist() == [True, True, False, True]
    assert filters_to_text(asked) == "set_tags.dub.trip_hop"
    assert filters_from_text("set_tags.dub.trip_hop") == asked
    assert index.restrict(Filters(sets=(("gone", ("dub",)), ("tags", ("dub", "polka"))))).sets == (("tags", ("dub",)),)


def test_what_only_the_page_knows_is_carried() -> None:
    asked = Filters(new=True, unlisted=True)
    assert not asked.is_open
    assert filters_to_text(asked) == "new~unlisted"
    assert filters_from_text("new~unlisted") == asked
