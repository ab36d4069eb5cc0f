"""Runs on disk: one folder per run, readable at any moment, even if the process is killed. All its files:

runs/<id>/config.json          the training configuration, what it is made from, versions, the command to repeat it
runs/<id>/status.json          how far it got: waiting (begun or not), running, finished, cancelled or failed
runs/<id>/progress.jsonl       one line per finished epoch
runs/<id>/state.safetensors    everything needed to resume: weights, optimiser, random state, history; saved every 20
                               seconds and on cancellation, removed when the run is finished
runs/<id>/model.safetensors    the chosen weights and the input scaling
runs/<id>/embeddings.npy       float32 (n, d), every known edge visible: what the app searches
runs/<id>/metrics.json         figures on validation and test

To resume, a process reads config.json and state.safetensors; without the latter it starts from the beginning. Who works
on a run, its log and whether it is to stop belong to its job (core/runs/claims.py). Folders of Nearfield 0.1, which
knew no jobs, also hold log.txt, claim.lock and cancel, and their status.json names the process.
"""

import os
import platform
import secrets
import shutil
import subprocess
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open

from core.array_files import map_array
from core.arrays import FloatArray
from core.catalogue import Catalogue
from core.catalogue.format import MOST_COLUMNS
from core.catalogue.identity import belongs, inputs_fault
from core.catalogue.records import is_text
from core.errors import NearfieldError
from core.features import split_feature_names
from core.reading import is_figure, is_number, open_regular, parse_json_object, read_regular
from core.runs.config import TrainingConfig
from core.storage import move_into_place, read_json, temporary_folder, write_json
from core.text import short_label

RUNS_FOLDER = "runs"
STATE_FILE = "state.safetensors"
EMBEDDINGS_FILE = "embeddings.npy"
_CHECKPOINT_DETAILS = {"config", "command", "commit", "versions", "chosen_epoch", "seconds", "device"}
STATES = ("waiting", "running", "finished", "cancelled", "failed")
_PACKAGES = ("torch", "torch-geometric", "numpy", "scipy", "safetensors")


@dataclass(frozen=True)
class EpochReport:
    """One finished epoch. `val_ndcg` is the protocol's NDCG@200 on validation; `seconds` is the whole run's time."""

    epoch: int
    step: int
    loss: float
    val_ndcg: float
    learning_rate: float
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Run:
    """A run's folder. Its files show how far the run got."""

    path: Path

    @property
    def run_id(self) -> str:
        return self.path.name

    @property
    def details(self) -> dict[str, Any]:
        """The content of config.json. Raises NearfieldError where it is not a run's."""
        details = read_json(self.path / "config.json")
        if not isinstance(details.get("config"), dict):
            raise NearfieldError(f"config.json of {self.run_id} holds no configuration.")
        for name in ("created", "command", "catalogue_hash"):
            if not is_text(details.get(name)):
                raise NearfieldError(f"config.json of {self.run_id} has no text as “{name}”.")
        if details.get("inputs") is not None and (fault := inputs_fault(details["inputs"])):
            raise NearfieldError(f"config.json of {self.run_id} cannot be used: {fault}.")
        return details

    def belongs_to(self, catalogue: Catalogue) -> bool:
        """Whether the artists, the edges and the run's feature sets are those of `catalogue`."""
        return belongs(self.details, catalogue)

    @property
    def config(self) -> TrainingConfig:
        return TrainingConfig.from_dict(self.details["config"])

    @property
    def status(self) -> dict[str, Any]:
        """The content of status.json. Raises NearfieldError for an unknown state and for what can be no process."""
        status = read_json(self.path / "status.json")
        state = status.get("state")
        if state not in STATES:
            shown = short_label(str(state))
            raise NearfieldError(
                f"status.json of {self.run_id} has the state “{shown}”, which Nearfield does not know."
            )
        if "pid" in status and not (type(status["pid"]) is int and 0 < status["pid"] < 2**31):
            raise NearfieldError(f"status.json of {self.run_id} has a “pid” that is no number of a process.")
        if not all(is_text(status.get(name, "")) for name in ("message", "device")):
            raise NearfieldError(f"status.json of {self.run_id} has a message or a device that is no text.")
        return status

    @property
    def finished(self) -> bool:
        return self.status["state"] == "finished"

    @property
    def metrics(self) -> dict[str, Any]:
        """Figures by split. Raises NearfieldError unless each split has a row of them."""
        metrics = read_json(self.path / "metrics.json")
        if not all(isinstance(row, dict) for row in metrics.values()):
            raise NearfieldError(f"metrics.json of {self.run_id} holds something else than rows of figures.")
        return metrics

    def history(self) -> list[EpochReport]:
        """Finished epochs so far; a line cut off by a kill is left out. Raises NearfieldError for other lines."""
        file = self.path / "progress.jsonl"
        if not os.path.lexists(file):
            return []
        lines = read_regular(file).split(b"\n")[:-1]
        where = f"Line {{}} of {file.name} of {self.run_id}"
        return [_epoch_report(line, where.format(number)) for number, line in enumerate(lines, 1)]

    def set_status(self, state: str, **more: Any) -> None:
        write_json(self.path / "status.json", {"state": state, "updated": _now(), **more})

    def checkpoint_details(self) -> dict[str, Any]:
        """The provenance inside the checkpoint: configuration, hashes, versions, chosen epoch, seconds, device."""
        file = self.path / "model.safetensors"
        try:
            open_regular(file).close()
            with safe_open(file, framework="numpy") as checkpoint:
                details = parse_json_object(checkpoint.metadata()["details"], "its description")
                if missing := _CHECKPOINT_DETAILS - set(details):
                    raise NearfieldError(f"its description has no {', '.join(sorted(missing))}")
        except (OSError, SafetensorError, KeyError, TypeError, NearfieldError) as fault:
            raise NearfieldError(f"{file.name} of {self.run_id} cannot be read ({fault}).") from None
        return details

    def embeddings(self) -> FloatArray:
        """(n, d) unit vectors with every known edge visible, memory-mapped."""
        file = self.path / EMBEDDINGS_FILE
        if not os.path.lexists(file):
            raise NearfieldError(f"The run {self.run_id} has no embeddings yet: it is {self.status['state']}.")
        try:
            embeddings: FloatArray = map_array(file)
        except NearfieldError as fault:
            raise NearfieldError(f"The run {self.run_id} cannot be used: {fault}") from None
        if embeddings.dtype != np.float32 or embeddings.ndim != 2 or not 0 < embeddings.shape[1] <= MOST_COLUMNS:
            raise NearfieldError(
                f"The run {self.run_id} cannot be used: {file.name} must be float32 with two axes, the second at "
                f"most {MOST_COLUMNS:,} long, not "
                f"{embeddings.dtype} {embeddings.shape}."
            )
        return embeddings


