"""Runs the tasks of an extraction on a Ray cluster: that of RAY_ADDRESS, or one on this machine that ends with them.

A worker is a Ray actor that does what a process of `extraction_workers` does, a file at a time. Where it is killed, or
its machine is lost, the file is tried again. Every machine of the cluster must have Nearfield, the files and the
catalogue's folder at the same paths. Ray is an extra: `ray` in requirements-scale.txt, loaded only when asked for.
"""

import os
import secrets
import socket
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.errors import NearfieldError
from core.features.extraction_workers import Extractors, Outcome, Task
from core.text import short_label

ADDRESS_VARIABLE = "RAY_ADDRESS"
TRIES = 3
"""How often a file is listened to whose worker dies, and how many workers in a row may fail to start."""

_ROOT = Path(__file__).resolve().parents[2]
_OBJECT_STORE_BYTES = 100 * 2**20  # of a local cluster; outcomes are a few words
_POLL_SECONDS = 0.5
_KNOCK_SECONDS = 5.0


@dataclass
class _Place:
    """A worker with its task: it starts first, and is at work `since` then."""

    worker: Any
    task: Task
    tries: int
    since: float | None = None


def run_tasks_on_ray(
    tasks: Iterable[Task],
    checkpoint: str | Path | None,
    workers: int,
    on_outcome: Callable[[Outcome], None],
    seconds: float = 900.0,
) -> None:
    """Run tasks as `run_tasks` does, with at most so many `workers` and one for each processor of the cluster.

    Raises NearfieldError where Ray is not installed, the cluster cannot be reached, or no worker can be started.
    """
    with _cluster(workers) as ray:
        most = min(workers, max(1, int(ray.cluster_resources().get("CPU", 1))))
        _Crew(ray, checkpoint, most, on_outcome, seconds).run(iter(tasks))


class _Crew:
    """The workers of one run, and what each of them does now."""

    def __init__(
        self,
        ray: Any,
        checkpoint: str | Path | None,
        most: int,
        on_outcome: Callable[[Outcome], None],
        seconds: float,
    ) -> None:
        self._ray, self._checkpoint, self._most = ray, checkpoint, most
        self._on_outcome, self._seconds = on_outcome, seconds
        self._make = ray.remote(num_cpus=1, max_restarts=0)(_Worker)
        self._again: deque[tuple[Task, int]] = deque()
        self._idle: list[Any] = []
        self._places: dict[Any, _Place] = {}
        self._failed_starts = 0

    def run(self, tasks: Iterator[Task]) -> None:
        """Do all tasks. They are taken when there is a worker for them, and no worker is started without one."""
        while True:
            while len(self._places) < self._most and (taken := self._next(tasks)) is not None:
                self._give(*taken)
            self._take_over()
            if not self._places:
                return
            ready, _ = self._ray.wait(list(self._places), num_returns=1, timeout=_POLL_SECONDS)
            for reference in ready:
                self._follow(reference, self._places.pop(reference))
            self._give_up_late_ones()

    def _take_over(self) -> None:
        """Workers that have nothing to do take the tasks of those that have not started: a lost machine may be why."""
        for reference, place in [each for each in self._places.items() if each[1].since is None][: len(self._idle)]:
            del self._places[reference]
            self._ray.kill(place.worker)
            self._set_to_work(_Place(self._idle.pop(), place.task, place.tries))

    def _next(self, tasks: Iterator[Task]) -> tuple[Task, int] | None:
        if self._again:
            return self._again.popleft()
        task = next(tasks, None)
        return None if task is None else (task, 1)

    def _give(self, task: Task, tries: int) -> None:
        if self._idle:
            self._set_to_work(_Place(self._idle.pop(), task, tries))
        else:
            worker = self._make.remote(self._checkpoint)
            self._places[worker.ready.remote()] = _Place(worker, task, tries)

    def _set_to_work(self, place: _Place) -> None:
        place.since = time.monotonic()
        self._places[place.worker.work.remote(place.task)] = place

    def _follow(self, reference: Any, place: _Place) -> None:
        """What comes after a worker has started, has done its task, or has died."""
        try:
            answer = self._ray.get(reference)
        except self._ray.exceptions.RayTaskError:
            if place.since is None:
                raise
            answer = ("The program that listens crashed on this file. Convert it to WAV or FLAC.", [], True)
        except self._ray.exceptions.RayError as death:
            self._after_death(place, death)
            return
        if place.since is None:
            self._failed_starts = 0
            self._set_to_work(place)
            return
        self._idle.append(place.worker)
        fault, notes, is_final = answer
        self._on_outcome(Outcome(place.task, fault, tuple(notes), is_final))

    def _after_death(self, place: _Place, fault: Exception) -> None:
        if place.since is None:
            self._failed_starts += 1
            if self._failed_starts >= TRIES:
                reason = short_label(str(fault).strip().rpartition("\n")[2], 200)
                raise NearfieldError(f"Ray cannot start a program that listens: {reason}") from None
            self._again.append((place.task, place.tries))
        elif place.tries < TRIES:
            self._again.append((place.task, place.tries + 1))
        else:
            reason = f"The program that listens died {TRIES} times on this file. Convert it to WAV or FLAC."
            self._on_outcome(Outcome(place.task, reason, is_final=True))

    def _give_up_late_ones(self) -> None:
        now = time.monotonic()
        late = [one for one, place in self._places.items() if place.since and now - place.since > self._seconds]
        for reference in late:
            place = self._places.pop(reference)
            self._ray.kill(place.worker)
            fault = f"This file was given up after {self._seconds:g} seconds. Try a shorter one."
            self._on_outcome(Outcome(place.task, fault, is_final=True))


