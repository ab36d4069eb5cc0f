"""Evidence for answers, on graphs small enough to count by hand."""

import re
from pathlib import Path

import numpy as np
import pytest

from core.catalogue import Catalogue, FeatureInfo
from core.catalogue.adding import check_new_name, free_name
from core.errors import CatalogueError
from core.graph.adjacency import adjacency
from core.graph.protocols import GraphView
from core.graph.rankers import PersonalisedPageRank
from core.runs.config import ModelConfig, TrainingConfig
from core.runs.record import new_run
from core.search.evidence import (
    Answer,
    agreement,
    answer,
    best_first,
    default_spaces,
    gather_evidence,
    ranked,
    uses_edges,
    uses_features,
)
from core.search.spaces import Space, list_spaces, open_space
from core.search.starting import starting_artists
from core.search.tag_sources import number_of_tags, shared_tags, tag_sources
from core.search.vectors import CosineSimilarity
from core.similarity import Neighbours
from core.space_name import SpaceName
from pages.artists import texts
from pages.artists.texts import place_text, rank_table
from tests.support.catalogues import tiny_catalogue
from tests.support.pages import hostile_catalogue

WALK = Space(SpaceName("pagerank"), "Walk", False)
SOUND = Space(SpaceName("sound"), "Sound", True)
# A square 0-1-2-3 with the diagonal 0-2; 4 hangs on 3; 5 is alone.
EDGES = np.array([[0, 1], [1, 2], [2, 3], [0, 3], [0, 2], [3, 4]])


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return hostile_catalogue(tmp_path)


def test_evidence_counts_known_edges_shared_neighbours_and_degrees() -> None:
    found = gather_evidence(adjacency(EDGES, 6), [0], np.array([1, 2, 4, 5]))
    assert found.known.tolist() == [[True, True, False, False]]
    assert found.shared.tolist() == [1, 2, 1, 0]
    assert found.degree.tolist() == [2, 3, 1, 0]
    assert found.query_degree.tolist() == [3]
    assert found.unwanted.shape == (0, 4)


def test_evidence_follows_all_named_artists() -> None:
    found = gather_evidence(adjacency(EDGES, 6), [1, 4], np.array([0, 3, 5]), unlike=[2])
    assert found.known.tolist() == [[True, False, False], [False, True, False]]
    assert found.unwanted.tolist() == [[True, True, False]]
    assert found.shared.tolist() == [2, 2, 0]  # 2 and 3; 0 and 2
    assert found.query_degree.tolist() == [2, 1]


def test_evidence_of_no_results_and_of_an_empty_graph() -> None:
    empty = adjacency(np.empty((0, 2), np.int64), 3)
    assert gather_evidence(empty, [0], np.empty(0, np.int64)).known.shape == (1, 0)
    found = gather_evidence(empty, [0], np.array([1, 2]))
    assert not found.known.any()
    assert found.shared.tolist() == [0, 0]
    assert found.query_degree.tolist() == [0]


def test_walk_says_nothing_of_artists_it_cannot_reach() -> None:
    walk = PersonalisedPageRank(GraphView(6, EDGES))
    reached = answer(walk, WALK, 0, 10)
    assert sorted(reached.nearest.rows.tolist()) == [1, 2, 3, 4]
    assert reached.ranks(np.array([5, 0])).tolist() == [0, 0]
    alone = answer(walk, WALK, 5, 10)
    assert len(alone.nearest) == 0
    assert alone.n_known == 0
    assert alone.n_tied == 0


def test_ranks_are_those_of_the_list_and_ties_share_the_better_one() -> None:
    vectors = np.array([[1, 0], [1, 0], [1, 1], [1, 1], [0, 1], [0, 0]], np.float32)
    found = answer(CosineSimilarity("sound", vectors), SOUND, 0, 2)
    assert found.nearest.rows[0] == 1
    assert found.nearest.rows[1] in (2, 3)
    assert found.n_tied == 1
    assert found.ranks(np.array([1, 2, 3, 4, 5, 0])).tolist() == [1, 2, 2, 4, 0, 0]
    assert found.ties(np.array([1, 2, 3, 4, 5, 0])).tolist() == [0, 1, 1, 0, 0, 0]
    assert [found.in_lower_half(row) for row in (1, 2, 3, 4, 5)] == [False, True, True, True, True]
    assert place_text(found, 2) == "2 of 4, tied with 1 other"
    assert place_text(found, 5) == "unknown"
    assert found.n_known == 4


