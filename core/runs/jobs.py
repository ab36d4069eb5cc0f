"""Training in a process of its own: start it, watch it, cancel it, find it again after a reload or a crash."""

import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.features import check_features
from core.graph.protocols import check_trainable
from core.jobs import ACTIVE, LOW_PRIORITY, Claim, Job, Jobs
from core.jobs.detached import start_detached
from core.jobs.logs import log_end
from core.runs.claims import TRAINING, jobs_of_run, plan_new_run, plan_work, works_without_job
from core.runs.config import TrainingConfig
from core.runs.record import Run, discard_run, list_runs
from core.storage import writing

_CANCEL_FILE, _LOG_FILE = "cancel", "log.txt"
"""Files of Nearfield 0.1 in a run's folder: the first asks its process to stop, which prints to the second."""


@dataclass(frozen=True)
class JobState:
    """The state of a run: waiting, running, finished, cancelled, failed, or interrupted (its process is gone)."""

    state: str
    message: str = ""
    is_stopping: bool = False

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def can_resume(self) -> bool:
        return self.state in ("cancelled", "interrupted", "failed")


def start_job(catalogue: Catalogue, config: TrainingConfig, owner: str) -> Run:
    """Make a run for `owner` and train it in a new process of low priority.

    Raises NearfieldError for a feature set the catalogue lacks, without edges to learn from, while another run of the
    catalogue is active, and where the run cannot be written; then none is left behind.
    """
    check_features(catalogue, config.features)
    check_trainable(catalogue)
    jobs = Jobs(catalogue.path)
    with jobs.planning() as planning:
        _refuse_second_job(catalogue, planning.newest_by_subject(TRAINING))
        run, claim = plan_new_run(planning, catalogue, config, owner, detached=True, nice=LOW_PRIORITY)
    start_planned_run(jobs, run, claim)
    return run


def resume_job(catalogue: Catalogue, run: Run, owner: str) -> None:
    """Resume a run that was cancelled or interrupted or that failed, from its last saved state.

    Raises NearfieldError for any other run, while another run of the catalogue is active, and where the database or the
    log cannot be written.
    """
    jobs = Jobs(catalogue.path)
    with jobs.planning() as planning:
        known = planning.newest_by_subject(TRAINING)
        state = job_state(run, known)
        if not state.can_resume:
            raise NearfieldError(f"The run {run.run_id} is {state.state}; there is nothing to resume.")
        _refuse_second_job(catalogue, known)
        claim = plan_work(planning, run, owner, detached=True, nice=LOW_PRIORITY)
    start_process(jobs, run, claim)


def start_planned_run(jobs: Jobs, run: Run, claim: Claim, *options: str) -> "subprocess.Popen[bytes]":
    """`start_process` for a run that has just been made; where that fails, the run is removed."""
    try:
        return start_process(jobs, run, claim, *options)
    except BaseException:
        discard_run(run)
        raise


def start_process(jobs: Jobs, run: Run, claim: Claim, *options: str) -> "subprocess.Popen[bytes]":
    """Start a process that does the waiting job of training a run. Raises NearfieldError where that fails."""
    arguments = ["resume", str(jobs.folder), run.run_id, *options]
    return start_detached(jobs, claim, f"The run {run.run_id}", arguments)


def cancel_job(run: Run) -> None:
    """Ask a run to stop after its current epoch; its state is kept.

    Raises NearfieldError where that cannot be written.
    """
    if job := job_of_run(run):
        jobs_of_run(run).cancel(job.job_id)
    if works_without_job(run):
        with writing(f"The run {run.run_id}"):
            (run.path / _CANCEL_FILE).touch()


def job_of_run(run: Run) -> Job | None:
    """The last job of a run. Raises NearfieldError where the database cannot be read."""
    return jobs_of_run(run).newest(TRAINING, run.run_id)


def training_jobs(catalogue: Catalogue) -> dict[str, Job]:
    """The last job of each run, by the run's id. Raises NearfieldError where the database cannot be read."""
    return Jobs(catalogue.path).newest_by_subject(TRAINING)


def job_state(run: Run, jobs: Mapping[str, Job] | None = None) -> JobState:
    """The actual state: as the run's active job says, else as the folder does.

    A run that has neither ended nor an active job was interrupted. `jobs` are the `training_jobs`, if they have been
    read. Raises NearfieldError where the run or the database cannot be read; a finished run needs no database.
    """
    status = run.status
    state = status["state"]
    if state == "finished":
        return JobState(state)
    job = job_of_run(run) if jobs is None else jobs.get(run.run_id)
    if job and job.is_active:
        return JobState(job.state, is_stopping=job.is_stopping)
    if works_without_job(run):
        return JobState(state, is_stopping=(run.path / _CANCEL_FILE).exists())
    if state not in ACTIVE:
        return JobState(state, status.get("message", ""))
    if job and job.state == "failed":
        return JobState("failed", job.message)
    return JobState("interrupted", _log_end(run, job, 1)[:500])


def active_run(catalogue: Catalogue, jobs: Mapping[str, Job] | None = None) -> Run | None:
    """The run that a process works on now, if any."""
    jobs = training_jobs(catalogue) if jobs is None else jobs
    for run in list_runs(catalogue):
        with suppress(NearfieldError):  # a run that has become unreadable hides no other
            if job_state(run, jobs).is_active:
                return run
    return None


def log_tail(run: Run, lines: int = 20) -> str:
    """The last lines that the run's process printed, if the app or a grid started it.

    Raises NearfieldError where the database cannot be read.
    """
    return _log_end(run, job_of_run(run), lines)


def _log_end(run: Run, job: Job | None, lines: int) -> str:
    return log_end(job.log if job and job.log else run.path / _LOG_FILE, lines)


def _refuse_second_job(catalogue: Catalogue, jobs: Mapping[str, Job]) -> None:
    if run := active_run(catalogue, jobs):
        raise NearfieldError(f"{run.run_id} is still training. Wait for it or cancel it first.")
