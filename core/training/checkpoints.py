"""Training a run in its folder: its resumable state, the chosen weights and the embeddings that the app searches."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from core.arrays import FloatArray
from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.features import FeatureInputs, InputScaling
from core.graph.protocols import GraphView, serving_view
from core.models import SIGN, BlockGraph, Embedder, MessageGraph, columns_of, in_blocks, make_model
from core.reading import open_regular, parse_json_object
from core.runs.config import TrainingConfig
from core.runs.record import STATE_FILE, EpochReport, Run
from core.storage import atomic_path, write_array, writing
from core.training.loop import Trainer

_SECONDS_BETWEEN_STATES = 20.0


def train_run(
    catalogue: Catalogue,
    run: Run,
    on_epoch: Callable[[EpochReport, int], None] = lambda report, epochs: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> bool:
    """Train `run` to its end, from its saved state if there is one; returns False if `should_stop` ended it early.

    `on_epoch` receives each report and the number of epochs. After an early end the state is kept and the run can be
    resumed. Raises NearfieldError if the run belongs to another version of the catalogue.
    """
    if not run.belongs_to(catalogue):
        raise NearfieldError(f"The run {run.run_id} belongs to another version of {catalogue.name}. Start a new one.")
    trainer = Trainer(catalogue, run.config)
    _restore(run, trainer)
    run.set_status("running", device=trainer.description)
    saved = time.monotonic()
    while not trainer.finished:
        if should_stop():
            _save_state(run, trainer)
            run.set_status("cancelled", epoch=len(trainer.history))
            return False
        report = trainer.run_epoch()
        if time.monotonic() - saved > _SECONDS_BETWEEN_STATES:
            _save_state(run, trainer)
            saved = time.monotonic()
        progress_file = run.path / "progress.jsonl"
        with writing(progress_file), progress_file.open("a", encoding="utf-8") as progress:
            progress.write(json.dumps(report.as_dict()) + "\n")
        on_epoch(report, run.config.epochs)
    _save_model(run, trainer)
    model, _ = load_model(run)
    embeddings = embed(model, trainer.inputs, serving_view(catalogue, run.config.protocol))
    with atomic_path(run.path / "embeddings.npy") as temporary:
        write_array(temporary, embeddings)
    return True


def load_model(run: Run) -> tuple[Embedder, InputScaling]:
    """The trained model in evaluation mode, on the CPU, and the scaling of its input. Nothing is unpickled."""
    tensors, details = _read_tensors(run.path / "model.safetensors")
    try:
        config = TrainingConfig.from_dict(details["config"])
        scaling = InputScaling(tensors.pop("input.mean").numpy(), tensors.pop("input.deviation").numpy())
        model = make_model(columns_of(tensors, config.model), config.model)
        model.load_state_dict(tensors)
    except (KeyError, RuntimeError) as fault:
        raise NearfieldError(f"model.safetensors of {run.run_id} does not fit its configuration ({fault}).") from None
    return model.eval(), scaling


def embed(model: Embedder, inputs: FeatureInputs, view: GraphView) -> FloatArray:
    """(n, d) embeddings of all artists with the edges of `view` visible; memory-mapped where they are by blocks."""
    by_blocks = isinstance(model, SIGN) and in_blocks(view.n_artists)
    graph = BlockGraph.from_view(view) if by_blocks else MessageGraph.from_view(view)
    return model.embed(torch.from_numpy(inputs.values), graph).numpy()


def _save_state(run: Run, trainer: Trainer) -> None:
    tensors, plain = trainer.state()
    _write_tensors(run.path / STATE_FILE, tensors, plain)


def _restore(run: Run, trainer: Trainer) -> None:
    file = run.path / STATE_FILE
    if file.is_file():
        trainer.load_state(*_read_tensors(file))
    lines = [json.dumps(report.as_dict()) + "\n" for report in trainer.history]
    with atomic_path(run.path / "progress.jsonl") as temporary:
        temporary.write_text("".join(lines), encoding="utf-8")


def _save_model(run: Run, trainer: Trainer) -> None:
    tensors = trainer.chosen_weights()
    tensors["input.mean"] = torch.from_numpy(trainer.inputs.scaling.mean)
    tensors["input.deviation"] = torch.from_numpy(trainer.inputs.scaling.deviation)
    details = run.details | {
        "chosen_epoch": trainer.chosen_epoch(),
        "seconds": trainer.history[-1].seconds,
        "device": trainer.description,
    }
    _write_tensors(run.path / "model.safetensors", tensors, details)


def _write_tensors(path: Path, tensors: dict[str, Tensor], details: dict[str, Any]) -> None:
    with atomic_path(path) as temporary:
        save_file(
            {name: tensor.contiguous() for name, tensor in tensors.items()},
            temporary,
            metadata={"details": json.dumps(details)},
        )


def _read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    try:
        open_regular(path).close()
        with safe_open(path, framework="pt", device="cpu") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            return tensors, parse_json_object(file.metadata()["details"], "its description")
    except (OSError, SafetensorError, KeyError, TypeError, NearfieldError) as fault:
        raise NearfieldError(f"{path.name} of {path.parent.name} cannot be read ({fault}).") from None
