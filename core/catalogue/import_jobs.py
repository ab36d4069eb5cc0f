"""Importing in a process of its own: start it, watch it, cancel it, find it again after a reload."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.catalogue.importers.folder.reading import EXCEPTIONS, EXCEPTIONS_FILE, records_folder
from core.jobs import LOW_PRIORITY, Job, Jobs
from core.jobs.detached import start_detached
from core.storage import atomic_path

IMPORT = "import"


def import_parameters(layout: str, source: Path) -> dict[str, Any]:
    """What is written down about an import."""
    return {"layout": layout, "source": str(source)}


def start_import(
    layout: str,
    source: Path,
    dest: Path,
    owner: str,
    *,
    exceptions: Sequence[str] | None = None,
    review_only: bool = False,
    options: Mapping[str, str] | None = None,
) -> None:
    """Import `source` as the catalogue folder `dest` for `owner`, in a new process of low priority.

    `exceptions` are the names that are never split; None stands for those that were given before. With `review_only`
    the folder is read, and no catalogue is made yet. `options` are others of the importer. Raises JobBusyError where an
    import into `dest` is at work, and NearfieldError where the database or the log cannot be written; then nothing is
    left behind.
    """
    jobs = Jobs(dest)
    given = [f"--{name}={value}" for name, value in (options or {}).items()]
    if review_only:
        given.append("--review-only")
    if exceptions is not None:
        given.append(f"--{EXCEPTIONS}={_write_exceptions(dest, exceptions)}")
    claim = jobs.create(
        IMPORT,
        jobs.folder.name,
        import_parameters(layout, source),
        owner=owner,
        nice=LOW_PRIORITY,
        state="waiting",
        keep_log=dest.is_dir(),
    )
    start_detached(jobs, claim, "The import", ["import", layout, str(source), str(jobs.folder), *given])


def import_job(dest: Path) -> Job | None:
    """The last import into the catalogue folder `dest`, which may be at work or have ended."""
    return Jobs(dest).newest(IMPORT, dest.name)


def cancel_import(dest: Path) -> None:
    """Ask the import into `dest` to stop, if one is at work.

    That of a music folder ends by itself, between two files, and can go on from there. Any other writes nothing before
    its end, so its process is ended at once.
    """
    job = import_job(dest)
    if job is None or not job.is_active:
        return
    if job.parameters.get("layout") == "folder":
        Jobs(dest).cancel(job.job_id)
    else:
        Jobs(dest).stop(job)


def _write_exceptions(dest: Path, names: Sequence[str]) -> Path:
    file = records_folder(dest) / EXCEPTIONS_FILE
    with atomic_path(file) as temporary:
        temporary.write_text("".join(f"{' '.join(name.split())}\n" for name in names), encoding="utf-8")
    return file
