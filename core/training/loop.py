"""The training loop: full-batch steps on the train artists, validation after every epoch."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.optim import AdamW
from torch.optim.lr_scheduler import ReduceLROnPlateau

from core.arrays import IntArray
from core.catalogue import Catalogue
from core.evaluation.evaluate import mean_ndcg
from core.features import FeatureInputs, feature_inputs
from core.graph.protocols import GraphView, evaluation_view, training_view
from core.kept_arrays import scratch_array
from core.models import UNSEEN, BlockGraph, Embedder, MessageGraph, make_model
from core.runs.config import STEPS_PER_EPOCH, TrainingConfig
from core.runs.record import EpochReport
from core.training.blocks import BlockValidation, trains_in_blocks
from core.training.device import choose_device, describe_device, multiplies_half
from core.training.episodes import Batches, Episodes, Step


class Trainer:
    """A training run in memory: call `run_epoch` until `finished`, then take `chosen_weights`."""

    def __init__(self, catalogue: Catalogue, config: TrainingConfig) -> None:
        torch.manual_seed(config.seed)
        self.config = config
        self.device = choose_device(config.device)
        self._half = config.precision == "bfloat16" and multiplies_half(self.device)
        train = np.flatnonzero(catalogue.in_split("train"))
        if trains_in_blocks(config, len(catalogue)):
            self._prepare_blocks(catalogue, train)
        else:
            self._prepare(catalogue, train)
        self.model = make_model(self._columns(len(train)), config.model).to(self.device)
        self._optimiser = AdamW(self.model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
        self._schedule = ReduceLROnPlateau(
            self._optimiser,
            mode="max",
            factor=config.plateau_factor,
            patience=config.plateau_patience,
            min_lr=config.smallest_learning_rate,
        )
        self.history: list[EpochReport] = []
        self._best_weights = _snapshot(self.model)
        self._best_ndcg = -1.0

    def _prepare(self, catalogue: Catalogue, train: IntArray) -> None:
        config, view = self.config, training_view(catalogue, self.config.protocol)
        self.inputs = feature_inputs(catalogue, config.features)
        features = torch.from_numpy(self.inputs.values[train]).to(self.device)
        self._features = features.bfloat16() if self._half and not config.model.learns_vectors else features
        messages, edges = (_relabel(pairs, train, view.n_artists) for pairs in (view.messages.T, view.edges))
        self._episodes: Episodes | Batches = Episodes(
            messages.T, edges, len(train), config.objective, config.margin, self.device
        )
        self._validation: _Validation | BlockValidation = _Validation(catalogue, config, self.inputs, self.device)
        self._rows: Tensor | None = None

    def _prepare_blocks(self, catalogue: Catalogue, train: IntArray) -> None:
        config, view = self.config, training_view(catalogue, self.config.protocol)
        self.inputs = feature_inputs(catalogue, config.features, room=scratch_array)
        self._features = torch.from_numpy(self.inputs.values)
        edges = _relabel(view.edges, train, view.n_artists)
        graph = BlockGraph.from_view(view)
        self._episodes = Batches(graph, edges, len(train), config.objective, config.margin, self.device)
        self._validation = BlockValidation(catalogue, config, self.inputs)
        self._rows = torch.from_numpy(train)

    @property
    def finished(self) -> bool:
        return len(self.history) >= self.config.epochs

    @property
    def description(self) -> str:
        """The device, and the precision where it is not the one that was asked for."""
        device = describe_device(self.device)
        return device if self._half == (self.config.precision == "bfloat16") else f"{device}, float32"

    def run_epoch(self) -> EpochReport:
        """Up to 16 optimiser steps, then validation."""
        started = time.perf_counter()
        done = self.history[-1].step if self.history else 0
        steps = min(STEPS_PER_EPOCH, self.config.steps - done)
        self.model.train()
        total = 0.0
        for _ in range(steps):
            self._optimiser.zero_grad()
            step = self._episodes.draw()
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self._half):
                embeddings = self.model(self._features_for(step), step.graph, self._rows_of(step))
            loss = step.objective(embeddings.float())
            loss.backward()
            self._optimiser.step()
            total += loss.item()
        ndcg = self._validation.ndcg(self.model)
        self._schedule.step(ndcg)
        if ndcg > self._best_ndcg:
            self._best_ndcg, self._best_weights = ndcg, _snapshot(self.model)
        earlier = self.history[-1].seconds if self.history else 0.0
        report = EpochReport(
            len(self.history) + 1,
            done + steps,
            total / steps,
            ndcg,
            self._optimiser.param_groups[0]["lr"],
            earlier + time.perf_counter() - started,
        )
        self.history.append(report)
        return report

    def _columns(self, n_train: int) -> int:
        return n_train if self.config.model.learns_vectors else self.inputs.values.shape[1]

    def _rows_of(self, step: Step) -> Tensor | None:
        """The rows of a step's artists in the features."""
        return step.artists if self._rows is None or step.artists is None else self._rows[step.artists]

    def _features_for(self, step: Step) -> Tensor:
        """The train artists' features; the learned vectors of artists whose edges are hidden count as never learned."""
        if self.config.model.learns_vectors and step.hides_edges and step.artists is not None:
            return self._features.index_fill(0, step.artists, UNSEEN)
        share = self.config.objective.missing
        return _without_some(self._features, self.inputs.lackable, share) if share else self._features

    @property
    def _selects_best_epoch(self) -> bool:
        """Without hidden edges among validation artists no epoch is better than another, and the last one is kept."""
        return self.config.selects_best_epoch and self._validation.has_queries

    def chosen_weights(self) -> dict[str, Tensor]:
        """Weights of the epoch that the protocol chooses: the last one, or the best on validation."""
        return self._best_weights if self._selects_best_epoch else _snapshot(self.model)

    def chosen_epoch(self) -> int:
        if not self._selects_best_epoch:
            return len(self.history)
        return 1 + int(np.argmax([report.val_ndcg for report in self.history]))

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Everything needed to continue later as if never stopped: tensors, and plain JSON data."""
        tensors = {f"model.{name}": tensor for name, tensor in _snapshot(self.model).items()}
        tensors |= {f"best.{name}": tensor for name, tensor in self._best_weights.items()}
        for index, slots in self._optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser.{index}.{slot}": value.cpu().clone() for slot, value in slots.items()}
        tensors["rng.cpu"] = torch.get_rng_state()
        if self.device.type == "cuda":
            tensors["rng.cuda"] = torch.cuda.get_rng_state(self.device)
        schedule = {key: value for key, value in self._schedule.state_dict().items() if _is_plain(value)}
        plain = {
            "history": [report.as_dict() for report in self.history],
            "best_ndcg": self._best_ndcg,
            "learning_rate": self._optimiser.param_groups[0]["lr"],
            "schedule": schedule,
        }
        return tensors, plain

    def load_state(self, tensors: dict[str, Tensor], plain: dict[str, Any]) -> None:
        """Inverse of `state`."""
        self.model.load_state_dict(_under("model.", tensors))
        self._best_weights = _under("best.", tensors)
        slots: dict[int, dict[str, Tensor]] = {}
        for name, tensor in _under("optimiser.", tensors).items():
            index, slot = name.split(".", 1)
            slots.setdefault(int(index), {})[slot] = tensor
        groups = self._optimiser.state_dict()["param_groups"]
        self._optimiser.load_state_dict({"state": slots, "param_groups": groups})
        self._optimiser.param_groups[0]["lr"] = plain["learning_rate"]
        self._schedule.load_state_dict(plain["schedule"])
        self._best_ndcg = plain["best_ndcg"]
        self.history = [EpochReport(**report) for report in plain["history"]]
        torch.set_rng_state(tensors["rng.cpu"])
        if "rng.cuda" in tensors and self.device.type == "cuda":
            torch.cuda.set_rng_state(tensors["rng.cuda"], self.device)


def _without_some(features: Tensor, lackable: Sequence[tuple[int, int, int]], share: float) -> Tensor:
    """Features (n, columns) in which a random `share` of the artists lacks each of `lackable`; see FeatureInputs."""
    left = features.clone()
    for first, end, mark in lackable:
        lacking = torch.rand(len(features)).to(features.device) < share
        left[lacking, first:end] = 0
        left[lacking, mark] = 1
    return left


class _Validation:
    """NDCG@200 on the validation split during training, in the protocol's own definition."""

    def __init__(
        self, catalogue: Catalogue, config: TrainingConfig, inputs: FeatureInputs, device: torch.device
    ) -> None:
        self._view = evaluation_view(catalogue, config.protocol, "val")
        self._rows = np.flatnonzero(catalogue.in_split("train", "val"))
        self._width = config.model.embedding
        self._features, self._graph = _stage(inputs, self._view.visible, self._rows, device)

    @property
    def has_queries(self) -> bool:
        return len(self._view.queries) > 0

    def ndcg(self, model: Embedder) -> float:
        embeddings = np.full((self._view.visible.n_artists, self._width), np.nan, np.float32)
        embeddings[self._rows] = model.embed(self._features, self._graph).cpu().numpy()
        return mean_ndcg(embeddings[self._view.candidates], self._view)


def _stage(inputs: FeatureInputs, view: GraphView, rows: IntArray, device: torch.device) -> tuple[Tensor, MessageGraph]:
    """The features and messages of some artists only, relabelled 0 to len(rows) - 1."""
    graph = MessageGraph.from_messages(_relabel(view.messages.T, rows, view.n_artists).T, len(rows))
    return torch.from_numpy(inputs.values[rows]).to(device), graph.to(device)


def _relabel(pairs: IntArray, rows: IntArray, n_artists: int) -> IntArray:
    place = np.full(n_artists, -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    return place[pairs]


def _snapshot(model: torch.nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().cpu().clone() for name, tensor in model.state_dict().items()}


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _is_plain(value: Any) -> bool:
    return isinstance(value, bool | int | float | str | list) or value is None
