"""A public server: what strangers may do there, and what its owner alone; and a local one, which asks for nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core.catalogue import Catalogue
from core.catalogue.library import DATA_VARIABLE
from core.curation import CurationList, change_lists, with_list
from core.curation.store import MAX_COLLECTIONS
from core.database import open_database
from core.database.connection import DATABASE_FILE
from core.database.schema import LISTS
from core.jobs import Jobs
from core.owner import PUBLIC_VARIABLE, is_public, owner_token
from core.runs.config import ModelConfig, TrainingConfig
from core.runs.record import new_run
from tests.support.graphs import random_catalogue
from tests.support.jobs import job_of, waiting_run
from tests.support.pages import PAGES, hostile, open_app, press, texts

__all__ = ["hostile"]

TOKEN_FIELDS = {
    ("map", ""): "owner_token_map_clap",
    ("train", ""): "owner_token",
    ("catalogues", "check"): "owner_token",
    ("catalogues", "prepare"): "owner_token",
    ("catalogues", "relations"): "owner_token",
    ("catalogues", "music"): "owner_token",
    ("catalogues", "tables"): "owner_token",
    ("catalogues", "import"): "owner_token",
}
STARTING = ("make_map_clap", "start_run", "start_recommended", "check", "prepare", "read_folder", "import_data_set")
"""Keys of buttons that start what takes the server long."""


@pytest.fixture
def public(hostile: Catalogue, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    monkeypatch.setenv(PUBLIC_VARIABLE, "1")
    return hostile


def keys(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}


def open_part(page: str, part: str) -> AppTest:
    return open_app(page, **({"part": part} if part else {}))


@pytest.mark.parametrize("said", ["1", "true", "yes", " ON ", "anything"])
def test_a_server_is_public_when_its_setting_says_so(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv(PUBLIC_VARIABLE, said)
    assert is_public()


@pytest.mark.parametrize("said", ["", "0", "false", "No", " off "])
def test_a_server_is_not_public_otherwise(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv(PUBLIC_VARIABLE, said)
    assert not is_public()
    monkeypatch.delenv(PUBLIC_VARIABLE)
    assert not is_public()


@pytest.mark.parametrize(("page", "part"), TOKEN_FIELDS)
def test_a_stranger_is_told_what_only_the_owner_does(public: Catalogue, page: str, part: str) -> None:
    app = open_part(page, part)
    assert not app.exception
    assert [field.key for field in app.text_input if field.key.startswith("owner_token")] == [TOKEN_FIELDS[page, part]]
    assert any(text.startswith("Only the owner of this server") for text in texts(app))
    assert keys(app).isdisjoint(STARTING)
    assert not app.get("file_uploader")


@pytest.mark.parametrize("page", PAGES)
def test_on_localhost_nobody_is_asked_for_a_token(hostile: Catalogue, page: str) -> None:
    app = open_app(page)
    assert not app.exception
    assert not [field.key for field in app.text_input if field.key.startswith("owner_token")]


def test_the_owner_of_a_public_server_enters_with_the_token(public: Catalogue) -> None:
    app = open_app("map")
    app.text_input(key="owner_token_map_clap").set_value("0" * 32).run()
    assert [fault.value for fault in app.error if "not the token" in fault.value]
    assert "make_map_clap" not in keys(app)
    app.text_input(key="owner_token_map_clap").set_value(owner_token(public.path.parent)).run()
    assert not app.error
    assert "make_map_clap" in keys(app)


def test_a_button_that_its_visitor_may_not_press_any_more_starts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    catalogue = random_catalogue(tmp_path)
    for page, key in (("map", "make_map_clap"), ("train", "start_run")):
        app = open_app(page)
        monkeypatch.setenv(PUBLIC_VARIABLE, "1")
        app.button(key=key).click().run()
        monkeypatch.delenv(PUBLIC_VARIABLE)
        assert not app.exception
        assert any(text.startswith("Only the owner of this server") for text in texts(app))
    assert Jobs(catalogue.path).listed() == []


def test_a_run_is_cancelled_by_who_started_it_or_by_the_owner(
    hostile: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_run(hostile, TrainingConfig("clap", ModelConfig(layers=1, hidden=8, embedding=4), steps=64))
    run.set_status("running")
    waiting_run(run)
    app = open_app("train")
    monkeypatch.setenv(PUBLIC_VARIABLE, "1")
    app.button(key="cancel_run").click().run()
    assert not app.exception
    assert "cancel_run" not in keys(app)
    monkeypatch.delenv(PUBLIC_VARIABLE)
    monkeypatch.setattr("pages.shell.owner.is_local", lambda address: False)
    assert "cancel_run" not in keys(open_app("train"))
    assert not job_of(run).is_stopping
    owner = open_app("train", owner=owner_token(hostile.path.parent))
    owner.button(key="cancel_run").click().run()
    assert job_of(run).is_stopping


def spoil_database(folder: Path) -> None:
    (folder / DATABASE_FILE).write_bytes(b"no database at all, but text that is long enough" * 40)


def spoil_results(folder: Path) -> None:
    (folder / "hostile" / "results.parquet").write_bytes(b"nothing")


def spoil_edges(folder: Path) -> None:
    (folder / "hostile" / "edges.parquet").unlink()


@pytest.mark.parametrize(
    ("page", "spoil"),
    [("explore", spoil_database), ("train", spoil_database), ("results", spoil_results), ("catalogues", spoil_edges)],
)
def test_no_message_tells_a_stranger_where_files_are(
    public: Catalogue, page: str, spoil: Callable[[Path], None]
) -> None:
    spoil(public.path.parent)
    app = open_app(page, space="run:../../../etc/passwd")
    assert not app.exception
    told = " ".join(texts(app)).replace("\\", "")
    assert any(file in told for file in (DATABASE_FILE, "results.parquet", "edges.parquet"))
    assert str(public.path.parent) not in told


def test_a_failed_run_tells_strangers_its_reason_without_paths_and_no_log(public: Catalogue) -> None:
    run = new_run(public, TrainingConfig("clap", ModelConfig(layers=1, hidden=8, embedding=4), steps=64))
    run.set_status("failed", message=f"{run.path} cannot be written.")
    app = open_app("train")
    assert not app.exception
    assert f"{run.run_id} cannot be written." in texts(app)
    assert not [code.value for code in app.code if str(public.path.parent) in code.value]


def test_lists_of_550_visits_without_cookie_are_kept_within_bounds(public: Catalogue) -> None:
    for number in range(550):
        change_lists(public.path.parent, f"{number:032x}", public, lambda lists: with_list(lists, CurationList("Kept")))
    app = open_app("explore", artist="a01")
    press(app, "Keep")
    assert not app.exception
    assert not [fault.value for fault in app.error]
    rows = open_database(public.path.parent).rows(select(LISTS.c.lists_id))
    assert len(rows) == MAX_COLLECTIONS
