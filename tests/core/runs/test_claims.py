"""One process works on a run: claims, two commands and two grids at once, and disks that cannot be written."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.catalogue import Catalogue
from core.cli import main
from core.database.connection import DATABASE_FILE
from core.errors import NearfieldError
from core.experiments.grid import GridProgress, execute_grid, grid_configs, plan_grid
from core.jobs import Jobs, detached
from core.jobs.processes import process_stamp
from core.runs.claims import claimed
from core.runs.config import ModelConfig, TrainingConfig
from core.runs.jobs import cancel_job, job_state, resume_job, start_job, training_jobs
from core.runs.overview import overview, overviews
from core.runs.record import EpochReport, Run, list_runs, new_run
from core.storage import write_json
from tests.support.graphs import random_catalogue
from tests.support.jobs import ANOTHER_BOOT, ENDED, change_row, job_of, waiting_run, worker_pid
from tests.support.server import ROOT

SMALL = ModelConfig(layers=1, hidden=8, embedding=4)
SHORT = TrainingConfig("clap", SMALL, steps=33)
ENDLESS = TrainingConfig("clap", SMALL, steps=1_000_000)
HOLDER = """
import sys
from pathlib import Path
from core.runs.claims import claimed
from core.runs.record import Run

with claimed(Run(Path(sys.argv[1]))):
    print("claimed", flush=True)
    input()
"""
_PATIENCE = 250.0


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return random_catalogue(tmp_path)


@contextmanager
def another_process_on(run: Run) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has claimed the run; it is killed at the end of the block."""
    command = [sys.executable, "-c", HOLDER, str(run.path)]
    holder = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"claimed\n"
        yield holder
    finally:
        holder.kill()
        holder.communicate()


