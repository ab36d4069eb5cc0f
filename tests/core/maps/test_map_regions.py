"""Regions of a map, their names by typical tags, its density, whom a word means, and whose place is in doubt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalogue import Catalogue, open_catalogue
from core.catalogue.format import FeatureInfo
from core.catalogue.library import BUNDLED, data_folder
from core.maps import Fidelity, MapSettings, StoredMap
from core.maps.build import current_map
from core.maps.density import CELLS, cells_of, map_density
from core.maps.highlight import HighlightIndex
from core.maps.local_fidelity import doubtful, most_kept_by_chance
from core.maps.region_tags import can_name_regions, region_tags
from core.maps.regions import MOST_LABELS, climb, find_regions, name_regions
from core.maps.tag_enrichment import log_odds_z, tag_table
from core.search.lookup import NameIndex
from core.search.traits import traits_of
from tests.support import pages as pages_support
from tests.support.catalogues import tiny_catalogue
from tests.support.pages import HOSTILE_NAMES

hostile = pages_support.hostile

HILLS = np.array([[-6, -6], [6, 6], [6, -6]], np.float32)


class Tagged:
    """As much of a catalogue as tags and names need."""

    def __init__(self, genres: list[list[str]], names: list[str] | None = None) -> None:
        self.feature_names: list[str] = []
        nothing: list[list[str]] = [[] for _ in genres]
        names = names or [f"artist {row}" for row in range(len(genres))]
        self.artists = pd.DataFrame({"genres": genres, "moods": nothing, "themes": nothing, "name": names})

    def __len__(self) -> int:
        return len(self.artists)


def hilly(sizes: tuple[int, ...] = (300, 200, 100), seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    parts = [centre + rng.normal(0, 0.7, (size, 2)) for centre, size in zip(HILLS, sizes, strict=True)]
    return np.concatenate(parts).astype(np.float32)


def test_every_hill_is_a_region_and_the_largest_comes_first() -> None:
    coordinates = np.concatenate([hilly(), np.full((5, 2), np.nan, np.float32)])
    regions = find_regions(coordinates)
    assert len(regions) == 3
    assert regions.codes[-5:].tolist() == [-1] * 5
    assert [regions.members(code).sum() for code in range(3)] == pytest.approx([300, 200, 100], abs=4)
    assert np.abs(regions.peaks - HILLS).max() < 0.8
    assert not regions.on_map[-5:].any()


def test_many_hills_are_smoothed_into_few_and_few_artists_are_none() -> None:
    noise = np.random.default_rng(1).uniform(-10, 10, (3000, 2)).astype(np.float32)
    assert 1 <= len(find_regions(noise, most=5)) <= 5
    assert len(find_regions(noise[:5])) == 0
    assert len(find_regions(np.full((4, 2), np.nan, np.float32))) == 0


def test_artists_in_one_place_are_one_region() -> None:
    assert len(find_regions(np.zeros((50, 2), np.float32))) == 1


@given(st.integers(0, 2**16))
@settings(max_examples=15, deadline=None)
def test_a_climb_ends_where_nothing_around_is_higher(seed: int) -> None:
    values = np.random.default_rng(seed).integers(0, 40, (CELLS, CELLS)).astype(np.float32)
    ends = climb(values)
    peaks = np.unique(ends)
    assert np.array_equal(ends[peaks], peaks)
    assert (values.ravel()[ends] >= values.ravel()).all()
    around = np.pad(values, 1, constant_values=-1)
    for up, across in zip(*np.divmod(peaks[:50], CELLS), strict=True):
        assert values[up, across] == around[up : up + 3, across : across + 3].max()


def test_density_holds_all_artists_where_they_are() -> None:
    coordinates = hilly()
    density = map_density(coordinates)
    assert density.values.sum() == pytest.approx(600, rel=0.01)
    across, up = cells_of(HILLS[:1])[0]
    assert density.values[up, across] > 0.5 * density.values.max()
    assert density.values[CELLS // 2, 2] < 0.01 * density.values.max()


def test_regions_are_named_by_what_they_have_more_of_not_by_what_is_frequent() -> None:
    genres = [["Pop", "Fado"]] * 300 + [["Pop", "Zydeco"]] * 200 + [["Pop"]] * 100
    regions = find_regions(hilly())
    named = name_regions(regions, tag_table(Tagged(genres)))
    assert [region.name for region in named] == ["Fado", "Zydeco", ""]
    assert named[0].enriched_tags[0].share == pytest.approx(1, abs=0.02)
    assert named[0].enriched_tags[0].share_elsewhere < 0.02
    assert named[2].enriched_tags == []


def test_no_two_regions_share_a_name_and_only_some_have_one() -> None:
    rng = np.random.default_rng(2)
    centres = np.stack(np.meshgrid(np.linspace(-9, 9, 4), np.linspace(-9, 9, 4)), axis=-1).reshape(-1, 2)[:14]
    coordinates = np.repeat(centres, 60, axis=0) + rng.normal(0, 0.4, (840, 2))
    genres = [[f"Half {row // 420}"] for row in range(840)]
    named = name_regions(find_regions(coordinates.astype(np.float32)), tag_table(Tagged(genres)))
    names = [region.name for region in named if region.name]
    assert len(named) == 14
    assert len(set(names)) == len(names) <= MOST_LABELS
    assert set(names) <= {"Half 0", "Half 1"}


def test_two_regions_are_not_named_by_the_same_tags_in_another_order() -> None:
    genres = [["Fado", "Morna"]] * 200 + [["Fado"]] * 100 + [["Fado", "Morna"]] * 190 + [["Morna"]] * 10 + [[]] * 100
    named = name_regions(find_regions(hilly()), tag_table(Tagged(genres)))
    names = [frozenset(region.name.split(" · ")) for region in named if region.name]
    assert names
    assert len(set(names)) == len(names)


def test_the_regions_of_a_map_are_named_by_its_own_columns() -> None:
    bundled = open_catalogue(data_folder() / BUNDLED)
    moods, sound = region_tags(bundled, "moods_themes"), region_tags(bundled, "acousticbrainz")
    both, vectors = region_tags(bundled, "acousticbrainz+moods_themes"), region_tags(bundled, "clap")
    assert moods is not None
    assert sound is not None
    assert both is not None
    assert vectors is not None
    assert set(moods.table.kinds) == {"moods_themes"}
    assert set(both.table.kinds) == {"acousticbrainz", "moods_themes"}
    assert moods.are_own
    assert not any(tag.startswith(("mood: ", "theme: ")) for tag in moods.table.tags)
    assert {"bright", "dark", "heavy bass"} <= set(sound.table.tags)
    # CLAP's columns have no names, nor have those of a model: the tags of the artists speak for them.
    assert vectors.table.kinds == tag_table(bundled).kinds
    assert not vectors.are_own
    assert region_tags(bundled, "run:any").table.kinds == vectors.table.kinds


def test_what_a_region_is_named_by_is_commoner_there_than_elsewhere() -> None:
    bundled = open_catalogue(data_folder() / BUNDLED)
    stored, (traits, *_) = current_map(bundled, "acousticbrainz"), traits_of(bundled)
    assert stored is not None
    regions = find_regions(stored.coordinates)
    words = {word: (at, sign) for at, one in enumerate(traits.traits) for word, sign in ((one.low, -1), (one.high, 1))}
    n_said = 0
    for code, region in enumerate(name_regions(regions, region_tags(bundled, "acousticbrainz").table)):
        inside = regions.members(code)
        for word in filter(None, region.name.split(" · ")):
            at, sign = words[word]
            values = sign * traits.values[:, at]
            fifth = values > np.quantile(values[np.isfinite(values)], 0.8)
            assert fifth[inside].mean() > 1.5 * fifth[regions.on_map & ~inside].mean()
            n_said += 1
    assert n_said >= 12


def test_without_tags_in_the_table_the_named_sets_speak_for_a_map(tmp_path: Path) -> None:
    tags = (np.eye(4, 3, dtype=np.float32), FeatureInfo("tags", "Own tags", "binary", ["a", "b", "seen live"]))
    nothing: list[list[str]] = [[] for _ in range(4)]
    bare = {"genres": nothing, "moods": nothing, "themes": nothing}
    catalogue = tiny_catalogue(tmp_path / "tagged", 4, [(0, 1)], {"tags": tags, "clap": np.eye(4)}, **bare)
    found = region_tags(catalogue, "clap")
    assert found is not None
    assert (found.sets, found.are_own) == (("Own tags",), False)
    assert found.table.counts().tolist() == [1, 1, 0]
    unnamed = tiny_catalogue(tmp_path / "bare", 4, [(0, 1)], {"clap": np.eye(4)}, **bare)
    assert region_tags(unnamed, "clap") is None
    assert not can_name_regions(unnamed)
    assert [region.name for region in name_regions(find_regions(hilly()), None)] == ["", "", ""]


def test_log_odds_are_fair_to_both_sides_and_held_back_by_the_prior() -> None:
    def z(*counts: float) -> float:
        return float(log_odds_z(*(np.array(count, float) for count in counts)))

    assert z(10, 100, 10, 100) == pytest.approx(0)
    assert z(30, 100, 10, 100) == pytest.approx(-z(10, 100, 30, 100))
    assert z(3, 10, 10, 100) < z(30, 100, 100, 1000), "more artists, surer"
    assert z(1, 1, 0, 1000) < 3, "one artist with a tag of its own is not typical"
    assert z(0, 10, 0, 10) == 0
    assert np.isfinite(z(10, 10, 10, 10))


def test_typical_tags_count_only_artists_whose_tags_are_known() -> None:
    genres: list[list[str]] = [["Fado"]] * 20 + [[]] * 60 + [["Pop"]] * 120
    inside = np.arange(200) < 80
    (found,) = tag_table(Tagged(genres)).enriched_tags(inside)
    assert (found.kind, found.tag, found.n_artists, found.share, found.share_elsewhere) == ("genres", "Fado", 20, 1, 0)
    assert tag_table(Tagged(genres)).enriched_tags(np.zeros(200, bool)) == []
    assert tag_table(Tagged([[] for _ in range(9)])).enriched_tags(np.ones(9, bool)) == []


def test_a_tag_twice_on_one_artist_counts_once() -> None:
    table = tag_table(Tagged([["Fado", "Fado"], ["Pop"]]))
    assert dict(zip(table.tags, table.counts().tolist(), strict=True)) == {"Fado": 1, "Pop": 1}


def test_a_word_means_a_code_a_tag_or_a_part_of_a_name(hostile: Catalogue) -> None:
    index = HighlightIndex(tag_table(hostile), NameIndex(hostile))
    assert index.choices["moods.dark"] == 4
    assert index.find("moods.dark").who.sum() == index.find(" DARK ").who.sum() == 4
    assert index.find("moods.dark").words == "mood dark"
    assert np.flatnonzero(index.find("twin").who).tolist() == [8, 9]
    assert index.find("twin").words == "name with “twin”"
    assert not index.find("").who.any()
    assert not index.find("*").who.all()
    for name in HOSTILE_NAMES:
        assert index.find(name).who.shape == (len(hostile),)


def test_of_tags_called_alike_the_most_frequent_is_meant(tmp_path: Path) -> None:
    catalogue = tiny_catalogue(tmp_path / "tiny", 3, genres=[["Blue"], ["Blue"], ["blue"]])
    index = HighlightIndex(tag_table(catalogue), NameIndex(catalogue))
    assert index.find("BLUE").who.tolist() == [True, True, False]
    assert index.find("genres.blue").who.tolist() == [False, False, True]


def test_places_no_better_than_chance_are_in_doubt() -> None:
    def stored(trust: list[float], fidelity: Fidelity) -> StoredMap:
        coordinates = np.zeros((len(trust), 2), np.float32)
        coordinates[-1] = np.nan
        return StoredMap("clap", coordinates, np.array(trust, np.float32), MapSettings(), fidelity, "", {}, "")

    large = stored([0, 0.1, 0.9, np.nan, np.nan], Fidelity((10, 50), (0.4, 0.5), (0.006, 0.03), 1500, 1500))
    assert most_kept_by_chance(large) == 0
    assert doubtful(large).tolist() == [True, False, False, False, False]
    small = stored([0, 0.2, 0.3, 0.9, 0], Fidelity((10,), (0.4,), (0.2,), 50, 50))
    assert most_kept_by_chance(small) == 2
    assert doubtful(small).tolist() == [True, True, False, False, False]
    tiny = stored([np.nan] * 3, Fidelity((), (), (), 3, 3))
    assert not doubtful(tiny).any()


def test_every_tag_that_is_offered_means_those_who_have_it(tmp_path: Path) -> None:
    genres = [["Jazz "], ["Jazz"], ["x" * 300], [" Jazz", "Jazz "]]
    catalogue = tiny_catalogue(tmp_path / "tiny", 4, [(0, 1)], genres=genres)
    index = HighlightIndex(tag_table(catalogue), NameIndex(catalogue))
    assert {code: int(index.find(code).who.sum()) for code in index.choices} == index.choices