def test_a_tie_at_zero_is_nothing_in_common() -> None:
    scores = np.array([np.nan, 0.5, 0.0, 0.0, np.nan], np.float32)
    tags, walk = Space(SpaceName("tags"), "Tags", True), Space(SpaceName("fusion:x"), "Walk", False)
    said = rank_table([ranked(tags, 0, scores, 1)], 2)
    assert "| Tags | nothing in common, as with 1 other of 3 | 0.000 |" in said
    assert "2 of 3, tied with 1 other" in rank_table([ranked(walk, 0, scores, 1)], 2)
    assert "| Tags | 1 of 3 | 0.500 |" in rank_table([ranked(tags, 0, scores, 1)], 1)


def test_the_table_marks_who_agrees_and_says_what_that_means() -> None:
    scores = np.array([np.nan, *np.linspace(1, 0.1, 2000)], np.float32)
    found = [ranked(Space(SpaceName(name), name, True), 0, scores, 1) for name in ("clap", "moods", "moods2")]
    said = rank_table(found, 40, {"clap": True, "moods": False})
    assert re.search(r"\| clap \| 40 of 2,000 \| [\d.]+ \| yes, in the first 40 \|", said)
    assert re.search(r"\| moods \| .* \| no, not in the first 40 \|", said)
    assert re.search(r"\| moods2 \| .* \| – \|", said)
    assert "the first 2% of those it can compare, but at least 10" in said
    assert "Agrees" not in rank_table(found, 40)


def test_ranks_of_few_artists_are_those_of_all(catalogue: Catalogue) -> None:
    space = next(space for space in list_spaces(catalogue) if space.name == "pagerank")
    found = answer(open_space(catalogue, space.name), space, 3, 10)
    everybody = np.arange(len(catalogue))
    for counted in (found.ranks, found.ties):
        one_by_one = [int(counted(np.array([row]))[0]) for row in everybody]
        assert counted(everybody).tolist() == one_by_one


def test_ranks_match_a_full_search(catalogue: Catalogue) -> None:
    space = list_spaces(catalogue)[0]
    found = answer(open_space(catalogue, space.name), space, 3, 100)
    assert found.ranks(found.nearest.rows).tolist() == list(range(1, len(found.nearest) + 1))


def test_artist_without_features_is_unknown_both_ways(catalogue: Catalogue) -> None:
    space = list_spaces(catalogue)[0]
    similarity = open_space(catalogue, space.name)
    alone = len(catalogue) - 1
    assert len(answer(similarity, space, alone).nearest) == 0
    assert answer(similarity, space, 0).ranks(np.array([alone])).tolist() == [0]


def test_agreement_counts_lists_not_scores() -> None:
    def listing(*rows: int) -> Answer:
        return Answer(SOUND, 0, np.zeros(5, np.float32), Neighbours(np.array(rows), np.zeros(len(rows))), 0)

    assert agreement([listing(1, 2), listing(2, 3), listing(2)], 5).tolist() == [0, 1, 3, 1, 0]
    assert agreement([], 3).tolist() == [0, 0, 0]


def test_shared_tags_leave_out_what_only_one_has(catalogue: Catalogue) -> None:
    common = shared_tags(tag_sources(catalogue), 1, 3)
    assert common["genres"] == ["<b>Rock</b>", "Math *Rock*"]
    assert common["moods"] == ["dark", "$x$"]
    assert set(common) == {"moods_themes", "genres", "moods"}
    assert number_of_tags(common) == len({*common["genres"], *common["moods"], *common["moods_themes"]})
    assert shared_tags(tag_sources(catalogue), 0, 10) == {}


def test_the_rarest_tag_comes_first_and_empty_ones_do_not_count(tmp_path: Path) -> None:
    columns = ["rock", "seen live", "<3", "dub", "Favorites"]
    values = np.ones((4, 5), np.float32)
    values[2:, 3] = 0
    tags = {"tags": (values, FeatureInfo("tags", "Tags", "binary", columns))}
    (source,) = tag_sources(tiny_catalogue(tmp_path / "tagged", 4, features=tags))
    assert source.shared(0, 1) == ["dub", "rock"]
    assert source.shared(0, 3) == ["rock"]
    assert texts.tags_in_common(source.title, source.shared(0, 3)) == "**Tags:** 1 tag in common: rock"
    assert texts.tags_in_common("Tags", ["dub", "rock"]) == "**Tags:** 2 tags in common, rarest first: dub, rock"
    assert texts.tags_in_common("Tags", []) == "**Tags:** no tag in common"


