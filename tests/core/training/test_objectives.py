"""Losses, samplers and episodes: by hand where numbers are small, by their defining property where they are drawn."""

from pathlib import Path

import numpy as np
import pytest
import torch

from core.errors import ConfigError
from core.runs.config import ObjectiveConfig, TrainingConfig
from core.runs.record import new_run
from core.training.checkpoints import load_model, train_run
from core.training.episodes import Episodes
from core.training.loop import Trainer
from core.training.objectives import Objective, softmax_loss
from core.training.triplets import EdgeTriplets, distance_weighted, semi_hard
from tests.core.training.test_training import SMALL
from tests.support.graphs import random_catalogue

CPU = torch.device("cpu")
EVERY_OBJECTIVE = [
    ObjectiveConfig(),
    ObjectiveConfig(anchors="one"),
    ObjectiveConfig(negatives="distance-weighted"),
    ObjectiveConfig(negatives="semi-hard", anchors="one"),
    ObjectiveConfig(loss="softmax"),
    ObjectiveConfig(hidden_share=0.5),
    ObjectiveConfig(loss="softmax", hidden_share=0.5, connection_dropout=0.5, thinning=0.5),
    ObjectiveConfig(loss="softmax", batch=20),
]


@pytest.fixture
def graph() -> np.ndarray:
    pairs = np.random.default_rng(0).integers(0, 40, (120, 2))
    return np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0)


def unit(n: int, width: int, seed: int = 0) -> torch.Tensor:
    return torch.nn.functional.normalize(torch.randn(n, width, generator=torch.Generator().manual_seed(seed)), dim=1)


def test_softmax_loss_by_hand() -> None:
    # Unit vectors at 0°, 60°, 180°; one edge 0-1; temperature 1. Cosines: 01 = .5, 02 = -1, 12 = -.5.
    angles = torch.tensor([0.0, torch.pi / 3, torch.pi])
    embeddings = torch.stack([angles.cos(), angles.sin()], dim=1)
    from_zero = -np.log(np.exp(0.5) / (np.exp(0.5) + np.exp(-1.0)))
    from_one = -np.log(np.exp(0.5) / (np.exp(0.5) + np.exp(-0.5)))
    loss = softmax_loss(embeddings, torch.tensor([[0, 1], [1, 0]]), 1.0)
    assert loss.item() == pytest.approx((from_zero + from_one) / 2, rel=1e-5)


def test_semi_hard_takes_the_nearest_beyond_the_positive() -> None:
    far = torch.tensor([[0.2, 0.9, 1.5], [0.2, 0.3, 0.1]])
    assert semi_hard(far, torch.tensor([0.5, 0.5])).tolist() == [1, 1]


def test_distance_weighting_evens_out_distances() -> None:
    # On a sphere in 100 dimensions nearly all distances are about sqrt 2; weighting spreads what is drawn.
    torch.manual_seed(0)
    anchors, others = unit(400, 100, 1), unit(2000, 100, 2)
    pool = torch.randint(2000, (400, 64))
    far = (2 - 2 * (others[pool] * anchors[:, None]).sum(2)).sqrt()
    drawn = far.gather(1, distance_weighted(far, 100)[:, None])
    assert drawn.std() > 1.5 * far.std()


def test_strangers_are_strangers_and_everyone_is_met(graph: np.ndarray) -> None:
    torch.manual_seed(0)
    triplets = EdgeTriplets(graph, 40, CPU)
    anchors = torch.arange(40).repeat(100)
    drawn = triplets.sample_negatives(anchors, 8)
    tied = {(int(a), int(b)) for a, b in np.concatenate([graph, graph[:, ::-1]])}
    met = {(int(a), int(b)) for a, row in zip(anchors, drawn, strict=True) for b in row}
    assert not met & tied
    assert not any(a == b for a, b in met)
    assert len(met) == 40 * 39 - len(tied)


@pytest.mark.parametrize("config", EVERY_OBJECTIVE[:5], ids=str)
def test_every_objective_pulls_neighbours_together(graph: np.ndarray, config: ObjectiveConfig) -> None:
    torch.manual_seed(0)
    raw = torch.randn(40, 8, requires_grad=True)
    objective = Objective(config, graph, 40, 0.2, CPU)
    optimiser = torch.optim.Adam([raw], lr=0.05)
    losses = []
    for _ in range(60):
        optimiser.zero_grad()
        loss = objective(torch.nn.functional.normalize(raw, dim=1))
        loss.backward()
        assert torch.isfinite(raw.grad).all()
        optimiser.step()
        losses.append(loss.item())
    assert np.mean(losses[-10:]) < 0.8 * np.mean(losses[:10])


