"""Evaluation of rankers: a small graph by hand, and the known figures on the real one."""

from pathlib import Path

import numpy as np
import pytest

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.evaluation.evaluate import evaluate, mean_evaluation
from core.evaluation.metrics import ndcg_ceiling
from core.graph.protocols import evaluation_view
from core.search.spaces import open_ranker
from tests.support.graphs import graph_catalogue, random_catalogue


class Fixed:
    """A similarity with given scores (n, n)."""

    name = "fixed"

    def __init__(self, scores: np.ndarray) -> None:
        self._scores = scores.astype(np.float32)
        self.n_artists = len(scores)

    def scores(self, queries: np.ndarray) -> np.ndarray:
        return self._scores[queries]


@pytest.fixture
def five(tmp_path: Path) -> Catalogue:
    # 0 train; 1-4 test with hidden edges 1-2 and 1-3; 0-4 is visible.
    return graph_catalogue(tmp_path, ["train", "test", "test", "test", "test"], [(1, 2), (1, 3), (0, 4)])


def test_ndcg_by_hand(five: Catalogue) -> None:
    scores = np.zeros((5, 5))
    scores[1] = [99, 99, 3, 1, 2]  # candidates of 1 in order: 2, 4, 3; positives 2 and 3
    scores[2] = [99, 1, 99, 3, 2]  # order 3, 4, 1; positive 1
    scores[3] = [99, np.nan, 5, 99, 4]  # 1 unknown: ranks last of 2, 4, 1
    view = evaluation_view(five, "standard", "test")
    result = evaluate(Fixed(scores), view)
    discount = 1 / np.log2(np.arange(3) + 2)
    expected = [(discount[0] + discount[2]) / (discount[0] + discount[1]), discount[2], discount[2]]
    assert result.queries.tolist() == [1, 2, 3]
    assert result.n_candidates == 4
    np.testing.assert_allclose(result.scores.ndcg, expected)
    np.testing.assert_allclose(result.scores.mrr, [1, 1 / 3, 1 / 3])
    np.testing.assert_allclose(result.scores.recall, [1, 1, 1])
    ideal_plus_one = [discount.sum(), discount[:2].sum(), discount[:2].sum()]
    np.testing.assert_allclose(
        result.scores.ndcg_published,
        [(discount[0] + discount[2]) / ideal_plus_one[0]] + [discount[2] / ideal_plus_one[1]] * 2,
    )
    assert evaluate(Fixed(scores), evaluation_view(five, "published", "test")).headline == "ndcg_published"


def test_ties_favour_nobody(five: Catalogue) -> None:
    result = evaluate(Fixed(np.zeros((5, 5))), evaluation_view(five, "standard", "test"))
    # Query 2 has one positive among three tied candidates: the mean of the three discounts.
    assert result.scores.ndcg[1] == pytest.approx((1 / np.log2([2, 3, 4])).mean())


def test_by_degree_covers_every_query(five: Catalogue) -> None:
    rows = evaluate(Fixed(np.zeros((5, 5))), evaluation_view(five, "standard", "test")).by_degree()
    assert [(row["degree"], row["queries"]) for row in rows] == [("0", 3)]


def test_a_split_without_hidden_edges_cannot_be_scored(five: Catalogue) -> None:
    view = evaluation_view(five, "standard", "val")
    with pytest.raises(NearfieldError, match="No two val artists"):
        evaluate(Fixed(np.zeros((5, 5))), view)


def test_one_query_has_a_figure_but_no_interval(tmp_path: Path) -> None:
    pair = graph_catalogue(tmp_path, ["train", "test", "test"], [(1, 2)])
    interval = evaluate(Fixed(np.eye(3)), evaluation_view(pair, "standard", "test")).interval()
    assert interval.mean == 1.0


def test_among_all_artists_those_known_to_be_similar_come_last(tmp_path: Path) -> None:
    # 0 and 1 are train artists; the edges 2-0 and 3-1 are visible, 2-3 is to be found.
    catalogue = graph_catalogue(tmp_path, ["train", "train", "test", "test"], [(0, 2), (1, 3), (2, 3)])
    view = evaluation_view(catalogue, "everybody", "test")
    assert view.candidates.tolist() == [0, 1, 2, 3]
    high_where_known = np.array([[0, 0, 0, 0], [0, 0, 0, 0], [9, 1, 0, 5], [1, 9, 5, 0]])
    assert evaluate(Fixed(high_where_known), view).scores.mrr.tolist() == [1, 1]
    high_elsewhere = np.array([[0, 0, 0, 0], [0, 0, 0, 0], [1, 9, 0, 5], [9, 1, 5, 0]])
    assert evaluate(Fixed(high_elsewhere), view).scores.mrr.tolist() == [0.5, 0.5]


def test_several_draws_are_kept_beside_their_mean(tmp_path: Path) -> None:
    catalogue = random_catalogue(tmp_path)
    views = [evaluation_view(catalogue, "standard", "test", kept_edges=1, draw=draw) for draw in range(3)]
    found = [evaluate(open_ranker(catalogue, "pagerank", view), view) for view in views]
    together = mean_evaluation(found)
    assert together.by_draw().shape == (3, len(together.queries))
    assert together.by_draw().mean(axis=0) == pytest.approx(together.scores.ndcg)
    assert np.array_equal(found[0].by_draw("mrr"), found[0].scores.mrr[None])


class TestDiscoOlga:
    """Figures of reference/method.md, to three digits."""

    @pytest.mark.parametrize(
        ("ranker", "standard", "published"),
        [("pagerank", 0.628, 0.457), ("random", 0.0246, 0.0182), ("short-walk", 0.6336, 0.4613)],
    )
    def test_baselines(self, disco_olga: Catalogue, ranker: str, standard: float, published: float) -> None:
        view = evaluation_view(disco_olga, "standard", "test")
        scores = evaluate(open_ranker(disco_olga, ranker, view), view).scores
        assert scores.ndcg.mean() == pytest.approx(standard, abs=0.001)
        assert scores.ndcg_published.mean() == pytest.approx(published, abs=0.001)

    def test_a_perfect_ranking_scores_716_in_the_published_metric(self, disco_olga: Catalogue) -> None:
        view = evaluation_view(disco_olga, "published", "test")
        positives = np.bincount(view.hidden.ravel(), minlength=len(disco_olga))[view.queries]
        assert ndcg_ceiling(positives, 200, "published").mean() == pytest.approx(0.716, abs=0.0005)
        assert positives.mean() == pytest.approx(2.04, abs=0.005)
