"""Whether a worker is gone: told by its process where that can be seen, else by its signs of life, never by a clock."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.jobs import Jobs, processes, workers
from core.jobs.workers import SILENCE_SECONDS, Watch, is_visible, now_since_boot, worker_stamp
from tests.support.databases import EACH_DATABASE
from tests.support.jobs import ANOTHER_BOOT, ENDED, change_row

needs_proc = pytest.mark.skipif(not processes.boot_id(), reason="the system has no /proc")


def is_gone(worker: dict[str, Any], beats: int = 0, beat_at: float = 0.0, watch: Watch | None = None) -> bool:
    return (watch or Watch()).is_gone("job", worker, beats, beat_at)


def test_a_worker_that_can_be_seen_needs_no_sign_of_life() -> None:
    own = worker_stamp(os.getpid())
    assert is_visible(own)
    assert not is_gone(own, beat_at=now_since_boot() - 10 * SILENCE_SECONDS)
    assert is_gone(own | ENDED, beat_at=now_since_boot())


@needs_proc
def test_another_process_with_the_number_of_a_worker_is_not_the_worker() -> None:
    own = worker_stamp(os.getpid())
    assert is_gone(own | {"ticks": own["ticks"] - 1})


@needs_proc
def test_a_worker_in_another_container_of_this_machine_is_known_by_its_beats() -> None:
    other = worker_stamp(os.getpid()) | {"namespace": "pid:[1]", "pid": 1, "host": "container"}
    assert not is_visible(other)
    assert not is_gone(other, beat_at=now_since_boot() - SILENCE_SECONDS / 2)
    assert is_gone(other, beat_at=now_since_boot() - 2 * SILENCE_SECONDS)


@needs_proc
def test_a_worker_from_before_a_restart_of_this_machine_is_gone() -> None:
    if not workers._host():
        pytest.skip("this machine has no id")
    assert is_gone(worker_stamp(os.getpid()) | {"boot": "the one before"}, beat_at=now_since_boot())


@needs_proc
def test_a_worker_on_another_machine_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = worker_stamp(os.getpid()) | ANOTHER_BOOT
    watch, start = Watch(), time.monotonic()
    assert not is_gone(elsewhere, 5, 0.0, watch)
    assert watch.is_undecided("job", elsewhere, 5, 0.0)
    monkeypatch.setattr(workers.time, "monotonic", lambda: start + SILENCE_SECONDS - 5)
    assert not is_gone(elsewhere, 6, 0.0, watch)
    assert not watch.is_undecided("job", elsewhere, 6, 0.0)
    monkeypatch.setattr(workers.time, "monotonic", lambda: start + SILENCE_SECONDS + 10)
    assert not is_gone(elsewhere, 6, 0.0, watch)
    monkeypatch.setattr(workers.time, "monotonic", lambda: start + 2 * SILENCE_SECONDS + 10)
    assert is_gone(elsewhere, 6, 0.0, watch)
    assert not watch.is_undecided("job", elsewhere, 6, 0.0)
    assert not watch.is_undecided("own", worker_stamp(os.getpid()), 0, 0.0)


@pytest.mark.parametrize("known", [{}, {"boot": "", "host": ""}], ids=["a copy of this machine", "only a name"])
def test_a_worker_on_a_machine_of_another_name_is_watched(
    monkeypatch: pytest.MonkeyPatch, known: dict[str, str]
) -> None:
    elsewhere = worker_stamp(os.getpid()) | ENDED | {"node": "another"} | known
    assert not is_visible(elsewhere)
    watch, start = Watch(), time.monotonic()
    assert not is_gone(elsewhere, 5, now_since_boot() - 2 * SILENCE_SECONDS, watch)
    assert watch.is_undecided("job", elsewhere, 5, 0.0)
    monkeypatch.setattr(workers.time, "monotonic", lambda: start + SILENCE_SECONDS + 10)
    assert is_gone(elsewhere, 5, 0.0, watch)


def test_what_is_watched_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_MOST_WATCHED", 3)
    watch = Watch()
    for number in range(10):
        watch.is_gone(str(number), worker_stamp(os.getpid()) | ANOTHER_BOOT, 0, 0.0)
    assert len(watch._seen) == 3


@EACH_DATABASE
@needs_proc
@pytest.mark.parametrize("step", [3600.0, -3600.0])
def test_an_hour_forward_or_back_changes_no_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: float) -> None:
    linux = pytest.importorskip("psutil._pslinux")
    jobs = Jobs(tmp_path / "cat")
    own = worker_stamp(os.getpid())
    alive = {
        "visible": own,
        "container": own | {"namespace": "pid:[1]", "pid": 1},
        "elsewhere": own | ANOTHER_BOOT,
    }
    gone = {"ended": own | ENDED, "silent": own | {"namespace": "pid:[1]"}}
    for subject, worker in (alive | gone).items():
        claim = jobs.create("map", subject, {})
        silent = {"beat_at": now_since_boot() - 2 * SILENCE_SECONDS} if subject == "silent" else {}
        change_row(jobs.folder, claim.job_id, worker=worker, **silent)
    before = {job.subject: job.state for job in jobs.listed()}
    assert before == dict.fromkeys(alive, "running") | dict.fromkeys(gone, "interrupted")
    real, booted = time.time(), linux.boot_time()
    monkeypatch.setattr(time, "time", lambda: real + step)
    monkeypatch.setattr(linux, "boot_time", lambda: booted + step)
    assert {job.subject: job.state for job in jobs.listed()} == before
    assert jobs.create("map", "after the step", {})
    assert jobs.listed()[0].subject == "after the step"


def test_only_a_process_that_can_be_seen_is_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        stamp = worker_stamp(process.pid)
        workers.end_worker(stamp | ANOTHER_BOOT)
        assert psutil.Process(process.pid).is_running()
        assert process.poll() is None
        workers.end_worker(stamp)
        assert process.wait(60) < 0
