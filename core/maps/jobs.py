"""Making a map in a process of its own: start it, watch it, cancel it, find it again after a reload.

UMAP compiles for up to a minute and runs for minutes, and no request may wait that long. A job is a hidden folder
beside the map; it holds the identity of the process, how far it is, and its log.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.jobs.processes import end_process, is_alive, process_stamp
from core.jobs.progress import share
from core.maps.store import map_path
from core.storage import read_json, write_json, writing

PROCESS_FILE = "process.json"
PROGRESS_FILE = "progress.json"
LOG_FILE = "log.txt"
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
    """Make the map of `space` in a new process, unless one is at work on it.

    Raises NearfieldError where the catalogue's folder cannot be written, and then leaves nothing behind.
    """
    if (job := map_job(catalogue, space)) and job.is_active:
        return
    folder = _folder(catalogue, space)
    shutil.rmtree(folder, ignore_errors=True)
    command = [*map_command(catalogue, space)[1:], "--progress-file", str(folder.resolve() / PROGRESS_FILE)]
    with writing("The map"):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / LOG_FILE).open("wb") as log:
                process = subprocess.Popen(
                    [sys.executable, *command],
                    cwd=_ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=log,
                    start_new_session=True,
                )
            _record_process(folder, process)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


def map_job(catalogue: Catalogue, space: str) -> MapJob | None:
    """The job that makes the map of `space`, or the one that failed; None if there is neither."""
    folder = _folder(catalogue, space)
    if not (folder / PROCESS_FILE).is_file():
        return None
    active = is_alive(_content(folder / PROCESS_FILE))
    progress = _content(folder / PROGRESS_FILE)
    stage, done = progress.get("stage"), progress.get("done")
    return MapJob(
        active,
        stage if isinstance(stage, str) else "",
        share(done, 1.0) if isinstance(done, float) else 0.0,
        "" if active else _last_line(folder / LOG_FILE),
    )


def forget_map_job(catalogue: Catalogue, space: str) -> None:
    """Stop the job's process, if it still runs, and remove its files; a finished map stays."""
    folder = _folder(catalogue, space)
    end_process(_content(folder / PROCESS_FILE))
    shutil.rmtree(folder, ignore_errors=True)


def progress_writer(file: Path) -> Callable[[str, float], None]:
    """A function that writes each whole percent of each stage to `file`, for `map_job` to read."""
    written: dict[str, Any] = {}

    def report(stage: str, done: float) -> None:
        nonlocal written
        now = {"stage": stage, "done": round(share(done, 1.0), 2)}
        if now != written and file.parent.is_dir():
            write_json(file, now)
            written = now

    return report


def _record_process(folder: Path, process: "subprocess.Popen[bytes]") -> None:
    """Write down which process it is; where that fails, end it, since nobody would find it again."""
    try:
        write_json(folder / PROCESS_FILE, process_stamp(process.pid))
    except BaseException:
        process.kill()
        process.wait()
        raise


def _content(file: Path) -> dict[str, Any]:
    """The content of a job's file, empty where there is none that can be read."""
    try:
        return read_json(file)
    except NearfieldError:
        return {}


def _last_line(log: Path) -> str:
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    return next((line.strip()[:500] for line in reversed(text.splitlines()) if line.strip()), "")


def _folder(catalogue: Catalogue, space: str) -> Path:
    path = map_path(catalogue, space)
    return path.with_name(f".{path.stem}.job")
