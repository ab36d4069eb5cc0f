"""The neighbourhood page: the graph and its list, the way through it, and artists that nobody is similar to."""

from __future__ import annotations

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.catalogue import Catalogue
from core.graph.adjacency import adjacency
from core.graph.html_export import hop_graph_html
from core.graph.neighbourhood import hop_graph
from core.graph.paths import Step, find_path, step_graph
from core.search.spaces import space_vectors
from pages.neighbourhood.drawing import artist_table, drawn_edges, drawn_nodes, summary
from pages.neighbourhood.path_view import USUAL_SMOOTHING, Question, path_table, read_question, step_evidence
from pages.neighbourhood.walk import LONGEST_TRAIL, MOST_EXPANDED, back_to, toggled, walked
from pages.shell.genres import genre_classes
from tests import pages_support
from tests.pages_support import HOSTILE_NAMES, open_app, parameter, texts

hostile = pages_support.hostile


def graph_of(app: AppTest) -> dict:
    """What the browser is given to draw."""
    components = {part.proto.component_name: part.proto for part in app.get("bidi_component")}
    sent = components["nearfield_hop_graph"]
    return json.loads(sent.mixed.json or sent.json)


def is_drawn(app: AppTest) -> bool:
    return any(part.proto.component_name == "nearfield_hop_graph" for part in app.get("bidi_component"))


def test_without_an_artist_it_says_what_to_do() -> None:
    app = open_app("neighbourhood")
    assert not app.exception
    assert any("Find an artist" in text for text in texts(app))
    assert not is_drawn(app)


def test_the_graph_its_legend_and_its_list_agree() -> None:
    app = open_app("neighbourhood", artist="syn-0001")
    assert not app.exception
    graph, table = graph_of(app), app.dataframe[0].value
    assert len(graph["nodes"]) == len(table) <= 60
    assert graph["nodes"][0]["id"] == "syn-0001"
    assert {node["hop"] for node in graph["nodes"]} == set(table["Hop"]) == {0, 1, 2}
    assert table.columns.tolist() == ["Artist", "Hop", "Known edges", "Shared neighbours", "Genre"]
    legend = {group["name"]: group["colour"] for group in graph["legend"]["groups"]}
    assert set(legend) == set(table["Genre"])
    assert {node["colour"] for node in graph["nodes"]} == set(legend.values())


def test_hops_and_limit_come_from_the_url() -> None:
    app = open_app("neighbourhood", artist="syn-0001", hops="1", limit="150")
    assert not app.exception
    assert {node["hop"] for node in graph_of(app)["nodes"]} == {0, 1}
    app.slider(key="limit").set_value(10).run()
    assert len(graph_of(app)["nodes"]) <= 10


def test_expanded_artists_come_from_the_url_and_unknown_ones_are_ignored() -> None:
    plain = graph_of(open_app("neighbourhood", artist="syn-0001", limit="10"))
    first = plain["nodes"][1]["id"]
    app = open_app("neighbourhood", artist="syn-0001", limit="10", expanded=first)
    assert not app.exception
    assert len(graph_of(app)["nodes"]) > len(plain["nodes"])
    app = open_app("neighbourhood", artist="syn-0001", limit="10", expanded="nobody")
    assert graph_of(app)["nodes"] == plain["nodes"]


def test_an_isolated_artist_is_sent_to_its_content_neighbours(hostile: Catalogue) -> None:
    app = open_app("neighbourhood", artist=f"a{len(HOSTILE_NAMES) - 1:02d}")
    assert not app.exception
    assert any("Explore" in text for text in texts(app))
    assert not is_drawn(app)


@pytest.mark.parametrize("row", range(len(HOSTILE_NAMES) - 1))
def test_hostile_names_in_the_graph(hostile: Catalogue, row: int) -> None:
    app = open_app("neighbourhood", artist=f"a{row:02d}")
    assert not app.exception
    assert all(node["label"] and len(node["label"]) <= 28 for node in graph_of(app)["nodes"])
    assert not any("<script>" in text for text in texts(app))


def test_the_way_back(hostile: Catalogue) -> None:
    app = open_app("neighbourhood", artist="a00")
    assert not [button for button in app.button if str(button.key).startswith("back_")]
    for step in ("a01", "a02"):
        app.query_params["artist"] = step
        app.run()
    assert [button.key for button in app.button if str(button.key).startswith("back_")] == ["back_0", "back_1"]
    app.button(key="back_0").click().run()
    assert not app.exception
    assert parameter(app, "artist") == "a00"
    assert graph_of(app)["nodes"][0]["id"] == "a00"
    assert not [button for button in app.button if str(button.key).startswith("back_")]


