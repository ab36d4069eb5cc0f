"""Processes that outlive the request that started them, known again by their number and their start.

The clock can be set while a process runs, and the system counts starts from the boot of the machine. So a start is
compared as the system counts it, together with the id of the boot, wherever the system tells both.
"""

import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

TOLERANCE_SECONDS = 60.0
"""How far apart two readings of one start may lie where only the clock tells it. No number is reused that soon."""

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_START_FIELD = 19
"""Field 22 of /proc/PID/stat, counted from 0 behind the name, which may hold spaces and brackets."""


def give_way(pid: int, nice: int) -> None:
    """Make a process that has just begun, and what it starts, take only what others leave; `pid` leads a session.

    Linux shares processors out among sessions first, if it groups by session, and asks for niceness only within one.
    So a nice process in a session of its own would take as much from a server as one that is not nice. And where each
    core has a nice process, one that wakes up waits for it, unless the nice one is of the policy SCHED_IDLE.
    """
    with suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(nice))
    if sys.platform == "linux":
        with suppress(OSError):
            os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))


def process_stamp(pid: int) -> dict[str, Any]:
    """What identifies a living process beyond its number, which the system reuses.

    `started` is in seconds by the clock. `ticks` counts from the boot that `boot` names; only Linux tells these two.
    """
    stamp: dict[str, Any] = {"pid": pid, "started": psutil.Process(pid).create_time()}
    boot, ticks = boot_id(), _start_ticks(pid)
    return stamp | {"boot": boot, "ticks": ticks} if boot and ticks is not None else stamp


def is_alive(stamp: Mapping[str, Any]) -> bool:
    """Whether the process of `stamp` still runs: not if it has ended or its number now belongs to another process.

    Stamps of earlier versions, which hold no ticks, are compared by the clock with some tolerance.
    """
    pid = stamp.get("pid")
    if type(pid) is not int or pid < 1:
        return False
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and _started_as(process, stamp)
    except psutil.Error:
        return False


def end_process(stamp: Mapping[str, Any], patience: float = 5.0) -> None:
    """End the process of `stamp`, if it still runs; it is killed if it takes longer than `patience` seconds."""
    for end in (psutil.Process.terminate, psutil.Process.kill):
        if is_alive(stamp):
            with suppress(psutil.Error):
                end(psutil.Process(stamp["pid"]))
            _wait_for_end(stamp, patience)


def _started_as(process: psutil.Process, stamp: Mapping[str, Any]) -> bool:
    boot = boot_id()
    if boot and "boot" in stamp:
        return stamp["boot"] == boot and stamp.get("ticks") == _start_ticks(process.pid)
    started = stamp.get("started")
    return isinstance(started, int | float) and abs(process.create_time() - started) <= TOLERANCE_SECONDS


def boot_id() -> str:
    """Which boot of the machine this is, or "" where the system does not tell."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _start_ticks(pid: int) -> int | None:
    """When a process started, in ticks since boot; None where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    return int(fields[_START_FIELD])


def _wait_for_end(stamp: Mapping[str, Any], seconds: float) -> None:
    until = time.monotonic() + seconds
    while is_alive(stamp) and time.monotonic() < until:
        time.sleep(0.02)
