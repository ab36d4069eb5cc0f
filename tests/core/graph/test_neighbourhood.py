"""Hop graphs: neighbourhoods computed by hand, who is kept, and agreement with a plain breadth-first search."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalogue import Manifest, open_catalogue, write_catalogue
from core.errors import NearfieldError
from core.graph.adjacency import adjacency, degrees, neighbours_of, shared_counts, shared_neighbours
from core.graph.neighbourhood import EXPANSION_SIZE, MAX_ARTISTS, hop_graph

# 0 is tied to 1, 2 and 3; 1-2 are tied too; 4 hangs on 3, 5 on 4, 6 on 5; 7 is alone.
EDGES = [(0, 1), (0, 2), (0, 3), (1, 2), (3, 4), (4, 5), (5, 6)]


def catalogue_of(folder, edges, n_artists):
    artists = pd.DataFrame({"artist_id": [f"a{row}" for row in range(n_artists)], "split": "train"})
    artists["name"] = artists["artist_id"]
    frame = pd.DataFrame(edges, columns=["source", "target"]).assign(relation="similar", weight=1.0)
    manifest = Manifest("tiny", "Tiny", "synthetic", "by hand", "CC0", "none")
    return open_catalogue(write_catalogue(folder / "tiny", manifest, artists, frame, {}))


@pytest.fixture
def catalogue(tmp_path):
    return catalogue_of(tmp_path, EDGES, 8)


def test_two_hops_hold_nearer_artists_first_with_their_true_distance(catalogue):
    graph = hop_graph(catalogue, 0, hops=2)
    assert graph.rows.tolist() == [0, 1, 2, 3, 4]
    assert graph.hop.tolist() == [0, 1, 1, 1, 2]
    assert graph.edges.tolist() == [[0, 1], [0, 2], [0, 3], [1, 2], [3, 4]]
    assert graph.n_reached == len(graph) == 5


def test_limit_keeps_nearer_then_more_shared_neighbours_then_degree(catalogue):
    # 1 and 2 share a neighbour with 0 and 3 does not; 4 is two hops away.
    assert hop_graph(catalogue, 0, limit=4).rows.tolist() == [0, 1, 2, 3]
    assert hop_graph(catalogue, 0, limit=3).rows.tolist() == [0, 1, 2]
    assert hop_graph(catalogue, 0, limit=3).n_reached == 5
    assert hop_graph(catalogue, 0, limit=1).rows.tolist() == [0]


def test_among_equally_shared_the_one_with_more_ties_is_kept(tmp_path):
    catalogue = catalogue_of(tmp_path, [(0, 1), (0, 2), (2, 3), (2, 4)], 5)
    assert hop_graph(catalogue, 0, hops=1, limit=2).rows.tolist() == [0, 2]


def test_isolated_artist_stands_alone(catalogue):
    graph = hop_graph(catalogue, 7)
    assert graph.rows.tolist() == [7]
    assert graph.hop.tolist() == [0]
    assert graph.edges.shape == (0, 2)


def test_catalogue_without_edges(tmp_path):
    assert hop_graph(catalogue_of(tmp_path, [], 3), 1, hops=4).rows.tolist() == [1]


def test_expanded_artists_bring_in_their_neighbours_one_after_the_other(catalogue):
    assert hop_graph(catalogue, 0, hops=1, expanded=[3]).rows.tolist() == [0, 1, 2, 3, 4]
    chain = hop_graph(catalogue, 0, hops=1, expanded=[3, 4, 5])
    assert chain.rows.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert chain.hop.tolist() == [0, 1, 1, 1, 2, 3, 4]
    assert [5, 6] in chain.edges.tolist()


def test_expanded_artists_that_are_not_drawn_change_nothing(catalogue):
    assert hop_graph(catalogue, 0, hops=1, expanded=[7, 6, -1, 999]).rows.tolist() == [0, 1, 2, 3]


def test_expansion_is_bounded(tmp_path):
    star = [(0, 1)] + [(1, leaf) for leaf in range(2, 60)]
    graph = hop_graph(catalogue_of(tmp_path, star, 60), 0, hops=1, expanded=[1, 1])
    assert len(graph) == 2 + 2 * EXPANSION_SIZE
    everything = hop_graph(catalogue_of(tmp_path / "more", star, 60), 0, hops=1, expanded=[1] * 100)
    assert len(everything) == 60 < MAX_ARTISTS


@pytest.mark.parametrize("wrong", [{"centre": 8}, {"centre": -1}, {"hops": 0}, {"hops": 99}, {"limit": 0}])
def test_out_of_bounds_is_a_plain_error(catalogue, wrong):
    with pytest.raises(NearfieldError, match=r"(row|Ask for)"):
        hop_graph(catalogue, **({"centre": 0} | wrong))


def test_shared_neighbours_by_hand():
    matrix = adjacency(np.array([(0, 1), (0, 2), (3, 1), (3, 2), (2, 4)]), 5)
    assert shared_counts(matrix, 0, np.array([3, 4, 1])).tolist() == [2, 1, 0]
    # 1 has two ties, 2 has three: the rarer link stands first.
    assert shared_neighbours(matrix, 0, 3).tolist() == [1, 2]
    assert shared_neighbours(matrix, 0, 1).tolist() == []


def test_repeated_and_reversed_edges_count_once():
    matrix = adjacency(np.array([(0, 1), (1, 0), (0, 1)]), 3)
    assert matrix.toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    assert matrix.dtype == np.float32
    assert degrees(matrix).tolist() == [1, 1, 0]
    assert adjacency(np.empty((0, 2), np.int64), 2).nnz == 0


@st.composite
def graphs(draw):
    n = draw(st.integers(2, 12))
    pairs = [(a, b) for a in range(n) for b in range(a + 1, n)]
    return n, draw(st.lists(st.sampled_from(pairs), unique=True, max_size=25))


class Edges:
    """As much of a catalogue as a hop graph needs."""

    def __init__(self, edges, n_artists):
        self.learned_edges = np.array(edges, np.int64).reshape(-1, 2)
        self.n_artists = n_artists

    def __len__(self):
        return self.n_artists


@given(graphs(), st.integers(1, 4), st.integers(1, 12), st.lists(st.integers(0, 11), max_size=3))
@settings(max_examples=80, deadline=None)
def test_agrees_with_a_plain_breadth_first_search(graph_of, hops, limit, expanded):
    n, pairs = graph_of
    tied = {row: {a + b - row for a, b in pairs if row in (a, b)} for row in range(n)}
    distance, frontier = {0: 0}, [0]
    for row in frontier:
        for other in sorted(tied[row] - set(distance)):
            distance[other] = distance[row] + 1
            frontier.append(other)
    graph = hop_graph(Edges(pairs, n), 0, hops, limit, expanded)
    drawn = graph.rows.tolist()
    assert len(set(drawn)) == len(drawn)
    assert graph.hop.tolist() == [distance[row] for row in drawn]
    assert graph.n_reached == sum(steps <= hops for steps in distance.values())
    assert set(map(tuple, graph.edges.tolist())) == {(a, b) for a, b in pairs if a in drawn and b in drawn}
    assert all(row == 0 or any(distance[other] < distance[row] for other in tied[row] & set(drawn)) for row in drawn)
    matrix = adjacency(np.array(pairs, np.int64).reshape(-1, 2), n)
    assert [set(neighbours_of(matrix, row).tolist()) for row in range(n)] == [tied[row] for row in range(n)]


def test_fast_enough_for_a_click_at_the_size_of_olga():
    random = np.random.default_rng(0)
    edges = np.unique(np.sort(random.integers(0, 17_673, (101_000, 2)), axis=1), axis=0)
    edges = edges[edges[:, 0] < edges[:, 1]]
    matrix = adjacency(edges, 17_673)
    began = time.process_time()
    for centre in range(5):
        hop_graph(Edges(edges, 17_673), centre, 3, 60, (), matrix)
    assert (time.process_time() - began) / 5 < 0.2
