"""Starting a job in a process of its own, which outlives the request that asked for it."""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from core.errors import NearfieldError
from core.jobs.job import Claim
from core.jobs.processes import give_way
from core.jobs.store import LOGS_FOLDER, Jobs
from core.storage import writing

_ROOT = Path(__file__).resolve().parents[2]


def start_detached(jobs: Jobs, claim: Claim, what: str, arguments: Sequence[str]) -> "subprocess.Popen[bytes]":
    """Start `python -m core ARGUMENTS --job ID`, which is to do the waiting job, and write down that it is to.

    The job must have been made with `keep_log`, unless the catalogue's folder is yet to be made; then what the process
    prints is lost. Raises NearfieldError, which speaks of `what`, where that fails; then neither process nor job is
    left.
    """
    log = jobs.folder / LOGS_FOLDER / f"{claim.job_id}.log" if jobs.folder.is_dir() else None
    command = [sys.executable, "-m", "core", *arguments, "--job", claim.job_id]
    try:
        with writing(what):
            if log:
                log.parent.mkdir(exist_ok=True)
            with open(log or os.devnull, "wb") as output:
                process = subprocess.Popen(
                    command, cwd=_ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
                )
        _hand_over(jobs, claim, process)
    except BaseException:
        with suppress(NearfieldError):
            jobs.drop(claim)
        if log:
            with suppress(OSError):
                log.unlink(missing_ok=True)
        raise
    return process


def _hand_over(jobs: Jobs, claim: Claim, process: "subprocess.Popen[bytes]") -> None:
    """Write down which process it is; where that fails, end it, since nobody would find it again."""
    try:
        jobs.hand_over(claim, process.pid)
        if (job := jobs.find(claim.job_id)) and job.nice:
            give_way(process.pid, job.nice)
    except BaseException:
        process.kill()
        process.wait()
        raise
