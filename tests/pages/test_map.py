"""The map page: maps that are there, missing or stale, the click on a point, and the figures in words."""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import b64decode
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.catalogue import Catalogue, open_catalogue
from core.catalogue.genres import OTHER, genre_classes
from core.catalogue.library import BUNDLED
from core.database.connection import DATABASE_FILE
from core.experiments.results import known_results
from core.experiments.summary import space_standings
from core.jobs import Jobs, detached
from core.maps import Fidelity, MapSettings, StoredMap, save_map
from core.maps.build import current_map, map_space
from core.maps.colouring import (
    LOCAL_FIDELITY,
    SCORE,
    Classes,
    Scale,
    colouring,
    colouring_names,
    local_fidelity_colouring,
    score_colouring,
)
from core.maps.jobs import MAP
from core.maps.store import map_path
from core.row_sets import rows_to_code
from core.search.spaces import list_spaces
from core.text import decade_name
from pages.map.controls import distinct
from pages.map.tables import map_table
from pages.map.texts import (
    TABLE_OF_DRAWN,
    coverage_figure,
    fidelity_figure,
    fidelity_sentence,
    lacking_sentence,
    local_fidelity_sentence,
)
from tests.support import pages as pages_support
from tests.support.maps import layer_of, maps_of
from tests.support.pages import HOSTILE_NAMES, button_labels, open_app, parameter, press, texts
from tests.support.stored_maps import scattered

hostile = pages_support.hostile


@pytest.mark.parametrize("space", ["clap", "acousticbrainz", "moods_themes"])
def test_the_bundled_catalogue_has_its_maps(space: str) -> None:
    app = open_app("map", space=space)
    assert not app.exception
    drawn = maps_of(app)
    said = drawn["maps"][0]["said"]
    assert said.endswith("nearest are near on the map as well.")
    assert len(said) < 90, "one line over the map"
    assert "by chance" in drawn["maps"][0]["details"]
    header, arrays = layer_of(app, drawn["maps"][0]["points"])
    assert len(arrays["rows"]) == len(arrays["x"]) > 1000
    assert len(layer_of(app, drawn["names"])[0]["names"]) == 1500
    assert 6 <= len(drawn["maps"][0]["regions"]) <= 12
    named = {name for region in drawn["maps"][0]["regions"] for name in region["name"].split(" · ")}
    typical = {"clap": "Jazz", "acousticbrainz": "heavy bass", "moods_themes": "solemn"}
    assert [one for one, tag in typical.items() if tag in named] == [space]
    assert ("own columns have no names" in drawn["maps"][0]["details"]) == (space == "clap")
    assert app.selectbox(key="map_space").value == space


@pytest.mark.parametrize(
    "colour", ["Genre", "Mood", "Theme", "Split", "Known edges", "Decade", "Popularity", LOCAL_FIDELITY, SCORE]
)
def test_every_colouring_draws_the_bundled_map(colour: str) -> None:
    app = open_app("map", colour=colour, artist="syn-0001")
    assert not app.exception
    assert app.selectbox(key="map_colour").value == colour
    drawn = maps_of(app)["maps"][0]
    assert colour.lower() in drawn["alt"]
    header, arrays = layer_of(app, drawn["colour"])
    assert header["title"] == colour
    assert len(arrays["codes"]) == 1500
    assert len(header.get("classes") or header["levels"]) > 1


def test_similarity_needs_an_artist_and_says_so() -> None:
    app = open_app("map", colour=SCORE)
    assert any("Choose an artist first" in text for text in texts(app))
    header, _ = layer_of(app, maps_of(app)["maps"][0]["colour"])
    assert header["levels"] == []


def test_without_an_artist_there_are_some_to_begin_with(hostile: Catalogue) -> None:
    scattered(hostile)
    app = open_app("map")
    next(button for button in app.button if button.key.startswith("start_")).click().run()
    assert not app.exception
    assert parameter(app, "artist") in hostile.row_of


