"""The neighbourhood page: the graph and its list, the way through it, and artists that nobody is similar to."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.catalogue import Catalogue, FeatureInfo, open_catalogue
from core.catalogue.library import BUNDLED
from core.experiments.results import known_results
from core.experiments.summary import space_standings
from core.graph.adjacency import adjacency
from core.graph.drawing import NodeStates
from core.graph.html_export import drawing_html
from core.graph.links import HELD_OUT, KNOWN, PREDICTED, Thinning, backbone, links_of, predictions
from core.graph.neighbourhood import hop_graph
from core.graph.paths import ArtistPath, Step, find_path, step_graph
from core.palette import OKABE_ITO, UNKNOWN_COLOUR
from core.search.evidence import answer
from core.search.spaces import Space, list_spaces, open_space, space_vectors
from core.search.tag_sources import tag_source_of_set
from core.similarity import best
from core.space_name import SpaceName
from core.text import short_label
from pages.neighbourhood.drawing import Picture, artist_table, draw, link_table, link_texts, measured
from pages.neighbourhood.encodings import SMALLEST, Measures, colour_choices, encodings_of, fine_classes, tag_classes
from pages.neighbourhood.path_drawing import PER_LINE, draw_path, place_on_page
from pages.neighbourhood.path_view import USUAL_SMOOTHING, Question, path_table, read_question
from pages.neighbourhood.space_choice import spaces_for_paths, usual_space
from pages.neighbourhood.texts import COLOURS, SIZES, path_summary, size_legend, step_evidence, summary
from pages.neighbourhood.walk import LONGEST_TRAIL, MOST_EXPANDED, back_to, toggled, walked
from tests.support import pages as pages_support
from tests.support.catalogues import tiny_catalogue
from tests.support.pages import HOSTILE_NAMES, open_app, parameter, texts

hostile = pages_support.hostile
BUNDLED_FOLDER = pages_support.ROOT / "data" / BUNDLED
CLAP = Space(SpaceName("clap"), "Character", True)


def picture_around(
    catalogue: Catalogue,
    centre: int = 0,
    size: str = "hop",
    colour: str = "genre",
    k: int = 2,
    hops: int = 2,
    thinning: Thinning = "all",
) -> Picture:
    """What the page draws, without the page."""
    matrix = adjacency(catalogue.learned_edges, len(catalogue))
    found = answer(open_space(catalogue, "clap"), CLAP, centre, 1)
    predicted = {centre: predictions(found.scores, matrix, centre, k)}
    graph = hop_graph(catalogue, centre, hops, matrix=matrix, predicted={centre: predicted[centre].rows})
    links = links_of(catalogue, graph, matrix, predicted)
    links = links.only(backbone(links, graph, thinning))
    popularity = catalogue.artists["popularity"].rank(pct=True).to_numpy(np.float32)
    seen = measured(graph, matrix, popularity, found)
    tags = tag_classes(catalogue)
    return Picture(catalogue, graph, links, seen, encodings_of(catalogue, seen, tags, size, colour), tags, CLAP)


def graph_of(app: AppTest) -> dict:
    """What the browser is given to draw, with the ids of the artists that a link joins."""
    components = {part.proto.component_name: part.proto for part in app.get("bidi_component")}
    sent = components["nearfield_hop_graph"]
    graph = json.loads(sent.mixed.json or sent.json)
    ids = [node["id"] for node in graph["nodes"]]
    for edge in graph["edges"]:
        edge["from"], edge["to"] = (ids[place] for place in edge["ends"])
    return graph


def is_drawn(app: AppTest) -> bool:
    return any(part.proto.component_name == "nearfield_hop_graph" for part in app.get("bidi_component"))


def test_without_an_artist_an_example_is_drawn_and_some_are_offered() -> None:
    app = open_app("neighbourhood")
    assert not app.exception
    assert any("Find an artist" in text for text in texts(app))
    assert is_drawn(app)
    assert parameter(app, "artist") is None
    starting = [button for button in app.button if button.key.startswith("start_")]
    assert any(f"around **{starting[0].label}**" in text for text in texts(app))
    starting[1].click().run()
    assert not app.exception
    assert parameter(app, "artist") is not None
    assert not any("For example" in text for text in texts(app))


def test_the_graph_its_legend_and_its_list_agree() -> None:
    app = open_app("neighbourhood", artist="syn-0001")
    assert not app.exception
    graph, table = graph_of(app), app.dataframe[0].value
    assert len(graph["nodes"]) == len(table) <= 65
    assert graph["nodes"][0]["id"] == "syn-0001"
    assert {node["hop"] for node in graph["nodes"]} == set(table["Hop"]) == {0, 1, 2}
    assert {"Artist", "Hop", "Link to the centre", "Known edges", "Genre", "Mood", "Split"} <= set(table.columns)
    legend = {group["name"]: group["colour"] for group in graph["legend"]["groups"]}
    assert set(legend) == set(table["Genre"])
    assert {node["colour"] for node in graph["nodes"]} == set(legend.values())


def test_hops_and_limit_come_from_the_url() -> None:
    app = open_app("neighbourhood", artist="syn-0001", hops="1", limit="150", predicted="0")
    assert not app.exception
    assert {node["hop"] for node in graph_of(app)["nodes"]} == {0, 1}
    app.select_slider(key="limit").set_value("10").run()
    assert len(graph_of(app)["nodes"]) <= 10
    assert (parameter(app, "hops"), parameter(app, "limit")) == ("1", "10")
    app.segmented_control(key="hops").set_value("2").run()
    assert "hops" not in app.query_params


def test_expanded_artists_come_from_the_url_and_unknown_ones_are_ignored() -> None:
    plain = graph_of(open_app("neighbourhood", artist="syn-0001", limit="10"))
    first = plain["nodes"][1]["id"]
    assert not any(node.get("opened") for node in plain["nodes"])
    app = open_app("neighbourhood", artist="syn-0001", limit="10", expanded=first)
    assert not app.exception
    assert len(graph_of(app)["nodes"]) > len(plain["nodes"])
    assert [node["id"] for node in graph_of(app)["nodes"] if node.get("opened")] == [first]
    app = open_app("neighbourhood", artist="syn-0001", limit="10", expanded="nobody")
    assert graph_of(app)["nodes"] == plain["nodes"]


def test_who_is_isolated_and_in_no_space_is_sent_to_explore(hostile: Catalogue) -> None:
    app = open_app("neighbourhood", artist=f"a{len(HOSTILE_NAMES) - 1:02d}")
    assert not app.exception
    assert any("another space under Predictions" in text for text in texts(app))
    assert not is_drawn(app)


def test_an_isolated_artist_stands_among_those_predicted_for_it() -> None:
    catalogue = open_catalogue(BUNDLED_FOLDER)
    alone = np.flatnonzero(np.bincount(catalogue.learned_edges.ravel(), minlength=len(catalogue)) == 0)
    app = open_app("neighbourhood", artist=str(catalogue.artists["artist_id"].iloc[alone[0]]))
    assert not app.exception
    assert any("predicts" in text for text in texts(app))
    graph = graph_of(app)
    assert len(graph["nodes"]) == 11
    assert [edge["kind"] for edge in graph["edges"]].count("predicted") == 10
    assert {node["hop"] for node in graph["nodes"]} == {0, -1}
    assert all("no known way there" in node["facts"] for node in graph["nodes"][1:])


def test_links_are_known_held_out_and_predicted() -> None:
    app = open_app("neighbourhood", artist="syn-0001", links="all")
    graph = graph_of(app)
    by_kind = {kind: [edge for edge in graph["edges"] if edge["kind"] == kind] for kind in (KNOWN, HELD_OUT, PREDICTED)}
    assert all(by_kind.values())
    catalogue = open_catalogue(BUNDLED_FOLDER)
    known = {frozenset(pair) for pair in catalogue.learned_edges.tolist()}
    for kind, edges in by_kind.items():
        for edge in edges:
            pair = [catalogue.row_of[edge["from"]], catalogue.row_of[edge["to"]]]
            assert (frozenset(pair) in known) == (kind != PREDICTED)
            if kind != PREDICTED:
                assert (catalogue.split[pair] == 0).all() == (kind == KNOWN)
    assert len(by_kind[PREDICTED]) == 5
    assert all("place" in edge["about"] and "score" in edge["about"] for edge in by_kind[PREDICTED])
    assert [kind["name"] for kind in graph["legend"]["kinds"]] == ["Known", "Kept back", "Predicted"]
    none = graph_of(open_app("neighbourhood", artist="syn-0001", links="all", predicted="0"))
    assert PREDICTED not in {edge["kind"] for edge in none["edges"]}


def test_every_choice_of_the_drawing_is_in_the_url_and_opens_cold() -> None:
    app = open_app("neighbourhood", artist="syn-0001")
    app.selectbox(key="size").set_value("edges").run()
    app.selectbox(key="colour").set_value("popularity").run()
    app.selectbox(key="hop_space").set_value("clap").run()
    app.select_slider(key="hop_predicted").set_value("10").run()
    app.segmented_control(key="hop_links").set_value("few").run()
    assert not app.exception
    asked = {name: parameter(app, name) for name in ("size", "colour", "space", "predicted", "links")}
    assert asked == {"size": "edges", "colour": "popularity", "space": "clap", "predicted": "10", "links": "few"}
    cold = open_app("neighbourhood", artist="syn-0001", **asked)
    assert graph_of(cold) == graph_of(app)
    assert any("links not drawn" in text for text in texts(cold))
    usual = open_app("neighbourhood", artist="syn-0001", size="?", colour="", space="nothing", predicted="7", links="x")
    assert graph_of(usual) == graph_of(open_app("neighbourhood", artist="syn-0001"))


def test_fewer_links_leave_everybody_connected() -> None:
    graphs = {
        links: graph_of(open_app("neighbourhood", artist="syn-0001", links=links)) for links in ("all", "strong", "few")
    }
    counts = {links: len(graph["edges"]) for links, graph in graphs.items()}
    assert counts["all"] > counts["strong"] > counts["few"]
    for graph in graphs.values():
        assert [node["id"] for node in graph["nodes"]] == [node["id"] for node in graphs["all"]["nodes"]]
        reached, more = set(), {"syn-0001"}
        while more - reached:
            reached |= more
            more = {
                end
                for edge in graph["edges"]
                if reached & {edge["from"], edge["to"]}
                for end in (edge["from"], edge["to"])
            }
        assert reached == {node["id"] for node in graph["nodes"]}


def test_why_an_artist_is_there_is_told_from_a_link() -> None:
    app = open_app("neighbourhood", artist="syn-0001", why=["syn-0078", "fusion:best"])
    assert not app.exception
    said = texts(app)
    assert any("Confidence" in text for text in said)
    assert any("badge" in text and "edge" in text for text in said)
    app = open_app("neighbourhood", artist="syn-0001", why=["nobody", "nowhere"])
    assert not app.exception
    assert not any("Confidence" in text for text in texts(app))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("colour", COLOURS)
def test_size_and_colour_are_told_in_words_too(hostile: Catalogue, size: str, colour: str) -> None:
    picture = picture_around(hostile, size=size, colour=colour)
    drawing = draw(picture, size, colour, NodeStates())
    nodes, told = drawing.nodes, drawing.legend
    groups = {group.name: group.colour for group in told.groups}
    assert {node.group for node in nodes} == set(groups)
    assert all(groups[node.group] == node.colour for node in nodes)
    assert all(node.group.casefold() in node.said.casefold() for node in nodes)
    assert all(SMALLEST <= node.size <= 26 for node in nodes)
    assert len({node.size for node in nodes}) > 1 or size == "equal"
    assert COLOURS[colour].lower() in told.colour
    assert bool(told.size) == (size != "equal")


def test_where_one_genre_covers_most_the_tags_of_a_set_come_first(hostile: Catalogue, tmp_path: Path) -> None:
    has = np.zeros((6, 3), np.float32)
    has[:2, 0] = has[2:4, 1] = has[4:, 2] = 1
    info = FeatureInfo("tags", "Own tags", kind="binary", columns=["doom", "thrash", "folk"])
    genres = [["Pop/Rock"]] * 5 + [["Folk"]]
    real = tiny_catalogue(tmp_path / "real", 6, [(0, 1)], {"tags": (has, info)}, genres=genres)
    fine = fine_classes([tag_source_of_set(real, "tags")], np.arange(4))
    assert fine["tags"].names == ["Other tags"], "of four artists a third is one"
    fine = fine_classes([tag_source_of_set(real, "tags")], np.arange(6))
    assert fine["tags"].names == ["doom", "thrash", "folk", "Other tags"]
    assert colour_choices(real, tag_classes(real), has_fine=True)[:2] == ["tags", "genre"]
    assert colour_choices(hostile, tag_classes(hostile), has_fine=False)[0] == "genre"
    assert fine_classes([], np.arange(4)) == {}


def test_unknown_values_are_grey_small_and_said() -> None:
    rows = np.arange(3)
    seen = Measures(
        rows,
        np.array([0, 1, -1]),
        np.array([4, 1, 0]),
        np.array([0.9, np.nan, 0.0], np.float32),
        np.array([0, 0, 1]),
        np.array([np.nan, np.nan, 0.5], np.float32),
    )
    catalogue = open_catalogue(BUNDLED_FOLDER)
    tags = tag_classes(catalogue)
    popular = encodings_of(catalogue, seen, tags, "popularity", "popularity")
    assert popular.groups == ["best known fifth", "Popularity unknown", "least known fifth"]
    assert popular.colours["Popularity unknown"] == UNKNOWN_COLOUR
    assert popular.sizes[1] == SMALLEST
    near = encodings_of(catalogue, seen, tags, "similarity", "similarity")
    assert near.groups == ["the centre itself", "Not known to the space", "among its 10 nearest"]
    assert near.sizes == [26.0, SMALLEST, 26.0]
    assert near.colours["the centre itself"] in OKABE_ITO
    assert "unknown" in size_legend("popularity", 0, 9)


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
    picture = picture_around(hostile, colour="split")
    drawing = replace(draw(picture, "edges", "split", NodeStates()), title="Around <script>")
    page = drawing_html(drawing)
    assert "<script>alert(1)" not in page
    assert page.count("<li>") == len(picture.graph)
    assert len(drawing.edges) == len(picture.links)
    assert "invented artists" in page
    assert "Train artist" in page
    by_genre = replace(draw(picture_around(hostile), "edges", "genre", NodeStates()), title="Around them")
    assert "train artist" not in drawing_html(by_genre).lower(), "only who asks for splits is told of them"


def test_the_table_says_what_the_drawing_shows(hostile: Catalogue) -> None:
    matrix = adjacency(hostile.learned_edges, len(hostile))
    picture = picture_around(hostile, hops=1)
    table = artist_table(picture, matrix)
    rows = picture.graph.rows.tolist()
    assert rows[0] == 0
    shared = dict(zip(rows, table["Shared neighbours"], strict=True))
    assert shared[1] == 1
    assert shared[2] == 1
    assert table["Known edges"].iloc[0] == 3
    assert table["Hop"].tolist()[:4] == [0, 1, 1, 1]
    assert table["Link to the centre"].tolist() == ["the centre", *["Kept back"] * 3, *["Predicted"] * 2]
    assert table["Place by similarity"].isna().tolist()[0]
    assert table["Split"].iloc[0] == "Train artist"
    counts = summary(picture.graph, 1, picture.links)
    assert counts.startswith("3 artists within 1 hop; all are drawn, and 2 other artists. ")
    assert counts.endswith("2 predicted).")
    assert summary(picture.graph, 1, picture.links, 2).endswith("; 2 links not drawn, to declutter.")
    more = replace(picture.graph, n_reached=9)
    assert "3 of them are drawn, and" in summary(more, 1, picture.links, limit=4)
    asked = "3 of them are drawn (at most 3 were asked for; predicted and expanded ones come on top), and 2 other"
    assert asked in summary(more, 1, picture.links, limit=3)


def test_the_links_table_and_tooltips_agree(hostile: Catalogue) -> None:
    picture = picture_around(hostile)
    table = link_table(picture)
    assert len(table) == len(picture.links) == len(draw(picture, "hop", "genre", NodeStates()).edges)
    predicted = table[table["Link"] == "Predicted"]
    assert predicted["Place predicted"].tolist() == [1, 2]
    assert predicted["Score predicted"].is_monotonic_decreasing
    said = [text for text in link_texts(picture) if text.startswith("Predicted")]
    assert said[0].startswith(f"Predicted, place 1, score {predicted['Score predicted'].iloc[0]:.3f}")


def test_the_best_measured_space_predicts_else_a_model_and_content_last() -> None:
    fusion, run, walk = (Space(SpaceName(name), name, False) for name in ("fusion:x", "run:a", "pagerank"))
    assert usual_space([CLAP, run, fusion, walk], {}) == fusion
    assert usual_space([CLAP, run, walk], {}) == run
    assert usual_space([CLAP, walk], {}) == walk
    assert usual_space([CLAP, run, walk], {"clap": 0.1, "pagerank": 0.6}) == walk


def test_a_path_goes_through_the_space_of_the_link_else_through_a_model(hostile: Catalogue) -> None:
    catalogue = open_catalogue(BUNDLED_FOLDER)
    spaces = list_spaces(catalogue)
    measured = space_standings(known_results(catalogue))
    values = {name: standing.value for name, standing in measured.items()}
    usual = spaces_for_paths(spaces, "", values)
    assert usual[0].name.startswith("run:")
    assert {space.name for space in usual} == {space.name for space in spaces if space.has_vectors}
    assert spaces_for_paths(spaces, "moods_themes", values)[0].name == "moods_themes"
    assert spaces_for_paths(list_spaces(hostile), "pagerank", {})[0].name == "clap"


def test_the_best_of_unlisted_artists_are_predicted(hostile: Catalogue) -> None:
    matrix = adjacency(hostile.learned_edges, len(hostile))
    scores = open_space(hostile, "clap").scores(np.array([0]))[0].copy()
    found = predictions(scores, matrix, 0, 100)
    assert not set(found.rows.tolist()) & {0, *matrix[[0]].indices.tolist()}
    scores[[0, *matrix[[0]].indices]] = np.nan
    assert found.rows.tolist() == best(scores, 100).rows.tolist()


def path_names(app: AppTest) -> list[str]:
    """The artists of the path, in order, as the page shows them."""
    return [button.label.split(". ", 1)[1] for button in app.button if str(button.key).startswith("path_go_")]


def path_ids(app: AppTest, catalogue: Catalogue) -> list[str]:
    rows = [int(button.key.removeprefix("path_go_")) for button in app.button if str(button.key).startswith("path_go_")]
    return catalogue.artists["artist_id"].iloc[rows].tolist()


def test_a_link_that_names_a_goal_shows_the_path() -> None:
    app = open_app("neighbourhood", artist="syn-0001", to="syn-0123")
    assert not app.exception
    assert len(path_names(app)) >= 2
    assert [node["label"] for node in graph_of(app)["nodes"]] == [short_label(name) for name in path_names(app)]
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
    assert any("Find the artist at the other end" in text for text in texts(app))
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


def test_artists_to_avoid_are_found_by_name(hostile: Catalogue) -> None:
    app = open_app("neighbourhood", artist="a00", to="a05", ties="known")
    step = path_ids(app, hostile)[1]
    app.text_input(key="find_avoided").set_value(step).run()
    app.text_input(key="find_avoided").set_value(str(hostile.display_names.iloc[hostile.row_of[step]])[:20]).run()
    app.button(key=f"find_avoided_hit_{hostile.row_of[step]}").click().run()
    assert not app.exception
    assert parameter(app, "avoid") == step
    assert step not in path_ids(app, hostile)
    app.button(key=f"path_allow_{hostile.row_of[step]}").click().run()
    assert step in path_ids(app, hostile)


def test_a_path_can_be_kept_at_once_or_artist_by_artist(hostile: Catalogue) -> None:
    app = open_app("neighbourhood", artist="a00", to="a03", ties="known")
    rows = [hostile.row_of[artist_id] for artist_id in path_ids(app, hostile)]
    assert not any(button.disabled for button in app.button if str(button.key).startswith("path_keep_"))
    app.button(key=f"path_keep_{rows[1]}").click().run()
    assert app.button(key=f"path_keep_{rows[1]}").disabled
    assert not app.button(key=f"path_keep_{rows[0]}").disabled
    app.button(key="path_keep_all").click().run()
    assert not app.exception
    assert all(app.button(key=f"path_keep_{row}").disabled for row in rows)


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
    assert any("allow listed edges" in warning.value for warning in app.warning)
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
    assert table["Link"].tolist() == ["", *["Kept back"] * (len(table) - 1)]
    assert table["Score"].isna().tolist() == [True, *[False] * (len(table) - 1)]


def test_the_drawing_of_a_path_says_what_its_rows_say(hostile: Catalogue) -> None:
    graph = step_graph(hostile, *space_vectors(hostile, "clap"))
    path = find_path(hostile, graph, 0, 5, n_steps=7)
    drawing = draw_path(hostile, path, "A space", "Path", NodeStates(kept={"a00"}))
    nodes, edges = drawing.nodes, drawing.edges
    assert [hostile.row_of[node.id] for node in nodes] == path.rows
    assert [node.avoidable for node in nodes] == [False, *[True] * (len(nodes) - 2), False]
    assert [node.kept for node in nodes] == [True, *[False] * (len(nodes) - 1)]
    assert [(edge.source, edge.target) for edge in edges] == list(pairwise(node.id for node in nodes))
    for edge, step in zip(edges, path.steps, strict=True):
        assert (edge.kind == PREDICTED) == (not step.listed)
        assert step_evidence(step) in edge.about
    page = drawing_html(drawing)
    assert "<script>alert(1)" not in page
    assert page.count('"physics": false') == len(nodes)
    assert "one step away" not in page


def test_a_long_path_goes_to_and_fro() -> None:
    places = [place_on_page(place) for place in range(41)]
    assert len(set(places)) == 41
    for (x, y), (further, lower) in pairwise(places):
        assert abs(x - further) <= 170
        assert abs(y - lower) < 170
    assert places[PER_LINE][0] == places[PER_LINE - 1][0]


def test_the_words_for_a_step() -> None:
    assert step_evidence(Step(1, 0.5, True, KNOWN, 0.123, 1.0)) == (
        "known edge and near in the space · score 0.500 · 12 points better known"
    )
    assert step_evidence(Step(1, None, False, HELD_OUT, -0.01, 1.0)) == (
        "kept-back edge · no score in this space · 1 point less known"
    )
    assert step_evidence(Step(1, 0.25, True, PREDICTED, None, 1.0)) == (
        "near in the space · score 0.250 · familiarity unknown"
    )


def test_a_path_says_in_words_what_it_rests_on(hostile: Catalogue) -> None:
    near, known = Step(1, 0.5, True, PREDICTED, None, 1.0), Step(2, 0.5, True, KNOWN, None, 1.0)
    held_out = Step(3, 0.5, False, HELD_OUT, None, 2.0)
    assert path_summary(hostile, ArtistPath(0, (held_out,), 2), None) == "1 step: kept-back edge."
    said = path_summary(hostile, ArtistPath(0, (near, known, known, held_out), 2), None)
    assert said.startswith("4 steps: 2 × known edge and near in the space, 1 × near in the space, 1 × kept-back edge. ")


def test_held_out_steps_are_explained_beside_the_path(hostile: Catalogue) -> None:
    app = open_app("neighbourhood", artist="a00", to="a05", ties="known")
    said = texts(app)
    assert any(text.startswith("kept-back edge") for text in said)
    assert not any(text.startswith("known edge") for text in said)
    assert any("Kept-back edge: listed, but kept back for testing" in text for text in said)


def test_the_ends_of_a_path_are_never_avoided(hostile: Catalogue) -> None:
    asked = {"to": ["a05"], "avoid": ["a00", "a03", "a05", "nobody", "a03"], "smoothing": ["nan"], "steps": ["1e9"]}
    question = read_question(asked, hostile, ["clap"], 0)
    assert question == Question(5, "clap", "both", USUAL_SMOOTHING, None, (3,))


EVENTS = """
import streamlit as st
from pages.neighbourhood.actions import receiver
from pages.components.hop_graph import HopEvent
from pages.shell import state
from pages.lists.collection import verdicts