class _Worker:
    """What runs on the cluster: it opens the encoders once, and listens to one file after another."""

    def __init__(self, checkpoint: str | Path | None) -> None:
        self._extractors = Extractors(checkpoint)

    def ready(self) -> None:
        """Answers once the worker has started."""

    def work(self, task: Task) -> tuple[str, list[str], bool]:
        return self._extractors.work(task)


def _knock(address: str) -> None:
    """Raise OSError where nobody listens at HOST:PORT, for which Ray would wait many minutes."""
    host, colon, port = address.rpartition("://")[2].rpartition(":")
    if colon and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=_KNOCK_SECONDS).close()


@contextmanager
def _cluster(workers: int) -> Iterator[Any]:
    """Ray, connected to the cluster of RAY_ADDRESS, or to one on this machine that ends with the block."""
    address = os.environ.get(ADDRESS_VARIABLE, "").strip()
    with nullcontext() if address else _own_token(), _connected(address, workers) as ray:
        yield ray


@contextmanager
def _own_token() -> Iterator[None]:
    """Who reaches a cluster's ports may run anything there: one of our own asks for a token that no file keeps."""
    wanted = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": _token()}
    missing = {name: value for name, value in wanted.items() if name not in os.environ}
    os.environ.update(missing)
    try:
        yield
    finally:
        for name in missing:
            os.environ.pop(name, None)


@cache
def _token() -> str:
    return secrets.token_hex(32)


@contextmanager
def _connected(address: str, workers: int) -> Iterator[Any]:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent anywhere
    try:
        import ray
    except ImportError:
        raise NearfieldError(
            "Ray is not installed. Install it: sh scripts/environment.sh requirements.txt requirements-scale.txt"
        ) from None
    variables = {"PYTHONPATH": str(_ROOT), "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory(prefix="nearfield-ray-", ignore_cleanup_errors=True) as folder:
        local: dict[str, Any] = {
            "num_cpus": min(workers, os.cpu_count() or 1),
            "object_store_memory": _OBJECT_STORE_BYTES,
            "include_dashboard": False,
            "_temp_dir": folder,
        }
        try:
            if address:
                _knock(address)
            ray.init(
                address=address or "local",
                log_to_driver=False,
                logging_level="ERROR",
                runtime_env={"env_vars": variables},
                **({} if address else local),
            )
        except (OSError, RuntimeError, ValueError) as fault:
            reason = short_label(str(fault).strip().partition("\n")[0], 200)
            where = f"The Ray cluster that {ADDRESS_VARIABLE} names" if address else "A Ray cluster on this machine"
            token = " If it asks for a token, set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN." if address else ""
            raise NearfieldError(f"{where} cannot be used: {reason}{token}") from None
        try:
            yield ray
        finally:
            ray.shutdown()
