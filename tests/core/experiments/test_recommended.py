"""The recommended ranker and its parts."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.catalogue import Catalogue, open_catalogue
from core.catalogue.library import BUNDLED
from core.evaluation.bootstrap import paired_difference
from core.evaluation.evaluate import evaluate
from core.experiments.measure import evaluate_ranker, fit_and_save_fusion
from core.experiments.recommended import content_config, train_recommended
from core.graph.protocols import EVALUATED_SPLITS, evaluation_view
from core.pairs.config import PairConfig
from core.runs.config import ModelConfig
from core.runs.record import list_runs
from core.search.evidence import default_spaces
from core.search.fusions import load_fusion
from core.search.spaces import list_spaces, ranker_in_views
from tests.support.communities import community_catalogue
from tests.support.graphs import random_catalogue

SMALL = PairConfig(episodes=4, thinned=5, share=0.25, epochs=4, networks=1)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return community_catalogue(tmp_path_factory.mktemp("recommended"), n=400)


@pytest.fixture(scope="module")
def recommended(catalogue: Catalogue) -> str:
    content = content_config(catalogue, 0)
    assert content is not None
    assert content.features == "sound+tags"
    content = replace(content, model=ModelConfig("sign", layers=2, hidden=32, embedding=32), precision="float32")
    return train_recommended(catalogue, "best", SMALL, replace(content, steps=96))


def ndcg(catalogue: Catalogue, ranker: str, kept: int | None) -> float:
    return float(evaluate_ranker(catalogue, ranker, "standard", "val", kept_edges=kept)[0].scores.ndcg.mean())


def test_it_joins_the_pair_ranker_and_the_content_model(catalogue: Catalogue, recommended: str) -> None:
    assert recommended == "fusion:best"
    (run,) = list_runs(catalogue)
    assert run.finished
    assert list(load_fusion(catalogue, "best")[0].parts) == ["pairs:best", f"run:{run.run_id}"]
    assert default_spaces(list_spaces(catalogue))[0].name == recommended


def test_what_does_not_help_a_pair_ranker_is_hardly_added(catalogue: Catalogue, recommended: str) -> None:
    weights = fit_and_save_fusion(catalogue, "noise", ["pairs:best", "random"])
    assert weights.calibrated
    assert set(weights.weights[0]) == {1.0}
    assert max(weights.weights[1]) <= 0.1
    assert len(set(weights.weights[1][1:])) == 1


@pytest.mark.parametrize("kept", [None, 0, 2])
def test_it_is_above_the_walk_and_raw_content(catalogue: Catalogue, recommended: str, kept: int | None) -> None:
    here = ndcg(catalogue, recommended, kept)
    assert here > ndcg(catalogue, "pagerank", kept)
    assert here > ndcg(catalogue, "cosine:tags+sound", kept)


@pytest.mark.parametrize(
    ("degree", "lacking"), [(30.0, 0.0), (3.0, 0.4)], ids=["dense, all content known", "sparse, content missing"]
)
def test_it_is_nowhere_below_the_best_beyond_noise(tmp_path: Path, degree: float, lacking: float) -> None:
    catalogue = community_catalogue(tmp_path, n=500, degree=degree, lacking=lacking)
    content = content_config(catalogue, 0)
    assert content is not None
    content = replace(content, model=ModelConfig("sign", layers=2, hidden=32, embedding=32), precision="float32")
    settings = replace(SMALL, episodes=12, epochs=7)
    recommended = train_recommended(catalogue, "best", settings, replace(content, steps=96))
    fit_and_save_fusion(catalogue, "older", ["pagerank", load_fusion(catalogue, "best")[0].parts[1]])
    others = ("pagerank", "cosine:tags+sound", "fusion:older", *load_fusion(catalogue, "best")[0].parts)
    for kept in (None, 0, 2):
        scores = {
            name: evaluate_ranker(catalogue, name, "standard", "test", kept_edges=kept)[0].scores.ndcg
            for name in (recommended, *others)
        }
        for name in others:
            same = np.array_equal(scores[recommended], scores[name])
            assert same or paired_difference(scores[recommended], scores[name]).high > 0


def test_on_the_bundled_catalogue_the_shipped_one_is_nowhere_below_the_best_beyond_noise() -> None:
    catalogue = open_catalogue(Path(__file__).resolve().parents[3] / "data" / BUNDLED)
    names = ("fusion:recommended", "pagerank", "cosine:clap", "cosine:moods_themes", "fusion:best")
    opened = {name: ranker_in_views(catalogue, name) for name in names}
    for split in EVALUATED_SPLITS:
        for kept in (None, 0, 2):
            view = evaluation_view(catalogue, "standard", split, kept_edges=kept)
            recommended, *others = (evaluate(opened[name](view), view).scores.ndcg for name in names)
            for other in others:
                assert paired_difference(recommended, other).high > 0


def test_without_content_it_is_the_pair_ranker(tmp_path: Path) -> None:
    catalogue = random_catalogue(tmp_path, with_features=False)
    assert content_config(catalogue, 0) is None
    small = PairConfig(episodes=2, thinned=1, share=0.5, epochs=1, networks=1)
    assert train_recommended(catalogue, "best", small, None) == "pairs:best"
