"""Lists: keeping from anywhere, the list at hand, several lists, files, and what outlives a reload."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from core.catalogue import Catalogue
from core.catalogue.library import LISTS_FOLDER
from core.curation import (
    CurationList,
    ListCollection,
    add,
    change_lists,
    entry_of,
    export_list,
    found,
    put_back,
    read_lists,
    remove,
    with_list,
)
from core.curation.links import link_code, list_of_link
from core.database import connection, sqlite
from core.database.connection import DATABASE_FILE, DATABASE_VARIABLE
from pages.lists import at_hand, collection
from pages.lists.texts import files_held, found_line, keep_these, tracks_held
from pages.shell import visitor
from tests.support import pages as pages_support
from tests.support.catalogues import tiny_catalogue
from tests.support.pages import HOSTILE_NAMES, button_labels, open_app, press, texts

hostile = pages_support.hostile
VISITOR = "0123456789abcdef" * 2


@pytest.fixture
def folder(hostile: Catalogue, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of the hostile catalogue; the browser shows the visitor's cookie."""
    monkeypatch.setattr(visitor, "cookie", lambda: VISITOR)
    return hostile.path.parent


def kept(folder: Path, catalogue: Catalogue) -> list[str]:
    return [entry.artist_id for entry in read_lists(folder, VISITOR, catalogue).lists[0].kept]


def fill(folder: Path, catalogue: Catalogue, *rows: int, name: str = "My list") -> None:
    entries = [entry_of(catalogue, row) for row in rows]
    change_lists(folder, VISITOR, catalogue, lambda collection: with_list(collection, add(CurationList(name), entries)))


def opened_at(part: str, app: AppTest | None = None) -> AppTest:
    """The dialog of lists, at one of its parts."""
    app = app or open_app()
    app.session_state["lists_part"] = part
    return press_key(app, "lists_open")


def press_key(app: AppTest, key: str) -> AppTest:
    return next(button for button in app.button if button.key == key).click().run()


# Keeping


def test_an_empty_panel_says_what_to_do(folder: Path) -> None:
    app = open_app()
    assert not app.exception
    assert any("Nothing kept yet" in text for text in texts(app))
    assert "Import" in button_labels(app)
    assert not (folder / DATABASE_FILE).exists()


def test_the_card_keeps_and_a_reload_shows_it_again(folder: Path, hostile: Catalogue) -> None:
    app = press(open_app(artist="a00"), "Keep")
    assert "Kept: take out" in button_labels(app)
    assert kept(folder, hostile) == ["a00"]
    again = open_app("map")
    assert any(button.key == "lists_go_a00" for button in again.button)
    assert any("1 kept" in text for text in texts(again))
    press(open_app(artist="a00"), "Kept: take out")
    assert kept(folder, hostile) == []


def test_taking_out_is_undone_at_its_place(folder: Path, hostile: Catalogue) -> None:
    fill(folder, hostile, 0, 1, 2)
    app = press(open_app(artist="a01"), "Kept: take out")
    assert kept(folder, hostile) == ["a00", "a02"]
    app = press(app, "Undo")
    assert kept(folder, hostile) == ["a00", "a01", "a02"]
    assert "Undo" not in button_labels(app)


def test_an_artist_is_skipped_and_kept_after_all(folder: Path, hostile: Catalogue) -> None:
    app = press_key(open_app(artist="a02"), "card_skip_2")
    assert any("0 kept, 1 rejected" in text for text in texts(app))
    press(app, "Rejected: keep")
    assert kept(folder, hostile) == ["a02"]


def test_another_tab_changes_the_same_lists(folder: Path, hostile: Catalogue) -> None:
    one = open_app()
    press(open_app(artist="a03"), "Keep")
    assert any(button.key == "lists_go_a03" for button in one.run().button)


