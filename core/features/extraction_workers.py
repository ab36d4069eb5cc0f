"""Worker processes that turn audio files into vectors on disk; the work continues when one of them dies.

Each vector is a file of its own, float32 (d,), written atomically, so that finished vectors survive any interruption.
If a worker crashes or hangs on a file, only that file is lost.
"""

import os
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np

from core.audio.decoding import decode_here, troubles
from core.audio.encoders.family import Listener, encoder_of_set
from core.audio.silence import sounding
from core.errors import AudioError, NearfieldError
from core.features.audio_sets import CLAP
from core.storage import atomic_path, write_array

_RATE = 48_000
_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Task:
    """A file, where the vector of each set goes, and the hash of its content where the caller needs that back."""

    path: Path
    targets: dict[str, Path]
    digest: str = ""


@dataclass(frozen=True)
class Outcome:
    """The outcome of a task: `fault` is empty or says why there are no vectors; `notes` say what else is wrong.

    `is_final` says that the fault is the file's own, so that another try would find the same.
    """

    task: Task
    fault: str = ""
    notes: tuple[str, ...] = ()
    is_final: bool = False


@dataclass
class _Worker:
    process: BaseProcess
    connection: Connection
    task: Task | None = None
    since: float = field(default_factory=time.monotonic)


def run_tasks(
    tasks: Iterable[Task],
    checkpoint: str | Path | None,
    workers: int,
    on_outcome: Callable[[Outcome], None],
    seconds: float = 900.0,
) -> None:
    """Run `tasks` in `workers` processes, one CPU thread each; at most `seconds` for each file.

    Tasks are taken when there is a process for them, and no process is started without a task.
    `checkpoint` is an argument of `open_encoder`, needed if a task asks for CLAP. An interruption, also by Ctrl-C, ends
    the processes; finished vectors stay.
    """
    waiting = iter(tasks)
    pool: list[_Worker] = []
    try:
        while True:
            free = [worker for worker in pool if worker.task is None]
            while (free or len(pool) < workers) and (task := next(waiting, None)) is not None:
                if not free:
                    pool.append(_start(checkpoint))
                    free = pool[-1:]
                _assign(free.pop(), task)
            if not any(worker.task for worker in pool):
                return
            ready = wait([worker.connection for worker in pool if worker.task], timeout=_POLL_SECONDS)
            for place, worker in enumerate(pool):
                if worker.task is None:
                    continue
                outcome = _outcome(worker, worker.connection in ready, seconds)
                if outcome is None:
                    continue
                if not worker.process.is_alive() or worker.task is not None:
                    _end(worker)
                    pool[place] = _start(checkpoint)
                on_outcome(outcome)
    finally:
        for worker in pool:
            _end(worker)


def _outcome(worker: _Worker, is_ready: bool, seconds: float) -> Outcome | None:
    """The outcome of the worker's task, None while it runs. The task stays set if the worker cannot continue."""
    task = worker.task
    assert task is not None
    if is_ready:
        try:
            fault, notes, is_final = worker.connection.recv()
        except (EOFError, OSError):
            fault = "The program that listens crashed on this file. Convert it to WAV or FLAC."
            return Outcome(task, fault, is_final=True)
        worker.task = None
        return Outcome(task, fault, tuple(notes), is_final)
    if time.monotonic() - worker.since > seconds:
        fault = f"This file was given up after {seconds:g} seconds. Try a shorter one."
        return Outcome(task, fault, is_final=True)
    return None


def _start(checkpoint: str | Path | None) -> _Worker:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, checkpoint), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _assign(worker: _Worker, task: Task) -> None:
    worker.task, worker.since = task, time.monotonic()
    try:
        worker.connection.send(task)
    except OSError:
        # The worker is dead already; reading from it says so.
        return


def _end(worker: _Worker) -> None:
    worker.connection.close()
    worker.process.kill()
    worker.process.join()


def _serve(connection: Connection, checkpoint: str | Path | None) -> None:
    """The main loop of a worker: one task at a time, until the connection is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["OMP_NUM_THREADS"] = "1"
    extractors = Extractors(checkpoint)
    while True:
        try:
            task: Task = connection.recv()
            connection.send(extractors.work(task))
        except (EOFError, BrokenPipeError, ConnectionResetError):
            return


class Extractors:
    """What one worker hears with, each opened when it is first needed."""

    def __init__(self, checkpoint: str | Path | None) -> None:
        self._checkpoint = checkpoint
        self._listeners: dict[str, Listener] = {}

    def work(self, task: Task) -> tuple[str, list[str], bool]:
        """Make the vectors of a task; returns a fault or an empty text, notes, and whether the fault is the file's."""
        try:
            decoded, notes = decode_here(task.path, _RATE)
            heard = sounding(decoded, _RATE)
            for listener, names in self._by_listener(task.targets):
                for name, vector in listener.vectors(heard.samples, _RATE, names).items():
                    if vector.ndim != 1 or not np.isfinite(vector).all():
                        return f"Its {name} are not finite numbers. Export the file again from its source.", [], True
                    with atomic_path(task.targets[name]) as temporary:
                        write_array(temporary, np.asarray(vector, np.float32))
        except NearfieldError as fault:
            return str(fault), [], isinstance(fault, AudioError)
        except OSError as fault:
            return f"It cannot be read or its vectors cannot be written ({fault.strerror or fault}).", [], False
        except MemoryError:
            return "There is not enough memory for this file. Use fewer workers.", [], False
        return "", [*troubles(notes), *heard.notes], False

    def _by_listener(self, names: Iterable[str]) -> list[tuple[Listener, list[str]]]:
        """Each listener with the sets that it is to fill, so that a sound is heard once for all of them."""
        wanted: dict[str, list[str]] = {}
        for name in names:
            encoder = encoder_of_set(name)
            wanted.setdefault(encoder.listener, []).append(name)
            if encoder.listener not in self._listeners:
                checkpoint = self._checkpoint if name == CLAP else None
                self._listeners[encoder.listener] = encoder.open(checkpoint)
        return [(self._listeners[listener], sets) for listener, sets in wanted.items()]