def new_run(catalogue: Catalogue, config: TrainingConfig) -> Run:
    """Make the folder of a run that has not started, with its full provenance.

    Raises NearfieldError where it cannot be written, and then leaves nothing behind.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    features = config.features.replace("+", "-")
    run_id = f"{config.model.backbone}{config.model.layers}-{features}-{config.protocol}-s{config.seed}-{stamp}"
    run = Run(catalogue.path / RUNS_FOLDER / f"{run_id}-{secrets.token_hex(4)}")
    details = {
        "config": config.as_dict(),
        "command": config.command,
        "catalogue": catalogue.name,
        "catalogue_hash": catalogue.content_hash,
        "inputs": catalogue.inputs(split_feature_names(config.features)),
        "split_hash": catalogue.split_hash,
        "commit": source_commit(),
        "versions": library_versions(),
        "created": _now(),
    }
    with temporary_folder(run.path) as building:
        write_json(building / "config.json", details)
        Run(building).set_status("waiting")
        move_into_place(building, run.path)
    return run


def discard_run(run: Run) -> None:
    """Remove the folder of a run that could not be started."""
    shutil.rmtree(run.path, ignore_errors=True)


def open_run(catalogue: Catalogue, run_id: str) -> Run:
    """The run named `run_id`. Raises NearfieldError, listing the runs there are, for an unknown one."""
    runs = {run.run_id: run for run in list_runs(catalogue)}
    if run_id not in runs:
        known = ", ".join(runs) or "none yet; train one first"
        raise NearfieldError(f"{catalogue.name} has no run “{run_id}”. Runs: {known}.")
    return runs[run_id]


def list_runs(catalogue: Catalogue) -> list[Run]:
    """All runs of a catalogue that can be read, newest first; those of the same second are ordered by id.

    If a kill has kept `finish_run` from removing the state of a finished run, that is done here.
    """
    runs, _ = scan_runs(catalogue)
    for run in runs:
        _drop_needless_state(run)
    return runs


def scan_runs(catalogue: Catalogue) -> tuple[list[Run], dict[str, str]]:
    """`list_runs`, and by id why each of the other runs is left out."""
    found, faults = [], {}
    for file in sorted((catalogue.path / RUNS_FOLDER).glob("[!.]*/config.json")):
        run = Run(file.parent)
        if not os.path.lexists(run.path / "status.json"):  # not made yet
            continue
        try:
            found.append((_created(run), run.run_id, run))
        except NearfieldError as fault:
            faults[run.run_id] = f"The run {run.run_id} cannot be read: {fault}"
    return [run for _, _, run in sorted(found, key=lambda entry: entry[:2], reverse=True)], faults


def _created(run: Run) -> str:
    """When the run was made. Raises NearfieldError unless its configuration and its status can be read."""
    if not is_text(run.run_id):
        raise NearfieldError("the name of its folder holds half a character.")
    details = run.details
    TrainingConfig.from_dict(details["config"])
    _ = run.status
    return str(details["created"])


def _epoch_report(line: bytes, where: str) -> EpochReport:
    content = parse_json_object(line, where)
    whole = ("epoch", "step")
    if set(content) != {each.name for each in fields(EpochReport)}:
        raise NearfieldError(f"{where} has other fields than a finished epoch has.")
    if not all(type(content[name]) is int and content[name] >= 1 for name in whole):
        raise NearfieldError(f"{where} counts epochs and steps in something else than whole numbers.")
    if not all(map(is_figure, content.values())) or not is_number(content["seconds"]):
        raise NearfieldError(f"{where} holds something else than numbers.")
    return EpochReport(**content)


def finish_run(run: Run, metrics: dict[str, Any]) -> None:
    """Record the figures of a trained run and mark it finished."""
    write_json(run.path / "metrics.json", metrics)
    run.set_status("finished")
    _drop_needless_state(run)


def _drop_needless_state(run: Run) -> None:
    """Remove what only serves to resume from a run that is finished."""
    state = run.path / STATE_FILE
    with suppress(OSError, NearfieldError):
        if state.exists() and run.finished:
            state.unlink(missing_ok=True)


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
