"""Training pair rankers, storing them and asking them."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from core.catalogue import Catalogue, open_catalogue, write_catalogue
from core.errors import ConfigError, NearfieldError
from core.evaluation.evaluate import evaluate
from core.experiments.measure import evaluate_ranker, fit_and_save_fusion
from core.experiments.pairs import train_pairs
from core.experiments.results import read_results
from core.experiments.standings import similarity_title
from core.graph.protocols import episode_view, evaluation_view
from core.graph.rankers import RandomOrder
from core.pairs.config import PairConfig
from core.pairs.network import PairNetwork, standardised
from core.pairs.store import load_pairs, pairs_file, scan_pairs
from core.search.fusion import DEGREE_KNOTS, FusionWeights
from core.search.fusions import save_fusion
from core.search.spaces import left_out, list_spaces, open_ranker, open_space
from core.similarity import similar
from core.space_name import SpaceName
from core.training.pairs import Lists, fit_network, make_network
from tests.support.communities import community_catalogue
from tests.support.graphs import random_catalogue

SMALL = PairConfig(episodes=6, thinned=5, share=0.25, epochs=6)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return community_catalogue(tmp_path_factory.mktemp("pairs"), n=400)


@pytest.fixture(scope="module")
def trained(catalogue: Catalogue) -> str:
    train_pairs(catalogue, "good", SMALL)
    return "pairs:good"


def ndcg(catalogue: Catalogue, ranker: str, kept: int | None = None) -> float:
    return float(evaluate_ranker(catalogue, ranker, "standard", "val", kept_edges=kept)[0].scores.ndcg.mean())


def test_it_ranks_better_than_the_walk_and_without_edges_far_better_than_chance(
    catalogue: Catalogue, trained: str
) -> None:
    assert ndcg(catalogue, trained) > ndcg(catalogue, "pagerank")
    assert ndcg(catalogue, trained, 0) > ndcg(catalogue, "random", 0) + 0.1


@pytest.mark.parametrize("of_an_episode", [True, False])
def test_shuffled_hidden_edges_are_found_by_chance_only(
    catalogue: Catalogue, trained: str, of_an_episode: bool
) -> None:
    view = episode_view(catalogue, 0.25, 99) if of_an_episode else evaluation_view(catalogue, "standard", "val")
    rng = np.random.default_rng(0)
    chance, found = [], []
    for _ in range(10):
        place = rng.permutation(len(view.candidates))
        hidden = view.candidates[place[np.searchsorted(view.candidates, view.hidden)]]
        shuffled = replace(view, hidden=np.sort(hidden, axis=1), queries=np.unique(hidden))
        found.append(evaluate(open_ranker(catalogue, trained, shuffled), shuffled).scores.ndcg)
        chance.append(evaluate(RandomOrder(len(catalogue)), shuffled).scores.ndcg)
    difference = np.concatenate(found) - np.concatenate(chance)
    assert abs(difference.mean()) < 4 * difference.std() / np.sqrt(len(difference))


def test_numpy_answers_as_torch_does(catalogue: Catalogue, trained: str) -> None:
    stored = load_pairs(catalogue, "good")
    values = np.random.default_rng(0).normal(size=(300, len(stored.columns))).astype(np.float32)
    values[::7, 3] = np.nan
    total = np.zeros(300, np.float32)
    for layers in stored.network.layers:
        network = make_network(values.shape[1])
        linear = [layer for layer in network if isinstance(layer, torch.nn.Linear)]
        for layer, (weight, bias) in zip(linear, layers, strict=True):
            layer.weight.data, layer.bias.data = torch.from_numpy(weight), torch.from_numpy(bias)
        inputs = torch.from_numpy(standardised(values, stored.network.mean, stored.network.deviation))
        with torch.no_grad():
            total += network.eval()(inputs)[:, 0].numpy() / len(stored.network.layers)
    np.testing.assert_allclose(stored.network.scores(values), total, atol=1e-5)


def test_training_is_repeatable_and_depends_on_the_seed(catalogue: Catalogue) -> None:
    config = PairConfig(episodes=2, thinned=0, share=0.25, epochs=1, networks=1)
    networks = [train_pairs(catalogue, "again", replace(config, seed=seed)).network for seed in (3, 3, 4)]
    weights = [network.layers[0][0][0] for network in networks]
    np.testing.assert_array_equal(weights[0], weights[1])
    assert not np.allclose(weights[0], weights[2])
    assert len({view for seed in (0, 1) for view in PairConfig(seed).views}) == 60


def test_the_loss_puts_positives_first() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(400, 3)).astype(np.float32)
    positive = (values[:, 1].reshape(40, 10) == values[:, 1].reshape(40, 10).max(axis=1, keepdims=True)).ravel()
    lists = Lists(values, np.arange(0, 401, 10), positive.astype(np.float32))
    scores = fit_network(lists, [0], 60, []).scores(values)
    first = scores.reshape(40, 10).argmax(axis=1) == positive.reshape(40, 10).argmax(axis=1)
    assert first.mean() > 0.9


def test_a_stored_ranker_holds_its_whole_provenance(catalogue: Catalogue, trained: str) -> None:
    stored = load_pairs(catalogue, "good")
    assert stored.config == SMALL
    assert stored.details["catalogue_hash"] == catalogue.content_hash
    assert len(stored.details["episodes"]) == 11
    assert stored.details["command"] == (
        "python -m core pairs CATALOGUE --name good --episodes 6 --thinned 5 --share 0.25 --epochs 6"
    )
    row = evaluate_ranker(catalogue, trained, "standard", "val")[1]
    assert row["train_command"] == stored.details["command"]
    assert row["seed"] == 0


def test_it_is_a_space_and_a_part_of_fusions(catalogue: Catalogue, trained: str) -> None:
    assert trained in {space.name for space in list_spaces(catalogue)}
    found = similar(open_space(catalogue, trained), 0, k=10)
    assert len(found) == 10
    fit_and_save_fusion(catalogue, "joined", [trained, "cosine:tags"])
    assert len(similar(open_space(catalogue, "fusion:joined"), 0, k=10)) == 10
    assert ndcg(catalogue, "fusion:joined") > ndcg(catalogue, "cosine:tags")


@pytest.mark.parametrize("with_features", [True, False])
def test_any_catalogue_will_do(tmp_path: Path, with_features: bool) -> None:
    catalogue = random_catalogue(tmp_path, 120, with_features=with_features)
    train_pairs(catalogue, "any", PairConfig(episodes=3, thinned=2, share=0.4, epochs=2, networks=1))
    scores = open_space(catalogue, "pairs:any").scores(np.arange(120))
    assert scores.shape == (120, 120)
    assert np.isfinite(scores[0]).any()


def test_other_relations_are_read_only_where_asked_for(catalogue: Catalogue, trained: str) -> None:
    assert not any(group == "relations" for group in load_pairs(catalogue, "good").groups)
    with pytest.raises(NearfieldError, match="no other relation"):
        train_pairs(catalogue, "related", replace(SMALL, relations=True))


def test_a_ranker_that_reads_other_relations_says_so(tmp_path: Path) -> None:
    plain = random_catalogue(tmp_path, 120)
    ends = np.random.default_rng(1).choice(120, (90, 2))
    influences = pd.DataFrame(ends[ends[:, 0] != ends[:, 1]], columns=["source", "target"])
    influences = influences.assign(relation="influenced_by", weight=1.0)
    edges = pd.concat([plain.edges, influences], ignore_index=True)
    written = write_catalogue(tmp_path / "related", plain.manifest, plain.artists, edges, {})
    catalogue = open_catalogue(written)
    train_pairs(
        catalogue, "related", PairConfig(episodes=3, thinned=2, share=0.4, epochs=2, networks=1, relations=True)
    )
    stored = load_pairs(catalogue, "related")
    assert "Pair ranker (related, with other relations)" in {space.title for space in list_spaces(catalogue)}
    assert "influenced_by_there" in stored.columns
    assert list(stored.details["inputs"]["relations"]) == ["influenced_by"]
    assert stored.details["command"].endswith("--relations")
    weights = FusionWeights((SpaceName.pairs("related"),), (False,), ((1.0,) * len(DEGREE_KNOTS),))
    save_fusion(catalogue, "joined", weights, {"command": "", "commit": "", "versions": {}})
    assert "Fusion (joined, with other relations)" in {space.title for space in list_spaces(catalogue)}
    for ranker in ("pairs:related", "fusion:joined"):
        evaluate_ranker(catalogue, ranker, "standard", "val")
    rows = read_results(catalogue)
    used = [json.loads(inputs).get("relations", {}) for inputs in rows["inputs"]]
    assert [list(relations) for relations in used] == [["influenced_by"]] * 2
    titles = [similarity_title(row) for row in rows.to_dict("records")]
    assert titles == ["Pair ranker (related) with other relations", "Pair ranker with other relations"]


def test_bad_settings_are_refused() -> None:
    for settings in ({"episodes": 0, "thinned": 0}, {"share": 0.0}, {"candidates": "nobody"}, {"networks": 0}):
        with pytest.raises(ConfigError):
            PairConfig(**settings)
    with pytest.raises(ConfigError, match="newer"):
        PairConfig.from_dict({"depth": 3})
    with pytest.raises(ConfigError, match="Train it again"):
        PairConfig.from_dict({"episodes": "many"})


def test_files_that_cannot_be_used_are_named(catalogue: Catalogue, trained: str) -> None:
    with pytest.raises(NearfieldError, match=r"There are: .*good"):
        open_space(catalogue, "pairs:nobody")
    with pytest.raises(NearfieldError, match="small letters"):
        train_pairs(catalogue, "No Name", SMALL)
    bad = pairs_file(catalogue, "bad")
    bad.write_bytes(pairs_file(catalogue, "good").read_bytes()[:100])
    try:
        names, faults = scan_pairs(catalogue)
        assert "good" in names
        assert "bad" in faults
        assert "pairs/bad.safetensors" in left_out(catalogue)
        with pytest.raises(NearfieldError, match="cannot be used"):
            open_space(catalogue, "pairs:bad")
    finally:
        bad.unlink()


def test_networks_are_averaged() -> None:
    one, two = (((np.full((1, 2), factor, np.float32), np.zeros(1, np.float32)),) for factor in (1, 3))
    network = PairNetwork(np.zeros(2, np.float32), np.ones(2, np.float32), (one, two))
    np.testing.assert_allclose(network.scores(np.array([[1, 1], [2, np.nan]], np.float32)), [4, 4])


def test_names_are_rankers_and_spaces() -> None:
    assert SpaceName.parse_ranker("pairs:good").is_pairs
    assert SpaceName.pairs("good").id == "good"
