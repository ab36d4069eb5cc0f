"""Runs on disk: one folder per run, readable at any moment, written so that a kill leaves old or new, never half.

runs/<id>/config.json          the training configuration, hashes, versions, the command to repeat it
runs/<id>/status.json          running, finished, cancelled or failed, with the process that works on it
runs/<id>/progress.jsonl       one line per finished epoch
runs/<id>/state.safetensors    everything needed to resume; removed when the run is finished
runs/<id>/model.safetensors    the chosen weights and the input scaling
runs/<id>/embeddings.npy       float32 (n, d), every known edge visible: what the app searches
runs/<id>/metrics.json         figures on validation and test
"""

import json
import os
import platform
import secrets
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.features import FeatureInputs, InputScaling
from core.graph.protocols import GraphView, serving_view
from core.models import Embedder, MessageGraph, columns_of, make_model
from core.processes import process_stamp
from core.storage import atomic_path, read_json, write_json
from core.training.config import TrainingConfig
from core.training.device import describe_device
from core.training.loop import EpochReport, Trainer

RUNS_FOLDER = "runs"
_SECONDS_BETWEEN_STATES = 20.0
_PACKAGES = ("torch", "torch-geometric", "numpy", "scipy", "safetensors")


@dataclass(frozen=True)
class Run:
    """A run's folder. Which files are there tells how far it got."""

    path: Path

    @property
    def run_id(self) -> str:
        return self.path.name

    @property
    def details(self) -> dict[str, Any]:
        """The content of config.json."""
        return read_json(self.path / "config.json")

    @property
    def config(self) -> TrainingConfig:
        return TrainingConfig.from_dict(self.details["config"])

    @property
    def status(self) -> dict[str, Any]:
        return read_json(self.path / "status.json")

    @property
    def finished(self) -> bool:
        return self.status["state"] == "finished"

    @property
    def metrics(self) -> dict[str, Any]:
        return read_json(self.path / "metrics.json")

    def history(self) -> list[EpochReport]:
        """Finished epochs so far; a line cut off by a kill is left out."""
        file = self.path / "progress.jsonl"
        if not file.is_file():
            return []
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        return [EpochReport(**json.loads(line)) for line in lines if line.endswith("\n")]

    def set_status(self, state: str, **more: Any) -> None:
        write_json(self.path / "status.json", {"state": state, "updated": _now(), **more})

    def embeddings(self) -> npt.NDArray[np.float32]:
        """(n, d) unit vectors with every known edge visible, memory-mapped."""
        file = self.path / "embeddings.npy"
        if not file.is_file():
            raise NearfieldError(f"The run {self.run_id} has no embeddings yet: it is {self.status['state']}.")
        embeddings: npt.NDArray[np.float32] = np.load(file, mmap_mode="r", allow_pickle=False)
        return embeddings


