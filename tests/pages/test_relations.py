"""The part “Similarities” of the Catalogues page: what it says before anything is sent, and the work in a process."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.catalogue import Catalogue, open_catalogue
from core.catalogue.format import MANIFEST_FILE
from core.catalogue.library import DATA_VARIABLE
from core.catalogue.places import ROOTS_VARIABLE
from core.jobs import Jobs
from core.relations.jobs import RELATIONS, relations_job
from core.relations.sources import SOURCES
from core.storage import read_json, write_json
from pages.catalogues import texts as words
from pages.shell.texts import CANCEL, STOPPING
from tests.support import pages as pages_support
from tests.support.catalogues import tiny_catalogue
from tests.support.dumps import listens_frame, write_listens
from tests.support.pages import open_app, press, texts
from tests.support.processes import wait_for_children

hostile = pages_support.hostile


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LISTENBRAINZ_TOKEN", "LASTFM_API_KEY", "NEARFIELD_CONTACT"):
        monkeypatch.delenv(name, raising=False)


def from_source(name: str, **more: str) -> AppTest:
    app = open_app("catalogues", part="relations", **more)
    assert not app.exception
    return app.selectbox(key="relations_source").set_value(name).run()


def wait_for_processes() -> None:
    wait_for_children()


@pytest.mark.parametrize("name", list(SOURCES))
def test_it_says_what_is_sent_and_the_command(hostile: Catalogue, name: str) -> None:
    app = from_source(name)
    assert not app.exception
    said = " ".join(texts(app)).replace("\\", "")
    assert SOURCES[name].means in said
    assert SOURCES[name].licence in said
    assert ("Sent to" in said) == SOURCES[name].is_service
    assert f"--from {name}" in app.code[0].value
    assert app.button(key=f"collect_{name}").disabled == SOURCES[name].is_service
    assert Jobs(hostile.path).listed() == []


def test_a_service_needs_a_contact_and_lastfm_a_key(hostile: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    app = from_source("listenbrainz")
    app.text_input(key="relations_contact").set_value("me@example.org").run()
    assert not app.button(key="collect_listenbrainz").disabled
    app.selectbox(key="relations_source").set_value("lastfm").run()
    assert app.button(key="collect_lastfm").disabled
    assert any("LASTFM" in message.value for message in app.info)
    monkeypatch.setenv("LASTFM_API_KEY", "sEcReT")
    app.run()
    app.text_input(key="relations_contact").set_value("me@example.org").run()
    assert not app.button(key="collect_lastfm").disabled
    assert "sEcReT" not in " ".join([*texts(app), app.code[0].value])


def test_relations_come_by_a_process_of_their_own(
    hostile: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plays = [(user, 60 * place, (place % 2,)) for user in range(3) for place in range(20)]
    write_listens(tmp_path / "root" / "listens", listens_frame(plays))
    monkeypatch.setenv(ROOTS_VARIABLE, str(tmp_path / "root"))
    app = from_source("listens", place="0/listens")
    app = press(app, words.COLLECT)
    assert not app.exception
    wait_for_processes()
    app.run()
    assert [message.value for message in app.success] == [words.RELATIONS_ADDED]
    new = open_catalogue(hostile.path)
    assert new.edges_of("listens").tolist() == [[0, 1]]
    assert new.manifest.learned == "similar"
    assert "listens" in app.dataframe[1].value[words.RELATION_NAME].tolist()


def test_why_it_failed_is_shown(hostile: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "root").mkdir()
    monkeypatch.setenv(ROOTS_VARIABLE, str(tmp_path / "root"))
    app = from_source("musicbrainz")
    app = press(app, words.COLLECT)
    wait_for_processes()
    app.run()
    assert not app.exception
    assert app.error
    assert open_catalogue(hostile.path).content_hash == hostile.content_hash


def test_work_is_watched_and_cancelled(hostile: Catalogue) -> None:
    jobs = Jobs(hostile.path)
    claim = jobs.create(RELATIONS, "listenbrainz", {})
    app = press(from_source("listenbrainz"), CANCEL)
    assert not app.exception
    job = relations_job(hostile, "listenbrainz")
    assert job
    assert job.is_stopping
    assert [button.disabled for button in app.button if button.label == STOPPING] == [True]
    jobs.end(claim, "cancelled")
    app.run()
    assert app.button(key="collect_listenbrainz")


def test_a_catalogue_without_mbids_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    tiny_catalogue(tmp_path / "tiny", 4, [(0, 1)])
    manifest = tmp_path / "tiny" / MANIFEST_FILE
    write_json(manifest, read_json(manifest) | {"kind": "real"})
    app = open_app("catalogues", part="relations")
    assert not app.exception
    assert [message.value for message in app.info] == [words.NO_MBID]


def test_no_source_is_offered_for_invented_artists() -> None:
    app = open_app("catalogues", part="relations")
    assert not app.exception
    assert [message.value for message in app.info] == [words.INVENTED_ARTISTS]
