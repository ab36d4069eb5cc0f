"""The recommended ranker on the Train page: the offer, a job that is watched and cancelled, and how it ends."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from core.catalogue import Catalogue
from core.catalogue.library import DATA_VARIABLE
from core.jobs import Job, Jobs
from core.pairs.jobs import RECOMMEND, recommend_job
from core.space_name import RECOMMENDED
from pages.shell.texts import CANCEL, STOPPING
from pages.train import texts as train_texts
from tests.support.catalogues import tiny_catalogue
from tests.support.graphs import random_catalogue
from tests.support.pages import button_labels, open_app, press, texts
from tests.support.processes import end, left_behind

_PATIENCE = 250.0


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalogue]:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    before = psutil.pids()
    yield random_catalogue(tmp_path)
    late = left_behind(before, _PATIENCE)
    end(late)
    assert not late


def test_it_is_offered_with_its_command(catalogue: Catalogue) -> None:
    app = open_app("train")
    assert not app.exception
    assert train_texts.RECOMMENDED_TITLE in texts(app)
    assert not app.button(key="start_recommended").disabled
    assert any(code.value.startswith("python -m core recommend ") for code in app.code)
    assert train_texts.RECOMMENDED_EXPLORE not in button_labels(app)


def test_it_is_watched_and_cancelled_and_no_run_starts_meanwhile(catalogue: Catalogue) -> None:
    jobs = Jobs(catalogue.path)
    claim = jobs.create(RECOMMEND, RECOMMENDED, {"seed": 0})
    jobs.beat(claim, "pair ranker", 0.4)
    app = open_app("train")
    assert any(train_texts.RECOMMENDED_STAGES["pair ranker"] in str(bar.proto) for bar in app.get("progress"))
    assert app.button(key="start_run").disabled
    assert train_texts.RECOMMENDED_UNDER_WAY in texts(app)
    app = press(app, CANCEL)
    assert not app.exception
    assert the_job(catalogue).is_stopping
    assert [button.disabled for button in app.button if button.label == STOPPING] == [True]
    jobs.end(claim, "cancelled")
    app.run()
    assert not app.button(key="start_recommended").disabled


def test_why_it_failed_is_said(catalogue: Catalogue) -> None:
    jobs = Jobs(catalogue.path)
    jobs.end(jobs.create(RECOMMEND, RECOMMENDED, {"seed": 0}), "failed", "The *disk* is full.")
    app = open_app("train")
    assert not app.exception
    assert train_texts.recommended_failed("The *disk* is full.") in texts(app)
    assert not app.button(key="start_recommended").disabled


def test_it_is_not_offered_where_nothing_can_be_learned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    tiny_catalogue(tmp_path / "tiny", 8, [])
    app = open_app("train")
    assert not app.exception
    assert train_texts.RECOMMENDED_TITLE not in texts(app)


def test_its_stages_are_told_in_words() -> None:
    for stage in ("", "pair ranker", "content model", "fusion, views", "fusion, weights"):
        assert stage in train_texts.RECOMMENDED_STAGES
    assert "*new*" not in train_texts.recommended_progress("*new*")


@pytest.mark.slow
def test_start_and_cancel_in_a_real_process(catalogue: Catalogue) -> None:
    app = press(open_app("train"), train_texts.RECOMMENDED_START)
    assert not app.exception
    wait_for(catalogue, lambda job: job.state == "running" and bool(job.stage))
    app = press(app.run(), CANCEL)
    assert not app.exception
    wait_for(catalogue, lambda job: not job.is_active)
    assert the_job(catalogue).state == "cancelled"
    # The pair ranker, which is learned first, may have been kept by then.
    assert {train_texts.RECOMMENDED_START, train_texts.RECOMMENDED_AGAIN} & set(button_labels(app.run()))


def the_job(catalogue: Catalogue) -> Job:
    job = recommend_job(catalogue)
    assert job is not None
    return job


def wait_for(catalogue: Catalogue, is_so: Callable[[Job], bool]) -> None:
    until = time.monotonic() + _PATIENCE
    while not is_so(the_job(catalogue)):
        assert time.monotonic() < until, the_job(catalogue)
        time.sleep(0.1)
