"""Who works on a run: one process at a time, which claims the run before anything else.

A claim is a lock on a file in the run's folder. The kernel releases it when the process ends, however it ends.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.jobs.processes import is_alive, process_stamp
from core.runs.record import RUNS_FOLDER, Run
from core.storage import writing

CLAIM_FILE = "claim.lock"
ACTIVE = ("waiting", "running")
_START_LOCK = "start.lock"
_CLAIM_SECONDS = 1.0
"""Whoever asks whether a run is claimed holds its lock for a moment, and no claim may fail for that."""

_START_SECONDS = 60.0


@contextmanager
def claimed(run: Run) -> Iterator[None]:
    """Work on `run` as the only process. The run's state is "waiting" from here on, and names this process.

    Raises NearfieldError if another process works on the run, and if the run is finished.
    """
    lock = FileLock(run.path / CLAIM_FILE)
    try:
        with writing(f"The run {run.run_id}"):
            lock.acquire(timeout=_CLAIM_SECONDS)
    except Timeout:
        raise _at_work_elsewhere(run) from None
    try:
        status = run.status
        if status["state"] == "finished":
            raise NearfieldError(f"{run.run_id} is finished; there is nothing to resume.")
        # Processes of earlier versions hold no lock.
        if works_on(run) and status["pid"] != os.getpid():
            raise _at_work_elsewhere(run)
        run.set_status("waiting", **process_stamp(os.getpid()))
        yield
    finally:
        lock.release()


def works_on(run: Run) -> bool:
    """Whether the process that the run's state names is alive and at work on it."""
    status = run.status
    return status["state"] in ACTIVE and is_alive(status)


def is_claimed(run: Run) -> bool:
    """Whether some process holds the run, perhaps one whose number means nothing here, as in another container."""
    file = run.path / CLAIM_FILE
    if not file.is_file():
        return False
    try:
        with FileLock(file, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:
        return False


@contextmanager
def starting(catalogue: Catalogue) -> Iterator[None]:
    """Plan, make and start runs of a catalogue as the only process that does.

    Raises NearfieldError where the folder of the runs cannot be written.
    """
    folder = catalogue.path / RUNS_FOLDER
    lock = FileLock(folder / _START_LOCK)
    try:
        with writing(f"The folder {RUNS_FOLDER} of {catalogue.path.name}"):
            folder.mkdir(exist_ok=True)
            lock.acquire(timeout=_START_SECONDS)
    except Timeout:
        raise NearfieldError("Another process has been starting a run for long. Try again later.") from None
    try:
        yield
    finally:
        lock.release()


def _at_work_elsewhere(run: Run) -> NearfieldError:
    return NearfieldError(f"{run.run_id} is being trained in another process. Wait for it or cancel it first.")
