"""Views as links: what the URL says is what a page shows, the menu brings a page back as it was left, and the tour."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from core.catalogue import Catalogue
from core.search.spaces import open_space
from core.search.starting import starting_artists
from core.similarity import similar
from pages.shell import state, visitor
from pages.shell.parameters import Parameter, Scope, declared
from pages.shell.touring import Hearing, Step, tour_steps
from tests.support import pages as pages_support
from tests.support.catalogues import tiny_catalogue
from tests.support.pages import (
    Address,
    button_labels,
    hostile_catalogue,
    open_app,
    parameter,
    press,
    texts,
)
from tests.support.stored_maps import scattered

hostile = pages_support.hostile
EVERYTHING = Hearing(clips=True, words=True, sample=True)


# Choices in the URL


def _choices() -> None:
    import streamlit as st

    from pages.shell import choices
    from pages.shell.parameters import Parameter, Scope

    one, maybe, many, switch = (Parameter(name, Scope.PAGE) for name in ("one", "maybe", "many", "switch"))
    st.selectbox("One", ["a", "b", "c"], **choices.one_in_url(one, ["a", "b", "c"], "a"))
    st.selectbox("Maybe", ["a", "b"], **choices.one_in_url(maybe, ["a", "b"], None))
    st.multiselect("Many", ["a", "b", "c"], **choices.many_in_url(many, ["a", "b", "c"], ["a", "b"], most=2))
    st.toggle("Switch", **choices.switch_in_url(switch, True))


def _drawn(**query: Any) -> AppTest:
    app = AppTest.from_function(_choices, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def test_a_link_without_choices_shows_the_defaults() -> None:
    app = _drawn()
    assert [box.value for box in app.selectbox] == ["a", None]
    assert app.multiselect[0].value == ["a", "b"]
    assert app.toggle[0].value is True


def test_a_link_brings_its_choices() -> None:
    app = _drawn(one="c", maybe="b", many=["c"], switch="0")
    assert [box.value for box in app.selectbox] == ["c", "b"]
    assert app.multiselect[0].value == ["c"]
    assert app.toggle[0].value is False
    assert _drawn(many="-").multiselect[0].value == []


def test_what_a_link_cannot_mean_is_the_default() -> None:
    app = _drawn(one="z", maybe="", many=["z", ""], switch="maybe")
    assert not app.exception
    assert [box.value for box in app.selectbox] == ["a", None]
    assert app.multiselect[0].value == ["a", "b"]
    assert app.toggle[0].value is True
    assert _drawn(many=["c", "c", "b", "a"]).multiselect[0].value == ["c", "b"]


def test_choosing_writes_the_link_and_the_default_leaves_it() -> None:
    app = _drawn()
    app.selectbox[0].set_value("b").run()
    app.multiselect[0].set_value([]).run()
    app.toggle[0].set_value(False).run()
    assert [parameter(app, name) for name in ("one", "many", "switch")] == ["b", "-", "0"]
    app.selectbox[0].set_value("a").run()
    app.multiselect[0].set_value(["a", "b"]).run()
    app.toggle[0].set_value(True).run()
    assert not set(app.query_params) & {"one", "many", "switch"}


def test_going_back_brings_the_earlier_choice() -> None:
    app = _drawn()
    app.selectbox[0].set_value("b").run()
    del app.query_params["one"]
    assert app.run().selectbox[0].value == "a"


# Explore


def test_explore_is_the_same_from_a_cold_link(hostile: Catalogue) -> None:
    app = open_app(artist="a00", spaces="clap", length="20", dial="0.5", like="a02")
    assert not app.exception
    assert app.multiselect(key="spaces").value == ["clap"]
    assert app.selectbox(key="length").value == "20"
    assert app.select_slider(key="dial_stop").value == "0.5"
    assert any(button.key == "chip_a02" for button in app.button)


def test_chosen_spaces_are_in_the_link(hostile: Catalogue) -> None:
    app = open_app(artist="a00", space="moods_themes")
    assert "moods_themes" in app.multiselect(key="spaces").value
    app.multiselect(key="spaces").set_value(["clap"]).run()
    assert parameter(app, "spaces") == "clap"
    assert parameter(app, "space") is None
    assert app.multiselect(key="spaces").value == ["clap"]


def test_a_link_opens_the_comparison_with_its_artists(hostile: Catalogue) -> None:
    app = open_app()
    app.query_params["artist"] = "a00"
    app.query_params["compare"] = ["a00", "stranger", "a03", "a04", "a05"]
    app.run()
    assert not app.exception
    assert app.multiselect(key="compare_chosen").value == ["a00", "a03", "a04"]
    app.multiselect(key="compare_chosen").set_value(["a00", "a04"]).run()
    assert app.query_params["compare"] == ["a00", "a04"]


def test_only_one_box_is_open(hostile: Catalogue) -> None:
    app = open_app(artist="a00")
    app.query_params["why"] = ["a03", "clap"]
    app.query_params["compare"] = ["a00", "a03"]
    app.run()
    assert not app.exception
    app.button(key="why_compare").click().run()
    assert not app.exception
    assert "why" not in app.query_params
    assert app.query_params["compare"] == ["a00", "a03"]


# The menu


_OF_EXPLORE = some.sampled_from(sorted(declared("explore")))


@given(
    left=some.dictionaries(
        _OF_EXPLORE | some.text(max_size=4), some.lists(some.text(max_size=4), max_size=3), max_size=5
    )
)
def test_a_link_back_names_no_box_and_the_artist_of_now(left: dict[str, list[str]]) -> None:
    before = left | {"why": ["a01", "clap"], "artist": ["a00"], "tour": ["2"], "catalogue": ["x"]}
    back = state.link_back("explore", before, {"artist": "a01"})
    assert back["artist"] == ["a01"]
    assert not {"why", "tour", "catalogue"} & set(back)
    assert {
        name: values for name, values in left.items() if name in ("length", "rejected", "spaces", "filter", "dial")
    } == {name: values for name, values in back.items() if name != "artist"}


def test_who_was_named_beside_an_artist_stays_with_it() -> None:
    left = {"artist": ["a00"], "like": ["a02"], "dial": ["1"]}
    assert state.link_back("explore", left, {"artist": "a00"})["like"] == ["a02"]
    assert state.link_back("explore", left, {"artist": "a01"}) == {"artist": ["a01"], "dial": ["1"]}


def test_leaving_by_the_menu_and_coming_back_keeps_the_page(hostile: Catalogue) -> None:
    app = open_app(artist="a00", dial="1", spaces="clap")
    for name in ("dial", "spaces"):
        del app.query_params[name]
    app.switch_page("../catalogues/page.py").run()
    back = next(element.proto for element in app.get("page_link") if element.proto.label == "Explore")
    assert "dial=1" in back.query_string
    assert "spaces=clap" in back.query_string
    assert "artist=a00" in back.query_string


def _menu(app: AppTest) -> list[dict[str, list[str]]]:
    return [parse_qs(link.proto.query_string) for link in app.sidebar.get("page_link")]


def test_every_link_of_the_menu_names_the_catalogue_and_artist(hostile: Catalogue, tmp_path: Path) -> None:
    tiny_catalogue(tmp_path / "tiny", 12)
    assert _menu(open_app(artist="a00")) == [{"artist": ["a00"]}] * 7
    there = _menu(open_app(catalogue="tiny", artist="id-3"))
    assert there == [{"catalogue": ["tiny"], "artist": ["id-3"]}] * 7
    assert _menu(open_app(catalogue="nowhere")) == [{}] * 7


@pytest.mark.parametrize("page", [None, "map", "neighbourhood", "clip", "results", "train", "catalogues"])
def test_every_link_of_a_page_stays_in_the_catalogue(hostile: Catalogue, tmp_path: Path, page: str | None) -> None:
    tiny_catalogue(tmp_path / "tiny", 12)
    app = open_app(page, catalogue="tiny", artist="id-3")
    assert not app.exception
    addresses = [link.proto.query_string for link in app.get("page_link")]
    assert len(addresses) >= 7
    assert [address for address in addresses if "catalogue=tiny" not in address] == []


def test_a_page_that_ends_early_has_its_menu_and_list(hostile: Catalogue) -> None:
    for page in ("neighbourhood", "map", "results"):
        app = open_app(page)
        assert len(_menu(app)) == 7, page
        assert any("Your list" in text.value for text in app.sidebar.markdown), page


def test_another_catalogue_is_one_step_in_the_browsers_history(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[dict[str, Any]] = []

    class Watched(Address):
        def from_dict(self, view: dict[str, Any]) -> None:
            written.append(view)

    monkeypatch.setattr(st, "query_params", Watched(artist="a00", drawn="x", colour="Genre", show=["a", "b"]))
    state.switch_catalogue("map", "two")
    assert written == [{"colour": ["Genre"], "show": ["a", "b"], "catalogue": ["two"]}]


def test_another_catalogue_forgets_what_does_not_fit(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEARFIELD_DATA", str(tmp_path))
    hostile_catalogue(tmp_path, "one")
    hostile_catalogue(tmp_path, "two", kind="real")
    app = open_app(catalogue="one", artist="a00", dial="1", like="a02", space="clap", spaces="clap", why="a03")
    app.sidebar.selectbox(key="catalogue").set_value("two").run()
    assert not app.exception
    assert set(app.query_params) - {"catalogue"} == {"dial"}


# Without any catalogue


@pytest.mark.parametrize("page", [None, "map", "results"])
def test_without_a_catalogue_every_page_says_how_to_get_one(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, page: str | None
) -> None:
    monkeypatch.setenv("NEARFIELD_DATA", str(tmp_path))
    app = open_app(page)
    assert not app.exception
    assert "No catalogue yet" in [title.value for title in app.title]
    assert "Add my music" in [element.proto.label for element in app.get("page_link")]


def test_without_a_catalogue_one_can_be_imported(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEARFIELD_DATA", str(tmp_path))
    app = open_app("catalogues")
    assert not app.exception
    assert any("no catalogue on this machine yet" in text for text in texts(app))
    assert "Add my music" in button_labels(app)


def test_an_unknown_catalogue_in_a_link_is_said_harmlessly(hostile: Catalogue) -> None:
    app = open_app(catalogue="<b>*x*</b>")
    assert not app.exception
    assert "\\<b\\>" in app.warning[0].value


# The guide and the tour


def test_the_guide_greets_once_and_can_be_called_back(hostile: Catalogue) -> None:
    app = open_app()
    assert any("New here?" in text for text in texts(app))
    app = press(app, "Got it")
    assert not any("New here?" in text for text in texts(app))
    app = press(app, "Tour")
    assert any("New here?" in text for text in texts(app))


def test_the_browser_is_told_that_the_guide_was_read(hostile: Catalogue) -> None:
    def told(app: AppTest) -> dict[str, str]:
        (proto,) = [each.proto for each in app.get("bidi_component") if "cookies" in each.proto.component_name]
        return dict(json.loads(proto.json or proto.mixed.json)["others"])

    app = open_app()
    assert told(app) == {}
    assert told(press(app, "Got it")) == {visitor.GUIDE_COOKIE: "read"}


def test_the_lists_open_from_a_link_to_reasons(hostile: Catalogue) -> None:
    app = open_app(artist="a00")
    app.query_params["why"] = ["a03", "clap"]
    app.run()
    app.button(key="lists_open").click().run()
    assert not app.exception
    assert "why" not in app.query_params
    assert any(box.key == "lists_part" for box in app.segmented_control)


def test_whoever_read_the_guide_does_not_get_it_again(hostile: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitor, "has_read_guide", lambda: True)
    assert not any("New here?" in text for text in texts(open_app()))


def test_the_guide_greets_on_no_other_page(hostile: Catalogue) -> None:
    assert not any("New here?" in text for text in texts(open_app("results")))


def test_the_tour_leads_through_views_and_ends(hostile: Catalogue) -> None:
    app = press(open_app(), "Take the tour")
    assert not app.exception
    assert parameter(app, "tour") == "1"
    assert any("Tour 1 of" in text for text in texts(app))
    assert app.query_params["spaces"] == ["clap", "moods_themes"]
    app = press(app, "Next")
    assert not app.exception
    assert any("Tour 2 of" in text for text in texts(app))
    assert parameter(app, "artist") == _first_start(hostile)
    app = press(app, "Back")
    assert parameter(app, "tour") == "1"
    app = press(app, "End the tour")
    assert not any("Tour" in text for text in texts(app))
    assert parameter(app, "tour") is None
    assert "Take the tour" not in " ".join(button_labels(app))


@pytest.mark.parametrize("asked", ["0", "99", "-1", "x", "²", "9" * 50])
def test_a_step_that_is_none_is_no_tour(hostile: Catalogue, asked: str) -> None:
    app = open_app(artist="a00", tour=asked)
    assert not app.exception
    assert not any("Tour" in text for text in texts(app))


def test_a_step_says_nothing_of_another_page(hostile: Catalogue) -> None:
    app = open_app("train", tour="1")
    (said,) = (text for text in texts(app) if "Tour 1 of" in text)
    assert "This step speaks of another page." in said
    assert "To its view" in button_labels(app)
    assert "To its view" not in button_labels(open_app(artist="a09", tour="1"))


def test_a_short_address_leads_to_the_view_of_the_step(hostile: Catalogue) -> None:
    app = open_app(tour="2", present="1")
    assert not app.exception
    assert parameter(app, "artist") == _first_start(hostile)
    assert parameter(app, "present") == "1"
    assert any("Tour 2 of" in text for text in texts(app))


def test_the_tour_speaks_of_the_artist_in_view(hostile: Catalogue) -> None:
    assert _first_start(hostile) != "a09"
    app = open_app(artist="a09", tour="1")
    assert any("Who is nearest to **Twin" in text for text in texts(app) if "Tour 1 of" in text)
    app = press(app, "Next")
    assert parameter(app, "artist") == "a09"
    alone = hostile.id_of(len(hostile) - 1)
    app = press(open_app(artist=alone, tour="2"), "Back")
    assert parameter(app, "artist") == _first_start(hostile), "who is in no list leads back to the artist of the tour"


def test_a_presentation_is_carried_by_every_link_and_can_be_left(hostile: Catalogue) -> None:
    app = press(open_app(artist="a00", tour="1"), "Present")
    assert parameter(app, "present") == "1"
    links = [link.proto.query_string for link in app.main.get("page_link")]
    assert links
    assert all("present=1" in link for link in links)
    app = press(app, "Next")
    assert parameter(app, "present") == "1"
    assert "End the tour" not in button_labels(app)
    app = press(app, "Leave")
    assert parameter(app, "present") is None
    assert any("Tour 2 of" in text for text in texts(app))


def _first_start(catalogue: Catalogue) -> str:
    return catalogue.id_of(int(starting_artists(catalogue)[0]))


def _steps(catalogue: Catalogue, artists: list[int], hearing: Hearing = EVERYTHING) -> list[Step]:
    return tour_steps(catalogue, artists, lambda name: open_space(catalogue, name), hearing)


def test_the_tour_leaves_out_what_a_catalogue_cannot_do(hostile: Catalogue, tmp_path: Any) -> None:
    pages = [step.page for step in _steps(hostile, [0, 3, 4], Hearing())]
    assert pages == ["explore", "neighbourhood", "results", "catalogues"]
    scattered(hostile)
    every = [step.page for step in _steps(hostile, [0])]
    assert every == ["explore", "map", "neighbourhood", "clip", "results", "catalogues"]
    assert _steps(hostile, []) == []
    tiny = tiny_catalogue(tmp_path / "tiny", 5)
    assert all(step.page != "map" for step in _steps(tiny, [0, 1, 2]))


def test_every_name_in_the_tour_is_harmless(hostile: Catalogue) -> None:
    for row in range(len(hostile)):
        for step in _steps(hostile, [row, (row + 1) % len(hostile)]):
            assert "<script>" not in step.text.replace("\\<script\\>", "")
            assert len(step.text) < 600


def test_the_tour_counts_who_is_in_both_lists(hostile: Catalogue) -> None:
    step = _steps(hostile, [0])[0]
    lists = [
        set(similar(open_space(hostile, name), 0, 10).rows.tolist())
        for name in step.view[declared("explore")["spaces"]]
    ]
    number = len(lists[0] & lists[1])
    assert f"{number} of them" in step.text if number else "Nobody is in both" in step.text


def test_choices_write_only_what_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[dict[str, list[str]]] = []

    class Watched(Address):
        def from_dict(self, values: dict[str, list[str]]) -> None:
            written.append(values)
            super().from_dict(values)

    monkeypatch.setattr(st, "query_params", Watched())
    parameter = Parameter("x", Scope.PAGE)
    parameter.put("1")
    parameter.put(["1"])
    parameter.put(None)
    parameter.put(None)
    assert written == [{"x": ["1"]}, {}]


@pytest.mark.parametrize("page", ["explore", "neighbourhood", "map", "clip", "results"])
def test_a_dash_is_no_choice_where_one_must_be_chosen(page: str) -> None:
    app = open_app(page, artist="syn-0005", length="-", limit="-", size="-", colour="-", space="-", links="-", by="-")
    assert not app.exception
