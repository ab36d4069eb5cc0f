"""Jobs for tests: whose process they are, and workers that this machine cannot see."""

from pathlib import Path
from typing import Any

from sqlalchemy import update

from core.database import open_database
from core.database.schema import JOBS
from core.jobs import Claim, Job
from core.runs.claims import TRAINING, jobs_of_run
from core.runs.record import Run

ENDED = {"pid": 2**22 + 1, "started": 0.0, "ticks": 1}
"""What differs in the stamp of a process that has ended: no process has this number."""

ANOTHER_BOOT = {"boot": "another boot", "host": "another host", "node": "another", "namespace": "pid:[1]"}


def job_of(run: Run) -> Job:
    """The last job of a run."""
    job = jobs_of_run(run).newest(TRAINING, run.run_id)
    assert job is not None
    return job


def worker_pid(run: Run) -> int:
    """The number of the process that has the last job of a run."""
    return int(job_of(run).worker["pid"])


def change_row(folder: Path, job_id: str, **values: Any) -> None:
    """Change a job's row behind its back; `folder` is the catalogue's."""
    with open_database(folder.parent).change() as connection:
        assert connection.execute(update(JOBS).where(JOBS.c.job_id == job_id).values(values)).rowcount == 1


def waiting_run(run: Run, **worker: Any) -> Claim:
    """A job for a run that waits for its process: this one, apart from what `worker` says."""
    jobs = jobs_of_run(run)
    claim = jobs.create(TRAINING, run.run_id, run.config.as_dict(), state="waiting", keep_log=True)
    if worker:
        change_row(jobs.folder, claim.job_id, worker=job_of(run).worker | worker)
    return claim
