"""Fusions: weights by degree, answers that can be taken apart, and a fit that finds what helps."""

import errno
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.catalogue import Catalogue, open_catalogue
from core.errors import NearfieldError
from core.evaluation.evaluate import evaluate
from core.experiments.joining import joined_weights
from core.experiments.measure import evaluate_ranker, fit_and_save_fusion, train_and_evaluate
from core.graph.protocols import evaluation_view
from core.runs.config import ModelConfig, TrainingConfig
from core.runs.record import new_run
from core.search.fusion import DEGREE_KNOTS, Fusion, FusionWeights, PairKnots, standardise
from core.search.fusions import list_fusions, load_fusion, save_fusion
from core.search.spaces import list_spaces, open_ranker, open_space, ranker_in_views
from core.space_name import SpaceName
from tests.support.faults import killed_before, refusing
from tests.support.graphs import random_catalogue

FLAT = FusionWeights((SpaceName("pagerank"), SpaceName("cosine:clap")), (True, False), ((1.0,) * 6, (0.5,) * 6))


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return random_catalogue(tmp_path_factory.mktemp("fusion"), n=200)


def test_a_pair_at_a_knot_gets_its_weight() -> None:
    degree = np.array(DEGREE_KNOTS)
    weights = np.arange(6, dtype=np.float32)
    np.testing.assert_allclose(np.diag(PairKnots.of(degree, degree).interpolate(weights)), weights, atol=1e-5)


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_weights_are_interpolated_by_the_mean_degree_of_both(one: int, other: int) -> None:
    weights = np.array([5, 3, 4, 1, 2, 6], np.float32)
    there = PairKnots.of(np.array([one]), np.array([other])).interpolate(weights)[0, 0]
    back = PairKnots.of(np.array([other]), np.array([one])).interpolate(weights)[0, 0]
    middle = (np.log1p(one) + np.log1p(other)) / 2
    assert there == back == pytest.approx(np.interp(middle, np.log1p(DEGREE_KNOTS), weights), abs=1e-4)


@given(arrays(np.float32, (3, 8), elements=st.floats(-100, 100, width=32)))
def test_standardised_scores_have_mean_zero_and_deviation_one(scores: np.ndarray) -> None:
    queries = np.arange(3)
    others = ~np.eye(3, 8, dtype=bool)
    for row, kept in zip(standardise(scores, queries, False), others, strict=True):
        assert row[kept].mean() == pytest.approx(0, abs=1e-2)
        assert row[kept].std() == pytest.approx(1, abs=1e-2) or not row.any()


def test_what_a_part_does_not_know_is_neutral() -> None:
    scores = np.array([[0.0, np.nan, 1.0, 3.0], [np.nan] * 4], np.float32)
    standardised = standardise(scores, np.array([0, 1]), False)
    np.testing.assert_allclose(standardised, [[0, 0, -1, 1], [0, 0, 0, 0]])


def test_probabilities_are_added_as_logarithms() -> None:
    scores = np.array([[0.0, 1e-2, 1e-4, 1e-6]], np.float32)
    standardised = standardise(scores, np.array([0]), True)[0]
    assert standardised[1] - standardised[2] == pytest.approx(standardised[2] - standardised[3], rel=1e-4)


class Fixed:
    """A similarity with given scores (n, n)."""

    def __init__(self, name: str, scores: np.ndarray) -> None:
        self.name, self._scores, self.n_artists = SpaceName(name), scores.astype(np.float32), len(scores)

    def scores(self, queries: np.ndarray) -> np.ndarray:
        return self._scores[queries]


def test_content_is_added_to_the_log_chances_of_a_pair_ranker() -> None:
    chances = np.array([[np.nan, -1, -2, np.nan], [-3, np.nan, -3, -3], [np.nan] * 4, [0.0, 1, 2, np.nan]])
    content = np.array([[0, 1, 2, 3], [1, 0, 1, 4], [1, 2, 0, 3], [3, 2, 1, 0.0]])
    weights = joined_weights(SpaceName("pairs:p"), SpaceName("cosine:c"), 2.0, 0.5)
    degree = np.array([3, 0, 60, 1])
    fusion = Fusion("f", [Fixed("pairs:p", chances), Fixed("cosine:c", content)], weights, degree)
    added = standardise(content.astype(np.float32), np.arange(4), False)
    # What no chance is known of counts as the least likely; a query without any chances is left to the content.
    log_chances = [[0, 0.5, -0.5, -0.5], [0, 0, 0, 0], [0, 0, 0, 0], [-1, 0, 1, 0]]
    expected = np.array(log_chances) + np.array([0.5, 2.0, 0.5, 0.5])[:, None] * added
    others = ~np.eye(4, dtype=bool)
    np.testing.assert_allclose(fusion.scores(np.arange(4))[others], expected[others], atol=1e-5)
    rows = np.array([1, 2])
    np.testing.assert_allclose(fusion.contributions(0, rows).sum(axis=0), expected[0, rows], atol=1e-5)
    assert FusionWeights.from_dict(json.loads(json.dumps(weights.as_dict()))) == weights


def test_contributions_sum_to_the_score(catalogue: Catalogue) -> None:
    view = evaluation_view(catalogue, "standard", "test")
    fusion = Fusion("f", [open_ranker(catalogue, name, view) for name in FLAT.parts], FLAT, view.visible.degree)
    rows = np.arange(10, 30)
    parts = fusion.contributions(5, rows)
    assert parts.shape == (2, 20)
    np.testing.assert_allclose(parts.sum(axis=0), fusion.scores(np.array([5]))[0, rows], rtol=1e-4, atol=1e-5)