def test_an_artist_is_drawn_with_lines_to_its_true_nearest() -> None:
    app = open_app("map", space="clap", artist="syn-0001")
    assert not app.exception
    drawn = maps_of(app)
    nearest = [button for button in app.button if str(button.key).startswith("map_near_")]
    assert drawn["artist"] == 0
    assert [f"map_near_clap_{row}" for row in drawn["maps"][0]["nearest"]] == [button.key for button in nearest]
    assert len(nearest) == 10
    nearest[0].click().run()
    assert parameter(app, "artist") != "syn-0001"


def test_two_spaces_stand_side_by_side_each_with_its_own_nearest() -> None:
    app = open_app("map", space="clap", beside="acousticbrainz", artist="syn-0001", highlight="genres.Jazz")
    assert not app.exception
    drawn = maps_of(app)
    left, right = drawn["maps"]
    assert left["points"] != right["points"]
    assert left["colour"] == right["colour"]
    assert set(left["nearest"]) != set(right["nearest"])
    assert "51%" in left["said"]
    assert "37%" in right["said"]
    assert drawn["marked"]["words"] == "genre Jazz"
    app.selectbox(key="map_beside").set_value("").run()
    assert parameter(app, "beside") is None
    assert len(maps_of(app)["maps"]) == 1


def test_a_space_beside_without_a_map_is_offered(hostile: Catalogue) -> None:
    scattered(hostile)
    app = open_app("map", space="clap", beside="moods_themes")
    assert not app.exception
    assert len(maps_of(app)["maps"]) == 1
    assert "--space moods_themes" in app.code[0].value


def test_layers_are_chosen_and_stay_in_the_url() -> None:
    app = open_app("map", show="regions")
    assert maps_of(app)["shown"] == {"density": False, "regions": True, "doubtful": False}
    assert "in doubt" not in maps_of(app)["maps"][0]["details"]
    app.button_group(key="map_show").set_value(["regions", "doubtful"]).run()
    assert app.query_params["show"] == ["regions", "doubtful"]
    assert "in doubt" in maps_of(app)["maps"][0]["details"]


@pytest.mark.parametrize(
    ("asked", "heading"),
    [
        ("genres.Jazz", "256 artists: genre Jazz"),
        ("jazz", "256 artists: genre Jazz"),
        ("LAMPLIGHTERS", "5 artists: name with “LAMPLIGHTERS”"),
    ],
)
def test_a_tag_or_a_part_of_a_name_is_highlighted_and_counted(asked: str, heading: str) -> None:
    app = open_app("map", highlight=asked)
    assert not app.exception
    assert heading in [found.value for found in app.subheader]
    bits = np.frombuffer(b64decode(maps_of(app)["marked"]["bits"]), np.uint8)
    assert np.unpackbits(bits).sum() == int(heading.split()[0])


def test_what_is_highlighted_is_listed_and_kept_without_a_mouse(hostile: Catalogue) -> None:
    scattered(hostile)
    app = open_app("map", highlight="moods.dark")
    assert not app.exception
    assert any(heading.value.startswith("4 artists") for heading in app.subheader)
    assert app.dataframe[0].value["Artist"].tolist()[0] == "שלום עולם"
    app = press(app, "Keep these 4")
    assert not app.exception
    assert any(button.label.startswith("All 4 are in your list") for button in app.button)
    app = press(app, "Clear")
    assert parameter(app, "highlight") is None
    assert maps_of(app)["marked"] is None


def test_a_highlight_that_nobody_fits_leaves_the_map_alone() -> None:
    app = open_app("map", highlight="no such thing <b>*")
    assert not app.exception
    assert maps_of(app)["marked"] is None
    assert any(text.startswith("Nobody.") for text in texts(app))


def drawn_around(catalogue: Catalogue) -> np.ndarray:
    who = np.zeros(len(catalogue), bool)
    who[[5, 6]] = True
    return who


def test_a_lasso_goes_before_the_highlight(hostile: Catalogue) -> None:
    scattered(hostile)
    app = open_app("map", highlight="moods.dark", drawn=rows_to_code(drawn_around(hostile), hostile.content_hash))
    assert any("2 artists: drawn around" in heading.value for heading in app.subheader)
    app = press(app, "Clear")
    assert parameter(app, "drawn") is None