def test_a_claim_holds_until_its_process_ends_however_it_ends(
    catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    run = new_run(catalogue, SHORT)
    assert job_state(run).state == "interrupted"
    with another_process_on(run) as holder:
        assert (job_state(run).state, worker_pid(run)) == ("running", holder.pid)
        with pytest.raises(NearfieldError, match="being trained in another process"), claimed(run):
            pass
        assert main(["resume", str(catalogue.path), run.run_id]) == 2
        assert "is being trained in another process. Wait for it" in capsys.readouterr().err
        with pytest.raises(NearfieldError, match="nothing to resume"):
            resume_job(catalogue, run, "eve")
        with pytest.raises(NearfieldError, match="still training"):
            start_job(catalogue, SHORT, "eve")
        assert [busy.run_id for busy in plan_grid(catalogue, [SHORT]).busy] == [run.run_id]
    assert job_state(run).state == "interrupted"
    with claimed(run):
        assert worker_pid(run) == os.getpid()


def test_a_run_is_active_even_if_the_number_of_its_process_means_nothing_here(catalogue: Catalogue) -> None:
    run = new_run(catalogue, SHORT)
    waiting_run(run, **ANOTHER_BOOT | ENDED)
    assert job_state(run).is_active
    assert plan_grid(catalogue, [SHORT]).busy == [run]
    with pytest.raises(NearfieldError, match="still training"):
        start_job(catalogue, SHORT, "eve")


def test_a_run_is_interrupted_when_the_number_of_its_process_belongs_to_another(catalogue: Catalogue) -> None:
    run = new_run(catalogue, SHORT)
    claim = waiting_run(run)
    assert job_state(run).is_active
    worker = job_of(run).worker
    change_row(catalogue.path, claim.job_id, worker=worker | {"ticks": 1, "started": worker["started"] - 3600})
    assert job_state(run).state == "interrupted"
    with claimed(run):
        assert job_state(run).is_active


def test_a_process_of_an_earlier_version_holds_its_run_without_a_job(catalogue: Catalogue) -> None:
    run = new_run(catalogue, SHORT)
    command = [sys.executable, "-c", "input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        run.set_status("running", pid=process.pid, started=process_stamp(process.pid)["started"])
        with pytest.raises(NearfieldError, match="in another process"), claimed(run):
            pass
        assert (job_state(run).state, job_state(run).is_stopping) == ("running", False)
        assert plan_grid(catalogue, [SHORT]).busy == [run]
        with pytest.raises(NearfieldError, match="still training"):
            start_job(catalogue, SHORT, "eve")
        cancel_job(run)
        assert (run.path / "cancel").exists()
        assert job_state(run).is_stopping
        process.communicate(b"\n")
    assert job_state(run).state == "interrupted"
    with claimed(run):
        pass


def test_a_finished_run_cannot_be_claimed(catalogue: Catalogue) -> None:
    run = new_run(catalogue, SHORT)
    run.set_status("finished")
    with pytest.raises(NearfieldError, match="nothing to resume"), claimed(run):
        pass
    assert run.finished


@pytest.mark.skipif(sys.platform != "linux", reason="psutil adds the boot to a start on Linux only")
@pytest.mark.parametrize("seconds", [3600.0, -3600.0])
def test_a_run_goes_on_when_the_clock_is_set(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    import psutil._pslinux as linux

    run = new_run(catalogue, SHORT)
    with claimed(run):
        booted = linux.boot_time()
        monkeypatch.setattr(linux, "boot_time", lambda: booted + seconds)
        assert job_state(run).is_active
        with pytest.raises(NearfieldError, match="still training"):
            start_job(catalogue, SHORT, "eve")


def test_more_epochs_than_a_run_has_are_all_of_it(catalogue: Catalogue) -> None:
    run = new_run(catalogue, SHORT)
    lines = [f"{EpochReport(epoch, 16, 0.1, 0.1, 1e-3, 3.0).as_dict()}\n".replace("'", '"') for epoch in range(1, 9)]
    (run.path / "progress.jsonl").write_text("".join(lines))
    now = overview(catalogue, run)
    assert len(now.history) > now.config.epochs
    assert now.share_done == 1
    assert now.seconds_left == 0


@pytest.mark.slow
def test_two_commands_on_one_run(catalogue: Catalogue, tmp_path: Path) -> None:
    run = new_run(catalogue, ENDLESS)
    command = [sys.executable, "-m", "core", "resume", str(catalogue.path), run.run_id, "--threads", "1"]
    both: list[subprocess.Popen[bytes]] = []
    logs = [tmp_path / "first", tmp_path / "second"]
    for file in logs:
        with file.open("w") as log:
            both.append(subprocess.Popen(command, cwd=ROOT, stderr=log))
    try:
        wait_until(lambda: len(run.history()) >= 2 and any(process.poll() is not None for process in both))
        (refused,) = (process for process in both if process.poll() is not None)
        (working,) = (process for process in both if process.poll() is None)
        assert refused.returncode == 2
        assert worker_pid(run) == working.pid
        assert job_state(run).state == "running"
        assert "is being trained in another process" in logs[both.index(refused)].read_text()
        working.send_signal(signal.SIGINT)
        assert working.wait(_PATIENCE) == 130
    finally:
        for process in both:
            process.kill()
            process.wait()
    history = run.history()
    assert [report.epoch for report in history] == list(range(1, len(history) + 1))


@pytest.mark.slow
def test_two_grids_share_the_work(catalogue: Catalogue) -> None:
    base = TrainingConfig("clap", ModelConfig(hidden=8, embedding=4), steps=16)
    configs = grid_configs(base, ["clap", "random"], layers=[0, 1])
    plans = [plan_grid(catalogue, configs) for _ in range(2)]
    assert [len(plan.new) for plan in plans] == [4, 4]
    seen: list[list[GridProgress]] = [[], []]
    with ThreadPoolExecutor(2) as pool:
        grids = [
            pool.submit(execute_grid, catalogue, plan, 1, log.append) for plan, log in zip(plans, seen, strict=True)
        ]
        assert [grid.result() for grid in grids] == [[], []]
    done = plan_grid(catalogue, configs)
    assert len(done.finished) == len(list_runs(catalogue)) == 4
    assert sum(log[-1].runs for log in seen) == 4
    for log in seen:
        assert log[-1].epochs_done == log[-1].epochs


def test_a_grid_leaves_what_is_at_work_elsewhere_and_prefers_it_to_what_was_stopped(catalogue: Catalogue) -> None:
    plan = plan_grid(catalogue, [SHORT])
    run = new_run(catalogue, SHORT)
    with claimed(run):
        stopped = new_run(catalogue, SHORT)
        assert not job_state(stopped).is_active
        assert plan_grid(catalogue, [SHORT]).busy == [run]
        seen: list[GridProgress] = []
        assert execute_grid(catalogue, plan, 1, seen.append) == []
        assert (seen[-1].runs, seen[-1].epochs) == (0, 0)
    assert len(list_runs(catalogue)) == 2


# Disks that cannot be written


def refuse(number: int) -> Callable[..., Any]:
    def write(*_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number))

    return write


REFUSALS = pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EACCES])


