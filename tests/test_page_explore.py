"""The Explore page: searching, choosing, comparing spaces, and what it says when there is nothing to say."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.catalogue import Catalogue
from core.catalogue.library import DATA_VARIABLE
from core.search.evidence import GRAPH_WALKS
from core.search.fusion import FusionWeights
from core.search.fusions import save_fusion
from core.search.spaces import Space, open_space
from pages.explore import lists, wording
from pages.explore.result_list import Result, ResultEvent, event_from_payload, list_data
from pages.shell.artists import artist_links
from pages.shell.text import counted, plain, plain_list
from tests import pages_support
from tests.pages_support import HOSTILE_NAMES, button_labels, hostile_catalogue, open_app, parameter, press, texts

hostile = pages_support.hostile
LONER = len(HOSTILE_NAMES) - 1


def drawn_lists(app: AppTest) -> dict[str, dict[str, Any]]:
    """The data of each list that the page draws, by the name of its space."""
    protos = [element.proto for element in app.get("bidi_component")]
    return {
        proto.id.rpartition("results_")[2]: json.loads(proto.json or proto.mixed.json)
        for proto in protos
        if proto.component_name == "nearfield_result_list"
    }


def ask_why(app: AppTest, space: str, artist_id: str) -> AppTest:
    """What a click on "Why?" leaves behind for the run after it; the browser's event cannot be sent here."""
    app.session_state[lists.ASKED] = (space, artist_id)
    return app.run()


def test_first_run_says_what_to_do_and_offers_artists(hostile: Catalogue) -> None:
    app = open_app()
    assert not app.exception
    assert any("Type an artist" in text for text in texts(app))
    assert any("finds artists that are similar and shows why" in text for text in texts(app))
    starting = [button for button in app.button if button.key.startswith("start_")]
    assert len(starting) == 3
    starting[0].click().run()
    assert not app.exception
    assert parameter(app, "artist") in hostile.row_of
    assert any("Nearest artists" in text for text in texts(app))


def test_random_artist_button_chooses_one(hostile: Catalogue) -> None:
    app = press(open_app(), "A random artist")
    assert not app.exception
    assert parameter(app, "artist") in hostile.row_of


def test_search_lists_hits_with_hints_and_a_hit_is_chosen(hostile: Catalogue) -> None:
    app = open_app()
    app.text_input(key="find").set_value("twin").run()
    hits = [button for button in app.button if button.key.startswith("find_hit_")]
    assert len(hits) == 2
    assert hits[0].label != hits[1].label
    assert "known similar" in hits[0].label
    hits[0].click().run()
    assert not app.exception
    assert parameter(app, "artist") in ("a08", "a09")
    assert app.text_input(key="find_1").value == ""


def test_search_without_a_hit_says_so(hostile: Catalogue) -> None:
    app = open_app()
    app.text_input(key="find").set_value("zzzzzz").run()
    assert any("No artist fits" in text for text in texts(app))


def test_results_stand_per_space(hostile: Catalogue) -> None:
    app = open_app(artist="a00")
    assert not app.exception
    headings = [text for text in texts(app) if text.startswith("####")]
    assert len(headings) == 3
    drawn = drawn_lists(app)
    assert len(drawn) == 3
    assert drawn["clap"]["label"] == "Nearest artists: CLAP"
    results = drawn["clap"]["results"]
    assert len({result["artist_id"] for result in results} & set(hostile.row_of)) == 10
    scores = [float(result["score"]) for result in results]
    assert scores == sorted(scores, reverse=True)
    assert [result["bar"] for result in results] == [pytest.approx(max(0, 100 * score), abs=0.6) for score in scores]
    assert drawn[GRAPH_WALKS[0]]["results"][0]["bar"] == 100
    assert any("✓ known" in result["evidence"] for result in results)


