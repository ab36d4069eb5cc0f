"""A whole query on one space: several artists, exploration and a filter; and artists side by side."""

from pathlib import Path

import numpy as np
import pytest

from core.audio.encoders.acousticbrainz import DESCRIPTOR_NAMES, TRAITS
from core.catalogue import Catalogue, FeatureInfo
from core.graph.adjacency import adjacency
from core.search.comparison import compare_artists
from core.search.confidence import feature_presence, one_space_per_kind
from core.search.evidence import answer, neighbours_in_common
from core.search.exploration import Exploration, Query, popularity_places
from core.search.query import SearchRequest, run_query, shared_lists, thin_answers
from core.search.spaces import Space, open_space
from core.search.tag_sources import tag_sources
from core.search.traits import has_traits, traits_of
from core.space_name import SpaceName
from pages.explore.figures import traits_figure, traits_table
from pages.explore.texts import traits_alt
from tests.support.catalogues import tiny_catalogue
from tests.support.graphs import random_catalogue

N = 80
SOUND, WALK = Space(SpaceName("clap"), "Sound", True), Space(SpaceName("pagerank"), "Walk", False)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return random_catalogue(tmp_path_factory.mktemp("query"), n=N)


@pytest.mark.parametrize("space", [SOUND, WALK], ids=lambda space: space.name)
def test_a_plain_request_is_the_plain_answer(catalogue: Catalogue, space: Space) -> None:
    similarity = open_space(catalogue, space.name)
    plain, result = answer(similarity, space, 4), run_query(similarity, space, SearchRequest(Query((4,))))
    np.testing.assert_array_equal(result.answer.nearest.rows, plain.nearest.rows)
    np.testing.assert_array_equal(result.answer.scores, plain.scores)
    assert (result.answer.n_tied, result.answer.n_known) == (plain.n_tied, plain.n_known)
    assert result.explored is None
    assert not result.new.any()


@pytest.mark.parametrize("exploration", [Exploration(), Exploration.at(1)], ids=["familiar", "adventurous"])
def test_only_those_allowed_are_named_and_places_stay_among_all(catalogue: Catalogue, exploration: Exploration) -> None:
    allowed = np.arange(N) % 2 == 0
    similarity = open_space(catalogue, "clap")
    popularity = popularity_places(np.arange(N))
    result = run_query(similarity, SOUND, SearchRequest(Query((4,)), 10, exploration, allowed, popularity))
    assert allowed[result.answer.nearest.rows].all()
    assert result.answer.n_known == answer(similarity, SOUND, 4).n_known
    none = run_query(
        similarity, SOUND, SearchRequest(Query((4,)), 10, exploration, np.zeros(N, dtype=bool), popularity)
    )
    assert len(none.answer.nearest) == 0


def test_being_in_two_lists_says_something_where_both_leave_most_out(catalogue: Catalogue) -> None:
    similarity = open_space(catalogue, "clap")
    few = np.arange(N) < 12
    chosen, most, filtered = (
        run_query(similarity, SOUND, SearchRequest(Query((4,)), k, allowed=allowed))
        for k, allowed in ((10, None), (60, None), (10, few))
    )
    assert [result.chooses for result in (chosen, most, filtered)] == [True, False, False]
    assert not shared_lists([chosen, most, filtered], N).any()
    counts = shared_lists([chosen, chosen, most], N)
    assert (counts[chosen.answer.nearest.rows] == 3).all()
    assert np.count_nonzero(counts) == 10


def test_exploration_says_who_is_new(catalogue: Catalogue) -> None:
    request = SearchRequest(Query((4,)), 10, Exploration.at(1), popularity=popularity_places(np.arange(N)))
    result = run_query(open_space(catalogue, "clap"), SOUND, request)
    plain = answer(open_space(catalogue, "clap"), SOUND, 4).nearest.rows
    assert result.explored is not None
    np.testing.assert_array_equal(result.new, ~np.isin(result.answer.nearest.rows, plain))
    assert result.new.any()


