"""One suite for every similarity, trained or not: the contract of core.similarity."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.evaluation.evaluate import evaluate
from core.experiments.measure import fit_and_save_fusion, train_and_evaluate
from core.experiments.pairs import train_pairs
from core.graph.protocols import evaluation_view
from core.graph.rankers import EASE_PENALTY
from core.pairs.config import PairConfig
from core.runs.config import ModelConfig, TrainingConfig
from core.runs.record import new_run
from core.search.spaces import open_ranker, open_space
from core.similarity import Similarity, VectorSimilarity, best, similar
from core.space_name import UNTRAINED
from tests.support.graphs import graph_catalogue, random_catalogue

RANKERS = (
    *UNTRAINED,
    "cosine:clap",
    "cosine:random",
    "cosine:clap+random",
    "run",
    "pairs",
    "fusion",
)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return random_catalogue(tmp_path_factory.mktemp("contract"))


@pytest.fixture(scope="module")
def trained(catalogue: Catalogue) -> str:
    run = new_run(catalogue, TrainingConfig("clap", ModelConfig(layers=1, hidden=8, embedding=4), steps=20))
    assert train_and_evaluate(catalogue, run) is not None
    return f"run:{run.run_id}"


@pytest.fixture(scope="module")
def paired(catalogue: Catalogue) -> str:
    train_pairs(catalogue, "some", PairConfig(episodes=2, thinned=2, share=0.4, epochs=1, networks=1))
    return "pairs:some"


@pytest.fixture(scope="module")
def fused(catalogue: Catalogue, trained: str, paired: str) -> str:
    fit_and_save_fusion(catalogue, "all", ["pagerank", "cosine:clap", trained, paired])
    return "fusion:all"


@pytest.fixture(params=RANKERS)
def name(request: pytest.FixtureRequest, trained: str, paired: str, fused: str) -> str:
    return {"run": trained, "pairs": paired, "fusion": fused}.get(request.param, request.param)


@pytest.fixture
def similarity(catalogue: Catalogue, name: str) -> Similarity:
    return open_space(catalogue, name)


def test_follows_the_protocol(similarity: Similarity, catalogue: Catalogue) -> None:
    assert isinstance(similarity, Similarity)
    assert similarity.name
    assert similarity.n_artists == len(catalogue)


def test_scores_have_one_row_per_query(similarity: Similarity, catalogue: Catalogue) -> None:
    scores = similarity.scores(np.array([5, 0, 5]))
    assert scores.shape == (3, len(catalogue))
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores[0], scores[2], rtol=1e-5)
    assert not np.isinf(scores).any()
    assert similarity.scores(np.empty(0, np.int64)).shape == (0, len(catalogue))


def test_a_query_is_scored_alike_alone_and_among_others(similarity: Similarity) -> None:
    together = similarity.scores(np.arange(20))
    alone = np.concatenate([similarity.scores(np.array([row])) for row in range(20)])
    np.testing.assert_allclose(together, alone, rtol=1e-4, atol=2e-5)


def test_similar_is_sorted_distinct_and_excludes(similarity: Similarity) -> None:
    found = similar(similarity, 5, k=10, exclude=[1, 2])
    assert len(found) <= 10
    assert len(set(found.rows.tolist())) == len(found)
    assert not {5, 1, 2} & set(found.rows.tolist())
    assert (np.diff(found.scores) <= 0).all()
    again = similar(similarity, 5, k=10, exclude=[1, 2])
    np.testing.assert_array_equal(found.rows, again.rows)


def test_bad_questions_are_refused(similarity: Similarity) -> None:
    for row in (-1, similarity.n_artists):
        with pytest.raises(NearfieldError, match="no artist in row"):
            similar(similarity, row, k=5)
    for k in (0, 1001):
        with pytest.raises(NearfieldError, match="Ask for"):
            similar(similarity, 0, k=k)


def test_vectors_are_answered_or_refused_in_plain_words(similarity: Similarity, catalogue: Catalogue) -> None:
    if not isinstance(similarity, VectorSimilarity):
        with pytest.raises(NearfieldError, match="not vectors"):
            similar(similarity, np.ones(4, np.float32), k=3)
        return
    own = similarity.vectors[5]  # type: ignore[attr-defined]
    assert similar(similarity, own * 3, k=1).rows.tolist() == [5]
    with pytest.raises(NearfieldError, match="numbers"):
        similar(similarity, own[:-1], k=3)
    with pytest.raises(NearfieldError, match="not a finite number"):
        similar(similarity, np.full_like(own, np.nan), k=3)


def test_every_ranker_can_be_evaluated_and_sees_only_visible_edges(catalogue: Catalogue, name: str) -> None:
    for protocol in ("standard", "published", "cold"):
        view = evaluation_view(catalogue, protocol, "test")
        evaluation = evaluate(open_ranker(catalogue, name, view), view)
        assert len(evaluation.scores.ndcg) == len(view.queries)
        assert (evaluation.scores.ndcg_published < evaluation.scores.ndcg + 1e-9).all()


def test_an_artist_without_the_feature_is_unknown_both_ways(catalogue: Catalogue) -> None:
    clap = open_space(catalogue, "clap")
    assert np.isnan(clap.scores(np.array([3]))).all()
    assert np.isnan(clap.scores(np.array([0]))[0, [3, 7]]).all()
    assert len(similar(clap, 3, k=5)) == 0
    assert not {3, 7} & set(similar(clap, 0, k=60).rows.tolist())


def test_graph_rankers_by_hand(tmp_path: Path) -> None:
    # 0-1, 0-2, 1-3, 2-3, 3-4; 5 isolated.
    catalogue = graph_catalogue(tmp_path, ["train"] * 6, [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)])
    common = open_space(catalogue, "common-neighbours").scores(np.array([0]))[0]
    assert common.tolist() == [2, 0, 0, 2, 0, 0]
    adamic = open_space(catalogue, "adamic-adar").scores(np.array([0]))[0]
    np.testing.assert_allclose(adamic[3], 2 / np.log(2), rtol=1e-6)
    assert open_space(catalogue, "popularity").scores(np.array([5]))[0].tolist() == [2, 2, 2, 3, 1, 0]
    # From 4 the walk can only go to 3: r4 = .5 + .5 * r3 / 3 and so on; solved as a linear system.
    transition = np.array(
        [
            [0, 0.5, 0.5, 0, 0, 0],
            [0.5, 0, 0, 0.5, 0, 0],
            [0.5, 0, 0, 0.5, 0, 0],
            [0, 1 / 3, 1 / 3, 0, 1 / 3, 0],
            [0, 0, 0, 1, 0, 0],
            [0, 0, 0, 0, 0, 0],
        ]
    )
    exact = np.linalg.solve(np.eye(6) - 0.5 * transition.T, 0.5 * np.eye(6)[4])
    np.testing.assert_allclose(open_space(catalogue, "pagerank").scores(np.array([4]))[0], exact, atol=1e-4)
    two, three, four = (np.linalg.matrix_power(transition, steps)[4] for steps in (2, 3, 4))
    walk = open_space(catalogue, "short-walk").scores(np.array([4]))[0]
    np.testing.assert_allclose(walk, two + 2 * three + four / 4, atol=1e-6)
    popular = open_space(catalogue, "rp3beta").scores(np.array([4]))[0]
    np.testing.assert_allclose(popular, three / np.array([2, 2, 2, 3, 1, 1]) ** 0.25, atol=1e-6)


def test_ease_is_the_ridge_regression_with_a_zero_diagonal(tmp_path: Path) -> None:
    edges = [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)]
    catalogue = graph_catalogue(tmp_path, ["train"] * 6, edges)
    links = np.zeros((6, 6))
    links[tuple(np.transpose(edges))] = 1
    links += links.T
    weights = np.zeros((6, 6))
    for artist in range(6):
        others = np.arange(6) != artist
        given = links[:, others]
        normal = given.T @ given + EASE_PENALTY * np.eye(5)
        weights[others, artist] = np.linalg.solve(normal, given.T @ links[:, artist])
    np.testing.assert_allclose(open_space(catalogue, "ease").scores(np.arange(6)), links @ weights, atol=1e-5)


def test_the_control_knows_missing_features_only(catalogue: Catalogue) -> None:
    scores = open_space(catalogue, "missing-features").scores(np.array([0, 3]))
    lacking = np.isin(np.arange(len(catalogue)), [3, 7])
    assert scores[0, ~lacking].min() > scores[0, lacking].max()
    assert scores[1, lacking].min() > scores[1, 0]


def test_unknown_names_list_what_there_is(catalogue: Catalogue) -> None:
    view = evaluation_view(catalogue, "standard", "test")
    with pytest.raises(NearfieldError, match="There are: random, missing-features"):
        open_ranker(catalogue, "oracle", view)
    with pytest.raises(NearfieldError, match="no feature set “oracle”"):
        open_space(catalogue, "oracle")
    with pytest.raises(NearfieldError, match="has no run"):
        open_space(catalogue, "run:nobody")


@given(
    st.lists(st.sampled_from([0.0, -0.0, 0.5, 1.0, -1.0, float("inf"), float("nan")]), max_size=30), st.integers(1, 40)
)
def test_the_best_are_those_of_a_whole_sort(values: list[float], k: int) -> None:
    scores = np.array(values, np.float32)
    ties = np.random.default_rng(7).permutation(len(scores))
    order = [row for row in np.lexsort((ties, -scores)) if not np.isnan(scores[row])][:k]
    assert best(scores, k).rows.tolist() == order


def test_walks_one_after_another_are_walks_beside_each_other(catalogue: Catalogue) -> None:
    walk = open_space(catalogue, "pagerank")
    many = np.arange(12)
    np.testing.assert_array_equal(walk.scores(many), np.concatenate([walk.scores(many[:5]), walk.scores(many[5:])]))
