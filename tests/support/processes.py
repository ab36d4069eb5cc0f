"""The processes that a test leaves behind: known by what they inherit, whoever their parent is by now."""

from __future__ import annotations

import os
import uuid
from collections.abc import Collection
from contextlib import suppress

import psutil

MARK = "NEARFIELD_TEST"
"""An environment variable. What this process starts, and whatever that starts, inherits its value."""

GRACE_S = 60.0
"""How long a process that is on its way out may take: one of low priority takes a while on a busy machine."""

PATIENCE_S = 120.0
"""How long a process that a test waits for may work."""

_NOT_COUNTED = ("resource_tracker", "--type=")
"""Helpers of multiprocessing, which stay until this process ends, and of Chromium, which end with their browser."""


def mark_this_process() -> None:
    """Give what is started from here on a mark that no other process has."""
    os.environ[MARK] = f"{os.getpid()}-{uuid.uuid4().hex}"


_servers: set[int] = set()
"""Numbers of the processes that last for several tests."""


def lasts(pid: int) -> None:
    """Say of a process that it serves several tests: none of them waits for its end."""
    _servers.add(pid)


def wait_for_children() -> None:
    """Wait until what this process has started has ended, but for what `lasts`, and for helpers of multiprocessing."""
    children = psutil.Process().children()
    psutil.wait_procs([child for child in children if child.pid not in _servers and not _is_helper(child)], PATIENCE_S)


def left_behind(before: Collection[int], grace: float | None = None) -> list[psutil.Process]:
    """What was started below this process since `psutil.pids()` gave `before`, and does not end within `grace`, which
    is GRACE_S unless given."""
    return psutil.wait_procs(_started_since(before), GRACE_S if grace is None else grace)[1]


def kill(pid: int) -> None:
    """Kill a process, if it still runs."""
    with suppress(psutil.NoSuchProcess):
        psutil.Process(pid).kill()


def end(processes: Collection[psutil.Process]) -> None:
    """Kill them all and wait until they are gone."""
    for process in processes:
        kill(process.pid)
    psutil.wait_procs(processes, GRACE_S)


def described(process: psutil.Process) -> str:
    """The number and command of a process, as a person would look for it."""
    try:
        return f"{process.pid}: {' '.join(process.cmdline())[:300]}"
    except psutil.NoSuchProcess:
        return f"{process.pid}, which has ended since"


def _started_since(before: Collection[int]) -> list[psutil.Process]:
    """Only new numbers are looked at: the machine may run many processes, and this is asked after every test."""
    found = []
    for pid in set(psutil.pids()).difference(before):
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            process = psutil.Process(pid)
            if process.status() != psutil.STATUS_ZOMBIE and _is_ours(process, before):
                found.append(process)
    return found


def _is_ours(process: psutil.Process, before: Collection[int]) -> bool:
    """Whether the process descends from this one; by its mark, where what stood between the two has ended.

    Not what a process that was there before has started: a browser or server that a wider fixture holds.
    """
    if _is_helper(process):
        return False
    parents = [parent.pid for parent in process.parents()]
    if os.getpid() in parents:
        return not set(parents[: parents.index(os.getpid())]).intersection(before)
    return process.environ().get(MARK) == os.environ[MARK]


def _is_helper(process: psutil.Process) -> bool:
    with suppress(psutil.ZombieProcess):
        command = " ".join(process.cmdline())
        return any(helper in command for helper in _NOT_COUNTED)
    return False
