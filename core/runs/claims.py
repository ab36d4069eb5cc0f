"""Who works on a run: one process at a time, whose job of the kind "training" has the run as its subject.

The job says who works on it, how far it is and whether it is to stop. The run's folder says how it ended.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.jobs import ACTIVE, COMMAND_LINE, Claim, Jobs, Planning
from core.jobs.processes import is_alive
from core.jobs.working import Work, take, working
from core.runs.config import TrainingConfig, check_work
from core.runs.record import Run, discard_run, new_run

TRAINING = "training"


def jobs_of_run(run: Run) -> Jobs:
    """The jobs of the catalogue that the run belongs to."""
    return Jobs(run.path.parents[1])


@contextmanager
def new_claimed_run(catalogue: Catalogue, config: TrainingConfig) -> Iterator[tuple[Run, Work]]:
    """Make a run and work on it in this process."""
    jobs = Jobs(catalogue.path)
    with jobs.planning() as planning:
        run, claim = plan_new_run(planning, catalogue, config)
    with _held(jobs, run, claim) as work:
        yield run, work


@contextmanager
def claimed(run: Run, job_id: str | None = None) -> Iterator[Work]:
    """Work on `run` as the only process, as the waiting job `job_id` or a new one.

    The run's state is "waiting" from here on. Raises NearfieldError if another process works on the run, and if the run
    is finished.
    """
    if run.finished:
        raise NearfieldError(f"{run.run_id} is finished; there is nothing to resume.")
    if works_without_job(run):
        raise at_work_elsewhere(run)
    jobs = jobs_of_run(run)
    claim = take(jobs, TRAINING, run.run_id, run.config.as_dict(), job_id)
    with _held(jobs, run, claim) as work:
        yield work


def plan_new_run(
    planning: Planning,
    catalogue: Catalogue,
    config: TrainingConfig,
    owner: str = COMMAND_LINE,
    *,
    detached: bool = False,
    nice: int = 0,
) -> tuple[Run, Claim]:
    """Make a run and its job, both or neither; a `detached` job waits for a process that does it.

    Raises NearfieldError for more work than a run may have.
    """
    check_work(config)
    run = new_run(catalogue, config)
    planning.undo.append(lambda: discard_run(run))
    return run, plan_work(planning, run, owner, detached=detached, nice=nice)


def plan_work(
    planning: Planning, run: Run, owner: str = COMMAND_LINE, *, detached: bool = False, nice: int = 0
) -> Claim:
    """Make the job of training a run. Raises NearfieldError where another process is at work on it."""
    if works_without_job(run):
        raise at_work_elsewhere(run)
    return planning.create(
        TRAINING,
        run.run_id,
        run.config.as_dict(),
        owner,
        nice=nice,
        state="waiting" if detached else "running",
        keep_log=detached,
    )


def works_without_job(run: Run) -> bool:
    """Whether a process of Nearfield 0.1, which knows no jobs, works on the run: its state names that process."""
    status = run.status
    return status["state"] in ACTIVE and is_alive(status)


def at_work_elsewhere(run: Run) -> NearfieldError:
    """What is said of a run that another process works on."""
    return NearfieldError(f"{run.run_id} is being trained in another process. Wait for it or cancel it first.")


@contextmanager
def _held(jobs: Jobs, run: Run, claim: Claim) -> Iterator[Work]:
    with working(jobs, claim) as work:
        if run.finished:  # by the process that had it until a moment ago
            raise NearfieldError(f"{run.run_id} is finished; there is nothing to resume.")
        run.set_status("waiting")
        yield work
