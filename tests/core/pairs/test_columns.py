"""The columns of pairs: what they are, and what they never see."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.arrays import IntArray
from core.catalogue import Catalogue
from core.graph.protocols import EvaluationView, GraphView, episode_view, evaluation_view
from core.pairs.asked import Asked, Pairs
from core.pairs.columns import Choice, PairColumns, PairTable
from core.pairs.content import load_content
from core.pairs.walks import VisibleGraph, walk_chances
from tests.support.communities import community_catalogue
from tests.support.graphs import graph_catalogue, random_edges

CHOICE = Choice(walks=12, content=6)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return community_catalogue(tmp_path_factory.mktemp("columns"))


def table_of(catalogue: Catalogue, view: EvaluationView, candidates: IntArray | None = None) -> PairTable:
    columns = PairColumns(VisibleGraph.of(view.visible), load_content(catalogue))
    return columns.table(view.queries, candidates, CHOICE)


def test_chances_of_walks_are_powers_of_the_transition_matrix() -> None:
    graph = VisibleGraph.of(GraphView(40, random_edges(40, 120)))
    steps = graph.links.toarray() / np.maximum(graph.links.sum(axis=1), 1)[:, None]
    queries, candidates = np.array([3, 5, 8]), np.array([0, 3, 8, 21])
    few, everybody = (walk_chances(graph.steps, queries, among) for among in (candidates, None))
    for length in range(2, 7):
        power = np.linalg.matrix_power(steps, length)[queries]
        np.testing.assert_allclose(everybody[length], power, atol=1e-6)
        np.testing.assert_allclose(few[length], power[:, candidates], atol=1e-6)


def test_columns_by_hand(tmp_path: Path) -> None:
    # 0-1, 0-2, 1-3, 2-3, 3-4; artist 5 is isolated.
    catalogue = graph_catalogue(tmp_path, ["train"] * 6, [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)])
    columns = PairColumns(VisibleGraph.of(GraphView(6, catalogue.learned_edges)), load_content(catalogue))
    table = columns.table(np.array([0]), None, Choice(walks=6, content=0))
    pair = dict(zip(table.names, table.values[table.candidate.tolist().index(3)], strict=True))
    assert pair["shared"] == 2
    assert pair["resource"] == pytest.approx(1 / 2 + 1 / 2)
    assert pair["rarity"] == pytest.approx(2 / np.log(2))
    assert pair["steps_2"] == pytest.approx(np.log(0.5 * 0.5 * 2))
    assert pair["degree_of_query"] == pytest.approx(np.log(3))
    assert pair["degree_of_candidate"] == pytest.approx(np.log(4))
    assert (pair["mix_rank"], pair["mix_gap"]) == (0, 0)
    # An artist that no walk reaches, and of whom there is no content, has no columns and is unknown.
    assert 5 not in table.candidate
    assert np.isnan(table.base[0, 5])
    assert not np.isnan(table.base[0, 4])


def test_all_artists_as_candidates_have_the_same_columns(catalogue: Catalogue) -> None:
    view = evaluation_view(catalogue, "standard", "val")
    everyone = np.arange(len(catalogue))
    listed, implied = (table_of(catalogue, view, among) for among in (everyone, None))
    np.testing.assert_array_equal(listed.query, implied.query)
    np.testing.assert_array_equal(listed.candidate, implied.candidate)
    np.testing.assert_allclose(listed.values, implied.values, rtol=1e-4, atol=1e-4)


def test_ranks_and_gaps_count_open_candidates_only() -> None:
    graph = VisibleGraph.of(GraphView(5, np.array([[0, 1]])))
    asked = Asked.of(graph, np.array([0]), None)
    assert asked.open.tolist() == [[False, False, True, True, True]]
    scores = np.array([[9, 8, 3, 5, np.nan]], np.float32)
    pairs = Pairs.of(asked, np.array([[False, True, True, True, True]]))
    np.testing.assert_allclose(pairs.ranks(scores), np.log1p([0, 1, 0, 2]), rtol=1e-6)
    np.testing.assert_allclose(pairs.gaps(scores, -1.0)[:3], [3, -2, 0])


@pytest.mark.parametrize("kept", [None, 2])
def test_no_column_sees_an_edge_among_the_evaluated(tmp_path: Path, catalogue: Catalogue, kept: int | None) -> None:
    view = evaluation_view(catalogue, "standard", "val", kept_edges=kept)
    table = table_of(catalogue, view, view.candidates)
    # The same catalogue with other edges among validation artists, and none from them to test artists.
    evaluated = catalogue.in_split("val")
    edges = catalogue.learned_edges
    inside = evaluated[edges].all(axis=1)
    rng = np.random.default_rng(1)
    shuffled = rng.choice(view.candidates, (int(inside.sum()), 2))
    shuffled = np.sort(shuffled[shuffled[:, 0] != shuffled[:, 1]], axis=1)
    features = {name: (catalogue.feature_array(name), catalogue.feature_info(name)) for name in ("tags", "sound")}
    columns = {name: catalogue.artists[name].tolist() for name in ("genres", "decade", "popularity")}
    other = graph_catalogue(
        tmp_path,
        catalogue.artists["split"].tolist(),
        [tuple(edge) for edge in np.unique(np.concatenate([edges[~inside], shuffled]), axis=0).tolist()],
        features,
        **columns,
    )
    again = replace(evaluation_view(other, "standard", "val", kept_edges=kept), queries=view.queries)
    assert not np.array_equal(again.hidden, view.hidden)
    same = table_of(other, again, again.candidates)
    np.testing.assert_array_equal(same.values, table.values)
    np.testing.assert_array_equal(same.candidate, table.candidate)
    np.testing.assert_array_equal(same.base, table.base)


def test_episodes_hide_edges_among_train_artists_only(catalogue: Catalogue) -> None:
    train = catalogue.in_split("train")
    for kept in (None, 0, 2):
        view = episode_view(catalogue, 0.3, 5, kept)
        assert train[view.visible.edges].all()
        assert train[view.candidates].all()
        chosen = np.isin(np.arange(len(catalogue)), view.candidates)
        assert not chosen[view.visible.edges].all(axis=1).any()
        assert chosen[view.hidden].all()
        if kept is not None:
            assert view.visible.degree[view.candidates].max() <= kept
    one, same, other = (episode_view(catalogue, 0.3, seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(one.hidden, same.hidden)
    assert not np.array_equal(one.candidates, other.candidates)
