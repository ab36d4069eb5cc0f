"""A job as it stands at one moment."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import NearfieldError

KINDS = ("training", "grid", "map", "fusion", "pairs", "import", "extraction", "prepare", "relations", "recommend")
ACTIVE = ("waiting", "running")
ENDED = ("finished", "cancelled", "failed", "interrupted")
COMMAND_LINE = "command line"
"""The owner of jobs that commands start for themselves. Others belong to a visitor, by the visitor's id."""

LOW_PRIORITY = 19
"""How nice the jobs of the app are, so that its pages stay quick."""

MOST_AT_ONCE, MOST_AT_ONCE_IN_PUBLIC = 6, 2
"""How many jobs that visitors have started may be at work, on all catalogues of a server together."""

_AT_WORK = {
    "training": "{} is being trained in another process.",
    "map": "A map of {} is being made in another process.",
    "fusion": "The fusion {} is being fitted in another process.",
    "pairs": "The pair ranker {} is being trained in another process.",
    "import": "The catalogue {} is being imported in another process.",
    "recommend": "The ranker {} is being trained in another process.",
    "relations": "Relations from {} are being collected in another process.",
    "extraction": "Another process is extracting feature sets for this catalogue.",
    "prepare": "Another process is making this catalogue ready.",
}


@dataclass(frozen=True)
class Job:
    """A row of the table, read. `state` is as it really is: an active job whose worker is gone is "interrupted".

    `stage` is what it does now, and `done` the share of that, 0 to 1; `is_stopping` says that it was asked to stop.
    `log` is the file of what its process prints, None where that went to a terminal. `worker` is its process, as
    `core.jobs.workers.worker_stamp` describes it; `begun` is when that process took it up, in UTC.
    """

    job_id: str
    number: int
    kind: str
    subject: str
    parameters: dict[str, Any]
    owner: str
    created: str
    state: str
    stage: str
    done: float
    message: str
    is_stopping: bool
    nice: int
    log: Path | None
    worker: dict[str, Any]
    begun: str

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE


@dataclass(frozen=True)
class Claim:
    """The right to work on a job, which one process holds at a time; `token` proves it."""

    job_id: str
    token: str


class JobBusyError(NearfieldError):
    """A job of this kind and subject is active already."""

    def __init__(self, job: Job) -> None:
        self.job = job
        at_work = _AT_WORK.get(job.kind, "Another process is at work on this.").format(job.subject)
        super().__init__(f"{at_work} Wait for it or cancel it first.")


class ClaimLostError(NearfieldError):
    """Another process has taken the job over, since this one gave no sign of life for long."""

    def __init__(self) -> None:
        super().__init__("Another process has taken over, since this one gave no sign of life for long.")
