"""Training in a process of its own: start it, watch its files, cancel it, find it again after a reload or a crash."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.features import check_features
from core.jobs.processes import process_stamp
from core.runs.claims import ACTIVE, is_claimed, starting, works_on
from core.runs.config import TrainingConfig
from core.runs.record import Run, discard_run, list_runs, new_run
from core.storage import writing

CANCEL_FILE = "cancel"
LOG_FILE = "log.txt"
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class JobState:
    """The state of a run: waiting, running, finished, cancelled, failed, or interrupted (its process is gone)."""

    state: str
    message: str = ""

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def can_resume(self) -> bool:
        return self.state in ("cancelled", "interrupted", "failed")


def start_job(catalogue: Catalogue, config: TrainingConfig) -> Run:
    """Make a run and train it in a new process.

    Raises NearfieldError for a feature set the catalogue lacks, while another run of the catalogue is active, and where
    the run cannot be written; then none is left behind.
    """
    check_features(catalogue, config.features)
    with starting(catalogue):
        _refuse_second_job(catalogue)
        run, _ = start_new_run(catalogue, config)
    return run


def resume_job(catalogue: Catalogue, run: Run) -> None:
    """Resume a run that was cancelled or interrupted or that failed, from its last saved state.

    Raises NearfieldError for any other run, while another run of the catalogue is active, and where the run's folder
    cannot be written.
    """
    with starting(catalogue):
        if not job_state(run).can_resume:
            raise NearfieldError(f"The run {run.run_id} is {job_state(run).state}; there is nothing to resume.")
        _refuse_second_job(catalogue)
        start_process(catalogue, run)


def start_new_run(catalogue: Catalogue, config: TrainingConfig, *options: str) -> "tuple[Run, subprocess.Popen[bytes]]":
    """Make a run and start a process that works on it, as `start_process` does; both or neither."""
    run = new_run(catalogue, config)
    try:
        return run, start_process(catalogue, run, *options)
    except BaseException:
        discard_run(run)
        raise


def start_process(catalogue: Catalogue, run: Run, *options: str) -> "subprocess.Popen[bytes]":
    """Start a process that works on a run and writes its log; an earlier cancellation no longer counts.

    The caller holds `claims.starting`. Raises NearfieldError where the run's folder cannot be written, and then no
    process is left.
    """
    command = [sys.executable, "-m", "core", "resume", str(catalogue.path.resolve()), run.run_id, *options]
    before = run.status
    with writing(f"The run {run.run_id}"):
        (run.path / CANCEL_FILE).unlink(missing_ok=True)
        with (run.path / LOG_FILE).open("ab") as log:
            process = subprocess.Popen(
                command, cwd=_ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        try:
            # The process says the same of itself once it has claimed the run.
            if run.status == before:
                run.set_status("waiting", **process_stamp(process.pid))
        except BaseException:
            process.kill()
            process.wait()
            raise
    return process


def cancel_job(run: Run) -> None:
    """Ask a run to stop after its current epoch; its state is kept.

    Raises NearfieldError where the run's folder cannot be written.
    """
    with writing(f"The run {run.run_id}"):
        (run.path / CANCEL_FILE).touch()


def is_cancelled(run: Run) -> bool:
    """Whether the run was asked to stop."""
    return (run.path / CANCEL_FILE).exists()


def job_state(run: Run) -> JobState:
    """The actual state: a run that is recorded as waiting or running but has no process was interrupted."""
    status = run.status
    state = status["state"]
    if state in ACTIVE and not works_on(run) and not is_claimed(run):
        return JobState("interrupted", log_tail(run, 1)[:500])
    return JobState(state, status.get("message", ""))


def active_run(catalogue: Catalogue) -> Run | None:
    """The run that a process works on now, if any."""
    return next((run for run in list_runs(catalogue) if job_state(run).is_active), None)


def log_tail(run: Run, lines: int = 20) -> str:
    """The last lines that the run's process printed."""
    file = run.path / LOG_FILE
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    return "\n".join(text.strip().splitlines()[-lines:])


def _refuse_second_job(catalogue: Catalogue) -> None:
    if run := active_run(catalogue):
        raise NearfieldError(f"{run.run_id} is still training. Wait for it or cancel it first.")
