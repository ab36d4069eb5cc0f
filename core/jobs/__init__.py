"""Detached work, recorded in the database and done by one process at a time; and the threads of a server."""

from core.jobs.job import ACTIVE, COMMAND_LINE, LOW_PRIORITY, Claim, ClaimLostError, Job, JobBusyError
from core.jobs.store import Jobs, Planning, active_jobs

__all__ = [
    "ACTIVE",
    "COMMAND_LINE",
    "LOW_PRIORITY",
    "Claim",
    "ClaimLostError",
    "Job",
    "JobBusyError",
    "Jobs",
    "Planning",
    "active_jobs",
]
