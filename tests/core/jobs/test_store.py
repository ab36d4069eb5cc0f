"""Jobs in the database: one at a time on a subject, found again, ended, cancelled and forgotten in the end."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.database.connection import DATABASE_FILE
from core.errors import NearfieldError
from core.jobs import JobBusyError, Jobs, store
from core.jobs.job import MOST_AT_ONCE
from core.jobs.logs import log_end
from core.jobs.store import LOGS_FOLDER
from core.owner import PUBLIC_VARIABLE
from tests.support.databases import EACH_DATABASE, SQLITE_ONLY
from tests.support.jobs import ENDED, change_row

pytestmark = EACH_DATABASE


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    (tmp_path / "cat").mkdir()
    return Jobs(tmp_path / "cat")


def test_a_job_is_found_again_as_it_was_made(jobs: Jobs) -> None:
    assert jobs.listed() == []
    claim = jobs.create("map", "clap", {"seed": 3}, owner="eve", nice=10, keep_log=True)
    job = Jobs(jobs.folder).find(claim.job_id)
    assert job == jobs.newest("map", "clap")
    assert job is not None
    assert (job.kind, job.subject, job.parameters, job.owner, job.nice) == ("map", "clap", {"seed": 3}, "eve", 10)
    assert (job.state, job.is_active, job.done, job.is_stopping) == ("running", True, 0.0, False)
    assert job.log == jobs.folder / LOGS_FOLDER / f"{claim.job_id}.log"
    assert Jobs(jobs.folder.parent / "other").listed() == []


def test_reading_creates_nothing(jobs: Jobs) -> None:
    assert (jobs.listed(), jobs.newest("map", "clap"), jobs.find("x")) == ([], None, None)
    assert [file.name for file in jobs.folder.parent.iterdir()] == ["cat"]


def test_one_job_at_a_time_on_a_subject(jobs: Jobs) -> None:
    claim = jobs.create("map", "clap", {})
    with pytest.raises(JobBusyError, match="A map of clap is being made in another process") as busy:
        jobs.create("map", "clap", {})
    assert busy.value.job.job_id == claim.job_id
    jobs.create("map", "other", {})
    jobs.create("fusion", "clap", {})
    jobs.end(claim, "failed", "no room")
    again = jobs.create("map", "clap", {})
    assert [job.state for job in jobs.listed("map", "clap")] == ["running", "failed"]
    assert jobs.newest_by_subject("map")["clap"].job_id == again.job_id


def test_jobs_that_share_their_work_are_not_exclusive(jobs: Jobs) -> None:
    jobs.create("grid", "", {}, exclusive=False)
    jobs.create("grid", "", {}, exclusive=False)
    assert len(jobs.listed("grid")) == 2


def test_a_waiting_job_is_claimed_once(jobs: Jobs) -> None:
    waiting = jobs.create("map", "clap", {}, state="waiting")
    claim = jobs.claim(waiting.job_id)
    with pytest.raises(NearfieldError, match="not waiting"):
        jobs.claim(waiting.job_id)
    jobs.end(waiting, "failed")
    assert jobs.listed()[0].state == "running"
    assert jobs.beat(claim, "layout", 0.5)
    assert (jobs.listed()[0].stage, jobs.listed()[0].done) == ("layout", 0.5)
    jobs.end(claim, "finished")
    with pytest.raises(NearfieldError, match="not waiting"):
        jobs.claim(waiting.job_id)
    assert jobs.listed()[0].state == "finished"


def test_a_share_out_of_bounds_is_brought_back(jobs: Jobs) -> None:
    claim = jobs.create("map", "clap", {})
    for done, read in ((2.0, 1.0), (-0.5, 0.0)):
        jobs.beat(claim, "layout", done)
        assert jobs.listed()[0].done == read


def test_a_job_whose_worker_is_gone_is_interrupted_and_makes_room(jobs: Jobs) -> None:
    claim = jobs.create("map", "clap", {})
    change_row(jobs.folder, claim.job_id, worker=jobs.listed()[0].worker | ENDED)
    assert jobs.listed()[0].state == "interrupted"
    jobs.create("map", "clap", {})
    assert [job.state for job in jobs.listed()] == ["running", "interrupted"]
    # The first worker comes back: it has lost its claim, and says nothing more.
    assert not jobs.beat(claim, "layout", 0.5)
    jobs.end(claim, "finished")
    assert [job.state for job in jobs.listed()] == ["running", "interrupted"]


def test_a_killed_job_that_was_to_stop_counts_as_cancelled(jobs: Jobs) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        claim = jobs.create("map", "clap", {}, state="waiting")
        jobs.hand_over(claim, process.pid)
        assert jobs.listed()[0].worker["pid"] == process.pid
        jobs.stop(jobs.listed()[0])
        assert process.wait(60) < 0
    assert jobs.listed()[0].state == "cancelled"
    assert jobs.is_cancelled(claim.job_id)


def test_what_has_ended_is_not_cancelled(jobs: Jobs) -> None:
    claim = jobs.create("map", "clap", {})
    jobs.end(claim, "finished")
    jobs.cancel(claim.job_id)
    assert not jobs.listed()[0].is_stopping


def test_old_ended_jobs_go_and_their_logs_with_them(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "KEPT", 3)
    (jobs.folder / LOGS_FOLDER).mkdir()
    active = jobs.create("grid", "", {}, exclusive=False)
    for number in range(6):
        claim = jobs.create("map", str(number), {}, keep_log=True)
        (jobs.folder / LOGS_FOLDER / f"{claim.job_id}.log").write_text("said")
        jobs.end(claim, "finished")
    jobs.create("map", "last", {})
    assert [job.subject for job in jobs.listed("map")] == ["last", "5", "4", "3"]
    assert jobs.listed("grid")[0].job_id == active.job_id
    assert len(list((jobs.folder / LOGS_FOLDER).iterdir())) == 3


def test_a_failed_transaction_undoes_what_was_made_besides(jobs: Jobs) -> None:
    undone = []

    def fail() -> None:
        with jobs.planning() as planning:
            planning.create("map", "clap", {})
            planning.undo.append(lambda: undone.append(True))
            raise NearfieldError("no")

    with pytest.raises(NearfieldError, match="no"):
        fail()
    assert undone == [True]
    assert jobs.listed() == []


def test_names_that_are_no_letters(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path / "caf\udce9")
    claim = jobs.create("map", "\ud800\0", {"name": "\udce9\0"}, owner="\udce9\0")
    with pytest.raises(JobBusyError):
        jobs.create("map", "\ud800\0", {})
    assert jobs.beat(claim, "layout \udce9\0", 0.5)
    jobs.end(claim, "failed", "caf\udce9\0")
    job = jobs.newest("map", "\ud800\0")
    assert job is not None
    assert (job.owner, job.stage, job.message) == (r"\udce9\x00", r"layout \udce9\x00", r"caf\udce9\x00")
    assert job.parameters == {"name": "\udce9\0"}


@SQLITE_ONLY
def test_a_database_that_cannot_be_used_is_told(jobs: Jobs) -> None:
    (jobs.folder.parent / DATABASE_FILE).write_bytes(b"no database at all, but text that is long enough" * 40)
    for use in (jobs.listed, lambda: jobs.create("map", "clap", {}), lambda: jobs.cancel("x")):
        with pytest.raises(NearfieldError, match="cannot be used"):
            use()


@SQLITE_ONLY
def test_the_end_of_a_log_is_read_within_bounds(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    assert log_end(log) == ""
    log.write_bytes(b"x" * (1 << 20) + "\nfirst\n\n  \nlöst\n".encode())
    assert log_end(log, 2) == "first\nlöst"
    with log.open("ab") as file:
        file.truncate(1 << 34)
    assert len(log_end(log, 5)) <= 64 << 10
    assert log_end(tmp_path) == ""


@SQLITE_ONLY
def test_a_log_that_cannot_be_read_is_empty(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("said")
    log.chmod(0)
    assert log_end(log) in ("", "said")


def test_visitors_keep_few_jobs_at_work_and_commands_are_not_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(MOST_AT_ONCE):
        Jobs(tmp_path / "one").create("map", "by command", {}, exclusive=False)
        Jobs(tmp_path / ("one" if number % 2 else "two")).create("map", str(number), {}, owner="eve")
    with pytest.raises(NearfieldError, match=f"{MOST_AT_ONCE} jobs are at work on this server"):
        Jobs(tmp_path / "three").create("map", "x", {}, owner="eve")
    one = Jobs(tmp_path / "two").newest("map", "0")
    assert one
    change_row(tmp_path / "two", one.job_id, state="finished")
    claim = Jobs(tmp_path / "three").create("map", "x", {}, owner="eve")
    Jobs(tmp_path / "three").end(claim, "finished")
    monkeypatch.setenv(PUBLIC_VARIABLE, "1")
    with pytest.raises(NearfieldError, match="jobs are at work on this server"):
        Jobs(tmp_path / "three").create("map", "x", {}, owner="eve")