def test_a_lasso_too_large_for_a_link_stays_in_the_session(hostile: Catalogue) -> None:
    scattered(hostile)
    app = open_app("map", drawn="here-only")
    assert maps_of(app)["marked"] is None
    assert any("more artists were marked than a link can name" in text for text in texts(app))
    app.session_state["map_lasso"] = (hostile.content_hash, drawn_around(hostile))
    app.run()
    assert any("2 artists: drawn around" in heading.value for heading in app.subheader)
    assert any("too many for a link" in text for text in texts(app))


def test_the_table_twin_names_artists_and_regions() -> None:
    app = open_app("map", space="clap")
    assert table_columns(app, "artists") == ["Artist", "Genre", "Across", "Up", "Id"]
    assert table_columns(app, "regions") == ["Region", "Artists", "Typical tags", "Across", "Up"]


def table_columns(app: AppTest, kind: str) -> list[str]:
    app.session_state["map_tables"] = True
    app.session_state["map_table_of"] = f"{kind}:clap"
    app.run()
    assert not app.exception
    return list(app.dataframe[0].value.columns)


def test_maps_begin_with_the_space_that_was_measured_best() -> None:
    bundled = open_catalogue(pages_support.ROOT / "data" / BUNDLED)
    measured = {name: standing.value for name, standing in space_standings(known_results(bundled)).items()}
    mapped = [space for space in list_spaces(bundled) if map_path(bundled, space.name).is_file()]
    ranked = sorted((space for space in mapped if space.name in measured), key=lambda space: -measured[space.name])
    assert len(ranked) > 1
    chooser = open_app("map").selectbox(key="map_space")
    assert chooser.value == ranked[0].name
    assert [title for title in chooser.options if title in {space.title for space in ranked}] == [
        space.title for space in ranked
    ]


def test_another_space_can_be_chosen_and_stays_in_the_url() -> None:
    app = open_app("map")
    app.selectbox(key="map_space").set_value("moods_themes").run()
    assert not app.exception
    assert parameter(app, "space") == "moods_themes"


def test_a_space_without_a_map_offers_to_make_one(hostile: Catalogue) -> None:
    app = open_app("map")
    assert not app.exception
    assert any("no map" in text for text in texts(app))
    assert "--space clap" in app.code[0].value
    assert not app.get("bidi_component") or "linked_maps" not in str(app.get("bidi_component")[0].proto)