def test_the_trail_and_the_expanded_stay_bounded() -> None:
    assert walked([], "a") == ["a"]
    assert walked(["a", "b"], "b") == ["a", "b"]
    assert walked(["a", "b"], "a") == ["a", "b", "a"]
    assert len(walked([str(step) for step in range(LONGEST_TRAIL)], "new")) == LONGEST_TRAIL
    assert back_to(["a", "b", "c"], 1) == ["a", "b"]
    assert toggled([], "a", "centre") == ["a"]
    assert toggled(["a", "b"], "a", "centre") == ["b"]
    assert toggled(["a"], "centre", "centre") == ["a"]
    many = [str(number) for number in range(MOST_EXPANDED)]
    assert toggled(many, "new", "centre") == [*many[1:], "new"]


def test_the_download_holds_every_drawn_artist(hostile: Catalogue) -> None:
    matrix = adjacency(hostile.similar_edges, len(hostile))
    graph = hop_graph(hostile, 0, matrix=matrix)
    genres = genre_classes(hostile.artists["genres"])
    nodes, edges = drawn_nodes(hostile, graph, genres, matrix), drawn_edges(hostile, graph)
    page = hop_graph_html(nodes, edges, "Around <script>")
    assert "<script>alert(1)" not in page
    assert page.count("<li>") == len(graph)
    assert len(edges) == len(graph.edges)


def test_the_table_counts_shared_neighbours(hostile: Catalogue) -> None:
    matrix = adjacency(hostile.similar_edges, len(hostile))
    graph = hop_graph(hostile, 0, hops=1, matrix=matrix)
    table = artist_table(hostile, graph, genre_classes(hostile.artists["genres"]), matrix)
    assert graph.rows.tolist()[0] == 0
    shared = dict(zip(graph.rows.tolist(), table["Shared neighbours"], strict=True))
    assert shared[1] == 1
    assert shared[2] == 1
    assert table["Known edges"].iloc[0] == 3
    assert np.all(table["Hop"].iloc[1:] == 1)
    assert summary(graph, 1) == "3 artists within 1 hop; all are drawn, with 4 edges among them."


def path_names(app: AppTest) -> list[str]:
    """The artists of the path, in order, as the page shows them."""
    return [button.label.split(". ", 1)[1] for button in app.button if str(button.key).startswith("path_go_")]


def path_ids(app: AppTest, catalogue: Catalogue) -> list[str]:
    rows = [int(button.key.removeprefix("path_go_")) for button in app.button if str(button.key).startswith("path_go_")]
    return catalogue.artists["artist_id"].iloc[rows].tolist()


def test_a_link_that_names_a_goal_shows_the_path() -> None:
    app = open_app("neighbourhood", artist="syn-0001", to="syn-0123")
    assert not app.exception
    assert not is_drawn(app)
    assert len(path_names(app)) >= 2
    assert any(text.startswith("From ") for text in texts(app))
    evidence = [text for text in texts(app) if "score " in text and " · " in text]
    assert len(evidence) == len(path_names(app)) - 1
    again = open_app("neighbourhood", artist="syn-0001", to="syn-0123", view="path", via="nothing", ties="?", steps="x")
    assert path_names(again) == path_names(app)
    app.segmented_control(key="shown_view").set_value("around").run()
    assert not app.exception
    assert parameter(app, "view") == "around"
    assert graph_of(app)["nodes"][0]["id"] == "syn-0001"


def test_the_goal_is_found_by_name(hostile: Catalogue) -> None:
    app = open_app("neighbourhood", artist="a00", view="path")
    assert any("Find the artist to arrive at" in text for text in texts(app))
    app.text_input(key="find_goal").set_value("Twin").run()
    next(button for button in app.button if str(button.key).startswith("find_goal_hit_")).click().run()
    app.run()
    assert not app.exception
    assert parameter(app, "to") in ("a08", "a09")
    assert path_ids(app, hostile)[-1] == parameter(app, "to")


def test_every_choice_is_in_the_url_and_opens_cold(hostile: Catalogue) -> None:
    app = open_app("neighbourhood", artist="a00", to="a05")
    app.segmented_control(key="path_ties").set_value("known").run()
    app.slider(key="path_smoothing").set_value(0.0).run()
    assert (parameter(app, "ties"), parameter(app, "smoothing")) == ("known", "0")
    app.selectbox(key="path_via").set_value("moods_themes").run()
    app.number_input(key="path_steps").set_value(4).run()
    assert not app.exception
    assert (parameter(app, "via"), parameter(app, "steps")) == ("moods_themes", "4")
    assert path_ids(app, hostile) == ["a00", "a02", "a03", "a04", "a05"]
    cold = open_app("neighbourhood", artist="a00", to="a05", ties="known", smoothing="0", via="moods_themes", steps="4")
    assert path_names(cold) == path_names(app)
    assert cold.number_input(key="path_steps").value == 4
    app.segmented_control(key="path_ties").set_value("both").run()
    app.number_input(key="path_steps").set_value(None).run()
    assert (parameter(app, "ties"), parameter(app, "steps")) == (None, None)


