"""Listening: the tracks on the artist's card, the player at the foot of the page, and what cannot be heard."""

from __future__ import annotations

import json
from functools import partial

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.audio.encoders.musicnn.tags import TAGS
from core.catalogue import Catalogue, FeatureInfo, update_catalogue
from core.curation import CurationList, change_lists, entry_of, with_list
from core.features.audio_sets import MUSICNN_TAGS
from core.synthesis import Recipe
from pages.artists import listen
from pages.artists.listen import BESIDE, MOST_PILLS
from pages.artists.nearest import follow
from pages.artists.texts import origin
from pages.components.result_list import ResultEvent
from pages.explore.question import go_on
from pages.shell import sound, visitor
from tests.pages.test_explore import drawn_lists
from tests.support import pages as pages_support
from tests.support.pages import open_app, parameter, texts
from tests.support.stored_maps import scattered

hostile = pages_support.hostile

RECIPE = Recipe(3, 5, 0.0, (0.0,) * 12, 7, 0).as_text()
MANY = MOST_PILLS + 1


@pytest.fixture
def audible(hostile: Catalogue) -> Catalogue:
    """Tracks of the first five artists: two, one, many, one with a bad recipe, one whose file has gone."""
    artist = [0, 0, 1, *[2] * MANY, 3, 4]
    n = len(artist)
    recipes = [RECIPE] * n
    recipes[-2:] = ["{}", "audio/gone.wav"]
    tracks = pd.DataFrame(
        {
            "artist": artist,
            "track_id": [f"t{index:02d}" for index in range(n)],
            "title": [
                "<b>Song</b> *x*",
                "<b>Song</b> *x*",
                "",
                *[f"Take {take}" for take in range(MANY)],
                "Bad",
                "Gone",
            ],
            "kind": ["synthetic"] * (n - 1) + ["file"],
            "recipe": recipes,
        }
    )
    vectors = np.zeros((n, 8), np.float32)
    vectors[-1] = np.nan
    return update_catalogue(hostile, tracks=tracks, track_features={"clap": vectors})


@pytest.fixture
def named(audible: Catalogue) -> Catalogue:
    """What is heard: a guitar in the second track of the first artist, nothing that is named in others."""
    tags = np.full((len(audible.tracks), len(TAGS)), 0.02, np.float32)
    tags[1, [TAGS.index("guitar"), TAGS.index("slow")]] = 0.7, 0.2
    info = FeatureInfo(MUSICNN_TAGS, "Words for sound", columns=list(TAGS))
    features = {MUSICNN_TAGS: (np.full((len(audible), len(TAGS)), 0.02, np.float32), info)}
    return update_catalogue(audible, features, track_features={MUSICNN_TAGS: tags})


def sounds(app: AppTest) -> list[str]:
    """What the players of the page say they play; each must start by itself."""
    protos = [element.proto for element in app.get("audio")]
    assert all(proto.autoplay and proto.url for proto in protos)
    return [proto.alt for proto in protos]


def test_a_track_says_what_is_heard_in_it(named: Catalogue) -> None:
    app = open_app(artist="a00")
    app.button_group(key="listen_to_a00").set_value("t00").run()
    assert "Heard in this track" not in "\n".join(texts(app))
    app.button_group(key="listen_to_a00").set_value("t01").run()
    assert "Heard in this track: :gray-badge[guitar] :gray-badge[slow]" in texts(app)


def test_the_card_offers_the_tracks_and_plays_what_is_chosen(audible: Catalogue) -> None:
    app = open_app(artist="a00")
    offer = app.button_group(key="listen_to_a00")
    assert offer.value is None
    assert len(offer.options) == len(set(offer.options)) == 2
    assert not any("<b>" in option or "*x*" in option for option in offer.options)
    assert sounds(app) == []
    offer.set_value("t01").run()
    assert not app.exception
    assert sounds(app) == ["<b>Song</b> *x* (2) by <script>alert(1)</script>"]
    assert "The first 10 seconds, rendered by Nearfield’s synthesiser." in texts(app)
    app.button_group(key="listen_to_a00").set_value(None).run()
    assert sounds(app) == []


def test_an_artist_without_recordings_has_a_quiet_word(audible: Catalogue) -> None:
    app = open_app(artist="a05")
    assert not app.exception
    assert "No recording." in [caption.value for caption in app.caption]
    assert not [group for group in app.button_group if group.key and group.key.startswith("listen_")]


def test_many_tracks_are_a_list(audible: Catalogue) -> None:
    app = open_app("neighbourhood", artist="a02")
    choice = app.selectbox(key="listen_to_a02")
    assert choice.value is None
    assert len(choice.options) == MANY
    choice.set_value("t05").run()
    assert len(sounds(app)) == 1


