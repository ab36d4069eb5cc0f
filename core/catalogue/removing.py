"""Removing a catalogue: its folder goes as a whole, or not at all. Music and lists stay.

The folder is renamed to what nobody reads, in the transaction in which jobs are looked at: so no job begins meanwhile,
and a kill leaves either the whole catalogue or litter that is swept.
"""

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import Timeout

from core.catalogue.format import MANIFEST_FILE
from core.catalogue.music_uploads import uploaded_folder
from core.catalogue.recovery import recover_catalogue
from core.errors import CatalogueError
from core.folders import folder_lock, is_being_replaced
from core.jobs import JobBusyError, Jobs
from core.storage import trash_name, writing

RUNS_FOLDER = "runs"
_MOST_FILES = 200_000
"""Files that are counted; a catalogue with more is larger than what is told."""


@dataclass(frozen=True)
class Removal:
    """What goes with a catalogue: bytes of its folder, and how many runs it has. `is_link` says that the folder lies
    elsewhere and stays there. `uploaded` counts files of music that were uploaded for it, and stay unless asked for."""

    size: int
    runs: int
    is_link: bool
    uploaded: int


def what_goes(folder: Path) -> Removal:
    """What removing the catalogue in `folder` would take away. Raises CatalogueError where there is none."""
    _check(folder)
    if folder.is_symlink():
        return Removal(0, 0, True, 0)
    runs = folder / RUNS_FOLDER
    count = sum(entry.is_dir() for entry in os.scandir(runs)) if runs.is_dir() else 0
    uploaded = uploaded_folder(folder.name, folder.parent)
    return Removal(_size(folder), count, False, sum(path.is_file() for path in uploaded.rglob("*")))


def remove_catalogue(folder: Path, with_uploads: bool = False) -> None:
    """Remove the catalogue in `folder`: all that was read, made and measured for it, and the records of its jobs.

    Lists of it stay in the database. Music stays, apart from what was uploaded for it if `with_uploads`. Raises
    CatalogueError where there is no catalogue and while it is written, JobBusyError while a job works on it, and
    NearfieldError where the system refuses; then all of it is still there.
    """
    _check(folder)
    folder = Path(os.path.abspath(folder))
    if folder.is_symlink():
        with writing(folder):
            folder.unlink()
        return
    trash = trash_name(folder)
    recover_catalogue(folder)
    try:
        with writing(folder), folder_lock(folder), Jobs(folder).planning() as planning:
            if busy := next((job for job in planning.listed() if job.is_active), None):
                raise JobBusyError(busy)
            if is_being_replaced(folder):
                raise CatalogueError(f"The last version of {folder.name} is not put away yet. Try again in a moment.")
            folder.rename(trash)
            planning.undo.append(lambda: os.rename(trash, folder))
            planning.forget()
    except Timeout:
        raise CatalogueError(f"{folder.name} is being written by another process. Try again in a moment.") from None
    shutil.rmtree(trash, ignore_errors=True)
    if with_uploads:
        _discard(uploaded_folder(folder.name, folder.parent))


def _discard(folder: Path) -> None:
    if folder.is_dir():
        trash = trash_name(folder)
        with writing(folder):
            folder.rename(trash)
        shutil.rmtree(trash, ignore_errors=True)


def _check(folder: Path) -> None:
    if not (folder / MANIFEST_FILE).is_file():
        raise CatalogueError(f"{folder} holds no catalogue, so nothing was removed. Name the folder of a catalogue.")


def _size(folder: Path) -> int:
    total = 0
    for _, (place, _, names) in zip(range(_MOST_FILES), os.walk(folder), strict=False):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_size
    return total