def test_avoided_artists_are_chips_that_can_be_taken_away(hostile: Catalogue) -> None:
    app = open_app("neighbourhood", artist="a00", to="a05", ties="known")
    first = path_ids(app, hostile)
    step = hostile.row_of[first[1]]
    app.button(key=f"path_avoid_{step}").click().run()
    assert not app.exception
    assert parameter(app, "avoid") == first[1]
    other = path_ids(app, hostile)
    assert first[1] not in other
    step = hostile.row_of[other[1]]
    app.button(key=f"path_avoid_{step}").click().run()
    app.button(key=f"path_avoid_{hostile.row_of[path_ids(app, hostile)[1]]}").click().run()
    assert not app.exception
    assert any("Avoid fewer artists" in warning.value for warning in app.warning)
    assert not path_names(app)
    while allowed := [button for button in app.button if str(button.key).startswith("path_allow_")]:
        allowed[0].click().run()
    assert path_ids(app, hostile) == first
    assert "avoid" not in app.query_params


def test_a_step_chosen_becomes_the_centre_and_the_way_leads_back(hostile: Catalogue) -> None:
    app = open_app("neighbourhood", artist="a00", to="a05", ties="known", avoid="a01")
    before = path_ids(app, hostile)
    app.button(key=f"path_go_{hostile.row_of[before[1]]}").click().run()
    assert not app.exception
    assert parameter(app, "artist") == before[1]
    assert path_ids(app, hostile) == before[1:]
    app.button(key="back_0").click().run()
    assert path_ids(app, hostile) == before
    app.button(key=f"path_go_{hostile.row_of['a05']}").click().run()
    assert any("You are at the goal" in text for text in texts(app))


def test_where_there_is_no_path_it_says_what_to_do(hostile: Catalogue) -> None:
    loner = f"a{len(HOSTILE_NAMES) - 1:02d}"
    app = open_app("neighbourhood", artist="a00", to=loner)
    assert not app.exception
    assert any("No path can reach" in warning.value for warning in app.warning)
    app = open_app("neighbourhood", artist=loner, to="a00", ties="near")
    assert any("allow known edges" in warning.value for warning in app.warning)
    app = open_app("neighbourhood", artist="a00", to="nobody")
    assert any("does not hold" in warning.value for warning in app.warning)
    assert not app.exception


def test_hostile_names_on_the_path_and_in_its_table(hostile: Catalogue) -> None:
    app = open_app("neighbourhood", artist="a00", to="a05", ties="known", avoid="a10")
    assert not app.exception
    assert not any("<script>" in text for text in [*texts(app), *(button.label for button in app.button)])
    graph = step_graph(hostile, *space_vectors(hostile, "clap"))
    table = path_table(hostile, find_path(hostile, graph, 0, 5, "known"))
    assert table["Step"].tolist() == list(range(len(table)))
    assert table["Artist id"].iloc[0] == "a00"
    assert table["Artist id"].iloc[-1] == "a05"
    assert table["Known edge"].tolist() == ["", *["yes"] * (len(table) - 1)]
    assert table["Score"].isna().tolist() == [True, *[False] * (len(table) - 1)]


def test_the_words_for_a_step() -> None:
    assert step_evidence(Step(1, 0.5, True, True, 0.123, 1.0)) == (
        "known edge and near in the space · score 0.500 · 12 points better known"
    )
    assert step_evidence(Step(1, None, False, True, -0.01, 1.0)) == (
        "known edge · no score in this space · 1 point less known"
    )
    assert step_evidence(Step(1, 0.25, True, False, None, 1.0)) == (
        "near in the space · score 0.250 · familiarity unknown"
    )


def test_the_ends_of_a_path_are_never_avoided(hostile: Catalogue) -> None:
    asked = {"to": ["a05"], "avoid": ["a00", "a03", "a05", "nobody", "a03"], "smoothing": ["nan"], "steps": ["1e9"]}
    question = read_question(asked, hostile, ["clap"], 0)
    assert question == Question(5, "clap", "both", USUAL_SMOOTHING, None, (3,))
