"""Training in a real process of its own: start, watch, cancel, resume, lose the process, fail, finish."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.experiments.results import read_results
from core.jobs import LOW_PRIORITY
from core.runs.config import ModelConfig, TrainingConfig
from core.runs.jobs import active_run, cancel_job, job_state, log_tail, resume_job, start_job
from core.runs.overview import estimate_seconds, overview, overviews
from core.runs.record import Run, new_run
from core.storage import read_json, write_json
from tests.support.graphs import random_catalogue
from tests.support.jobs import job_of, worker_pid
from tests.support.processes import kill, left_behind

pytestmark = [pytest.mark.timeout(1200), pytest.mark.slow]
"""Trainings of low priority take their time on a busy machine."""

SMALL = ModelConfig(layers=1, hidden=8, embedding=4)
ENDLESS = TrainingConfig("clap", SMALL, steps=1_000_000)
SHORT = TrainingConfig("clap", SMALL, steps=33)
_PATIENCE = 600.0


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """Its jobs end with the test, processes and all: a run says how it stands before its process has ended."""
    before = psutil.pids()
    catalogue = random_catalogue(tmp_path)
    yield catalogue
    while run := active_run(catalogue):
        kill(worker_pid(run))
    assert not left_behind(before, _PATIENCE)


def wait_for(run: Run, *states: str, epochs: int = 0) -> str:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        state = job_state(run).state
        if state in states and len(run.history()) >= epochs:
            return state
        time.sleep(0.1)
    pytest.fail(f"still {job_state(run)} with {len(run.history())} epochs: {log_tail(run)}")


def test_a_job_from_start_to_cancelled_to_killed_to_resumed(catalogue: Catalogue) -> None:
    run = start_job(catalogue, ENDLESS, "eve")
    assert job_state(run).is_active
    wait_for(run, "running", epochs=2)
    job = job_of(run)
    assert (job.owner, job.nice, job.is_stopping) == ("eve", LOW_PRIORITY, False)
    assert psutil.Process(worker_pid(run)).nice() == min(19, os.nice(0) + LOW_PRIORITY)
    assert active_run(catalogue) == run
    with pytest.raises(NearfieldError, match="still training"):
        start_job(catalogue, SHORT, "eve")

    cancel_job(run)
    assert job_state(run).is_stopping or not job_state(run).is_active
    wait_for(run, "cancelled")
    done = len(run.history())
    assert read_json(run.path / "status.json")["epoch"] == done
    assert active_run(catalogue) is None

    resume_job(catalogue, run, "eve")
    wait_for(run, "running", epochs=done + 2)
    so_far = run.history()
    assert [report.epoch for report in so_far] == list(range(1, len(so_far) + 1))
    with pytest.raises(NearfieldError, match="nothing to resume"):
        resume_job(catalogue, run, "eve")

    os.kill(worker_pid(run), signal.SIGKILL)
    wait_for(run, "interrupted")
    assert job_state(run).can_resume
    assert overview(catalogue, run).seconds_left


def test_a_finished_job_is_measured_and_can_be_estimated_from(catalogue: Catalogue) -> None:
    run = start_job(catalogue, SHORT, "eve")
    wait_for(run, "finished", "failed")
    now = overview(catalogue, run)
    assert now.job.state == "finished", log_tail(run)
    assert "epochs" in job_of(run).stage
    assert [report.step for report in now.history] == [16, 32, 33]
    assert now.score("val") is not None
    assert set(read_results(catalogue)["ranker"]) == {f"run:{run.run_id}"}
    assert not list(run.path.glob("state*"))
    estimate = estimate_seconds([now], TrainingConfig("clap", SMALL, steps=330))
    assert estimate is not None
    assert estimate == (pytest.approx(10 * now.history[-1].seconds), 1)
    assert estimate_seconds([now], TrainingConfig("random", SMALL)) is None


def test_a_job_that_fails_says_why(catalogue: Catalogue) -> None:
    run = new_run(catalogue, SHORT)
    run.set_status("cancelled")
    write_json(run.path / "config.json", run.details | {"inputs": None, "catalogue_hash": "another"})
    resume_job(catalogue, run, "eve")
    wait_for(run, "failed")
    assert "another version" in job_state(run).message
    assert "another version" in log_tail(run)


def test_refusals_leave_no_run_behind(catalogue: Catalogue) -> None:
    with pytest.raises(NearfieldError, match="no feature set “loudness”"):
        start_job(catalogue, TrainingConfig("loudness", SMALL), "eve")
    assert overviews(catalogue) == ([], [])


def test_a_run_that_cannot_be_read_is_named_and_hides_no_other(catalogue: Catalogue) -> None:
    good, bad = new_run(catalogue, SHORT), new_run(catalogue, SHORT)
    details = bad.details
    details["config"]["model"]["backbone"] = "from-the-future"
    write_json(bad.path / "config.json", details)
    read, faults = overviews(catalogue)
    assert [run.run_id for run in read] == [good.run_id]
    assert "from-the-future" in faults[0]
    assert job_state(good).state == "interrupted"