def test_several_artists_are_joined_and_left_out(catalogue: Catalogue) -> None:
    result = run_query(open_space(catalogue, "clap"), SOUND, SearchRequest(Query((3, 5), (8,))))
    assert result.request.is_joined
    assert not set(result.answer.nearest.rows.tolist()) & {3, 5, 8}


def test_one_space_of_each_kind_is_compared() -> None:
    names = ("clap", "clap_one_track", "moods_themes", "run:a", "fusion:b", "pagerank")
    assert {space.name for space in one_space_per_kind([Space(SpaceName(name), "", True) for name in names])} == {
        "clap",
        "moods_themes",
        "pagerank",
    }


def test_known_answers_are_not_thin(catalogue: Catalogue) -> None:
    results = {
        space: run_query(open_space(catalogue, space.name), space, SearchRequest(Query((4,))))
        for space in (SOUND, WALK)
    }
    kind_answers = [result.answer for result in results.values()]
    matrix = adjacency(catalogue.learned_edges, N)
    thin = thin_answers(matrix, feature_presence(catalogue), kind_answers, results[SOUND].answer)
    assert thin.shape == (10,)
    known = np.isin(results[SOUND].answer.nearest.rows, matrix[[4]].indices)
    assert not thin[known].any()


def described_catalogue(folder: Path) -> Catalogue:
    """Four artists: the first three described and tied to the last, which has no descriptors."""
    values = np.random.default_rng(0).normal(size=(4, len(DESCRIPTOR_NAMES))).astype(np.float32)
    values[3] = np.nan
    return tiny_catalogue(
        folder / "described",
        4,
        edges=[(0, 3), (1, 3), (2, 3), (0, 1)],
        genres=[["Rock", "Pop"], ["Pop", "Rock"], ["Pop"], []],
        features={"acousticbrainz": (values, FeatureInfo("acousticbrainz", "Traits"))},
    )


def test_artists_side_by_side(tmp_path: Path) -> None:
    catalogue = described_catalogue(tmp_path)
    matrix = adjacency(catalogue.learned_edges, 4)
    assert has_traits(catalogue)
    traits = traits_of(catalogue)
    sources = tag_sources(catalogue)
    found = compare_artists(catalogue, matrix, [0, 1, 2], traits, sources)
    assert found.common == {"genres": ["Pop"]}
    assert found.own[0]["genres"] == ["Rock"]
    assert found.neighbours.tolist() == neighbours_in_common(matrix, [0, 1, 2]).tolist() == [3]
    assert found.degrees == (2, 2, 1)
    assert found.traits is not None
    assert found.traits.shape == (3, len(TRAITS))
    assert found.labels == tuple(trait.label for trait in TRAITS.values())
    assert compare_artists(catalogue, matrix, [0, 3], traits).traits is None
    assert compare_artists(catalogue, matrix, [0, 1]).traits is None
    assert traits[0].likeness(0, 3) is None
    for rows in ([0], [0, 0], [0, 1, 2, 3]):
        with pytest.raises(ValueError, match="different artists"):
            compare_artists(catalogue, matrix, rows, traits, sources)


def test_the_chart_its_words_and_its_table_say_the_same() -> None:
    traits = np.zeros((3, len(TRAITS)), np.float32)
    traits[0, 0] = 9
    traits[2] = np.nan
    names = ["<b>Twin</b>", "<b>Twin</b>", "Loner"]
    labels = [trait.label for trait in TRAITS.values()]
    figure = traits_figure(names, labels, traits)
    assert [bar.name for bar in figure.data] == ["&lt;b&gt;Twin&lt;/b&gt;"] * 2
    assert max(figure.data[0].x) == 4
    table = traits_table(names, labels, traits)
    assert table.shape == (len(TRAITS), 4)
    assert table["<b>Twin</b>"][0] == 9
    assert "differ most in tempo" in traits_alt(names, labels, traits)
    assert "Loner" not in traits_alt(names, labels, traits)
