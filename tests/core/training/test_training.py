"""Triplets, the loop, runs on disk: losses by hand, the same numbers from the same seed, nothing lost by a kill."""

import json
import resource
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.catalogue import Catalogue
from core.errors import ConfigError, NearfieldError
from core.experiments.measure import train_and_evaluate
from core.experiments.results import read_results
from core.features import feature_inputs
from core.graph.protocols import serving_view
from core.runs.config import ModelConfig, TrainingConfig
from core.runs.record import list_runs, new_run, open_run
from core.search.spaces import open_space, ranker_in_views
from core.training.checkpoints import embed, load_model, train_run
from core.training.distances import PairPattern, pair_distances
from core.training.loop import Trainer
from core.training.triplets import EdgeTriplets
from tests.support.graphs import graph_catalogue, random_catalogue

CPU = torch.device("cpu")
SMALL = ModelConfig(layers=1, hidden=8, embedding=4)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return random_catalogue(tmp_path)


def test_triplet_loss_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    # One edge 0-1; unit vectors at 0°, 60° and 180°. d(0,1) = 1, d(0,2) = 2, d(1,2) = sqrt 3.
    angles = torch.tensor([0.0, torch.pi / 3, torch.pi])
    embeddings = torch.stack([angles.cos(), angles.sin()], dim=1)
    triplets = EdgeTriplets(np.array([[0, 1]]), 3, CPU)
    assert triplets.draw_negatives().tolist() == [2, 2]
    # Anchors 0 and 1 give max(0, m + 1 - 2) and max(0, m + 1 - sqrt 3): zero for m = .2, .5 and .768 for m = 1.5.
    assert triplets.loss(embeddings, 0.2).item() == 0.0
    assert triplets.loss(embeddings, 1.5).item() == pytest.approx((0.5 + (2.5 - 3**0.5)) / 2, abs=1e-6)


def test_negatives_are_strangers() -> None:
    rng = np.random.default_rng(0)
    pairs = rng.integers(0, 20, (60, 2))
    edges = np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0)
    tied = {(int(a), int(b)) for a, b in np.concatenate([edges, edges[:, ::-1]])}
    triplets = EdgeTriplets(edges, 20, CPU)
    anchors = np.sort(np.concatenate([edges[:, 0], edges[:, 1]]), kind="stable")
    drawn = set()
    for _ in range(30):
        negatives = triplets.draw_negatives().numpy()
        assert len(negatives) == len(anchors)
        assert not tied & set(zip(anchors.tolist(), negatives.tolist(), strict=True))
        assert (negatives != anchors).all()
        drawn |= set(negatives.tolist())
    assert drawn == set(range(20))


