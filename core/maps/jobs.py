"""Making a map in a process of its own: start it, watch it, cancel it, find it again after a reload.

UMAP compiles for up to a minute and runs for minutes, and no request may wait that long. A job is a hidden folder
beside the map; it holds the identity of the process and its log.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.jobs.processes import is_alive, process_stamp
from core.maps.store import map_path
from core.storage import read_json, write_json

PROCESS_FILE = "process.json"
LOG_FILE = "log.txt"
_PROGRESS = re.compile(r"^\s*(\d{1,3})%\s+(\w+)$")
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class MapJob:
    """The state of a job: its `stage` (one of `projection.Progress`, "" before the first), the share of that stage that
    is done, and the last line of its log if its process has ended without a map."""

    is_active: bool
    stage: str = ""
    done: float = 0.0
    message: str = ""


def map_command(catalogue: Catalogue, space: str) -> list[str]:
    """The command that makes the map, as a person would type it in the project's folder."""
    path = catalogue.path.resolve()
    shown = path.relative_to(_ROOT) if path.is_relative_to(_ROOT) else path
    return ["python", "-m", "core", "map", str(shown), "--space", space]


def start_map_job(catalogue: Catalogue, space: str) -> None:
    """Make the map of `space` in a new process. Raises NearfieldError where the catalogue's folder is read-only."""
    if (job := map_job(catalogue, space)) and job.is_active:
        return
    folder = _folder(catalogue, space)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / LOG_FILE).open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *map_command(catalogue, space)[1:]],
                cwd=_ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        write_json(folder / PROCESS_FILE, process_stamp(process.pid))
    except PermissionError:
        raise NearfieldError(
            f"The map cannot be stored: {catalogue.path.name} is read-only. Allow writing to its folder and try again."
        ) from None


def map_job(catalogue: Catalogue, space: str) -> MapJob | None:
    """The job that makes the map of `space`, or the one that failed; None if there is neither."""
    folder = _folder(catalogue, space)
    if not (folder / PROCESS_FILE).is_file():
        return None
    text = (folder / LOG_FILE).read_text(encoding="utf-8", errors="replace")
    stage, done, message = parse_log(text)
    active = is_alive(read_json(folder / PROCESS_FILE))
    return MapJob(active, stage, done, "" if active else message)


def forget_map_job(catalogue: Catalogue, space: str) -> None:
    """Stop the job's process, if it still runs, and remove its files; a finished map stays."""
    folder = _folder(catalogue, space)
    if (folder / PROCESS_FILE).is_file() and is_alive(stamp := read_json(folder / PROCESS_FILE)):
        with suppress(ProcessLookupError):
            os.kill(stamp["pid"], signal.SIGTERM)
    shutil.rmtree(folder, ignore_errors=True)


def parse_log(text: str) -> tuple[str, float, str]:
    """The last stage in a log, the share of it that is done, and the last line that is not about progress."""
    stage, done, message = "", 0.0, ""
    for line in text.splitlines():
        if reported := _PROGRESS.match(line):
            stage, done = reported[2], min(int(reported[1]), 100) / 100
        elif line.strip():
            message = line.strip()[:500]
    return stage, done, message


def _folder(catalogue: Catalogue, space: str) -> Path:
    path = map_path(catalogue, space)
    return path.with_name(f".{path.stem}.job")
