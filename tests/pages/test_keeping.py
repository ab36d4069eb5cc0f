"""Keeping and rejecting on every row and in every “Why?”, what is rejected steps back, and links to listen."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.catalogue import Catalogue
from core.catalogue.library import DATA_VARIABLE
from core.curation import read_lists
from core.search.evidence import answer
from core.search.spaces import list_spaces
from pages.artists.nearest import follow
from pages.components.result_list import Result, ResultEvent, list_data
from pages.explore.question import go_on
from pages.lists import keeping
from pages.shell import elsewhere, resources, visitor
from tests.support import pages as pages_support
from tests.support.pages import button_labels, hostile_catalogue, open_app, press, texts

hostile = pages_support.hostile
VISITOR = "0123456789abcdef" * 2


@pytest.fixture
def folder(hostile: Catalogue, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(visitor, "cookie", lambda: VISITOR)
    return hostile.path.parent


def lines(app: AppTest, space: str = "clap") -> dict[str, dict[str, Any]]:
    """artist_id -> the line of a list."""
    for element in app.get("bidi_component"):
        if element.proto.id.endswith(f"results_{space}"):
            data = json.loads(element.proto.json or element.proto.mixed.json)
            return {line["artist_id"]: line for line in data["results"]}
    raise AssertionError(f"no list of {space}")


def verdicts(folder: Path, catalogue: Catalogue) -> dict[str, str]:
    return {entry.artist_id: entry.verdict for entry in read_lists(folder, VISITOR, catalogue).lists[0].entries}


def test_a_row_keeps_rejects_and_takes_back(folder: Path, hostile: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitor, "visitor_id", lambda: VISITOR)
    act = partial(follow, hostile, "clap", partial(go_on, hostile), "like a00", {3: (3, 2, 0.5)})
    act(ResultEvent("keep", "a03", 1))
    (entry,) = read_lists(folder, VISITOR, hostile).lists[0].entries
    assert (entry.verdict, entry.origin.space, entry.origin.rank, entry.origin.query) == ("keep", "clap", 2, "like a00")
    act(ResultEvent("skip", "a03", 2))
    assert verdicts(folder, hostile) == {"a03": "skip"}
    act(ResultEvent("skip", "a03", 3))
    assert verdicts(folder, hostile) == {}
    act(ResultEvent("skip", "a04", 4))
    act(ResultEvent("keep", "a03", 5))
    assert verdicts(folder, hostile) == {"a04": "skip", "a03": "keep"}


def test_rows_show_the_verdict_and_rejected_artists_step_back(folder: Path, hostile: Catalogue) -> None:
    kept, rejected = list(lines(open_app(artist="a00")))[:2]
    press(open_app(artist=kept), "Keep")
    press(open_app(artist=rejected), "Reject")
    app = open_app(artist="a00")
    assert lines(app)[kept]["verdict"] == "keep"
    assert lines(app)[kept]["state"] == "kept"
    assert rejected not in lines(app)
    app = next(toggle for toggle in app.toggle if toggle.key == "rejected").set_value(False).run()
    assert app.query_params["rejected"] == "0"
    assert lines(app)[rejected]["state"] == "rejected"
    assert list(lines(app))[:2] == [kept, rejected]


def test_without_rejected_artists_there_is_no_switch(folder: Path) -> None:
    assert not [toggle for toggle in open_app(artist="a00").toggle if toggle.key == "rejected"]


def test_why_keeps_and_rejects_with_rank_and_space(folder: Path, hostile: Catalogue) -> None:
    app = open_app(artist="a00", why=["a02", "clap"])  # type: ignore[arg-type]
    app = next(button for button in app.button if button.key == "why_keep_2").click().run()
    (entry,) = read_lists(folder, VISITOR, hostile).lists[0].entries
    space = next(space for space in list_spaces(hostile) if space.name == "clap")
    found = answer(resources.space(hostile, "clap"), space, 0, 10)
    assert entry.origin.rank == found.nearest.rows.tolist().index(2) + 1
    assert entry.origin.space == "clap"
    app = next(button for button in app.button if button.key == "why_skip_2").click().run()
    assert verdicts(folder, hostile) == {"a02": "skip"}
    assert "Rejected: take out" in button_labels(app)


def test_the_neighbourhoods_why_keeps_too(folder: Path, hostile: Catalogue) -> None:
    app = open_app("neighbourhood", artist="a00", why=["a02", "clap"])  # type: ignore[arg-type]
    keys = [button.key for button in app.button]
    assert {"why_keep_2", "why_skip_2"} <= set(keys)


def test_who_is_rejected_is_not_marked_as_kept_in_a_drawing(folder: Path, hostile: Catalogue) -> None:
    press(open_app(artist="a01"), "Reject")
    press(open_app(artist="a02"), "Keep")
    app = open_app("neighbourhood", artist="a00")
    drawn = next(each.proto for each in app.get("bidi_component") if "hop_graph" in each.proto.component_name)
    nodes = {node["id"]: node for node in json.loads(drawn.json or drawn.mixed.json)["nodes"]}
    assert {artist_id for artist_id, node in nodes.items() if node.get("kept")} == {"a02"}
    app = open_app("neighbourhood", artist="a00", to="a01")
    assert not app.button(key="path_keep_1").disabled
    app.button(key="path_keep_1").click().run()
    assert verdicts(folder, hostile) == {"a01": "keep", "a02": "keep"}


def test_a_list_names_its_buttons() -> None:
    (line,) = list_data([Result("a", "A", "1", "", verdict="skip")], "Sound")["results"]
    assert (line["keep"], line["skip"], line["hear"]) == ("Keep A", "Reject A", "Hear A elsewhere")
    assert line["state"] == "rejected"


def test_addresses_of_a_service_are_sent_once_as_far_as_they_agree() -> None:
    links = [elsewhere.links_to(name, "", ["Spotify", "Deezer"]) for name in ("Moby", "AC/DC")]
    links[1].pop("Deezer")
    data = list_data([Result(str(row), "", "1", "", links=each) for row, each in enumerate(links)], "Sound")
    shown = [{name: data["services"][name] + rest for name, rest in line["links"].items()} for line in data["results"]]
    assert shown == links
    assert data["services"]["Spotify"] == "https://open.spotify.com/search/"


# Links


def test_links_search_for_the_artist() -> None:
    links = elsewhere.links_to("AC/DC & Söhne?", "", list(elsewhere.SERVICES))
    assert list(links) == ["Spotify", "YouTube", "Bandcamp", "Deezer", "ListenBrainz"]
    assert links["Spotify"] == "https://open.spotify.com/search/AC%2FDC%20%26%20S%C3%B6hne%3F/artists"
    assert all(address.startswith("https://") and " " not in address for address in links.values())
    assert elsewhere.links_to("", "", list(elsewhere.SERVICES)) == {}
    mbid = "00000000-0000-4000-8000-000000000000"
    assert elsewhere.links_to("", mbid, ["ListenBrainz"]) == {
        "ListenBrainz": f"https://listenbrainz.org/artist/{mbid}/"
    }


def test_the_choice_of_services_is_kept_in_a_cookie() -> None:
    assert elsewhere.from_cookie("10010") == ["Spotify", "Deezer"]
    for text in ("", "1", "11111111", "abcde"):
        assert elsewhere.from_cookie(text) == list(elsewhere.SERVICES)


def test_real_artists_have_links_on_rows_and_cards_and_each_service_can_be_switched_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    hostile_catalogue(tmp_path, kind="real")
    app = open_app(artist="a00")
    assert set(lines(app)["a01"]["links"]) == set(elsewhere.SERVICES)
    assert any("open.spotify.com" in text for text in texts(app))
    app = next(toggle for toggle in app.toggle if toggle.key == "service_Spotify").set_value(False).run()
    assert set(lines(app)["a01"]["links"]) == set(elsewhere.SERVICES) - {"Spotify"}
    assert not any("open.spotify.com" in text for text in texts(app))


def test_invented_artists_have_no_links(folder: Path) -> None:
    app = open_app(artist="a00")
    assert not any(line["links"] for line in lines(app).values())
    assert not [toggle for toggle in app.toggle if str(toggle.key).startswith("service_")]


def test_rejected_artists_are_left_out_only_while_they_are_in_the_catalogue(
    hostile: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "verdicts", lambda _: {"gone": "skip", "a01": "keep"})
    monkeypatch.setattr(st, "toggle", lambda *_, **__: pytest.fail("drawn"))
    assert keeping.rows_to_leave_out(hostile) == []
