"""Doing a job: the claim is held, signs of life and progress are written, and the end is recorded."""

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from core.errors import NearfieldError, StoppedError
from core.jobs.job import Claim, ClaimLostError
from core.jobs.store import Jobs
from core.jobs.workers import BEAT_SECONDS

_TICK_SECONDS = 0.5
"""How often the worker looks whether it is to stop, and writes how far it is."""


class Work:
    """What the code that does a job sees of it."""

    def __init__(self, jobs: Jobs, claim: Claim) -> None:
        self._jobs, self._claim = jobs, claim
        self._now = self._written = ("", 0.0)
        self._cancelled = self._lost = False
        self._ended = threading.Event()
        self._beat_at = time.monotonic()
        self._thread = threading.Thread(target=self._keep_alive, name="nearfield-heartbeat", daemon=True)
        self._outcome: tuple[str, str] = ("finished", "")

    @property
    def job_id(self) -> str:
        return self._claim.job_id

    @property
    def is_lost(self) -> bool:
        """Whether another process has taken the job over; then nothing may be written any more."""
        return self._lost

    def report(self, stage: str, done: float) -> None:
        """Say what is done now, and the share of it that is done, 0 to 1. Costs nothing: a thread writes it."""
        self._now = (stage, round(done, 2))

    def is_cancelled(self) -> bool:
        """Whether the job is to stop. Raises ClaimLostError if another process has taken it over."""
        if self._lost:
            raise ClaimLostError
        return self._cancelled

    def check(self) -> None:
        """Raise StoppedError if the job is to stop, and ClaimLostError if another process has taken it over."""
        if self.is_cancelled():
            raise StoppedError

    def end_as(self, state: str, message: str = "") -> None:
        """How the job ends where it raises nothing: "finished" unless this says otherwise."""
        self._outcome = (state, message)

    def start(self) -> None:
        """Begin to give signs of life."""
        self._thread.start()
        with suppress(NearfieldError):
            self._look()

    def end(self) -> None:
        """Record the end of the job. A database that cannot be written leaves it as interrupted."""
        self._ended.set()
        self._thread.join()
        with suppress(NearfieldError):
            if self._now != self._written:
                self._beat()
            self._jobs.end(self._claim, *self._outcome)

    def _keep_alive(self) -> None:
        """Faults of the database end no work: the next tick tries again."""
        while not self._ended.wait(_TICK_SECONDS):
            with suppress(NearfieldError):
                if self._now != self._written or time.monotonic() - self._beat_at >= BEAT_SECONDS:
                    self._beat()
                self._look()

    def _beat(self) -> None:
        now = self._now
        if not self._jobs.beat(self._claim, *now):
            self._lost = True
        self._written, self._beat_at = now, time.monotonic()

    def _look(self) -> None:
        self._cancelled = self._cancelled or self._jobs.is_cancelled(self._claim.job_id)


@contextmanager
def working(jobs: Jobs, claim: Claim) -> Iterator[Work]:
    """Do a claimed job; how the block ends is how the job ends."""
    work = Work(jobs, claim)
    try:
        work.start()
        yield work
    except (KeyboardInterrupt, StoppedError):
        work.end_as("cancelled")
        raise
    except BaseException as fault:
        work.end_as("failed", str(fault) or type(fault).__name__)
        raise
    finally:
        work.end()


@contextmanager
def at_work(
    folder: Path, kind: str, subject: str, parameters: Mapping[str, Any], job_id: str | None = None, **more: Any
) -> Iterator[Work]:
    """Do a job of the catalogue in `folder` in this process: the waiting one `job_id`, or a new one.

    `more` is passed to `Planning.create`. Raises JobBusyError if such a job is active.
    """
    jobs = Jobs(folder)
    with working(jobs, take(jobs, kind, subject, parameters, job_id, **more)) as work:
        yield work


def take(
    jobs: Jobs, kind: str, subject: str, parameters: Mapping[str, Any], job_id: str | None = None, **more: Any
) -> Claim:
    """Claim the waiting job `job_id`, and be as nice as it says; or make a new job and claim that."""
    if job_id is None:
        jobs.settle(kind, subject)
        return jobs.create(kind, subject, parameters, **more)
    claim = jobs.claim(job_id)
    job = jobs.find(job_id)
    if job and job.nice:
        os.nice(job.nice)
    return claim