state.choose_catalogue("neighbourhood")
catalogue = state.current_catalogue()
take = receiver(catalogue, 0, "clap")
for number, (kind, artist_id) in enumerate([
    ("expand", "a01"), ("expand", "a00"), ("keep", "a02"), ("why", "a03"), ("why", "a00"), ("recentre", "a04"),
]):
    st.button(f"{kind} {artist_id}", on_click=take, args=(HopEvent(kind, artist_id, number),))
st.text(" ".join(f"{name} {verdict}" for name, verdict in verdicts(catalogue).items()))
"""


def test_what_is_chosen_in_the_drawing_reaches_the_url_and_the_list(hostile: Catalogue) -> None:
    app = AppTest.from_string(EVENTS, default_timeout=60)
    app.query_params["artist"] = "a00"
    app.run()

    def press(label: str) -> None:
        next(button for button in app.button if button.label == label).click().run()
        assert not app.exception

    press("expand a00")
    assert "expanded" not in app.query_params
    press("expand a01")
    assert parameter(app, "expanded") == "a01"
    press("why a00")
    assert "why" not in app.query_params
    press("why a03")
    assert app.query_params["why"] == ["a03", "clap"]
    press("keep a02")
    assert app.text[0].value == "a02 keep"
    press("recentre a04")
    assert parameter(app, "artist") == "a04"
    assert not {"why", "expanded"} & set(app.query_params)
