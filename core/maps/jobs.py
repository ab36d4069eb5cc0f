"""Making a map in a process of its own: start it, watch it, cancel it, find it again after a reload.

UMAP compiles for up to a minute and runs for minutes, and no request may wait that long.
"""

import shutil
from pathlib import Path

from core.catalogue import Catalogue
from core.jobs import LOW_PRIORITY, Job, JobBusyError, Jobs
from core.jobs.detached import start_detached
from core.maps.store import map_path

MAP = "map"
_ROOT = Path(__file__).resolve().parents[2]


def map_command(catalogue: Catalogue, space: str) -> list[str]:
    """The command that makes the map, as a person would type it in the project's folder."""
    path = catalogue.path.resolve()
    shown = path.relative_to(_ROOT) if path.is_relative_to(_ROOT) else path
    return ["python", "-m", "core", "map", str(shown), "--space", space]


def start_map_job(catalogue: Catalogue, space: str, owner: str) -> None:
    """Make the map of `space` for `owner` in a new process of low priority, unless one is at work on it.

    Raises NearfieldError where the database or the log cannot be written, and then leaves nothing behind.
    """
    jobs = Jobs(catalogue.path)
    try:
        claim = jobs.create(
            MAP, space, {"space": space}, owner=owner, nice=LOW_PRIORITY, state="waiting", keep_log=True
        )
    except JobBusyError:
        return
    _remove_folder_of_an_earlier_version(catalogue, space)
    start_detached(jobs, claim, "The map", ["map", str(jobs.folder), f"--space={space}"])


def map_job(catalogue: Catalogue, space: str) -> Job | None:
    """The last job that made or makes the map of `space`. Raises NearfieldError where the database cannot be read."""
    return Jobs(catalogue.path).newest(MAP, space)


def cancel_map_job(catalogue: Catalogue, space: str) -> None:
    """Stop the process that makes the map of `space`, if there is one.

    Raises NearfieldError where the database cannot be written.
    """
    job = map_job(catalogue, space)
    if job and job.is_active:
        Jobs(catalogue.path).stop(job)


def _remove_folder_of_an_earlier_version(catalogue: Catalogue, space: str) -> None:
    """Nearfield 0.1 kept the state of such a job in a hidden folder beside the map."""
    path = map_path(catalogue, space)
    shutil.rmtree(path.with_name(f".{path.stem}.job"), ignore_errors=True)
