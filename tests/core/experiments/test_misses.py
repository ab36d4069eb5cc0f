"""Hits and misses, query by query, against plain loops; and what is read off them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.evaluation.bootstrap import paired_difference
from core.evaluation.evaluate import evaluate
from core.experiments.misses import (
    ANSWERS,
    TABLE_COLUMNS,
    QueryHits,
    first_answers,
    hidden_neighbours,
    query_hits,
    query_table,
)
from core.experiments.summary import ALL_EDGES, baselines, by_degree, by_kept_edges, paired_by_degree, rows_of_view
from core.graph.protocols import EvaluationView, evaluation_view
from core.search.spaces import open_ranker
from core.search.vectors import CosineSimilarity
from tests.support.graphs import graph_catalogue, random_catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return random_catalogue(tmp_path, 120)


@pytest.fixture
def view(catalogue: Catalogue) -> EvaluationView:
    return evaluation_view(catalogue, "standard", "test")


def untied(n: int, seed: int = 0) -> CosineSimilarity:
    return CosineSimilarity("untied", np.random.default_rng(seed).normal(size=(n, 5)).astype(np.float32))


def test_ranks_and_answers_are_those_of_a_plain_loop(catalogue: Catalogue, view: EvaluationView) -> None:
    similarity = untied(len(catalogue))
    hits = query_hits(similarity, view)
    neighbours = {int(query): set() for query in view.queries}
    for a, b in view.hidden.tolist():
        neighbours[a].add(b)
        neighbours[b].add(a)
    for query in view.queries.tolist():
        scores = similarity.scores(np.array([query]))[0]
        others = [row for row in view.candidates.tolist() if row != query]
        ranked = sorted(others, key=lambda row: -scores[row])
        expected = sorted((ranked.index(row) + 1, row) for row in neighbours[query])
        found = hidden_neighbours(hits, query)
        assert list(zip(found["rank"], found["row"], strict=True)) == expected
        answers = first_answers(hits, query)
        assert answers["row"].tolist() == ranked[:ANSWERS]
        assert answers["hit"].tolist() == [row in neighbours[query] for row in ranked[:ANSWERS]]


@pytest.mark.parametrize("ranker", ["pagerank", "cosine:clap", "random"])
@pytest.mark.parametrize("protocol", ["standard", "published", "cold", "everybody"])
def test_values_are_those_of_an_evaluation(catalogue: Catalogue, ranker: str, protocol: str) -> None:
    view = evaluation_view(catalogue, protocol, "test")
    similarity = open_ranker(catalogue, ranker, view)
    evaluation, hits = evaluate(similarity, view), query_hits(similarity, view)
    assert np.array_equal(hits.values, getattr(evaluation.scores, evaluation.headline))
    assert np.array_equal(hits.degree, evaluation.degree)
    assert hits.hidden.sum() == 2 * len(view.hidden)
    assert hits.found_within(len(view.candidates)).sum() == (hits.rank > 0).sum()


def test_the_unknown_has_no_rank_and_is_no_answer(tmp_path: Path) -> None:
    splits = ["train"] + ["test"] * 4
    catalogue = graph_catalogue(tmp_path, splits, [(0, 1), (1, 2), (1, 3), (3, 4)])
    vectors = np.array([[1, 0], [1, 0.1], [0, 0], [1, 0.2], [0, 1]], np.float32)  # row 2 is unknown
    hits = query_hits(CosineSimilarity("half", vectors), evaluation_view(catalogue, "standard", "test"))
    found = hidden_neighbours(hits, 1)
    assert found["row"].tolist() == [3, 2]
    assert found["rank"].iloc[0] == 1
    assert found["rank"].isna().tolist() == [False, True]
    assert first_answers(hits, 1)["row"].tolist() == [3, 4]
    assert first_answers(hits, 2).empty
    assert query_table(hits).set_index("row").loc[2, "found"] == 0


def test_ties_are_broken_once_and_for_all(catalogue: Catalogue, view: EvaluationView) -> None:
    constant = CosineSimilarity("constant", np.ones((len(catalogue), 2), np.float32))
    first, second = query_hits(constant, view), query_hits(constant, view)
    assert np.array_equal(first.rank, second.rank)
    assert not np.array_equal(first.answers[:, 0], np.full(len(view.queries), view.candidates[0]))


def test_orders_of_the_table(catalogue: Catalogue, view: EvaluationView) -> None:
    hits, other = query_hits(untied(len(catalogue)), view), query_hits(untied(len(catalogue), 1), view)
    assert list(query_table(hits)) == TABLE_COLUMNS
    assert query_table(hits, "worst")["value"].is_monotonic_increasing
    assert query_table(hits, "best")["value"].is_monotonic_decreasing
    both = query_table(hits, "differing", other)
    assert both["difference"].abs().is_monotonic_decreasing
    assert np.allclose(both["difference"], both["value"] - both["other_value"])
    for order, beside in (("differing", None), ("any", None)):
        with pytest.raises(ValueError, match="no order"):
            query_table(hits, order, beside)
    with pytest.raises(ValueError, match="no query"):
        first_answers(hits, int(np.flatnonzero(catalogue.split == 0)[0]))


def test_other_queries_cannot_stand_beside(catalogue: Catalogue, view: EvaluationView) -> None:
    other = query_hits(untied(len(catalogue)), evaluation_view(catalogue, "standard", "val"))
    with pytest.raises(ValueError, match="same queries"):
        query_table(query_hits(untied(len(catalogue)), view), "worst", other)


def test_a_view_without_hidden_edges_is_refused(tmp_path: Path) -> None:
    catalogue = graph_catalogue(tmp_path, ["train", "val", "test"], [(0, 1), (0, 2)])
    with pytest.raises(NearfieldError, match="cannot be scored"):
        query_hits(untied(3), evaluation_view(catalogue, "standard", "test"))


def test_the_difference_of_two_is_paired(catalogue: Catalogue, view: EvaluationView) -> None:
    first = query_hits(open_ranker(catalogue, "pagerank", view), view)
    second = query_hits(open_ranker(catalogue, "random", view), view)
    table = paired_by_degree(first.values, second.values, first.degree)
    interval = paired_difference(first.values, second.values)
    assert table.iloc[0].tolist() == [ALL_EDGES, len(view.queries), interval.mean, interval.low, interval.high]
    assert table["queries"].iloc[1:].sum() == len(view.queries)
    alone = paired_by_degree(np.array([0.5]), np.array([0.2]), np.array([3]))
    assert alone["low"].isna().all()
    assert alone["mean"].tolist() == pytest.approx([0.3, 0.3])


def row(ranker: str, ndcg: float, **more: object) -> dict[str, object]:
    figures = {"ndcg": ndcg, "ndcg_low": ndcg - 0.1, "ndcg_high": ndcg + 0.1, "by_degree": "[]", "queries": 9}
    view = {"protocol": "standard", "split": "test", "hide_validation": False, "features": None}
    return {"ranker": ranker} | view | figures | more


def test_rows_with_fewer_edges_stand_apart() -> None:
    rows = [row("pagerank", 0.6), row("fusion:a", 0.7, features="clap"), row("popularity", 0.1)]
    fewer = [row("pagerank", 0.1 + 0.1 * kept, kept_edges=kept) for kept in (5, 0, 2)]
    draws = [row("fusion:a", 0.2, features="clap", kept_edges=0), row("fusion:a", 0.4, features="clap", kept_edges=0)]
    results = pd.DataFrame(fewer + rows + draws)
    ordinary = rows_of_view(results, "standard", "test")
    assert dict(zip(ordinary["ranker"], ordinary["ndcg"], strict=True)) == {
        "pagerank": 0.6,
        "fusion:a": 0.7,
        "popularity": 0.1,
    }
    assert baselines(ordinary, "ndcg")["ranker"].tolist() == ["fusion:a", "pagerank", "popularity"]
    assert by_degree(ordinary, ["fusion:a"]).empty
    curve = by_kept_edges(results, "standard", "test")
    points = {(line.ranker, line.kept): line.value for line in curve.itertuples()}
    assert points == pytest.approx(
        {
            ("fusion:a", "0"): 0.3,
            ("fusion:a", "all"): 0.7,
            ("pagerank", "0"): 0.1,
            ("pagerank", "2"): 0.3,
            ("pagerank", "5"): 0.6,
            ("pagerank", "all"): 0.6,
        }
    )
    assert list(points)[:2] == [("fusion:a", "0"), ("fusion:a", "all")]
    assert by_kept_edges(pd.DataFrame(rows), "standard", "test").empty
    assert by_kept_edges(results, "cold", "test").empty


def test_shapes(catalogue: Catalogue, view: EvaluationView) -> None:
    hits: QueryHits = query_hits(untied(len(catalogue)), view)
    q, p = len(view.queries), 2 * len(view.hidden)
    assert hits.queries.shape == hits.degree.shape == hits.values.shape == (q,)
    assert hits.pair_query.shape == hits.neighbour.shape == hits.rank.shape == (p,)
    assert hits.answers.shape == hits.is_hit.shape == (q, ANSWERS)