@REFUSALS
def test_a_run_that_cannot_be_written_leaves_nothing(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr("core.runs.record.write_json", refuse(number))
    with pytest.raises(NearfieldError, match=rf"cannot be written \({os.strerror(number)}\)"):
        start_job(catalogue, SHORT, "eve")
    assert nothing_in(catalogue)


@REFUSALS
def test_a_run_whose_process_cannot_be_started_leaves_nothing(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(detached.subprocess, "Popen", refuse(number))
    with pytest.raises(NearfieldError, match="cannot be written"):
        start_job(catalogue, SHORT, "eve")
    assert nothing_in(catalogue)
    assert execute_grid(catalogue, plan_grid(catalogue, [SHORT])) != []
    assert nothing_in(catalogue)


def test_a_run_whose_job_cannot_be_recorded_leaves_nothing(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise NearfieldError("The database is full.")

    monkeypatch.setattr("core.jobs.store.Planning.create", fail)
    with pytest.raises(NearfieldError, match="is full"):
        start_job(catalogue, SHORT, "eve")
    assert nothing_in(catalogue)


def test_a_process_that_cannot_be_written_down_is_ended(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def start(_: list[str], **more: Any) -> subprocess.Popen[bytes]:
        started.append(real([sys.executable, "-c", "import time; time.sleep(60)"], **more))
        return started[-1]

    def fail(*_: object) -> None:
        raise NearfieldError("The database is full.")

    run = new_run(catalogue, SHORT)
    run.set_status("cancelled")
    monkeypatch.setattr(detached.subprocess, "Popen", start)
    monkeypatch.setattr(Jobs, "hand_over", fail)
    with pytest.raises(NearfieldError, match="is full"):
        resume_job(catalogue, run, "eve")
    assert started[0].poll() is not None
    assert job_state(run).state == "cancelled"
    assert training_jobs(catalogue) == {}


def test_the_folder_of_runs_cannot_be_written(catalogue: Catalogue) -> None:
    (catalogue.path / "runs").write_text("a file is in the way")
    with pytest.raises(NearfieldError, match=r"cannot be written \(.+\)"):
        start_job(catalogue, SHORT, "eve")
    assert training_jobs(catalogue) == {}


def test_a_run_that_cannot_be_resumed_stays_as_it_was(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    run = new_run(catalogue, SHORT)
    run.set_status("cancelled")
    monkeypatch.setattr(detached.subprocess, "Popen", refuse(errno.EIO))
    with pytest.raises(NearfieldError, match="cannot be written"):
        resume_job(catalogue, run, "eve")
    assert job_state(run).can_resume


def test_where_the_database_cannot_be_read_what_has_ended_is_still_shown(catalogue: Catalogue) -> None:
    finished, cancelled = new_run(catalogue, SHORT), new_run(catalogue, SHORT)
    finished.set_status("finished")
    write_json(finished.path / "metrics.json", {})
    cancelled.set_status("cancelled")
    (catalogue.path.parent / DATABASE_FILE).write_bytes(b"no database at all, but text that is long enough" * 40)
    read, faults = overviews(catalogue)
    assert {run.job.state for run in read} == {"finished", "cancelled"}
    assert ["The database" in fault for fault in faults] == [True]
    assert job_state(finished).state == "finished"
    for ask in (start_job, plan_grid):
        with pytest.raises(NearfieldError, match="cannot be used"):
            ask(catalogue, SHORT, "eve") if ask is start_job else ask(catalogue, [SHORT])
    with pytest.raises(NearfieldError, match="cannot be used"):
        cancel_job(cancelled)


def test_a_catalogue_that_cannot_be_written_is_read_without_a_database(catalogue: Catalogue) -> None:
    new_run(catalogue, SHORT).set_status("cancelled")
    assert [run.job.state for run in overviews(catalogue)[0]] == ["cancelled"]
    assert not (catalogue.path.parent / DATABASE_FILE).exists()


def nothing_in(catalogue: Catalogue) -> bool:
    folders = [path for path in (catalogue.path / "runs").iterdir() if path.is_dir()]
    logs = catalogue.path / "jobs"
    return not folders and training_jobs(catalogue) == {} and not (logs.exists() and list(logs.iterdir()))


def wait_until(done: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE
    while not done():
        assert time.monotonic() < until
        time.sleep(0.1)