def test_the_card_on_the_map_plays_too(audible: Catalogue) -> None:
    scattered(audible)
    app = open_app("map", artist="a01", space="clap")
    app.button_group(key="listen_to_a01").set_value("t02").run()
    assert not app.exception
    assert len(sounds(app)) == 1


@pytest.mark.parametrize(("artist", "said"), [("a03", "cannot be played"), ("a04", "no longer where it was")])
def test_what_cannot_be_played_is_said(audible: Catalogue, artist: str, said: str) -> None:
    app = open_app(artist=artist)
    track = audible.tracks_of(audible.row_of[artist])["track_id"].iloc[0]
    app.button_group(key=f"listen_to_{artist}").set_value(track).run()
    assert not app.exception
    assert sounds(app) == []
    assert [said in fault.value for fault in app.error] == [True]


def test_a_preview_is_made_once(audible: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def recording(catalogue: Catalogue, track: int) -> tuple[np.ndarray, int]:
        made.append(track)
        return np.zeros(480, np.float32), 48_000

    monkeypatch.setattr(sound, "recording", recording)
    listen.beginning.clear()
    app = open_app(artist="a00")
    assert made == []
    for track in ("t00", "t01", "t00"):
        app.button_group(key="listen_to_a00").set_value(track).run()
    assert made == [0, 1]
    listen.beginning.clear()


def test_a_row_plays_its_artist_beside_the_chosen_one(audible: Catalogue) -> None:
    app = open_app(artist="a00")
    app.button_group(key="listen_to_a00").set_value("t00").run()
    app.session_state[BESIDE] = "t02"
    app.session_state["listen_to_a00"] = None
    app.run()
    assert not app.exception
    assert parameter(app, "artist") == "a00"
    assert sounds(app) == ["Untitled by *Bold* _and_ [link](https://example.com…"]
    marked = {line["artist_id"] for drawn in drawn_lists(app).values() for line in drawn["results"] if line["playing"]}
    assert marked == {"a01"}
    app.button(key="close_player").click().run()
    assert sounds(app) == []
    app.session_state[BESIDE] = "gone"
    assert sounds(app.run()) == []


def test_rows_without_recordings_have_no_button(audible: Catalogue) -> None:
    lines = [line for drawn in drawn_lists(open_app(artist="a05")).values() for line in drawn["results"]]
    assert {line["artist_id"] for line in lines if line["audible"]} == {"a00", "a01", "a02", "a03", "a04"}
    assert next(line["play"] for line in lines if line["artist_id"] == "a08").startswith("Play Twin")
    assert json.dumps(lines)


def test_one_player_sounds_at_a_time(audible: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    session: dict[str, object] = {"listen_to_a00": "t00", "other": 1}
    monkeypatch.setattr(st, "session_state", session)
    follow(audible, "clap", partial(go_on, audible), "", {}, ResultEvent("play", "a01", 1))
    assert session == {"listen_to_a00": None, "other": 1, BESIDE: "t02"}
    assert listen.artist_beside(audible) == 1
    listen.play_beside(audible, 2)
    assert listen.artist_beside(audible) == 2
    listen.play_beside(audible, 2)
    assert listen.artist_beside(audible) is None
    listen.play_beside(audible, 5)
    assert listen.artist_beside(audible) is None


def test_titles_are_told_apart() -> None:
    tracks = pd.DataFrame({"track_id": list("abcde"), "title": ["One", "One", "", " \n", "x" * 300]})
    assert listen.track_titles(tracks) == {
        "a": "One",
        "b": "One (2)",
        "c": "Untitled",
        "d": "Untitled (2)",
        "e": "x" * 39 + "…",
    }
    crossed = pd.DataFrame({"track_id": list("abc"), "title": ["One (2)", "One", "One"]})
    assert len(set(listen.track_titles(crossed).values())) == 3


def test_what_is_heard_is_named_honestly() -> None:
    assert "rendered by Nearfield’s synthesiser" in origin("synthetic")
    assert "synthesiser" not in origin("file")


def test_an_artist_of_a_list_plays_in_its_row(audible: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitor, "cookie", lambda: "0123456789abcdef" * 2)
    mine = CurationList("My list", tuple(entry_of(audible, row) for row in (0, 4, 9)))
    change_lists(audible.path.parent, "0123456789abcdef" * 2, audible, lambda lists: with_list(lists, mine))
    app = open_app("catalogues")
    app.session_state["lists_part"] = "Artists"
    app = next(button for button in app.button if button.key == "lists_open").click().run()
    plays = [button for button in app.button if str(button.key).startswith("lists_play_")]
    assert [button.key for button in plays] == ["lists_play_a00", "lists_play_a04"]
    app = plays[0].click().run()
    app.session_state["lists_part"] = "Artists"
    app = next(button for button in app.button if button.key == "lists_open").click().run()
    assert len(sounds(app)) == 1