def test_pair_distances_and_gradient_equal_plain_ones() -> None:
    generator = torch.Generator().manual_seed(0)
    left, _ = torch.sort(torch.randint(0, 30, (80,), generator=generator))
    right = torch.randint(0, 30, (80,), generator=generator)
    right[right == left] = 29
    keep = left != right
    left, right = left[keep], right[keep]
    raw = torch.randn(30, 6, generator=generator)
    weights = torch.randn(len(left), generator=generator)

    def gradient(sampled: bool) -> tuple[torch.Tensor, torch.Tensor]:
        z = raw.clone().requires_grad_()
        unit = torch.nn.functional.normalize(z, dim=1)
        distances = (
            pair_distances(unit, PairPattern(left, right, 30)) if sampled else (unit[left] - unit[right]).norm(dim=1)
        )
        (distances * weights).sum().backward()
        assert z.grad is not None
        return distances.detach(), z.grad

    ours, plain = gradient(True), gradient(False)
    torch.testing.assert_close(ours[0], plain[0], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(ours[1], plain[1], rtol=1e-3, atol=1e-4)


def test_identical_embeddings_have_a_finite_gradient() -> None:
    z = torch.ones(3, 4).div(2).requires_grad_()
    EdgeTriplets(np.array([[0, 1]]), 3, CPU).loss(z, 0.2).backward()
    assert z.grad is not None
    assert torch.isfinite(z.grad).all()


def test_nothing_to_learn_from_is_said(tmp_path: Path) -> None:
    for folder, edges, reason in (("a", [], "no edge"), ("b", [(0, 1), (0, 2), (1, 2)], "every other")):
        lonely = graph_catalogue(tmp_path / folder, ["train"] * 3, edges)
        with pytest.raises(ConfigError, match=reason):
            Trainer(lonely, TrainingConfig("random", SMALL, steps=1))


def test_the_same_seed_gives_the_same_numbers_and_another_does_not(catalogue: Catalogue) -> None:
    def losses(seed: int) -> list[float]:
        trainer = Trainer(catalogue, TrainingConfig("clap", SMALL, seed=seed, steps=40))
        while not trainer.finished:
            trainer.run_epoch()
        return [report.loss for report in trainer.history] + [report.val_ndcg for report in trainer.history]

    assert losses(3) == losses(3)
    assert losses(3) != losses(4)


def test_it_learns_what_content_tells(catalogue: Catalogue) -> None:
    trainer = Trainer(catalogue, TrainingConfig("clap", SMALL, steps=160))
    while not trainer.finished:
        trainer.run_epoch()
    assert trainer.history[-1].step == 160
    assert trainer.history[-1].loss < trainer.history[0].loss
    chosen = trainer.history[trainer.chosen_epoch() - 1]
    assert chosen.val_ndcg == max(report.val_ndcg for report in trainer.history)


@pytest.mark.parametrize("protocol", ["standard", "published"])
def test_an_interrupted_run_ends_as_if_never_stopped(catalogue: Catalogue, protocol: str) -> None:
    config = TrainingConfig("clap", SMALL, protocol, steps=16 * 6 + 5)
    whole, broken = new_run(catalogue, config), new_run(catalogue, config)
    train_run(catalogue, whole)
    seen: list[int] = []
    assert not train_run(catalogue, broken, lambda report, _: seen.append(report.epoch), lambda: len(seen) >= 3)
    assert broken.status["state"] == "cancelled"
    assert (broken.path / "state.safetensors").is_file()
    with (broken.path / "progress.jsonl").open("a") as progress:
        progress.write('{"epoch": 99, "cut off by a ki')
    assert train_run(catalogue, broken)
    ours, theirs = load_model(broken)[0].state_dict(), load_model(whole)[0].state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    assert [report.loss for report in broken.history()] == [report.loss for report in whole.history()]
    assert whole.history()[-1].step == 101


def test_a_finished_run_carries_its_provenance(catalogue: Catalogue) -> None:
    run = new_run(catalogue, TrainingConfig("clap+random", SMALL, steps=16))
    metrics = train_and_evaluate(catalogue, run)
    assert metrics is not None
    assert set(metrics) == {"val", "test"}
    assert open_run(catalogue, run.run_id).finished
    assert not (run.path / "state.safetensors").exists()
    details = run.checkpoint_details()
    for key in ("config", "catalogue_hash", "split_hash", "commit", "versions", "command", "seconds", "device"):
        assert details[key]
    rows = read_results(catalogue)
    assert set(rows["split"]) == {"val", "test"}
    assert set(rows["ranker"]) == {f"run:{run.run_id}"}
    assert json.loads(rows["config"].iloc[0])["features"] == "clap+random"
    model, scaling = load_model(run)
    again = embed(model, feature_inputs(catalogue, run.config.features, scaling), serving_view(catalogue))
    np.testing.assert_allclose(again, run.embeddings(), atol=1e-6)
    assert [known.run_id for known in list_runs(catalogue)] == [run.run_id]


def test_a_run_of_another_catalogue_version_is_refused(tmp_path: Path, catalogue: Catalogue) -> None:
    run = new_run(catalogue, TrainingConfig("clap", SMALL, steps=16))
    other = random_catalogue(tmp_path / "other", seed=1)
    with pytest.raises(NearfieldError, match="another version"):
        train_run(other, run)
    shutil.copytree(run.path, other.path / "runs" / run.run_id)
    for opened in (open_space, ranker_in_views):
        with pytest.raises(NearfieldError, match="another version"):
            opened(other, f"run:{run.run_id}")


def test_a_damaged_checkpoint_is_refused_and_never_unpickled(catalogue: Catalogue) -> None:
    run = new_run(catalogue, TrainingConfig("clap", SMALL, steps=16))
    train_run(catalogue, run)
    file = run.path / "model.safetensors"
    whole = file.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b"\x80\x04\x95" + whole):
        file.write_bytes(damaged)
        with pytest.raises(NearfieldError, match=r"model\.safetensors"):
            load_model(run)


@pytest.mark.parametrize(
    "settings",
    [{"features": ""}, {"features": "clap+clap"}, {"protocol": "best"}, {"steps": 0}, {"seed": -1}, {"margin": 3.0}],
)
def test_impossible_settings_are_refused(settings: dict) -> None:
    with pytest.raises(ConfigError):
        TrainingConfig(**({"features": "clap"} | settings))
    config = TrainingConfig("clap", SMALL)
    assert TrainingConfig.from_dict(json.loads(json.dumps(config.as_dict()))) == config


def test_training_on_a_full_disk_says_so_and_goes_on_when_there_is_room(catalogue: Catalogue) -> None:
    """A limit on the size of files stands for a full disk: the state has room, the model has not, or neither has."""
    config = TrainingConfig("clap", SMALL, steps=33)
    undisturbed = new_run(catalogue, config)
    train_run(catalogue, undisturbed)
    run = new_run(catalogue, config)
    sizes = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, sizes[1]))
        for should_stop in (lambda: True, lambda: False):
            with pytest.raises(NearfieldError, match=r"safetensors cannot be written \(File too large\)\. Make room"):
                train_run(catalogue, run, should_stop=should_stop)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, sizes)
        signal.signal(signal.SIGXFSZ, handler)
    assert {file.name for file in run.path.iterdir()} == {"config.json", "status.json", "progress.jsonl"}
    assert train_run(catalogue, run)
    np.testing.assert_array_equal(run.embeddings(), undisturbed.embeddings())


def test_half_precision_is_full_where_the_processor_would_imitate_it(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = TrainingConfig("clap", SMALL, steps=16)
    losses = []
    monkeypatch.setattr("core.training.loop.multiplies_half", lambda device: False)
    for asked in ("float32", "bfloat16"):
        trainer = Trainer(catalogue, replace(config, precision=asked))
        losses.append(trainer.run_epoch().loss)
        assert trainer.description.endswith(", float32") == (asked == "bfloat16")
    assert losses[0] == losses[1]
    monkeypatch.setattr("core.training.loop.multiplies_half", lambda device: True)
    assert not Trainer(catalogue, replace(config, precision="bfloat16")).description.endswith("float32")
