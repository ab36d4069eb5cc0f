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
from pages.neighbourhood.drawing import artist_table, drawn_edges, drawn_nodes, summary
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


def test_without_an_artist_it_says_what_to_do() -> None:
    app = open_app("neighbourhood")
    assert not app.exception
    assert any("Find an artist" in text for text in texts(app))
    assert not app.get("bidi_component")


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
    assert not app.get("bidi_component")


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