def test_an_episode_hides_exactly_what_it_predicts(graph: np.ndarray) -> None:
    torch.manual_seed(0)
    messages = np.concatenate([graph, graph[:, ::-1]]).T
    episodes = Episodes(messages, graph, 40, ObjectiveConfig(hidden_share=0.5), 0.2, CPU)
    step = episodes.draw()
    assert step.artists is not None
    inside = set(step.artists.tolist())
    sent = {(int(a), int(b)) for a, b in step.graph.edge_index.T}
    expected = {(int(a), int(b)) for a, b in messages.T if not (int(a) in inside and int(b) in inside)}
    assert sent == expected
    assert set(episodes.draw().artists.tolist()) != inside
    assert step.objective(unit(40, 6)[step.artists]).ndim == 0


def test_connection_dropout_leaves_out_its_share(graph: np.ndarray) -> None:
    torch.manual_seed(0)
    messages = np.concatenate([graph, graph[:, ::-1]]).T
    episodes = Episodes(messages, graph, 40, ObjectiveConfig(connection_dropout=0.7), 0.2, CPU)
    kept = np.mean([episodes.draw().graph.edge_index.shape[1] / messages.shape[1] for _ in range(60)])
    assert kept == pytest.approx(0.3, abs=0.03)
    assert episodes.draw().artists is None


def test_too_small_an_episode_is_said() -> None:
    episodes = Episodes(np.array([[0], [1]]), np.array([[0, 1]]), 50, ObjectiveConfig(hidden_share=0.01), 0.2, CPU)
    with pytest.raises(ConfigError, match="raise the hidden share"):
        episodes.draw()


@pytest.mark.parametrize("config", EVERY_OBJECTIVE[4:], ids=str)
def test_a_run_goes_on_as_if_never_stopped(tmp_path: Path, config: ObjectiveConfig) -> None:
    catalogue = random_catalogue(tmp_path)
    training = TrainingConfig("clap", SMALL, steps=64, objective=config)
    whole, broken = new_run(catalogue, training), new_run(catalogue, training)
    train_run(catalogue, whole)
    seen: list[int] = []
    train_run(catalogue, broken, lambda report, _: seen.append(report.epoch), lambda: len(seen) >= 2)
    train_run(catalogue, broken)
    ours, theirs = load_model(broken)[0].state_dict(), load_model(whole)[0].state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    assert broken.config == training


def test_a_run_without_an_objective_is_the_papers(tmp_path: Path) -> None:
    content = TrainingConfig("clap", SMALL).as_dict()
    del content["objective"]
    assert TrainingConfig.from_dict(content) == TrainingConfig("clap", SMALL)
    assert "--loss" not in TrainingConfig("clap").command
    assert "--hidden-share 0.2" in TrainingConfig("clap", objective=ObjectiveConfig(hidden_share=0.2)).command
    assert Trainer(random_catalogue(tmp_path), TrainingConfig("clap", SMALL, steps=16)).run_epoch().loss > 0


@pytest.mark.parametrize(
    "settings", [{"loss": "hinge"}, {"negatives": "hard"}, {"anchors": "none"}, {"temperature": 0}, {"hidden_share": 1}]
)
def test_impossible_objectives_are_refused(settings: dict) -> None:
    with pytest.raises(ConfigError):
        ObjectiveConfig(**settings)


def test_thinned_artists_keep_fewer_edges_and_both_directions_share_their_fate(graph: np.ndarray) -> None:
    messages = np.concatenate([graph, graph[:, ::-1]]).T
    step = Episodes(messages, graph, 40, ObjectiveConfig(thinning=0.9), 0.2, CPU).draw()
    left = {tuple(pair) for pair in step.graph.edge_index.T.tolist()}
    assert 0 < len(left) < messages.shape[1]
    assert all((target, source) in left for source, target in left)
    assert step.artists is None


def test_a_batch_looks_at_the_ends_of_its_edges_and_hides_none(graph: np.ndarray) -> None:
    messages = np.concatenate([graph, graph[:, ::-1]]).T
    episodes = Episodes(messages, graph, 40, ObjectiveConfig(batch=10), 0.2, CPU)
    first, second = episodes.draw(), episodes.draw()
    assert first.artists is not None
    assert 2 <= len(first.artists) <= 20
    assert first.graph is second.graph
    assert not first.hides_edges


def test_every_anchor_counts_alike_in_the_softmax_loss() -> None:
    # Artist 0 has two positives and artist 3 one: the mean over anchors, each the mean over its own.
    embeddings = unit(4, 3)
    both_ways = torch.tensor([[0, 0, 3], [1, 2, 1]])
    logits = (embeddings @ embeddings.T / 0.5).fill_diagonal_(-torch.inf).log_softmax(dim=1)
    expected = -((logits[0, 1] + logits[0, 2]) / 2 + logits[3, 1]) / 2
    torch.testing.assert_close(softmax_loss(embeddings, both_ways, 0.5), expected)
