"""The making of a map in another process: one at a time, how far it is, and disks that cannot be written."""

import errno
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.jobs import LOW_PRIORITY, Jobs, detached
from core.maps.jobs import MAP, cancel_map_job, map_job, start_map_job
from core.maps.store import map_path
from core.storage import write_json
from tests.support.graphs import random_catalogue
from tests.support.jobs import ENDED, change_row

SLEEPING = [sys.executable, "-c", "import time; time.sleep(60)"]
FAILING = [sys.executable, "-c", "import sys; print('a warning'); sys.exit('nearfield: no room left.')"]


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return random_catalogue(tmp_path)


def instead(monkeypatch: pytest.MonkeyPatch, command: list[str]) -> list[subprocess.Popen[bytes]]:
    """Start `command` in the place of every command; the list grows by its processes."""
    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def start(_: list[str], **more: Any) -> subprocess.Popen[bytes]:
        started.append(real(command, **more))
        return started[-1]

    monkeypatch.setattr(detached.subprocess, "Popen", start)
    return started


def test_a_job_is_as_far_as_its_process_said(catalogue: Catalogue) -> None:
    assert map_job(catalogue, "clap") is None
    jobs = Jobs(catalogue.path)
    claim = jobs.create(MAP, "clap", {})
    jobs.beat(claim, "layout", 0.42)
    job = map_job(catalogue, "clap")
    assert job is not None
    assert (job.is_active, job.stage, job.done) == (True, "layout", 0.42)
    assert Jobs(catalogue.path).fault(job) is None
    assert map_job(catalogue, "moods_themes") is None


def test_a_job_is_cancelled_at_once(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    started = instead(monkeypatch, SLEEPING)
    cancel_map_job(catalogue, "clap")
    start_map_job(catalogue, "clap", "eve")
    job = map_job(catalogue, "clap")
    assert job is not None
    assert (job.state, job.owner, job.nice, job.subject) == ("waiting", "eve", LOW_PRIORITY, "clap")
    cancel_map_job(catalogue, "clap")
    assert started[0].wait(60) != 0
    job = map_job(catalogue, "clap")
    assert job is not None
    assert job.state == "cancelled"
    assert Jobs(catalogue.path).fault(job) is None


def test_many_who_ask_at_once_start_one_job(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    started = instead(monkeypatch, SLEEPING)
    with ThreadPoolExecutor(8) as pool:
        for asked in [pool.submit(start_map_job, catalogue, "clap", str(who)) for who in range(8)]:
            asked.result()
    assert len(started) == len(Jobs(catalogue.path).listed()) == 1
    cancel_map_job(catalogue, "clap")
    assert started[0].wait(60) != 0


def test_a_job_that_failed_says_why(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    started = instead(monkeypatch, FAILING)
    start_map_job(catalogue, "clap", "eve")
    started[0].wait(60)
    job = map_job(catalogue, "clap")
    assert job is not None
    assert Jobs(catalogue.path).fault(job) == "nearfield: no room left."
    start_map_job(catalogue, "clap", "eve")
    assert len(started) == 2
    started[1].wait(60)


def test_a_job_whose_process_is_gone_was_interrupted(catalogue: Catalogue) -> None:
    jobs = Jobs(catalogue.path)
    claim = jobs.create(MAP, "clap", {})
    change_row(catalogue.path, claim.job_id, worker=jobs.listed()[0].worker | ENDED)
    job = map_job(catalogue, "clap")
    assert job is not None
    assert (job.state, Jobs(catalogue.path).fault(job)) == ("interrupted", "")


@pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EACCES])
@pytest.mark.parametrize("place", ["core.jobs.detached.subprocess.Popen", "pathlib.Path.mkdir"])
def test_a_job_that_cannot_be_started_leaves_nothing(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, number: int, place: str
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number))

    Jobs(catalogue.path).end(Jobs(catalogue.path).create(MAP, "other", {}), "finished")
    with monkeypatch.context() as patch:
        patch.setattr(place, refuse)
        with pytest.raises(NearfieldError, match=rf"The map cannot be written \({os.strerror(number)}\)"):
            start_map_job(catalogue, "clap", "eve")
    assert map_job(catalogue, "clap") is None
    assert not list(catalogue.path.rglob("*.log"))


def test_the_hidden_folder_of_an_earlier_version_goes(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    started = instead(monkeypatch, FAILING)
    path = map_path(catalogue, "clap")
    folder = path.with_name(f".{path.stem}.job")
    folder.mkdir(parents=True)
    write_json(folder / "process.json", {"pid": 2**22 + 1, "started": 0.0})
    assert map_job(catalogue, "clap") is None
    start_map_job(catalogue, "clap", "eve")
    started[0].wait(60)
    assert not folder.exists()
