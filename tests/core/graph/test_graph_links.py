"""The links of a drawing: their kinds, what is predicted, and what thinning keeps."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, shortest_path

from core.catalogue import Catalogue
from core.graph.adjacency import adjacency
from core.graph.encodings import hop_name, hop_shape
from core.graph.links import HELD_OUT, KNOWN, PREDICTED, STRONGEST, Links, backbone, links_of, predictions
from core.graph.neighbourhood import MAX_ARTISTS, HopGraph, hop_graph
from core.graph.protocols import evaluation_view, is_trained_on, training_view
from core.similarity import Neighbours
from tests.support.graphs import random_catalogue, six_artists


@pytest.fixture(scope="module")
def random_graph(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return random_catalogue(tmp_path_factory.mktemp("graph"), n=80)


def made(pairs: list[tuple[int, int]], strength: list[float], kinds: list[str] | None = None) -> Links:
    n_links = len(pairs)
    return Links(
        np.array(pairs, np.int64).reshape(-1, 2),
        np.array(kinds or [KNOWN] * n_links, dtype=str),
        np.zeros(n_links, np.int64),
        np.array(strength, np.float32),
        np.zeros(n_links, np.int64),
        np.full(n_links, np.nan, np.float32),
    )


def n_parts(graph: HopGraph, pairs: np.ndarray) -> int:
    places = {row: place for place, row in enumerate(graph.rows.tolist())}
    ends = np.array([[places[row] for row in pair] for pair in pairs.tolist()]).reshape(-1, 2)
    size = len(graph)
    matrix = csr_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(size, size))
    return int(connected_components(matrix, directed=False)[0])


def test_held_out_is_what_no_protocol_trains_on(tmp_path: Path) -> None:
    catalogue = six_artists(tmp_path)
    edges = catalogue.learned_edges
    trained = is_trained_on(catalogue, edges)
    assert edges[trained].tolist() == [[0, 1]]
    for protocol in ("published", "standard", "cold"):
        assert training_view(catalogue, protocol).edges.tolist() == edges[trained].tolist()
    for split in ("val", "test"):
        hidden = evaluation_view(catalogue, "standard", split).hidden
        assert not is_trained_on(catalogue, hidden).any()
    graph = hop_graph(catalogue, 0, hops=2)
    links = links_of(catalogue, graph, adjacency(edges, 6))
    assert dict(zip(map(tuple, links.pairs.tolist()), links.kinds.tolist(), strict=True)) == {
        (0, 1): KNOWN,
        (0, 2): HELD_OUT,
        (1, 4): HELD_OUT,
        (2, 3): HELD_OUT,
        (3, 4): HELD_OUT,
    }
    assert links.count(HELD_OUT) == 4


def test_predicted_links_join_the_drawing_once(tmp_path: Path) -> None:
    catalogue = six_artists(tmp_path)
    matrix = adjacency(catalogue.learned_edges, 6)
    nearest = {
        0: Neighbours(np.array([5, 3]), np.array([0.9, 0.5], np.float32)),
        5: Neighbours(np.array([0, 1]), np.array([0.8, 0.7], np.float32)),
    }
    graph = hop_graph(
        catalogue, 0, 1, matrix=matrix, expanded=[5], predicted={row: n.rows for row, n in nearest.items()}
    )
    assert graph.rows.tolist()[:5] == [0, 1, 2, 5, 3]
    assert graph.hop.tolist()[:5] == [0, 1, 1, 3, 2]
    links = links_of(catalogue, graph, matrix, nearest)
    predicted = links.only(links.kinds == PREDICTED)
    assert predicted.pairs.tolist() == [[0, 5], [0, 3], [5, 1]]
    assert predicted.places.tolist() == [1, 2, 2]
    assert predicted.scores.tolist() == pytest.approx([0.9, 0.5, 0.7])
    assert np.isnan(links.scores[links.kinds != PREDICTED]).all()
    assert links.shared[links.pairs.tolist().index([0, 3])] == 1


def test_a_predicted_artist_that_no_edge_leads_to_has_no_hop(tmp_path: Path) -> None:
    catalogue = random_catalogue(tmp_path, n=40)
    alone = int(np.flatnonzero(np.bincount(catalogue.learned_edges.ravel(), minlength=40) == 0)[0])
    graph = hop_graph(catalogue, alone, predicted={alone: np.array([1, 2, alone])})
    assert graph.rows.tolist() == [alone, 1, 2]
    assert graph.hop.tolist() == [0, -1, -1]
    assert graph.n_reached == 1
    assert (hop_name(-1), hop_shape(-1)) == ("no known way there", "square")
    many = hop_graph(catalogue, 0, predicted={0: np.arange(40)})
    assert len(many) == 40 <= MAX_ARTISTS
    assert sorted(many.rows.tolist()) == list(range(40))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_hops_are_true_distances_also_of_predicted_artists(data: st.DataObject) -> None:
    size = 14
    chain = [(place, place + 1) for place in range(9)] + [(11, 12)]
    matrix = adjacency(np.array(chain), size)
    catalogue = cast(Catalogue, [None] * size)
    rows = st.lists(st.integers(0, size - 1), unique=True, max_size=4)
    centre, expanded = data.draw(st.integers(0, size - 1)), data.draw(rows)
    predicted = {row: np.array(data.draw(rows), np.int64) for row in [centre, *expanded]}
    graph = hop_graph(catalogue, centre, data.draw(st.integers(1, 2)), 5, expanded, matrix, predicted)
    true = shortest_path(matrix, unweighted=True, indices=centre)
    assert graph.hop.tolist() == [-1 if np.isinf(steps) else int(steps) for steps in true[graph.rows]]
    assert len(set(graph.rows.tolist())) == len(graph)
    assert set(predicted[centre].tolist()) <= set(graph.rows.tolist())


def test_nobody_known_is_predicted(random_graph: Catalogue) -> None:
    matrix = adjacency(random_graph.learned_edges, len(random_graph))
    scores = np.random.default_rng(0).normal(size=len(random_graph)).astype(np.float32)
    scores[9] = np.nan
    before = scores.copy()
    found = predictions(scores, matrix, 4, 200)
    assert np.array_equal(scores, before, equal_nan=True)
    known = {4, 9, *matrix[[4]].indices.tolist()}
    assert set(found.rows.tolist()) == set(range(len(random_graph))) - known
    assert len(predictions(scores, matrix, 4, 3)) == 3


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_thinning_keeps_everybody_as_connected(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 12))
    pair = st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).filter(lambda two: two[0] < two[1])
    pairs = data.draw(st.lists(pair, unique=True, min_size=1, max_size=40))
    strength = [data.draw(st.floats(0, 1, width=32)) for _ in pairs]
    kinds = [data.draw(st.sampled_from([KNOWN, HELD_OUT, PREDICTED])) for _ in pairs]
    hop = np.array([0, *(data.draw(st.integers(-1, 3)) for _ in range(size - 1))])
    graph = HopGraph(np.arange(size) * 3 + 1, hop, np.empty((0, 2), np.int64), size)
    links = made([(3 * one + 1, 3 * other + 1) for one, other in pairs], strength, kinds)
    opened = [int(graph.rows[-1])]
    kept = {level: backbone(links, graph, level, opened) for level in ("all", "strong", "few")}
    assert kept["all"].all()
    assert (kept["few"] <= kept["strong"]).all()
    for chosen in kept.values():
        assert n_parts(graph, links.pairs[chosen]) == n_parts(graph, links.pairs)
        assert chosen[np.isin(links.pairs, [graph.rows[0], *opened]).any(axis=1)].all()
        assert chosen[links.kinds == PREDICTED].all()


def test_strong_keeps_each_artists_strongest_and_few_only_what_connects() -> None:
    # A centre with four artists that all know each other: only their strongest link beside the centre's stays.
    pairs = [(0, 1), (0, 2), (0, 3), (0, 4), (1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)]
    strength = [0.9, 0.9, 0.9, 0.9, 0.8, 0.1, 0.2, 0.1, 0.2, 0.8]
    graph = HopGraph(np.arange(5), np.array([0, 1, 1, 1, 1]), np.empty((0, 2), np.int64), 5)
    links = made(pairs, strength)
    assert STRONGEST["strong"] == 2
    assert links.pairs[backbone(links, graph, "few")].tolist() == [[0, 1], [0, 2], [0, 3], [0, 4]]
    assert links.pairs[backbone(links, graph, "strong")].tolist() == [
        [0, 1],
        [0, 2],
        [0, 3],
        [0, 4],
        [1, 2],
        [3, 4],
    ]
    everything = links.pairs[backbone(links, graph, "strong", opened=[1])].tolist()
    assert [1, 3] in everything
    assert backbone(links.only(np.zeros(10, bool)), graph, "few").tolist() == []


def test_a_forest_leads_to_the_centre_where_it_can() -> None:
    # Artist 3 is tied strongly to 4, as far away as itself, and weakly to 1, which is nearer.
    graph = HopGraph(np.arange(5), np.array([0, 1, 1, 2, 2]), np.empty((0, 2), np.int64), 5)
    links = made([(0, 1), (0, 2), (1, 3), (2, 4), (3, 4)], [0.1, 0.1, 0.01, 0.01, 1.0])
    assert links.pairs[backbone(links, graph, "few")].tolist() == [[0, 1], [0, 2], [1, 3], [2, 4]]


def test_strength_is_the_cosine_of_neighbours(random_graph: Catalogue) -> None:
    matrix = adjacency(random_graph.learned_edges, len(random_graph))
    centre = int(np.bincount(random_graph.learned_edges.ravel()).argmax())
    links = links_of(random_graph, hop_graph(random_graph, centre, matrix=matrix), matrix)
    sets = [set(matrix[[row]].indices.tolist()) for row in range(len(random_graph))]
    for (one, other), shared, strength in zip(links.pairs.tolist(), links.shared, links.strength, strict=True):
        assert shared == len(sets[one] & sets[other])
        assert strength == pytest.approx(shared / np.sqrt(len(sets[one]) * len(sets[other])))
