"""Making a catalogue ready in a process of its own: start it, watch it, cancel it, find it again after a reload."""

import time
from dataclasses import dataclass
from datetime import datetime

from core.catalogue import Catalogue
from core.jobs import LOW_PRIORITY, Job, JobBusyError, Jobs
from core.jobs.detached import start_detached
from core.prepare.pieces import Choice
from core.prepare.plan import TITLES

PREPARE = "prepare"
_WHOLE = ""
"""The subject of the jobs: the whole catalogue."""


_TELLING_SHARE = 0.05
"""Before so much of the work is done, the time that it took says nothing about the rest: most of it was the start."""


@dataclass(frozen=True)
class JobProgress:
    """How far a job is: the name and the title of its step, the share of all time that is over, 0 to 1, and about how
    many seconds are left, None where that cannot be told yet."""

    step: str
    title: str
    share: float
    seconds_left: float | None


def start_preparation(catalogue: Catalogue, choice: Choice, owner: str) -> None:
    """Make the catalogue ready for `owner` in a new process of low priority, unless one is at work on it.

    The process finds the key of a service in the environment of this one. Raises NearfieldError where the database or
    the log cannot be written, and then leaves nothing behind.
    """
    jobs = Jobs(catalogue.path)
    try:
        claim = jobs.create(
            PREPARE, _WHOLE, choice.as_dict(), owner=owner, nice=LOW_PRIORITY, state="waiting", keep_log=True
        )
    except JobBusyError:
        return
    start_detached(jobs, claim, "The preparation", ["prepare", str(jobs.folder), *options_of(choice)])


def options_of(choice: Choice) -> list[str]:
    """The options of the command that says the same."""
    options = [f"--features={','.join(choice.features)}", f"--workers={choice.workers}"]
    options += [f"--relations={choice.relations}"] if choice.relations else []
    options += ["--again"] if choice.again else []
    return options + ([f"--contact={choice.contact}"] if choice.contact else [])


def preparation_job(catalogue: Catalogue) -> Job | None:
    """The last job that made or makes the catalogue ready. Raises NearfieldError where the database cannot be read."""
    return Jobs(catalogue.path).newest(PREPARE, _WHOLE)


def preparation_progress(job: Job) -> JobProgress:
    """How far an active job is."""
    elapsed = time.time() - datetime.fromisoformat(job.begun).timestamp()
    left = elapsed * (1 - job.done) / job.done if job.done >= _TELLING_SHARE and elapsed > 0 else None
    return JobProgress(job.stage, TITLES.get(job.stage, ""), job.done, left)


def cancel_preparation(catalogue: Catalogue) -> None:
    """Ask the process that makes the catalogue ready to stop, if there is one. What it has made is kept."""
    job = preparation_job(catalogue)
    if job and job.is_active:
        Jobs(catalogue.path).cancel(job.job_id)
