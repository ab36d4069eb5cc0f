"""Training over memory-mapped rows: the same run as in memory."""

from pathlib import Path

import numpy as np
import pytest
import torch

from core.catalogue import Catalogue
from core.errors import ConfigError
from core.features import feature_inputs, inputs
from core.graph.protocols import serving_view
from core.kept_arrays import scratch_array
from core.models import blocks
from core.runs.config import ModelConfig, ObjectiveConfig, TrainingConfig
from core.runs.record import new_run
from core.training import blocks as training_blocks
from core.training.blocks import BlockValidation, trains_in_blocks
from core.training.checkpoints import embed, load_model, train_run
from core.training.loop import Trainer
from tests.support.graphs import graph_catalogue, random_catalogue

SMALL = ModelConfig("sign", layers=2, hidden=8, embedding=4)
BATCHES = TrainingConfig("clap", SMALL, steps=48, objective=ObjectiveConfig(batch=20))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return random_catalogue(tmp_path, 200)


def test_a_run_in_blocks_is_the_run_in_memory(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    def trained() -> tuple[Trainer, np.ndarray]:
        run = new_run(catalogue, BATCHES)
        assert train_run(catalogue, run)
        trainer = Trainer(catalogue, BATCHES)
        while not trainer.finished:
            trainer.run_epoch()
        return trainer, np.array(run.embeddings())

    in_memory, own = trained()
    monkeypatch.setattr(blocks, "BLOCKS_FROM", 0)
    in_blocks, same = trained()
    assert isinstance(in_blocks._validation, BlockValidation)
    assert not isinstance(in_memory._validation, BlockValidation)
    ours, theirs = in_blocks.model.state_dict(), in_memory.model.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    for mine, other in zip(in_blocks.history, in_memory.history, strict=True):
        assert mine.loss == other.loss
        assert mine.val_ndcg == pytest.approx(other.val_ndcg, abs=1e-6)
    np.testing.assert_array_equal(same, own)


def test_only_some_validation_artists_are_asked_for(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCKS_FROM", 0)
    monkeypatch.setattr(training_blocks, "MOST_QUERIES", 5)
    trainer = Trainer(catalogue, BATCHES)
    assert len(trainer._validation._view.queries) == 5
    assert 0 < trainer.run_epoch().val_ndcg <= 1


def test_what_changes_the_graph_is_trained_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCKS_FROM", 1000)
    assert trains_in_blocks(BATCHES, 1000)
    assert not trains_in_blocks(BATCHES, 999)
    for objective in (ObjectiveConfig(), ObjectiveConfig(batch=9, thinning=0.1), ObjectiveConfig(batch=9, missing=0.1)):
        assert not trains_in_blocks(TrainingConfig("clap", SMALL, objective=objective), 1000)
    assert not trains_in_blocks(TrainingConfig("clap", objective=BATCHES.objective), 1000)


def test_nothing_to_learn_from_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCKS_FROM", 0)
    lonely = graph_catalogue(tmp_path, ["train"] * 3, [], {"clap": np.ones((3, 2), np.float32)})
    with pytest.raises(ConfigError, match="no edge"):
        Trainer(lonely, BATCHES)


def test_inputs_by_blocks_are_those_of_all(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = feature_inputs(catalogue, "clap+random")
    monkeypatch.setattr(inputs, "_BLOCK", 33)
    parts = feature_inputs(catalogue, "clap+random", room=scratch_array)
    np.testing.assert_allclose(parts.values, whole.values, rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(parts.unknown, whole.unknown)
    again = feature_inputs(catalogue, "clap+random", whole.scaling, scratch_array)
    np.testing.assert_array_equal(again.values, whole.values)


def test_a_stored_model_embeds_by_blocks(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    run = new_run(catalogue, BATCHES)
    train_run(catalogue, run)
    model, scaling = load_model(run)
    given = feature_inputs(catalogue, "clap", scaling)
    own = embed(model, given, serving_view(catalogue))
    monkeypatch.setattr(blocks, "BLOCKS_FROM", 0)
    np.testing.assert_array_equal(embed(model, given, serving_view(catalogue)), own)
