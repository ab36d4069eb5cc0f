"""The worker of a job: which process it is, and whether it is surely gone. No clock that can be set decides anything.

Where this process can see the worker's (same boot, same numbering of processes), the system's table of processes tells.
A worker elsewhere gives signs of life: it counts beats, and notes the time since boot. In another container on the same
boot, that time tells; on another machine, whether the count goes on while it is watched from here.
"""

import hashlib
import os
import platform
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.jobs.processes import boot_id, end_process, is_alive, process_stamp

BEAT_SECONDS = 2.0
SILENCE_SECONDS = 30.0
"""How long a worker elsewhere gives no sign of life until it counts as gone."""

_MACHINE_ID = Path("/etc/machine-id")
_NAMESPACE = Path("/proc/self/ns/pid")
_MOST_WATCHED = 1000


def worker_stamp(pid: int) -> dict[str, Any]:
    """What identifies a living process among those of all machines: beside `process_stamp` where it runs."""
    return process_stamp(pid) | {"host": _host(), "node": platform.node(), "namespace": _namespace()}


def is_visible(worker: Mapping[str, Any]) -> bool:
    """Whether the worker's number means the same here as where it runs, or would mean it if it still ran.

    Copies of a running machine share its boot, and some systems tell nothing but the name.
    """
    if worker.get("node", platform.node()) != platform.node():
        return False
    if worker.get("boot") and boot_id():
        return worker["boot"] == boot_id() and worker.get("namespace") == _namespace()
    return worker.get("host") == _host() and worker.get("namespace") == _namespace()


def end_worker(worker: Mapping[str, Any]) -> None:
    """End the worker's process, if it can be seen from here and still runs."""
    if is_visible(worker):
        end_process(worker)


def now_since_boot() -> float:
    """Seconds since the machine booted, without those in which it slept, as no worker gives signs of life then."""
    return time.monotonic()


class Watch:
    """Tells whether workers are gone. For those of other machines it remembers how long their beats have not moved."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, tuple[int, float, bool]] = OrderedDict()
        self._lock = threading.Lock()

    def is_gone(self, job_id: str, worker: Mapping[str, Any], beats: int, beat_at: float) -> bool:
        """Whether the worker is surely gone."""
        if is_visible(worker):
            return not is_alive(worker)
        if worker.get("boot") and boot_id():
            if _has_this_clock(worker):
                return now_since_boot() - beat_at > SILENCE_SECONDS
            if worker["boot"] != boot_id() and worker.get("host") and worker["host"] == _host():
                return True  # this machine has restarted since
        since, _ = self._observe(job_id, beats)
        return time.monotonic() - since > SILENCE_SECONDS

    def is_undecided(self, job_id: str, worker: Mapping[str, Any], beats: int, beat_at: float) -> bool:
        """Whether only time will tell: the worker is elsewhere, and its beats have not been seen to move."""
        if self.is_gone(job_id, worker, beats, beat_at) or is_visible(worker) or _has_this_clock(worker):
            return False
        return not self._observe(job_id, beats)[1]

    def _observe(self, job_id: str, beats: int) -> tuple[float, bool]:
        """Since when the count has been as it is, as far as was seen here, and whether it was seen to move."""
        with self._lock:
            seen = self._seen.pop(job_id, None)
            if seen is None or seen[0] != beats:
                seen = (beats, time.monotonic(), seen is not None)
            self._seen[job_id] = seen
            while len(self._seen) > _MOST_WATCHED:
                self._seen.popitem(last=False)
            return seen[1:]


def _has_this_clock(worker: Mapping[str, Any]) -> bool:
    """Whether the worker counts time since the same boot: it is in another container of this machine."""
    return bool(boot_id()) and worker.get("boot") == boot_id() and worker.get("namespace") != _namespace()


def _host() -> str:
    """Which machine or container this is, or "" where the system does not tell. Copies of an image may share an id."""
    try:
        machine = _MACHINE_ID.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        machine = ""
    return hashlib.sha256(f"{machine} {platform.node()}".encode()).hexdigest()[:32] if machine else ""


def _namespace() -> str:
    try:
        return os.readlink(_NAMESPACE)
    except OSError:
        return ""
