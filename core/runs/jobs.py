"""Training in a process of its own: start it, watch its files, cancel it, find it again after a reload or a crash."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.features import check_features
from core.jobs.processes import is_alive, process_stamp
from core.runs.config import TrainingConfig
from core.runs.record import RUNS_FOLDER, Run, list_runs, new_run

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
        return self.state in ("waiting", "running")

    @property
    def can_resume(self) -> bool:
        return self.state in ("cancelled", "interrupted", "failed")


def start_job(catalogue: Catalogue, config: TrainingConfig) -> Run:
    """Make a run and train it in a new process.

    Raises NearfieldError for a feature set the catalogue lacks, and while another run of the catalogue is active.
    """
    check_features(catalogue, config.features)
    with _one_at_a_time(catalogue):
        _refuse_second_job(catalogue)
        run = new_run(catalogue, config)
        _launch(catalogue, run)
    return run


def resume_job(catalogue: Catalogue, run: Run) -> None:
    """Resume a run that was cancelled or interrupted or that failed, from its last saved state.

    Raises NearfieldError for any other run, and while another run of the catalogue is active.
    """
    if not job_state(run).can_resume:
        raise NearfieldError(f"The run {run.run_id} is {job_state(run).state}; there is nothing to resume.")
    with _one_at_a_time(catalogue):
        _refuse_second_job(catalogue)
        run.set_status("waiting")
        _launch(catalogue, run)


def start_process(catalogue: Catalogue, run: Run, *options: str) -> "subprocess.Popen[bytes]":
    """Start a process that works on a run and writes its log; an earlier cancellation no longer counts."""
    (run.path / CANCEL_FILE).unlink(missing_ok=True)
    command = [sys.executable, "-m", "core", "resume", str(catalogue.path.resolve()), run.run_id, *options]
    with (run.path / LOG_FILE).open("ab") as log:
        return subprocess.Popen(
            command, cwd=_ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def cancel_job(run: Run) -> None:
    """Ask a run to stop after its current epoch; its state is kept."""
    (run.path / CANCEL_FILE).touch()


def is_cancelled(run: Run) -> bool:
    """Whether the run was asked to stop."""
    return (run.path / CANCEL_FILE).exists()


def job_state(run: Run) -> JobState:
    """The actual state: a run that is recorded as waiting or running but has no process was interrupted."""
    status = run.status
    state = status["state"]
    if state in ("waiting", "running") and not is_alive(status):
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


def _one_at_a_time(catalogue: Catalogue) -> FileLock:
    folder = catalogue.path / RUNS_FOLDER
    folder.mkdir(exist_ok=True)
    return FileLock(folder / "start.lock")


def _refuse_second_job(catalogue: Catalogue) -> None:
    if run := active_run(catalogue):
        raise NearfieldError(f"{run.run_id} is still training. Wait for it or cancel it first.")


def _launch(catalogue: Catalogue, run: Run) -> None:
    process = start_process(catalogue, run)
    if run.status["state"] == "waiting":
        run.set_status("waiting", **process_stamp(process.pid))
