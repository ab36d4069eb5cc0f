"""Collecting relations in a process of its own: start it, watch it, cancel it, find it again after a reload."""

from typing import Any

from core.catalogue import Catalogue
from core.jobs import LOW_PRIORITY, Job, JobBusyError, Jobs
from core.jobs.detached import start_detached
from core.relations.collecting import Wanted

RELATIONS = "relations"


def job_parameters(wanted: Wanted) -> dict[str, Any]:
    """What is written down about a job: neither key nor contact."""
    return {"source": wanted.source, "path": str(wanted.path) if wanted.path else ""}


def relations_command(folder: str, wanted: Wanted) -> list[str]:
    """The command that collects what is wanted for the catalogue in `folder`, as a person would type it in the
    project's folder. It reads the key from the environment."""
    return ["python", "-m", "core", "relations", folder, *_options(wanted)]


def start_relations_job(catalogue: Catalogue, wanted: Wanted, owner: str) -> None:
    """Collect what is wanted for `owner` in a new process of low priority, unless one is at work on this source.

    The process finds the key of a service in the environment of this one. Raises NearfieldError where the database or
    the log cannot be written, and then leaves nothing behind.
    """
    jobs = Jobs(catalogue.path)
    try:
        claim = jobs.create(
            RELATIONS,
            wanted.source,
            job_parameters(wanted),
            owner=owner,
            nice=LOW_PRIORITY,
            state="waiting",
            keep_log=True,
        )
    except JobBusyError:
        return
    start_detached(jobs, claim, "The relations", ["relations", str(jobs.folder), *_options(wanted)])


def relations_job(catalogue: Catalogue, source: str) -> Job | None:
    """The last job that collected or collects from `source`."""
    return Jobs(catalogue.path).newest(RELATIONS, source)


def cancel_relations_job(catalogue: Catalogue, source: str) -> None:
    """Ask the process that collects from `source` to stop, if there is one.

    It ends by itself, since it has temporary files to remove: between two requests or two ranges of users.
    """
    job = relations_job(catalogue, source)
    if job and job.is_active:
        Jobs(catalogue.path).cancel(job.job_id)


def _options(wanted: Wanted) -> list[str]:
    options = ["--from", wanted.source]
    options += [f"--source={wanted.path}"] if wanted.path else []
    options += [f"--contact={wanted.contact}"] if wanted.contact else []
    options += [f"--algorithm={wanted.algorithm}"] if wanted.algorithm else []
    options += [f"--base-url={wanted.base}"] if wanted.base else []
    return options