def new_run(catalogue: Catalogue, config: TrainingConfig) -> Run:
    """Make the folder of a run that has not started, with its full provenance."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    features = config.features.replace("+", "-")
    run_id = f"{config.model.backbone}{config.model.layers}-{features}-{config.protocol}-s{config.seed}-{stamp}"
    run = Run(catalogue.path / RUNS_FOLDER / f"{run_id}-{secrets.token_hex(2)}")
    run.path.mkdir(parents=True)
    details = {
        "config": config.as_dict(),
        "command": config.command,
        "catalogue": catalogue.name,
        "catalogue_hash": catalogue.content_hash,
        "split_hash": catalogue.split_hash,
        "commit": source_commit(),
        "versions": library_versions(),
        "created": _now(),
    }
    write_json(run.path / "config.json", details)
    run.set_status("waiting")
    return run


def open_run(catalogue: Catalogue, run_id: str) -> Run:
    """The run named `run_id`. Raises NearfieldError, listing the runs there are, for an unknown one."""
    runs = {run.run_id: run for run in list_runs(catalogue)}
    if run_id not in runs:
        known = ", ".join(runs) or "none yet; train one first"
        raise NearfieldError(f"{catalogue.name} has no run “{run_id}”. Runs: {known}.")
    return runs[run_id]


def list_runs(catalogue: Catalogue) -> list[Run]:
    """All runs of a catalogue, newest first; of those begun in the same second, by their ids."""
    folder = catalogue.path / RUNS_FOLDER
    runs = [Run(file.parent) for file in folder.glob("*/config.json") if (file.parent / "status.json").is_file()]
    return sorted(runs, key=lambda run: (run.details["created"], run.run_id), reverse=True)


def train_run(
    catalogue: Catalogue,
    run: Run,
    on_epoch: Callable[[EpochReport, int], None] = lambda report, epochs: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> bool:
    """Train `run` to its end, from its saved state where there is one; False when `should_stop` ended it early.

    `on_epoch` gets each report and the number of epochs. On an early end the state is kept and the run can resume.
    """
    if run.details["catalogue_hash"] != catalogue.content_hash:
        raise NearfieldError(f"The run {run.run_id} belongs to another version of {catalogue.name}. Start a new one.")
    trainer = Trainer(catalogue, run.config)
    _restore(run, trainer)
    run.set_status("running", device=describe_device(trainer.device), **process_stamp(os.getpid()))
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
        with (run.path / "progress.jsonl").open("a", encoding="utf-8") as progress:
            progress.write(json.dumps(report.as_dict()) + "\n")
        on_epoch(report, run.config.epochs)
    _save_model(run, trainer)
    model, _ = load_model(run)
    embeddings = embed(model, trainer.inputs, serving_view(catalogue, run.config.protocol))
    with atomic_path(run.path / "embeddings.npy") as temporary, temporary.open("wb") as file:
        np.save(file, embeddings)
    return True


def finish_run(run: Run, metrics: dict[str, Any]) -> None:
    """Record the figures of a trained run and mark it finished."""
    write_json(run.path / "metrics.json", metrics)
    (run.path / "state.safetensors").unlink(missing_ok=True)
    run.set_status("finished")


def load_model(run: Run) -> tuple[Embedder, InputScaling]:
    """The trained model in evaluation mode, on the CPU, and the scaling of its input. Nothing is unpickled."""
    tensors, details = _read_tensors(run.path / "model.safetensors")
    config = TrainingConfig.from_dict(details["config"])
    scaling = InputScaling(tensors.pop("input.mean").numpy(), tensors.pop("input.deviation").numpy())
    try:
        model = make_model(columns_of(tensors, config.model), config.model)
        model.load_state_dict(tensors)
    except (KeyError, RuntimeError) as fault:
        raise NearfieldError(f"model.safetensors of {run.run_id} does not fit its configuration ({fault}).") from None
    return model.eval(), scaling


def load_details(run: Run) -> dict[str, Any]:
    """The provenance stored inside the checkpoint: configuration, hashes, versions, chosen epoch, seconds, device."""
    return _read_tensors(run.path / "model.safetensors")[1]


def embed(model: Embedder, inputs: FeatureInputs, view: GraphView) -> npt.NDArray[np.float32]:
    """(n, d) embeddings of all artists with the edges of `view` visible."""
    return model.embed(torch.from_numpy(inputs.values), MessageGraph.from_view(view)).numpy()


def library_versions() -> dict[str, str]:
    """Versions of Python and of the packages that decide a run's numbers."""
    return {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES}


def source_commit() -> str:
    """The commit of the code that runs, or "unknown" outside a git checkout."""
    here = Path(__file__).resolve().parent
    command = ["git", "-C", str(here), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return found.stdout.strip()


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _save_state(run: Run, trainer: Trainer) -> None:
    tensors, plain = trainer.state()
    _write_tensors(run.path / "state.safetensors", tensors, plain)


def _restore(run: Run, trainer: Trainer) -> None:
    file = run.path / "state.safetensors"
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
        "device": describe_device(trainer.device),
    }
    _write_tensors(run.path / "model.safetensors", tensors, details)


def _write_tensors(path: Path, tensors: dict[str, Tensor], details: dict[str, Any]) -> None:
    with atomic_path(path) as temporary:
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, temporary,
                  metadata={"details": json.dumps(details)})  # fmt: skip


def _read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            return tensors, json.loads(file.metadata()["details"])
    except (OSError, SafetensorError, KeyError, TypeError, json.JSONDecodeError) as fault:
        raise NearfieldError(f"{path.name} of {path.parent.name} cannot be read ({fault}).") from None
