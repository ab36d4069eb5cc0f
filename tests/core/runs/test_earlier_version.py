"""An installation of version 0.1, with runs and maps in every state, opens, and all of it is there."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.catalogue import Catalogue
from core.cli import main
from core.experiments.inspection import inspect
from core.jobs.processes import process_stamp
from core.maps.jobs import map_job
from core.runs.config import ModelConfig, TrainingConfig
from core.runs.jobs import active_run, job_state, log_tail
from core.runs.overview import overviews
from core.runs.record import Run, new_run
from tests.support.graphs import random_catalogue

CONFIG = TrainingConfig("clap", ModelConfig(layers=1, hidden=8, embedding=4), steps=16)
GONE = {"pid": 2**22 + 1, "started": 1.0, "boot": "an earlier boot", "ticks": 5}
FIGURES = {"ndcg": 0.4, "ndcg_published": 0.3, "recall": 0.9, "mrr": 0.2}


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return random_catalogue(tmp_path)


def old_run(catalogue: Catalogue, **status: Any) -> Run:
    """A run as version 0.1 kept it: its folder holds the process, the request to stop, the log and the lock."""
    run = new_run(catalogue, CONFIG)
    (run.path / "status.json").write_text(json.dumps({"updated": "2026-11-22T18:51:54Z"} | status))
    (run.path / "log.txt").write_text("first line\nlast line\n")
    (run.path / "claim.lock").touch()
    (run.path / "cancel").touch()
    if status["state"] == "finished":
        np.save(run.path / "embeddings.npy", np.ones((len(catalogue), 4), np.float32))
        (run.path / "metrics.json").write_text(json.dumps({"val": FIGURES, "test": FIGURES}))
    return run


def test_runs_in_every_state_are_there(catalogue: Catalogue) -> None:
    runs = {
        "finished": old_run(catalogue, state="finished"),
        "cancelled": old_run(catalogue, state="cancelled", epoch=1),
        "failed": old_run(catalogue, state="failed", message="No room left."),
        "interrupted": old_run(catalogue, state="running", device="CPU", **GONE),
    }
    (catalogue.path / "runs" / "start.lock").touch()
    read, faults = overviews(catalogue)
    assert faults == inspect(catalogue.path) == []
    assert {run.run_id: run.job.state for run in read} == {run.run_id: state for state, run in runs.items()}
    assert job_state(runs["failed"]).message == "No room left."
    assert job_state(runs["interrupted"]).message == log_tail(runs["interrupted"], 1) == "last line"
    assert not (catalogue.path.parent / "nearfield.db").exists()


def test_a_run_in_progress_is_at_work_until_its_process_ends(catalogue: Catalogue) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        run = old_run(catalogue, state="running", device="CPU", **process_stamp(process.pid))
        assert job_state(run).state == "running"
        assert active_run(catalogue) == run
        assert main(["resume", str(catalogue.path), run.run_id]) == 2
        process.communicate(b"\n")
    assert job_state(run).state == "interrupted"
    assert active_run(catalogue) is None


@pytest.mark.slow
def test_an_interrupted_run_is_finished(catalogue: Catalogue) -> None:
    run = old_run(catalogue, state="running", device="CPU", **GONE)
    assert main(["resume", str(catalogue.path), run.run_id, "--threads", "1"]) == 0
    assert run.finished
    assert "pid" not in run.status


def test_a_map_that_was_being_made_can_be_made_again(catalogue: Catalogue) -> None:
    folder = catalogue.path / "maps" / ".clap-12345678.job"
    folder.mkdir(parents=True)
    (folder / "process.json").write_text(json.dumps(GONE))
    assert inspect(catalogue.path) == []
    assert map_job(catalogue, "clap") is None