def test_a_set_that_repeats_columns_of_the_table_is_no_source_of_its_own(tmp_path: Path) -> None:
    genres = [["Rock"], ["Dub", "Rock"], [], ["Dub"]]
    values = np.array([[1, 0], [1, 1], [0, 0], [0, 1]], np.float32)
    tags = {"tags": (values, FeatureInfo("tags", "Tags", "binary", ["genre: rock", "genre: dub"]))}
    catalogue = tiny_catalogue(tmp_path / "same", 4, features=tags, genres=genres)
    assert [source.name for source in tag_sources(catalogue)] == ["genres"]


def test_only_graph_spaces_rest_on_edges(catalogue: Catalogue) -> None:
    assert [uses_edges(catalogue, space.name) for space in list_spaces(catalogue)] == [False, False, True]


def test_walks_rest_on_no_features(catalogue: Catalogue) -> None:
    assert [uses_features(catalogue, space.name) for space in list_spaces(catalogue)] == [True, True, False]


@pytest.mark.parametrize(("features", "expected"), [("learned", False), ("random", False), ("clap", True)])
def test_models_of_learned_or_random_vectors_rest_on_no_features(
    features: str, expected: bool, catalogue: Catalogue
) -> None:
    backbone = "lightgcn" if features == "learned" else "sage"
    run = new_run(catalogue, TrainingConfig(features, ModelConfig(backbone=backbone, layers=1)))
    assert uses_features(catalogue, SpaceName.run(run.run_id)) == expected


def test_no_two_spaces_have_one_title(tmp_path: Path) -> None:
    values = np.eye(4, dtype=np.float32)
    features = {name: (values, FeatureInfo(name, "Sound")) for name in ("first", "second")}
    titles = [space.title for space in list_spaces(tiny_catalogue(tmp_path / "tiny", 4, [(0, 1)], features))]
    assert titles == ["Sound (first)", "Sound (second)", "Graph walk (PageRank)"]


def test_default_spaces_leave_room_for_the_model_and_the_walk() -> None:
    content = [Space(SpaceName(name), name, True) for name in "abcd"]
    runs = [Space(SpaceName("run:new"), "new", True), Space(SpaceName("run:old"), "old", True)]
    offered = [*content, *runs, WALK]

    def names(**options: str) -> list[str]:
        return [space.name for space in default_spaces(offered, 4, **options)]

    assert names() == ["run:new", "pagerank", "a", "b"]
    assert names(wanted="run:old") == ["run:old", "pagerank", "a", "b"]
    assert names(wanted="d") == ["run:new", "pagerank", "d", "a"]
    assert names(wanted="gone") == names()
    assert default_spaces([], 4) == []
    trained = [Space(SpaceName(name), name, False) for name in ("pairs:a", "fusion:b", "pairs:recommended")]
    offered = [*content, *runs, *trained, WALK]
    assert names()[0] == "pairs:recommended"
    offered.remove(trained[2])
    assert names()[0] == "fusion:b"
    offered.remove(trained[1])
    assert names()[0] == "pairs:a"


def test_what_was_measured_best_comes_first() -> None:
    spaces = [Space(SpaceName(name), name, True) for name in ("a", "b", "c", "d", "run:new", "run:old", "pagerank")]
    measured = {"a": 0.1, "c": 0.2, "pagerank": 0.6, "run:old": 0.5}
    names = [space.name for space in default_spaces(spaces, 4, measured=measured)]
    assert names == ["pagerank", "run:old", "c", "a"]
    assert [space.name for space in best_first(spaces, measured)] == [*names, "run:new", "b", "d"]


def test_starting_artists_are_known_connected_named_and_of_different_genres(catalogue: Catalogue) -> None:
    rows = starting_artists(catalogue, 3).tolist()
    assert len(set(rows)) == 3
    genres = {tuple(listed) for listed in catalogue.artists["genres"].iloc[rows]}
    assert len(genres) == 2  # there are only two: Rock and none
    assert 7 not in starting_artists(catalogue, 100)  # the one without a name


@pytest.mark.parametrize("name", ["", "Upper", "-x", "a/b", "..", "a b", "x" * 41, "é", "a\n"])
def test_bad_names_of_catalogues_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CatalogueError, match="small letters"):
        check_new_name(name, tmp_path)


def test_taken_names_are_refused_and_a_free_one_is_proposed(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(CatalogueError, match="already"):
        check_new_name("taken", tmp_path)
    assert free_name("Tåken!", tmp_path) == "taken-2"
    assert free_name("音楽", tmp_path) == "music"
    (tmp_path / ".mine.reading").mkdir()
    assert free_name("Mine", tmp_path) == "mine-2"