def test_the_fit_uses_what_helps_and_leaves_what_does_not(catalogue: Catalogue) -> None:
    parts = ["pagerank", "cosine:clap", "random"]
    weights = fit_and_save_fusion(catalogue, "best", parts)
    table = np.array(weights.weights)
    assert (table >= 0).all()
    # Without edges only content can tell artists apart, and chance never can.
    assert table[1, 0] > 0.1
    assert table[2].max() < 0.1

    def ndcg(ranker: str, kept_edges: int | None) -> float:
        view = evaluation_view(catalogue, "standard", "val", kept_edges=kept_edges)
        return evaluate(open_ranker(catalogue, ranker, view), view).interval().mean

    assert ndcg("fusion:best", 0) > ndcg("pagerank", 0)
    assert ndcg("fusion:best", None) > ndcg("cosine:clap", None)


def test_a_fusion_is_kept_with_its_provenance(catalogue: Catalogue) -> None:
    save_fusion(catalogue, "kept", FLAT, {"command": "c", "commit": "x", "versions": {}})
    weights, details = load_fusion(catalogue, "kept")
    assert weights == FLAT
    assert details["catalogue_hash"] == catalogue.content_hash
    assert "kept" in list_fusions(catalogue)
    assert open_space(catalogue, "fusion:kept").scores(np.array([0])).shape == (1, len(catalogue))
    _, row = evaluate_ranker(catalogue, "fusion:kept", "standard", "test", kept_edges=2)
    assert (row["kept_edges"], row["train_command"]) == (2, "c")
    assert row["command"].endswith("--keep-edges 2")


def test_a_fusion_whose_run_is_gone_is_not_offered(tmp_path: Path) -> None:
    catalogue = random_catalogue(tmp_path)
    run = new_run(catalogue, TrainingConfig("clap", ModelConfig(layers=1, hidden=8, embedding=4), steps=4))
    assert train_and_evaluate(catalogue, run) is not None
    fit_and_save_fusion(catalogue, "both", ["pagerank", f"run:{run.run_id}"])
    assert "fusion:both" in {space.name for space in list_spaces(catalogue)}
    shutil.rmtree(run.path)
    assert "fusion:both" not in {space.name for space in list_spaces(catalogue)}
    with pytest.raises(NearfieldError, match="has no run"):
        open_space(catalogue, "fusion:both")


def test_a_ranker_opened_once_sees_each_view_as_if_opened_anew(catalogue: Catalogue) -> None:
    save_fusion(catalogue, "twice", FLAT, {"command": "", "commit": "", "versions": {}})
    opened = ranker_in_views(catalogue, "fusion:twice")
    for kept in (None, 0, 2):
        view = evaluation_view(catalogue, "standard", "test", kept_edges=kept)
        np.testing.assert_array_equal(
            opened(view).scores(view.queries), open_ranker(catalogue, "fusion:twice", view).scores(view.queries)
        )


def test_unknown_and_impossible_fusions_are_refused(catalogue: Catalogue) -> None:
    with pytest.raises(NearfieldError, match="no fusion “gone”"):
        load_fusion(catalogue, "gone")
    with pytest.raises(NearfieldError, match="no name for a fusion"):
        save_fusion(catalogue, "../out", FLAT, {})
    with pytest.raises(NearfieldError, match="only once"):
        fit_and_save_fusion(catalogue, "twice", ["pagerank", "pagerank"])


@pytest.mark.parametrize(
    "content",
    [{}, {"parts": ["a"], "logarithmic": [False], "weights": [[1.0]]}, {"parts": 1, "logarithmic": 2, "weights": 3}],
)
def test_damaged_weights_are_refused(content: dict) -> None:
    with pytest.raises(NearfieldError, match="Fit it again"):
        FusionWeights.from_dict(content)


def test_the_same_fit_gives_the_same_weights(catalogue: Catalogue, tmp_path: Path) -> None:
    first, second = (fit_and_save_fusion(catalogue, "again", ["pagerank", "cosine:clap"]) for _ in range(2))
    assert first == second


def test_a_kill_while_a_fusion_is_saved_leaves_no_other(tmp_path: Path) -> None:
    catalogue = random_catalogue(tmp_path, n=40)
    save_fusion(catalogue, "old", FLAT, {})
    step = 1
    while killed_before(step, lambda: save_fusion(catalogue, "new", FLAT, {})):
        assert list_fusions(catalogue) == ["old"]
        assert [space.name for space in list_spaces(catalogue) if SpaceName(space.name).is_fusion] == ["fusion:old"]
        open_catalogue(catalogue.path)
        assert [file.name for file in (catalogue.path / "fusions").iterdir()] == ["old.json"]
        step += 1
    assert step > 2
    assert list_fusions(catalogue) == ["new", "old"]


def test_what_an_older_version_left_of_a_fusion_is_none(tmp_path: Path) -> None:
    catalogue = random_catalogue(tmp_path, n=40)
    save_fusion(catalogue, "best", FLAT, {})
    content = (catalogue.path / "fusions" / "best.json").read_bytes()
    for left in (b"", content[:100], content):
        (catalogue.path / "fusions" / ".best.json.ab12_cd3.json").write_bytes(left)
        assert list_fusions(catalogue) == ["best"]
        assert load_fusion(catalogue, "best")[0] == FLAT


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_fusion_that_cannot_be_saved_says_so(tmp_path: Path, number: int) -> None:
    catalogue = random_catalogue(tmp_path, n=40)
    with refusing(number), pytest.raises(NearfieldError, match=r"f\.json cannot be written"):
        save_fusion(catalogue, "f", FLAT, {})
    assert list_fusions(catalogue) == []