def test_a_visitor_without_a_cookie_has_lists_of_their_own(
    folder: Path, hostile: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(folder, hostile, 0)
    for sent in (None, "../../etc/passwd", "0" * 31, VISITOR.upper()):
        monkeypatch.setattr(visitor, "cookie", lambda sent=sent: sent)
        assert any("Nothing kept yet" in text for text in texts(open_app()))


def test_the_browsers_id_counts_where_it_is_one() -> None:
    assert visitor.id_from_browser({"held": VISITOR}) == VISITOR
    for told in ({}, {"held": None}, {"held": ""}, {"held": 7}, {"held": f"{VISITOR}\n"}, {"held": "../x"}):
        assert visitor.id_from_browser(told) == ""


def test_a_rejected_artist_is_not_said_to_be_in_the_list() -> None:
    assert keep_these(10, True, 3) == "Keep these 10"
    assert keep_these(10, False) == "All 10 are in your list"
    assert keep_these(10, False, 3) == "7 are in your list, 3 rejected"
    assert keep_these(10, False, 10) == "All 10 are rejected"


def break_file(folder: Path) -> str:
    (folder / DATABASE_FILE).write_bytes(b"no database at all, but text that is long enough" * 40)
    return "Move it away to start afresh"


def write_later_version(folder: Path) -> str:
    in_the_database(folder, "update schema_version set version = 1000")
    return "later version of Nearfield"


def damage_lists(folder: Path) -> str:
    in_the_database(folder, "update lists set content = '{'")
    return "The lists in the database cannot be read"


def damage_an_old_file(folder: Path) -> str:
    in_the_database(folder, "delete from lists")
    file = folder / LISTS_FOLDER / "hostile" / f"{VISITOR}.json"
    file.parent.mkdir(parents=True)
    file.write_text("{")
    return "holds no lists"


def in_the_database(folder: Path, statement: str) -> None:
    other = sqlite3.connect(folder / DATABASE_FILE)
    with other:
        other.execute(statement)
    other.close()


@pytest.mark.parametrize("damage", [break_file, write_later_version, damage_lists, damage_an_old_file])
def test_lists_that_cannot_be_read_are_said_and_the_page_lives(
    folder: Path, hostile: Catalogue, damage: Callable[[Path], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(folder, hostile, 0)
    message = damage(folder)
    connection._opened.cache_clear()  # as the next process opens it
    app = open_app(artist="a00")
    assert not app.exception
    assert app.header
    assert message in app.error[0].value.replace("\\", "")
    assert next(button for button in app.button if button.key == "card_keep_0").disabled


def test_a_page_waits_once_for_lists_that_others_hold(
    folder: Path, hostile: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(folder, hostile, 0)
    tried: list[str] = []
    stamp = collection.lists_stamp

    def counted(data: Path, lists_id: str, catalogue: Catalogue) -> str | None:
        tried.append(lists_id)
        return stamp(data, lists_id, catalogue)

    monkeypatch.setattr(sqlite, "_READ_SECONDS", 0.2)
    monkeypatch.setattr(sqlite, "_CHANGE_SECONDS", 0)
    monkeypatch.setattr(collection, "_BROKEN_SECONDS", 600.0)
    monkeypatch.setattr(collection, "lists_stamp", counted)
    connection._opened.cache_clear()
    other = sqlite3.connect(folder / DATABASE_FILE, isolation_level=None)
    other.execute("begin exclusive")
    app = open_app(artist="a00")
    assert not app.exception
    assert "Try again later" in app.error[0].value
    assert len(tried) == 1
    other.execute("rollback")
    other.close()
    monkeypatch.setattr(collection, "_BROKEN_SECONDS", 0.0)
    assert any("1 kept" in text for text in texts(open_app(artist="a00")))


def test_keeping_where_nothing_can_be_written_is_said(
    folder: Path, hostile: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(folder, hostile, 0)
    monkeypatch.setenv(DATABASE_VARIABLE, f"sqlite:///file:{folder / DATABASE_FILE}?mode=ro&uri=true")
    app = press(open_app(artist="a01"), "Keep")
    assert not app.exception
    assert "Allow writing there" in app.error[0].value
    assert kept(folder, hostile) == ["a00"]


def _keep_several() -> None:
    import streamlit as st

    from pages.lists import keeping, panel
    from pages.shell import state

    catalogue = state.current_catalogue()
    st.session_state.setdefault("catalogue", catalogue.path.name)
    st.button("Keep them", key="bulk", on_click=keeping.keep_artists, args=(catalogue, [4, 0, 4, 2], "clap", "a lasso"))
    panel.show_panel()


def test_several_artists_are_kept_at_once_and_undone_at_once(folder: Path, hostile: Catalogue) -> None:
    fill(folder, hostile, 2)
    app = AppTest.from_function(_keep_several, default_timeout=60).run()
    app = press(app, "Keep them")
    assert not app.exception
    assert kept(folder, hostile) == ["a02", "a04", "a00"]
    origin = read_lists(folder, VISITOR, hostile).lists[0].entry("a04").origin
    assert (origin.space, origin.query, origin.rank) == ("clap", "a lasso", None)
    app = press(app, "Undo")
    assert kept(folder, hostile) == ["a02"]
    assert "Undo" not in button_labels(app)


# The list at hand


def test_order_verdict_and_note(folder: Path, hostile: Catalogue) -> None:
    fill(folder, hostile, 0, 1, 2)
    press_key(opened_at("Artists"), "lists_Down_a00")
    press_key(opened_at("Artists"), "lists_Up_a02")
    assert kept(folder, hostile) == ["a01", "a02", "a00"]
    app = opened_at("Artists")
    ends = {button.key for button in app.button if button.disabled}
    assert ends == {"lists_To top_a01", "lists_Up_a01", "lists_Down_a00"}
    press_key(app, "lists_To top_a00")
    assert kept(folder, hostile) == ["a00", "a01", "a02"]
    press_key(opened_at("Artists"), "lists_Down_a00")
    press_key(opened_at("Artists"), "lists_Down_a00")
    app = opened_at("Artists")
    press_key(app, "lists_judge_a02")
    assert kept(folder, hostile) == ["a01", "a00"]


def test_hostile_names_and_notes_are_shown_as_text(folder: Path, hostile: Catalogue) -> None:
    entries = [entry_of(hostile, row) for row in range(len(HOSTILE_NAMES))]
    noted = add(CurationList("<b>*List*</b> :smile:"), entries)
    change_lists(folder, VISITOR, hostile, lambda collection: with_list(collection, noted))
    app = open_app()
    app.selectbox(key="lists_list_0_2").set_value("<b>*List*</b> :smile:").run()
    assert any("12 kept, the last 6 shown" in text for text in texts(app))
    for part in ("Artists", "Export", "Import", "Lists"):
        assert not opened_at(part, app).exception
    said = " ".join(element.value for element in opened_at("Artists", app).markdown)
    assert "<script>" not in said.replace("\\<script\\>", "")
    assert "\\<b\\>\\*List\\*" in said


def test_a_long_list_is_cheap_in_the_sidebar_and_paged_in_the_dialog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEARFIELD_DATA", str(tmp_path))
    monkeypatch.setattr(visitor, "cookie", lambda: VISITOR)
    catalogue = tiny_catalogue(tmp_path / "tiny", 200)
    fill(tmp_path, catalogue, *range(200))
    app = open_app("catalogues")
    assert len([button for button in app.button if str(button.key).startswith("lists_go_")]) == 6
    app = press_key(app, "lists_open")
    assert len([button for button in app.button if str(button.key).startswith("lists_out_")]) == 15


def test_where_an_artist_was_found_is_told(hostile: Catalogue) -> None:
    when = datetime(2026, 1, 31, 12, tzinfo=UTC)
    (entry,) = found(hostile, [(0, 1200, 0.5)], "clap", "words “*slow*”", when)
    assert found_line(entry, "CLAP") == "place 1,200 in CLAP · words “\\*slow\\*” · on 2026\\-01\\-31"
    assert found_line(replace(entry_of(hostile, 0), row=None), "") == "not in this catalogue"


# Several lists


def test_lists_are_made_renamed_and_deleted_with_a_way_back(folder: Path, hostile: Catalogue) -> None:
    fill(folder, hostile, 0)
    app = opened_at("Lists")
    app.text_input(key="lists_new_name").set_value("Autumn")
    app = press(app, "Make it")
    assert read_lists(folder, VISITOR, hostile).names == ["My list", "Autumn"]
    assert app.selectbox(key="lists_list_1_2").value == "Autumn"
    app = opened_at("Lists", app)
    app.text_input(key="lists_name").set_value("My list")
    app = press(app, "Rename")
    assert "already" in app.error[0].value
    app = opened_at("Lists", app)
    app.text_input(key="lists_name").set_value("Winter")
    app = press(app, "Rename")
    assert read_lists(folder, VISITOR, hostile).names == ["My list", "Winter"]
    app = press(opened_at("Lists", app), "Delete")
    assert read_lists(folder, VISITOR, hostile).names == ["My list"]
    app = press(app, "Undo")
    assert read_lists(folder, VISITOR, hostile).names == ["My list", "Winter"]


def test_the_list_at_hand_survives_a_reload(folder: Path, hostile: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(folder, hostile, 0)
    fill(folder, hostile, 1, name="Friday ideas")
    app = opened_at("Lists")
    app.radio(key="lists_pick_0_2").set_value("Friday ideas").run()
    (kept_cookies,) = [
        json.loads(each.proto.json or each.proto.mixed.json)["others"]
        for each in app.get("bidi_component")
        if "cookies" in each.proto.component_name
    ]
    assert "Friday" not in kept_cookies[at_hand.COOKIE]
    monkeypatch.setattr(at_hand, "cookie", lambda: kept_cookies[at_hand.COOKIE])
    again = press(open_app(artist="a02"), "Keep")
    lists = read_lists(folder, VISITOR, hostile)
    assert [entry.artist_id for entry in lists["Friday ideas"].entries] == ["a01", "a02"]
    assert again.selectbox(key="lists_list_1_2").value == "Friday ideas"
    for sent in ("", "rubbish", "0" * 24, "a" * 25):
        monkeypatch.setattr(at_hand, "cookie", lambda sent=sent: sent)
        assert open_app().selectbox(key="lists_list_0_2").value == "My list"


def test_what_another_catalogue_had_at_hand_stays_in_the_cookie(
    hostile: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    state: dict[str, object] = {}
    monkeypatch.setattr(at_hand.st, "session_state", state)
    monkeypatch.setattr(at_hand, "cookie", lambda: f"{'0' * 24}.{'1' * 24}")
    assert at_hand.as_cookie() == {}
    at_hand.choose(hostile, "Friday")
    marks = at_hand.as_cookie()[at_hand.COOKIE].split(".")
    assert marks[:2] == ["0" * 24, "1" * 24]
    assert len(marks) == 3
    monkeypatch.setattr(at_hand, "cookie", lambda: ".".join(marks))
    state.clear()
    assert at_hand.name_at_hand(hostile, ["My list", "Friday"]) == "Friday"
    assert at_hand.name_at_hand(hostile, ["My list"]) == "My list"


def test_deleting_the_last_list_is_undone_in_its_place(folder: Path, hostile: Catalogue) -> None:
    fill(folder, hostile, 0, 1)
    app = press(opened_at("Lists"), "Delete")
    assert read_lists(folder, VISITOR, hostile) == ListCollection()
    press(app, "Undo")
    assert kept(folder, hostile) == ["a00", "a01"]
    assert read_lists(folder, VISITOR, hostile).names == ["My list"]


# Files


def test_exports_say_who_is_left_out(folder: Path, hostile: Catalogue) -> None:
    fill(folder, hostile, 0, 1)
    app = opened_at("Export")
    assert any("All 2 artists are in the file" in text for text in texts(app))
    app.session_state["lists_format"] = "jspf"
    app = opened_at("Export", app)
    assert any("All 2 artists are in the file" in text for text in texts(app))
    assert any("without tracks: the catalogue knows none of theirs" in text for text in texts(app))
    assert not app.get("download_button")[0].proto.disabled
    app.session_state["lists_recordings"] = True
    app = opened_at("Export", app)
    assert "0 of 2 artists are in the file" in app.warning[0].value
    assert any("no MusicBrainz recording of this artist" in text for text in texts(app))
    assert app.get("download_button")[0].proto.disabled


def test_a_file_becomes_a_new_list_or_joins_one(folder: Path, hostile: Catalogue) -> None:
    curated = add(CurationList("From *afar*"), [entry_of(hostile, row) for row in (0, 3)])
    content = json.loads(export_list(hostile, curated, "json").content)
    content["entries"].append({"artist_id": "nobody", "name": "<i>Nobody</i>"})
    file = ("list.json", json.dumps(content).encode(), "application/json")
    fill(folder, hostile, 5)
    app = opened_at("Import")
    app.file_uploader[0].set_value(file)
    app = opened_at("Import", app)
    assert any("2 artists found" in text for text in texts(app))
    assert any("Nobody" in text and "<i>" not in text.replace("\\<i\\>", "") for text in texts(app))
    app = press_key(app, "lists_import_new")
    assert read_lists(folder, VISITOR, hostile)["From *afar*"].entries[1].artist_id == "a03"
    assert app.selectbox(key="lists_list_1_2").value == "From *afar*"


def test_an_export_says_what_its_artists_come_with() -> None:
    assert files_held(2, 0).startswith("There is nothing to play in it")
    assert files_held(2, 1).startswith("It plays a file of 1 of 2 artists. Comments")
    assert files_held(2, 2) == "It plays 2 files, one of each artist."
    assert tracks_held(2, 0, 0, 0).startswith("It names the kept artists, without tracks")
    some = tracks_held(3, 2, 0, 1)
    assert some.startswith("It has a track of 2 of 3 artists: 0 with a file, 1 with a MusicBrainz recording. It names")
    assert "others" not in tracks_held(2, 2, 1, 1)


def test_an_empty_list_keeps_the_name_that_its_visitor_gave(folder: Path, hostile: Catalogue) -> None:
    change_lists(folder, VISITOR, hostile, lambda _: ListCollection((CurationList("Friday"),)))
    app = opened_at("Import")
    app.file_uploader[0].set_value(("Theirs.txt", b"Loner\n", "text/plain"))
    app = press_key(opened_at("Import", app), "lists_import_add")
    assert {one.name: len(one) for one in read_lists(folder, VISITOR, hostile).lists} == {"Friday": 1}


def test_a_file_beside_an_empty_list_with_a_name_is_a_list_of_its_own(folder: Path, hostile: Catalogue) -> None:
    change_lists(folder, VISITOR, hostile, lambda _: ListCollection((CurationList("Friday"),)))
    app = opened_at("Import")
    app.file_uploader[0].set_value(("Theirs.txt", b"Loner\n", "text/plain"))
    press_key(opened_at("Import", app), "lists_import_new")
    lists = read_lists(folder, VISITOR, hostile)
    assert {one.name: len(one) for one in lists.lists} == {"Friday": 0, "Theirs": 1}


def test_into_an_empty_list_a_file_brings_its_name(folder: Path, hostile: Catalogue) -> None:
    app = opened_at("Import")
    app.file_uploader[0].set_value(("Theirs.txt", b"Loner\n", "text/plain"))
    app = opened_at("Import", app)
    assert not [button for button in app.button if button.key == "lists_import_add"]
    press_key(app, "lists_import_new")
    lists = read_lists(folder, VISITOR, hostile)
    assert lists.names == ["Theirs"]
    assert [entry.artist_id for entry in lists["Theirs"].entries] == ["a11"]


def test_who_is_not_found_is_chosen_from_what_the_search_finds(folder: Path, hostile: Catalogue) -> None:
    app = opened_at("Import")
    app.file_uploader[0].set_value(("t.csv", b"artist,note\nLoner,\nTwinn,the second\nzzzzz,\n", "text/csv"))
    app = opened_at("Import", app)
    (offer,) = [pills for pills in app.button_group if str(pills.key).startswith("lists_suggest")]
    assert len(offer.options) == 2
    assert any("zzzzz" in text for text in texts(app))
    app.session_state[offer.key] = 9
    press_key(opened_at("Import", app), "lists_import_new")
    entries = read_lists(folder, VISITOR, hostile)["t"].entries
    assert [(entry.artist_id, entry.note) for entry in entries] == [("a11", ""), ("a09", "the second")]


def test_a_list_is_sorted_and_the_order_is_put_back(folder: Path, hostile: Catalogue) -> None:
    fill(folder, hostile, 9, 11, 6)
    app = opened_at("Artists")
    app.menu_button(key="lists_sort").click("name").run()
    assert kept(folder, hostile) == ["a11", "a09", "a06"]
    press(opened_at("Artists", app), "Undo")
    assert kept(folder, hostile) == ["a09", "a11", "a06"]


def test_a_link_opens_the_list_to_read_and_to_take_over(folder: Path, hostile: Catalogue) -> None:
    code = link_code(CurationList("x", tuple(entry_of(hostile, row) for row in (11, 0))))
    app = open_app("map", list=[code, "From *afar*"])  # type: ignore[arg-type]
    assert not app.exception
    assert [button.key for button in app.button if str(button.key).startswith("shared_go_")] == [
        "shared_go_a11",
        "shared_go_a00",
    ]
    assert any("2 artists, to read" in text for text in texts(app))
    assert not (folder / DATABASE_FILE).exists()
    app = press_key(app, "shared_take")
    assert "list" not in app.query_params
    assert [entry.artist_id for entry in read_lists(folder, VISITOR, hostile)["From *afar*"].entries] == ["a11", "a00"]


def test_an_artist_of_a_shared_list_opens(folder: Path, hostile: Catalogue) -> None:
    code = link_code(CurationList("x", (entry_of(hostile, 11),)))
    app = press_key(open_app(list=[code, "x"]), "shared_go_a11")  # type: ignore[arg-type]
    assert app.query_params["artist"] == "a11"
    assert "list" not in app.query_params


def test_a_damaged_link_is_told(folder: Path) -> None:
    app = open_app(list="rub!")
    assert not app.exception
    assert "damaged" in app.error[0].value


def test_the_link_stands_beside_the_export(folder: Path, hostile: Catalogue) -> None:
    fill(folder, hostile, 11, 0)
    app = opened_at("Export")
    asked = parse_qs(urlsplit(app.code[0].value).query)
    assert asked["catalogue"] == ["hostile"]
    assert list_of_link(hostile, *asked["list"])[0].name == "My list"


def test_rubbish_is_refused_plainly(folder: Path) -> None:
    app = opened_at("Import")
    app.file_uploader[0].set_value(("x.json", b"[{]", "application/json"))
    app = opened_at("Import", app)
    assert not app.exception
    assert "not valid JSON" in app.error[0].value


def test_what_was_taken_out_goes_back(hostile: Catalogue) -> None:
    curated = add(CurationList("Mine"), [entry_of(hostile, row) for row in range(3)])
    less = remove(curated, ["a01"])
    assert put_back(less, curated.entries[1], 1) == curated
    assert put_back(curated, curated.entries[1], 0) == curated
