"""Runs on disk when their writer is killed or the disk refuses."""

import errno
from pathlib import Path

import pytest

from core.catalogue import Catalogue, open_catalogue
from core.errors import NearfieldError
from core.runs.config import ModelConfig, TrainingConfig
from core.runs.record import RUNS_FOLDER, STATE_FILE, finish_run, list_runs, new_run
from tests.support.catalogues import trainable
from tests.support.faults import killed_before, refusing

CONFIG = TrainingConfig("clap", ModelConfig(layers=1, hidden=8, embedding=4), steps=16)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return trainable(tmp_path / "c")


def test_a_run_killed_at_any_step_of_its_making_is_whole_or_not_there(catalogue: Catalogue) -> None:
    step = 1
    while killed_before(step, lambda: new_run(catalogue, CONFIG)):
        assert [run.status["state"] for run in list_runs(catalogue)] == []
        open_catalogue(catalogue.path)
        folder = catalogue.path / RUNS_FOLDER
        assert not folder.exists() or list(folder.iterdir()) == []
        step += 1
    assert step > 8
    assert [run.status["state"] for run in list_runs(catalogue)] == ["waiting"]


def test_a_run_killed_at_any_step_of_its_end_can_be_finished_again_or_is_finished(catalogue: Catalogue) -> None:
    step = 1
    while True:
        run = new_run(catalogue, CONFIG)
        (run.path / STATE_FILE).write_bytes(b"state")
        killed = killed_before(step, lambda run=run: finish_run(run, {"test": {}}))  # type: ignore[misc]
        open_catalogue(catalogue.path)
        assert run in list_runs(catalogue)
        assert run.finished != (run.path / STATE_FILE).exists()
        if run.finished:
            assert run.metrics == {"test": {}}
        whole = {"config.json", "status.json", "metrics.json", STATE_FILE}
        assert {file.name for file in run.path.iterdir()} <= whole
        if not killed:
            break
        step += 1
    assert step > 5


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES])
def test_a_run_that_cannot_be_written_leaves_nothing(catalogue: Catalogue, number: int) -> None:
    for step in range(1, 9):
        with refusing(number, step), pytest.raises(NearfieldError, match=r"cannot be written \(.*\)\. .* try again"):
            new_run(catalogue, CONFIG)
        folder = catalogue.path / RUNS_FOLDER
        assert not folder.exists() or list(folder.iterdir()) == []