def test_the_map_is_made_by_another_process(hostile: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []

    class Process:
        pid = os.getpid()

        def __init__(self, command: list[str], **_: object) -> None:
            started.append(command)

    monkeypatch.setattr(detached.subprocess, "Popen", Process)
    app = press(open_app("map"), "Make the map")
    assert not app.exception
    assert started[0][1:4] == ["-m", "core", "map"]
    assert any("being made" in text for text in texts(app))


def test_a_map_of_other_vectors_is_called_old(hostile: Catalogue) -> None:
    stored = scattered(hostile)
    save_map(hostile, replace(stored, vectors_hash="of something else"))
    app = open_app("map")
    assert not app.exception
    assert any("older version" in text for text in texts(app))


def test_hostile_names_on_the_map(hostile: Catalogue) -> None:
    scattered(hostile)
    for row in range(len(HOSTILE_NAMES)):
        app = open_app("map", artist=f"a{row:02d}")
        assert not app.exception
        assert maps_of(app)["artist"] == row
    assert any("no data in this space" in text for text in texts(app))


def test_the_table_leaves_out_who_is_not_on_the_map() -> None:
    coordinates = np.array([[0, 1], [np.nan, np.nan], [2, 3], [4, 5]], np.float32)
    classes = Classes("Genre", np.array([0, 0, -1, 1]), ["<i>", "two"], "None known")
    table = map_table(["a", "b", "c", "d"], ["1", "2", "3", "4"], coordinates, classes)
    assert table["Artist"].tolist() == ["a", "c", "d"]
    assert table["Genre"].tolist() == ["<i>", "", "two"]


def test_numbers_are_coloured_on_a_scale_and_the_unknown_apart(hostile: Catalogue) -> None:
    degree = np.arange(len(hostile))
    assert colouring_names(hostile) == ["Genre", "Mood", "Theme", "Split", "Known edges", "Popularity"]
    by_degree = colouring(hostile, "Known edges", degree)
    assert isinstance(by_degree, Scale)
    assert np.all(np.diff(by_degree.levels[by_degree.codes]) > 0)
    assert by_degree.values()[3] == "3"
    popularity = colouring(hostile, "Popularity", degree)
    unknown = hostile.artists["popularity"].isna().to_numpy()
    assert unknown.any()
    assert ((popularity.codes == -1) == unknown).all()


def test_the_eighth_class_gathers_the_rare_genres() -> None:
    genres = pd.Series([[name] * 2 for name in "aaabbbccddeeffgghi"] + [[]])
    classes = genre_classes(genres)
    assert classes.names == ["a", "b", "c", "d", "e", "f", "g", OTHER]
    assert classes.codes[-3:].tolist() == [7, 7, -1]
    assert genre_classes(pd.Series([["b"], ["a"], ["b"]])).names == ["b", "a"]


def test_the_most_telling_genre_has_the_colour_and_missing_ones_have_none() -> None:
    genres = pd.Series([["Rock", "Shoegaze"], ["Rock"], ["Rock", "Shoegaze"], ["Ambient", "Rock"], ["NA"], ["n/a"]])
    classes = genre_classes(genres)
    assert classes.names == ["Rock", "Shoegaze", "Ambient"]
    assert classes.codes.tolist() == [1, 0, 1, 2, -1, -1]
    first_two = genre_classes(genres, most=2)
    assert (first_two.names, first_two.codes.tolist()) == (["Rock", OTHER], [0, 0, 0, 0, -1, -1])


def test_a_year_is_no_decade() -> None:
    assert [decade_name(year) for year in (1960, 1967, 1990.0)] == ["1960s", "1967", "1990s"]


def test_the_words_for_a_map() -> None:
    stored = StoredMap(
        "clap",
        np.zeros((3, 2), np.float32),
        np.array([0.3, np.nan, 1], np.float32),
        MapSettings(),
        Fidelity((10, 50), (0.41, 0.48), (0.007, 0.033), 900, 900),
        "",
        {},
        "",
    )
    assert fidelity_figure(stored) == "41% of an artist’s 10 nearest are near on the map as well."
    said = fidelity_sentence(stored)
    assert "41%" in said
    assert "by chance 0.7%" in said
    assert "48%" in said
    assert local_fidelity_sentence(stored, 0).startswith("3 of its 10 nearest")
    assert local_fidelity_sentence(stored, 1) == ""
    assert coverage_figure(900, 1200) == "900 of 1,200 artists."
    assert lacking_sentence(900, 1200) == "The other 300 (25%) have no data in this space."
    assert lacking_sentence(10, 11) == "The other one (9.1%) has no data in this space."
    assert (coverage_figure(5, 5), lacking_sentence(5, 5)) == ("All 5 artists.", "")
    few = replace(stored, fidelity=Fidelity((), (), (), 4, 4))
    assert "Too few" in fidelity_sentence(few)
    assert fidelity_figure(few) == ""


def test_a_job_that_failed_says_why_until_the_map_is_there(hostile: Catalogue) -> None:
    jobs = Jobs(hostile.path)
    jobs.end(jobs.create(MAP, "clap", {}), "failed", "There is *no* room left.")
    app = open_app("map")
    assert not app.exception
    assert any("room left" in text for text in texts(app))
    assert "Make the map" in button_labels(app)
    scattered(hostile)
    assert not any("room left" in text for text in texts(open_app("map")))


def test_a_job_under_way_is_shown_and_cancelled(hostile: Catalogue) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        jobs = Jobs(hostile.path)
        claim = jobs.create(MAP, "clap", {}, state="waiting")
        jobs.hand_over(claim, process.pid)
        jobs.beat(claim, "layout", 1.0)
        app = open_app("map")
        assert not app.exception
        assert any("Measuring how faithful the map is" in str(bar.proto) for bar in app.get("progress"))
        app = press(app, "Cancel")
        assert process.wait(60) != 0
    assert not app.exception
    assert "Make the map" in button_labels(app.run())


def test_a_database_that_cannot_be_read_is_told_where_a_map_would_be(hostile: Catalogue) -> None:
    (hostile.path.parent / DATABASE_FILE).write_bytes(b"no database at all, but text that is long enough" * 40)
    app = press(open_app("map"), "Make the map")
    assert not app.exception
    assert any("cannot be used" in text for text in texts(app))
    scattered(hostile)
    assert maps_of(open_app("map"))


def test_a_map_is_current_until_its_features_change(hostile: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.maps.store.project", lambda vectors, present, *_: _line(present))
    assert current_map(hostile, "clap") is None
    made = map_space(hostile, "clap", seed=3)
    found = current_map(hostile, "clap")
    assert found is not None
    assert np.array_equal(found.coordinates, made.coordinates, equal_nan=True)
    assert found.settings.seed == 3
    hostile.manifest.files["features/clap.npy"] = "another hash"
    assert current_map(hostile, "clap") is None


def _line(present: np.ndarray) -> np.ndarray:
    coordinates = np.full((len(present), 2), np.nan, np.float32)
    coordinates[present] = np.linspace(-10, 10, int(present.sum()) * 2, dtype=np.float32).reshape(-1, 2)
    return coordinates


def test_similarity_is_coloured_between_what_is_usual_and_the_nearest() -> None:
    scores = np.linspace(-1, 1, 2000).astype(np.float32)
    scores[0], scores[7] = -50, np.nan
    by_score = score_colouring(scores)
    assert by_score.codes[7] == -1
    assert len(by_score.levels) <= 257
    assert np.all(np.diff(by_score.levels[by_score.codes[np.arange(2000) != 7]]) >= 0)
    assert by_score.levels[0] > -1.1, "an outlier must not take up the scale"
    assert by_score.values()[-1] == "1.00"


def test_faithfulness_is_coloured_in_whole_neighbours(hostile: Catalogue) -> None:
    by_faith = local_fidelity_colouring(scattered(hostile))
    assert by_faith.levels.tolist() == [4]
    assert by_faith.values()[0].startswith("4 of its 10 nearest")
    assert by_faith.values()[-1] == ""


def test_choices_with_one_label_are_told_apart() -> None:
    assert distinct({"a": "x", "b": "x", "c": "y"}) == {"a": "x", "b": "x (2)", "c": "y"}


def test_of_a_large_map_the_part_in_view_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.maps.drawn.MOST_DRAWN", 300)
    app = open_app("map", space="clap", artist="syn-0001")
    (one,) = maps_of(app)["maps"]
    assert "300 of the 1,476 in this part are drawn" in one["said"]
    header, arrays = layer_of(app, one["points"])
    assert len(arrays["rows"]) == len(layer_of(app, maps_of(app)["names"])[0]["names"]) == 300
    assert layer_of(app, one["colour"])[0]["of"] == 1500
    assert {int(row) for row in one["apart"]} == {*one["nearest"], maps_of(app)["artist"]}
    app.session_state["map_parts"] = {one["map"]: ((0.0, 4.0), (0.0, 4.0))}
    app.session_state["map_tables"] = True
    app.run()
    assert not app.exception
    (part,) = maps_of(app)["maps"]
    found, points = layer_of(app, part["points"])
    assert found["part"]["box"] == [[-1.0, 5.0], [-1.0, 5.0]]
    places = points["x"] * found["scale"], points["y"] * found["scale"]
    assert all(place.min() > -1.001 and place.max() < 5.001 for place in places)
    assert len(app.dataframe[0].value) == len(points["rows"])
    assert TABLE_OF_DRAWN in [caption.value for caption in app.caption]
