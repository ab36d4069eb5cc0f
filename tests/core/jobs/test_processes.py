"""Which process a stamp means: the living one, not one that has ended and not another with the same number."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.jobs import processes
from core.jobs.processes import TOLERANCE_SECONDS, end_process, give_way, is_alive, process_stamp

WAITING = "print(flush=True); input()"
HOUR = 3600.0
needs_proc = pytest.mark.skipif(not processes.boot_id(), reason="the system has no /proc")


@contextmanager
def child(code: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has begun to run `code`, which prints a line first; it ends with the block."""
    command = [sys.executable, "-c", code]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


def step_the_clock(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let psutil see what a step of the clock does: the boot, and each start after it, lie elsewhere in time."""
    linux = pytest.importorskip("psutil._pslinux")
    before, booted = psutil.Process().create_time(), linux.boot_time()
    monkeypatch.setattr(linux, "boot_time", lambda: booted + seconds)
    assert psutil.Process().create_time() == pytest.approx(before + seconds, abs=2)


def test_a_stamp_is_alive_while_its_process_is() -> None:
    assert is_alive(process_stamp(os.getpid()))
    with child(WAITING) as process:
        stamp = process_stamp(process.pid)
        assert is_alive(stamp)
        process.communicate(b"\n")
        assert not is_alive(stamp)


def test_a_process_that_nobody_has_waited_for_has_ended() -> None:
    with child("print(flush=True)") as process:
        stamp = process_stamp(process.pid)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert not is_alive(stamp)


@needs_proc
@pytest.mark.parametrize("seconds", [1.0, HOUR, -HOUR])
def test_a_step_of_the_clock_changes_nothing(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    with child(WAITING) as process:
        stamp, own = process_stamp(process.pid), process_stamp(os.getpid())
        step_the_clock(monkeypatch, seconds)
        assert is_alive(stamp)
        assert is_alive(own)
        assert is_alive(process_stamp(process.pid))
        process.communicate(b"\n")
        assert not is_alive(stamp)


@needs_proc
def test_a_number_that_was_reused_is_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    stamp = process_stamp(os.getpid())
    assert not is_alive(stamp | {"ticks": stamp["ticks"] - 1})
    assert not is_alive(stamp | {"boot": "another"})
    # The clock was set back to when the process before had started: the ticks still differ.
    step_the_clock(monkeypatch, -HOUR)
    assert not is_alive(stamp | {"ticks": stamp["ticks"] - 100, "started": psutil.Process().create_time()})


def by_the_clock() -> dict[str, Any]:
    """The stamp of this process as earlier versions wrote it."""
    return {"pid": os.getpid(), "started": psutil.Process().create_time()}


def test_stamps_of_earlier_versions_are_read_with_a_tolerance(monkeypatch: pytest.MonkeyPatch) -> None:
    stamp = by_the_clock()
    assert is_alive(stamp)
    assert not is_alive(stamp | {"started": 0.0})
    assert not is_alive(stamp | {"started": stamp["started"] - 2 * TOLERANCE_SECONDS})
    step_the_clock(monkeypatch, TOLERANCE_SECONDS / 2)
    assert is_alive(stamp)


def test_where_the_system_has_no_proc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    full = process_stamp(os.getpid())
    monkeypatch.setattr(processes, "_BOOT_ID", tmp_path / "none")
    stamp = process_stamp(os.getpid())
    assert set(stamp) == {"pid", "started"}
    assert is_alive(stamp)
    assert is_alive(full)
    assert not is_alive(stamp | {"started": stamp["started"] + 2 * TOLERANCE_SECONDS})


@pytest.mark.parametrize("pid", [1.5, True, "1", None, 0, -1, 10**30])
def test_what_is_no_number_of_a_process_is_not_alive(pid: Any) -> None:
    assert not is_alive(by_the_clock() | {"pid": pid})
    end_process({"pid": pid, "started": 0.0})


def test_a_stamp_without_a_process_is_not_alive() -> None:
    assert not is_alive({"state": "waiting"})
    assert not is_alive({"pid": os.getpid()})
    assert not is_alive({"pid": os.getpid(), "started": "today"})


def test_a_process_is_ended_even_if_it_does_not_want_to() -> None:
    for code in (WAITING, f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAITING}"):
        with child(code) as process:
            end_process(process_stamp(process.pid), patience=1.0)
            assert process.wait(60) < 0


def test_another_process_of_the_same_number_is_not_ended() -> None:
    with child(WAITING) as process:
        end_process({"pid": process.pid, "started": 0.0})
        assert process.poll() is None


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="processors are not shared out by session here")
def test_a_session_gives_way_as_a_whole() -> None:
    with child(f"import os; os.setsid(); {WAITING}") as process:
        give_way(process.pid, 10)
        assert Path(f"/proc/{process.pid}/autogroup").read_text().endswith("nice 10\n")
    give_way(2**22 + 1, 10)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a policy for work that takes what others leave")
def test_a_job_takes_what_others_leave() -> None:
    with child(WAITING) as process:
        give_way(process.pid, 10)
        assert os.sched_getscheduler(process.pid) == os.SCHED_IDLE
