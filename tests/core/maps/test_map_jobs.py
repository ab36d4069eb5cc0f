"""The making of a map in another process: how far it is, and disks that cannot be written."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.jobs.processes import process_stamp
from core.maps import jobs
from core.maps.jobs import MapJob, forget_map_job, map_job, progress_writer, start_map_job
from core.maps.store import map_path
from core.storage import write_json
from tests.support.graphs import random_catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return random_catalogue(tmp_path)


@pytest.fixture
def folder(catalogue: Catalogue) -> Path:
    """The folder of a job whose process is this one."""
    path = map_path(catalogue, "clap")
    folder = path.with_name(f".{path.stem}.job")
    folder.mkdir(parents=True)
    write_json(folder / jobs.PROCESS_FILE, process_stamp(os.getpid()))
    return folder


def test_a_job_is_as_far_as_its_process_wrote(catalogue: Catalogue, folder: Path) -> None:
    assert map_job(catalogue, "clap") == MapJob(True)
    report = progress_writer(folder / jobs.PROGRESS_FILE)
    for done, read in ((0.0, 0.0), (0.4249, 0.42), (1.0, 1.0), (2.0, 1.0), (-1.0, 0.0)):
        report("layout", done)
        assert map_job(catalogue, "clap") == MapJob(True, "layout", read)


def test_only_a_new_percent_is_written(catalogue: Catalogue, folder: Path) -> None:
    file = folder / jobs.PROGRESS_FILE
    report = progress_writer(file)
    report("layout", 0.501)
    file.unlink()
    report("layout", 0.502)
    assert not file.exists()
    report("layout", 0.51)
    assert file.exists()


def test_a_job_that_was_forgotten_writes_nothing(tmp_path: Path) -> None:
    progress_writer(tmp_path / "gone" / jobs.PROGRESS_FILE)("layout", 0.5)
    assert not (tmp_path / "gone").exists()


@pytest.mark.parametrize("content", ["", "[]", "{", '{"stage": 1, "done": "x"}', '{"stage": null, "done": 3}'])
def test_progress_that_cannot_be_read_is_none(catalogue: Catalogue, folder: Path, content: str) -> None:
    (folder / jobs.PROGRESS_FILE).write_text(content)
    assert map_job(catalogue, "clap") == MapJob(True)


def test_a_share_out_of_bounds_is_brought_back(catalogue: Catalogue, folder: Path) -> None:
    for done, read in ((2.0, 1.0), (-0.5, 0.0)):
        write_json(folder / jobs.PROGRESS_FILE, {"stage": "layout", "done": done})
        assert map_job(catalogue, "clap") == MapJob(True, "layout", read)


def test_a_job_whose_process_cannot_be_read_has_failed(catalogue: Catalogue, folder: Path) -> None:
    (folder / jobs.PROCESS_FILE).write_text("{")
    (folder / jobs.LOG_FILE).write_text("a warning\nnearfield: no room left.\n\n")
    assert map_job(catalogue, "clap") == MapJob(False, message="nearfield: no room left.")
    forget_map_job(catalogue, "clap")
    assert map_job(catalogue, "clap") is None


@pytest.mark.skipif(sys.platform != "linux", reason="psutil adds the boot to a start on Linux only")
@pytest.mark.parametrize("seconds", [3600.0, -3600.0])
def test_a_job_goes_on_when_the_clock_is_set(
    catalogue: Catalogue, folder: Path, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    import psutil._pslinux as linux

    booted = linux.boot_time()
    monkeypatch.setattr(linux, "boot_time", lambda: booted + seconds)
    assert map_job(catalogue, "clap") == MapJob(True)


@pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EACCES])
@pytest.mark.parametrize("place", ["core.maps.jobs.subprocess.Popen", "pathlib.Path.mkdir"])
def test_a_job_that_cannot_be_started_leaves_nothing(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, number: int, place: str
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(place, refuse)
        with pytest.raises(NearfieldError, match=rf"The map cannot be written \({os.strerror(number)}\)"):
            start_map_job(catalogue, "clap")
    assert map_job(catalogue, "clap") is None
    assert not list(catalogue.path.rglob("*.job"))


def test_a_process_that_cannot_be_written_down_is_ended(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def start(_: list[str], **more: Any) -> subprocess.Popen[bytes]:
        started.append(real([sys.executable, "-c", "import time; time.sleep(60)"], **more))
        return started[-1]

    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(jobs.subprocess, "Popen", start)
    monkeypatch.setattr(jobs, "write_json", refuse)
    with pytest.raises(NearfieldError, match="No space left"):
        start_map_job(catalogue, "clap")
    assert started[0].poll() is not None
    assert not list(catalogue.path.rglob("*.job"))