def test_a_choice_in_a_list_leads_on_or_asks_for_reasons(hostile: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    session: dict[str, object] = {}
    query: dict[str, str] = {}
    monkeypatch.setattr(st, "session_state", session)
    monkeypatch.setattr(st, "query_params", query)
    lists.follow(hostile, "clap", ResultEvent("why", "a03", 1))
    assert session == {lists.ASKED: ("clap", "a03")}
    assert query == {}
    lists.follow(hostile, "clap", ResultEvent("go", "a04", 2))
    assert session == {}
    assert query == {"artist": "a04"}


def test_an_event_of_a_list_is_understood() -> None:
    payload = {"kind": "why", "artist_id": "a1", "nonce": 7}
    assert event_from_payload(payload, {"a1"}) == ResultEvent("why", "a1", 7)
    assert event_from_payload(payload | {"kind": "play"}, {"a1"}) == ResultEvent("play", "a1", 7)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        "a1",
        {},
        {"kind": "go", "artist_id": "a1"},
        {"kind": "delete", "artist_id": "a1", "nonce": 1},
        {"kind": "go", "artist_id": ["a1"], "nonce": 1},
        {"kind": "go", "artist_id": "a1", "nonce": "1"},
        {"kind": "go", "artist_id": "stranger", "nonce": 1},
    ],
)
def test_anything_else_is_no_event(payload: object) -> None:
    assert event_from_payload(payload, {"a1"}) is None


def test_names_of_a_list_are_cut_and_on_one_line() -> None:
    names = ("<b>x</b>", "a\nb\u202ec", "x" * 300)
    drawn = list_data([Result(str(i), name, "0.5", 50, "") for i, name in enumerate(names)], "Sound")
    assert [line["name"] for line in drawn["results"]] == ["<b>x</b>", "a bc", "x" * 39 + "…"]
    assert drawn["results"][0]["why"] == "Why <b>x</b>?"
    assert drawn["results"][0]["play"] == "Play <b>x</b>"
    assert json.loads(json.dumps(drawn)) == drawn


def test_only_the_artist_in_the_player_is_marked() -> None:
    results = [Result(name, name, "0.5", 50, "", audible=name != "c") for name in "abc"]
    drawn = list_data(results, "Sound", playing="b")["results"]
    assert [line["playing"] for line in drawn] == [False, True, False]
    assert [line["audible"] for line in drawn] == [True, True, False]
    assert not any(line["playing"] for line in list_data(results, "Sound")["results"])


def test_each_space_says_what_it_rests_on(hostile: Catalogue) -> None:
    said = " ".join(texts(open_app(artist="a00")))
    assert "Rests on no known edge." in said
    assert "Rests on the artist’s 3 known edges." in said


def test_artist_that_no_space_knows_gets_plain_words(hostile: Catalogue) -> None:
    app = open_app(artist=f"a{LONER:02d}")
    assert not app.exception
    said = [info.value for info in app.info]
    assert sum("knows nothing about the artist" in text for text in said) == 2
    assert sum("No similar artist is known" in text for text in said) == 1
    assert not drawn_lists(app)


def test_hostile_names_are_shown_as_text(hostile: Catalogue) -> None:
    app = open_app()
    for row in range(len(HOSTILE_NAMES)):
        app.query_params["artist"] = f"a{row:02d}"
        app.run()
        assert not app.exception
        assert len(app.header) == 1
        for label in [app.header[0].value, *button_labels(app)]:
            assert "<script>" not in label
            assert "[link](" not in label
            assert ":smile:" not in label


