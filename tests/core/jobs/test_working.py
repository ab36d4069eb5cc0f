"""Doing jobs: how they end, signs of life, several processes at once, and a worker that is killed."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import NearfieldError, StoppedError
from core.jobs import ClaimLostError, JobBusyError, Jobs, working
from core.jobs.detached import start_detached
from core.jobs.store import LOGS_FOLDER
from core.jobs.working import at_work, take
from tests.support.databases import EACH_DATABASE, SQLITE_ONLY
from tests.support.jobs import change_row
from tests.support.server import ROOT

pytestmark = EACH_DATABASE
_PATIENCE = 60.0
HOLDER = """
import sys
from pathlib import Path
from core.jobs.working import at_work

with at_work(Path(sys.argv[1]), "map", "clap", {}) as work:
    work.report("layout", 0.25)
    print("at work", flush=True)
    input()
"""
RIVAL = """
import random, sys, time
from pathlib import Path
from core.jobs import JobBusyError, Jobs
from core.jobs.working import at_work

folder, tally, wanted = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
while (tally / "done").read_text().count("\\n") < wanted:
    subject = random.choice("ab")
    try:
        with at_work(folder, "map", subject, {}) as work:
            held = tally / subject
            held.mkdir()  # fails if another process is inside
            work.report("layout", 0.5)
            time.sleep(random.random() * 0.02)
            held.rmdir()
            with (tally / "done").open("a") as done:
                done.write(work.job_id + "\\n")
    except JobBusyError:
        continue
"""


def wait_until(done: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE
    while not done():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Jobs:
    monkeypatch.setattr(working, "_TICK_SECONDS", 0.02)
    (tmp_path / "cat").mkdir()
    return Jobs(tmp_path / "cat")


@pytest.mark.parametrize(
    ("raised", "state", "message"),
    [
        (None, "finished", ""),
        (NearfieldError("No room."), "failed", "No room."),
        (ValueError(), "failed", "ValueError"),
        (KeyboardInterrupt(), "cancelled", ""),
        (StoppedError(), "cancelled", ""),
    ],
)
def test_a_job_ends_as_its_block_ends(jobs: Jobs, raised: BaseException | None, state: str, message: str) -> None:
    def work() -> None:
        with at_work(jobs.folder, "map", "clap", {}) as work:
            work.report("layout", 0.123)
            if raised:
                raise raised

    if raised:
        with pytest.raises(type(raised)):
            work()
    else:
        work()
    (job,) = jobs.listed()
    assert (job.state, job.message) == (state, message)
    assert (job.stage, job.done) == ("layout", 0.12)


def test_a_job_is_told_to_stop_and_others_see_how_far_it_is(jobs: Jobs) -> None:
    with at_work(jobs.folder, "map", "clap", {}) as work:
        assert not work.is_cancelled()
        work.report("layout", 0.5)
        wait_until(lambda: jobs.listed()[0].done == 0.5)
        jobs.cancel(work.job_id)
        wait_until(work.is_cancelled)
        with pytest.raises(StoppedError):
            work.check()
        work.end_as("cancelled")
    assert jobs.listed()[0].state == "cancelled"


def test_signs_of_life_are_counted(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "BEAT_SECONDS", 0.05)
    beats = []
    real = Jobs.beat
    monkeypatch.setattr(Jobs, "beat", lambda *given: beats.append(1) or real(*given))
    with at_work(jobs.folder, "map", "clap", {}):
        wait_until(lambda: len(beats) > 3)


def test_a_worker_that_was_taken_for_gone_stops(jobs: Jobs) -> None:
    with at_work(jobs.folder, "map", "clap", {}) as work:
        change_row(jobs.folder, work.job_id, claim="of another")
        work.report("layout", 0.5)
        wait_until(lambda: work.is_lost)
        with pytest.raises(ClaimLostError):
            work.check()
    assert jobs.listed()[0].state == "running"


@SQLITE_ONLY
def test_a_new_database_takes_no_work_away(jobs: Jobs) -> None:
    with at_work(jobs.folder, "map", "clap", {}) as work:
        (jobs.folder.parent / "nearfield.db").unlink()
        work.report("layout", 0.5)
        wait_until(lambda: (jobs.folder.parent / "nearfield.db").exists())
        assert not work.is_lost
    assert jobs.listed() == []


@SQLITE_ONLY
def test_a_database_that_fails_ends_no_work(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def fail(*_: object) -> bool:
        asked.append(1)
        raise NearfieldError("The disk is full.")

    with at_work(jobs.folder, "map", "clap", {}) as work:
        monkeypatch.setattr(Jobs, "beat", fail)
        monkeypatch.setattr(Jobs, "is_cancelled", fail)
        work.report("layout", 0.5)
        wait_until(lambda: len(asked) > 2)
        assert not work.is_cancelled()
        monkeypatch.setattr(Jobs, "end", fail)


def test_a_killed_worker_leaves_an_interrupted_job_which_can_be_done_again(jobs: Jobs) -> None:
    command = [sys.executable, "-c", HOLDER, str(jobs.folder)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"at work\n"
        wait_until(lambda: jobs.listed()[0].done == 0.25)
        assert jobs.listed()[0].state == "running"
        with pytest.raises(JobBusyError), at_work(jobs.folder, "map", "clap", {}):
            pass
        os.kill(holder.pid, signal.SIGKILL)
        wait_until(lambda: jobs.listed()[0].state == "interrupted")
    with at_work(jobs.folder, "map", "clap", {}):
        assert [job.state for job in jobs.listed()] == ["running", "interrupted"]
    assert [job.state for job in jobs.listed()] == ["finished", "interrupted"]


def test_a_detached_job_is_nice_and_prints_to_its_log(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    nice = []
    monkeypatch.setattr(os, "nice", nice.append)
    waiting = jobs.create("map", "clap", {}, nice=10, state="waiting")
    assert take(jobs, "map", "clap", {}, waiting.job_id).job_id == waiting.job_id
    assert nice == [10]


@SQLITE_ONLY
def test_a_process_that_fails_at_once_leaves_its_reason(jobs: Jobs) -> None:
    claim = jobs.create("map", "clap", {}, state="waiting", keep_log=True)
    process = start_detached(jobs, claim, "The map", ["map", str(jobs.folder / "none"), "--space=clap"])
    assert process.wait(_PATIENCE) == 2
    (job,) = jobs.listed()
    assert job.state == "interrupted"
    assert "none" in (jobs.fault(job) or "")
    assert [file.name for file in (jobs.folder / LOGS_FOLDER).iterdir()] == [f"{claim.job_id}.log"]


def test_four_processes_share_the_jobs_and_none_is_done_twice_at_once(jobs: Jobs, tmp_path: Path) -> None:
    tally = tmp_path / "tally"
    tally.mkdir()
    (tally / "done").touch()
    command = [sys.executable, "-c", RIVAL, str(jobs.folder), str(tally), "40"]
    rivals = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) for _ in range(4)]
    for rival in rivals:
        assert rival.communicate()[1] == b""
        assert rival.returncode == 0
    done = (tally / "done").read_text().split()
    assert len(done) == len(set(done)) >= 40
    listed = jobs.listed()
    assert Counter(job.state for job in listed) == {"finished": min(len(done), len(listed))}
    assert {job.job_id for job in listed} <= set(done)
    assert len(listed) <= 201
