"""Training the recommended ranker in a process of its own: start it, watch it, cancel it, find it again later."""

from pathlib import Path

from core.catalogue import Catalogue
from core.graph.protocols import check_trainable
from core.jobs import LOW_PRIORITY, Job, JobBusyError, Jobs
from core.jobs.detached import start_detached
from core.space_name import RECOMMENDED

RECOMMEND = "recommend"
"""The kind of job that trains the recommended ranker."""

_ROOT = Path(__file__).resolve().parents[2]


def recommend_command(catalogue: Catalogue, seed: int) -> list[str]:
    """The command that trains the recommended ranker, as a person would type it in the project's folder."""
    path = catalogue.path.resolve()
    shown = path.relative_to(_ROOT) if path.is_relative_to(_ROOT) else path
    return ["python", "-m", "core", "recommend", str(shown), *_options(seed)]


def start_recommend_job(catalogue: Catalogue, seed: int, owner: str) -> None:
    """Train the recommended ranker for `owner` in a new process of low priority, unless one is at work on it.

    Raises NearfieldError without edges to learn from, and where the database or the log cannot be written; then nothing
    is left behind.
    """
    check_trainable(catalogue)
    jobs = Jobs(catalogue.path)
    try:
        claim = jobs.create(
            RECOMMEND,
            RECOMMENDED,
            {"seed": seed},
            owner=owner,
            nice=LOW_PRIORITY,
            state="waiting",
            keep_log=True,
        )
    except JobBusyError:
        return
    start_detached(jobs, claim, "The recommended ranker", ["recommend", str(jobs.folder), *_options(seed)])


def recommend_job(catalogue: Catalogue) -> Job | None:
    """The last job that trained or trains the recommended ranker.

    Raises NearfieldError where the database cannot be read.
    """
    return Jobs(catalogue.path).newest(RECOMMEND, RECOMMENDED)


def cancel_recommend_job(catalogue: Catalogue) -> None:
    """Ask the process that trains the recommended ranker to stop, if there is one; it ends before its next step.

    Raises NearfieldError where the database cannot be written.
    """
    job = recommend_job(catalogue)
    if job and job.is_active:
        Jobs(catalogue.path).cancel(job.job_id)


def _options(seed: int) -> list[str]:
    return ["--seed", str(seed)] if seed else []