def test_no_markup_holds_a_name(hostile: Catalogue) -> None:
    app = open_app(artist="a00")
    for block in app.get("html"):
        assert "script" not in block.proto.body
        assert "Twin" not in block.proto.body
    script = (pages_support.ROOT / "pages" / "explore" / "result_list.js").read_text(encoding="utf-8")
    assert not [way for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write") if way in script]


def test_why_opens_with_shared_artists_tags_and_places(hostile: Catalogue) -> None:
    app = open_app(artist="a00")
    known = [line["artist_id"] for line in drawn_lists(app)["clap"]["results"] if "✓ known" in line["evidence"]]
    ask_why(app, "clap", "a02" if "a02" in known else known[0])
    assert not app.exception
    said = " ".join(texts(app))
    assert "The catalogue lists the two as similar" in said
    assert "**Similar to both:**" in said
    assert "**Moods of both:** dark" in said
    assert "| Space | Place | Score |" in said
    app.run()
    assert not any("Similar to both" in text for text in texts(app))


def test_why_takes_a_fusion_apart(hostile: Catalogue) -> None:
    weights = FusionWeights(("pagerank", "cosine:clap"), (True, False), ((1.0,) * 6, (0.5,) * 6))
    save_fusion(hostile, "both", weights, {"command": "", "commit": "", "versions": {}})
    app = open_app(artist="a01")
    assert any(text.startswith("#### Fusion") for text in texts(app))
    ask_why(app, "fusion:both", "a02")
    assert not app.exception
    (table,) = [text for text in texts(app) if "What the fusion adds up" in text]
    score = float(open_space(hostile, "fusion:both").scores(np.array([1]))[0, 2])
    assert f"**{score:.2f}**" in table
    assert "Graph walk" in table


def test_reasons_for_an_unknown_artist_are_not_asked_twice(hostile: Catalogue) -> None:
    app = ask_why(open_app(artist="a00"), "clap", "stranger")
    assert not app.exception
    assert lists.ASKED not in app.session_state


def test_spaces_can_be_chosen_and_none_is_said(hostile: Catalogue) -> None:
    app = open_app(artist="a00")
    app.multiselect(key="spaces").set_value(["clap"]).run()
    assert len([text for text in texts(app) if text.startswith("####")]) == 1
    app.multiselect(key="spaces").set_value([]).run()
    assert not app.exception
    assert any("Choose at least one space" in info.value for info in app.info)


def test_unknown_artist_in_the_link_is_said_and_forgotten(hostile: Catalogue) -> None:
    app = open_app(artist="nobody")
    assert not app.exception
    assert any("does not hold" in warning.value for warning in app.warning)
    assert any("Type an artist" in text for text in texts(app))


def test_switching_catalogue_keeps_the_page_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    hostile_catalogue(tmp_path, "one")
    hostile_catalogue(tmp_path, "two", kind="real")
    app = open_app(catalogue="one", artist="a00")
    app.sidebar.selectbox(key="catalogue").set_value("two").run()
    assert not app.exception
    press(app, "A random artist")
    assert not app.exception


def test_links_lead_out_for_real_artists_only(tmp_path: Path) -> None:
    real, invented = hostile_catalogue(tmp_path, "real", "real"), hostile_catalogue(tmp_path, "invented")
    assert artist_links(invented, 1) == {}
    assert list(artist_links(real, 0)) == ["MusicBrainz", "ListenBrainz"]
    assert artist_links(real, 1)["AllMusic"] == "https://www.allmusic.com/artist/mn0000000001"


def test_bundled_catalogue_opens() -> None:
    app = open_app(artist="syn-0002")
    assert not app.exception
    assert drawn_lists(app)["pagerank"]["results"]


def test_plain_escapes_every_sign_and_keeps_letters() -> None:
    assert plain("AC*DC_[x](y)") == r"AC\*DC\_\[x\]\(y\)"
    assert plain("a\nb\u202ec") == "a bc"
    assert plain("שלום").startswith("\u2068")
    assert plain("abcdef", 4) == "abc…"
    assert ":s" not in plain(":smile:")
    assert plain("") == ""


def test_lists_and_numbers_read_well() -> None:
    assert plain_list(["a", "b", "c"], 2) == "a, b and 1 more"
    assert plain_list([]) == ""
    assert counted(1, "artist") == "1 artist"
    assert counted(1200, "artist") == "1,200 artists"


def test_wording_names_the_unit_and_the_basis() -> None:
    sound, model, walk = Space("clap", "", True), Space("run:x", "", True), Space(GRAPH_WALKS[0], "", False)
    assert wording.score_text(sound, 0.5) == "0.500"
    assert wording.score_text(walk, 0.005) == "0.50%"
    assert wording.basis(model, True, 0).startswith("No edge of the artist is known")
    assert wording.basis(model, True, 1) == "Rests on the artist’s 1 known edge, and on features."
    assert "No similar artist is known" in wording.nothing_known(walk, 0)
