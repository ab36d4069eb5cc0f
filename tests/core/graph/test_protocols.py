"""Who sees which edge: by hand on a small graph, and against the published counts on the real one."""

from pathlib import Path

import numpy as np
import pytest

from core.catalogue import Catalogue
from core.errors import ConfigError
from core.graph.protocols import evaluation_view, serving_view, training_view
from tests.support.graphs import random_catalogue, six_artists


def pairs(edges: np.ndarray) -> set[tuple[int, int]]:
    return {(int(a), int(b)) for a, b in edges}


def test_small_graph_by_hand(tmp_path: Path) -> None:
    # Artists 0, 1 train; 2, 3 validation; 4, 5 test. Edges: 0-1 0-2 2-3 1-4 3-4 4-5.
    catalogue = six_artists(tmp_path)
    assert pairs(training_view(catalogue, "standard").edges) == {(0, 1)}

    test = evaluation_view(catalogue, "standard", "test")
    assert pairs(test.visible.edges) == {(0, 1), (0, 2), (2, 3), (1, 4), (3, 4)}
    assert pairs(test.hidden) == {(4, 5)}
    assert test.candidates.tolist() == [4, 5]
    assert test.queries.tolist() == [4, 5]

    without = evaluation_view(catalogue, "standard", "test", hide_validation=True)
    assert pairs(without.visible.edges) == {(0, 1), (1, 4)}

    cold = evaluation_view(catalogue, "cold", "test")
    assert pairs(cold.visible.edges) == {(0, 1), (0, 2), (2, 3)}
    assert pairs(cold.hidden) == {(4, 5)}
    assert not cold.visible.degree[cold.candidates].any()

    everybody = evaluation_view(catalogue, "everybody", "test")
    assert everybody.candidates.tolist() == [0, 1, 2, 3, 4, 5]
    assert everybody.queries.tolist() == [4, 5]
    assert pairs(everybody.visible.edges) == pairs(test.visible.edges)

    val = evaluation_view(catalogue, "standard", "val")
    assert pairs(val.visible.edges) == {(0, 1), (0, 2)}
    assert pairs(val.hidden) == {(2, 3)}
    assert pairs(serving_view(catalogue).edges) == pairs(catalogue.learned_edges)


def test_messages_flow_both_ways_or_down_the_published_order(tmp_path: Path) -> None:
    catalogue = six_artists(tmp_path, published_row=[5, 4, 3, 2, 1, 0])
    both = training_view(catalogue, "standard").messages
    assert pairs(both.T) == {(0, 1), (1, 0)}
    one_way = serving_view(catalogue, "published").messages
    assert pairs(one_way.T) == {(b, a) for a, b in pairs(catalogue.learned_edges)}


def test_without_a_published_row_the_row_order_counts(tmp_path: Path) -> None:
    catalogue = six_artists(tmp_path)
    assert pairs(serving_view(catalogue, "published").messages.T) == pairs(catalogue.learned_edges)


def test_unknown_names_are_refused(tmp_path: Path) -> None:
    catalogue = six_artists(tmp_path)
    with pytest.raises(ConfigError, match="no protocol"):
        evaluation_view(catalogue, "honest", "test")
    with pytest.raises(ConfigError, match="Only val and test"):
        evaluation_view(catalogue, "standard", "train")


def test_disco_olga_has_the_published_counts(disco_olga: Catalogue) -> None:
    assert len(disco_olga) == 16_864
    assert len(disco_olga.learned_edges) == 99_121
    assert np.bincount(disco_olga.split).tolist() == [13_489, 1_679, 1_696]
    test, val = (evaluation_view(disco_olga, "published", split) for split in ("test", "val"))
    assert len(training_view(disco_olga, "published").edges) == 63_277
    assert len(val.visible.edges) == 63_277 + 16_841
    assert len(val.hidden) == 1_082
    assert len(test.visible.edges) == 63_277 + 16_841 + 1_082 + 17_037
    assert len(test.hidden) == 884
    assert (len(test.queries), len(val.queries)) == (868, 941)


def test_olga_has_the_published_counts(olga: Catalogue) -> None:
    assert np.bincount(olga.split).tolist() == [14_139, 1_767, 1_767]
    hidden_validation = evaluation_view(olga, "standard", "test", hide_validation=True)
    assert len(training_view(olga, "standard").edges) == 64_595
    assert len(hidden_validation.visible.edges) == 64_595 + 15_180
    assert len(evaluation_view(olga, "standard", "test").visible.edges) == 64_595 + 17_183 + 1_124 + 15_180 + 2_063
    assert len(hidden_validation.hidden) == 884
    assert len(hidden_validation.queries) == 885
    train_neighbours = hidden_validation.visible.degree[hidden_validation.candidates]
    assert (train_neighbours == 0).sum() == 67


@pytest.mark.parametrize("protocol", ["standard", "published"])
def test_artists_keep_at_most_so_many_edges(tmp_path: Path, protocol: str) -> None:
    catalogue = random_catalogue(tmp_path)
    whole = evaluation_view(catalogue, protocol, "test")
    evaluated = np.isin(np.arange(len(catalogue)), whole.candidates)
    among_others = {pair for pair in pairs(whole.visible.edges) if not evaluated[list(pair)].any()}
    smaller: set[tuple[int, int]] = set()
    for kept in (0, 1, 2, 3, 100):
        view = evaluation_view(catalogue, protocol, "test", kept_edges=kept)
        visible = pairs(view.visible.edges)
        np.testing.assert_array_equal(
            view.visible.degree[view.candidates], np.minimum(whole.visible.degree[view.candidates], kept)
        )
        assert among_others | smaller <= visible
        assert pairs(view.hidden) == pairs(whole.hidden)
        smaller = visible
    assert smaller == pairs(whole.visible.edges)


def test_no_edge_kept_is_a_cold_start_and_draws_differ(tmp_path: Path) -> None:
    catalogue = random_catalogue(tmp_path)
    none_kept = evaluation_view(catalogue, "standard", "test", kept_edges=0)
    assert pairs(none_kept.visible.edges) == pairs(evaluation_view(catalogue, "cold", "test").visible.edges)
    draws = [evaluation_view(catalogue, "standard", "test", kept_edges=1, draw=draw) for draw in (0, 0, 1)]
    first, again, other = (pairs(view.visible.edges) for view in draws)
    assert first == again != other
    with pytest.raises(ConfigError, match="cannot keep"):
        evaluation_view(catalogue, "standard", "test", kept_edges=-1)
