"""A drawing as values: what the browser reads, its one legend, and lines told apart without colour."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.errors import NearfieldError
from core.graph.drawing import Drawing, DrawnEdge, NodeEncodings, NodeStates, drawn_edges, drawn_nodes, legend_of
from core.graph.encodings import EDGE_ENCODINGS, edge_name
from core.graph.links import HELD_OUT, KNOWN, PREDICTED
from tests.support.drawings import HOSTILE, node
from tests.support.graphs import six_artists

NODES = (
    node("c", "C", 2, group="rock", facts=("two steps away", "rock")),
    node("b", "B", 1, group="jazz", colour="#D55E00"),
    node("a", "A", 0),
)
EDGES = (DrawnEdge("a", "b", KNOWN, "Known"), DrawnEdge("b", "c", PREDICTED, "Predicted"))


def test_no_two_kinds_of_link_look_alike_without_colour() -> None:
    encodings = list(EDGE_ENCODINGS.values())
    assert list(EDGE_ENCODINGS) == [KNOWN, HELD_OUT, PREDICTED]
    assert len({encoding.dashes for encoding in encodings}) == len({encoding.width for encoding in encodings}) == 3
    assert edge_name(HELD_OUT) == "kept-back edge"


def test_the_legend_explains_the_kinds_that_are_drawn_in_their_order() -> None:
    edges = [DrawnEdge("b", "c", kind, "") for kind in (PREDICTED, HELD_OUT, PREDICTED)]
    legend = legend_of(NODES, edges, {}, predicted_by="Fusion")
    assert [kind.name for kind in legend.kinds] == ["Kept back", "Predicted"]
    assert "trained" in legend.kinds[0].meaning
    assert "Fusion" in legend.kinds[1].meaning
    assert legend_of(NODES, edges, {}).kinds[1] == EDGE_ENCODINGS[PREDICTED]


def test_the_legend_explains_what_is_drawn_and_nothing_else() -> None:
    colours = {"jazz": "#D55E00", "folk": "#009E73", "rock": "#0072B2"}
    legend = legend_of(NODES, EDGES, colours, colour="genre\n", size="<edges>")
    assert [(group.name, group.colour) for group in legend.groups] == [("jazz", "#D55E00"), ("rock", "#0072B2")]
    assert [shape.shape for shape in legend.hops] == ["star", "dot", "diamond"]
    assert (legend.colour, legend.size, legend.marks) == ("genre", "<edges>", ())
    alone = legend_of([node("a", "A", 0, kept=True, at=(0, 0)), node("b", "B", -1)], [], {})
    assert (alone.hops, alone.kinds, alone.marks) == ((), (), ("✓ in your list",))
    assert [shape.name for shape in legend_of([node("b", "B", -1), node("c", "C", 7)], [], {}).hops] == ["further away"]


def test_nodes_go_from_the_centre_outwards_and_are_told_apart_without_colour() -> None:
    data = Drawing("Graph", NODES, EDGES, legend_of(NODES, EDGES, {})).as_dict()
    assert [node["id"] for node in data["nodes"]] == ["a", "b", "c"]
    assert len({node["shape"] for node in data["nodes"]}) == 3
    assert data["nodes"][2]["facts"] == "two steps away, rock"
    assert [edge["ends"] for edge in data["edges"]] == [[0, 1], [1, 2]]
    encodings = [data["encodings"][edge["kind"]] for edge in data["edges"]]
    assert encodings[0]["dashes"] == ()
    assert encodings[1]["dashes"] != ()
    assert encodings[0]["width"] != encodings[1]["width"]
    assert [kind["name"] for kind in data["legend"]["kinds"]] == ["Known", "Predicted"]
    assert json.loads(json.dumps(data))["nodes"] == data["nodes"]


def test_artists_with_places_keep_them_and_their_order() -> None:
    nodes = (node("b", "B", 1, at=(0, 9)), node("a", "A", 0, at=(5, 9)))
    drawing = Drawing("Path", nodes, ())
    assert drawing.is_placed
    assert [(drawn["id"], drawn["at"]) for drawn in drawing.as_dict()["nodes"]] == [("b", [0, 9]), ("a", [5, 9])]


def test_what_is_not_so_is_not_sent() -> None:
    plain, busy = Drawing("", (node("a", "A"), node("b", "B" * 29, kept=True, playing=True)), ()).as_dict()["nodes"]
    assert set(plain) == {"id", "label", "hop", "shape", "colour", "size", "facts"}
    assert set(busy) - set(plain) == {"name", "kept", "playing"}
    assert (busy["name"], len(busy["label"])) == ("B" * 29, 28)


def test_a_long_meaning_is_cut_where_it_cannot_wrap() -> None:
    legend = legend_of(NODES, EDGES, {}, predicted_by="x" * 300)
    assert len(legend.kinds[1].meaning) > 300
    assert len(Drawing("", NODES, EDGES, legend).as_dict()["legend"]["kinds"][1]["meaning"]) == 120


@pytest.mark.parametrize("name", HOSTILE)
def test_names_and_facts_reach_the_browser_as_single_lines(name: str) -> None:
    data = Drawing("", (node("a", name, facts=(name, name)),), (), source=name).as_dict()
    said = data["nodes"][0]
    for text in (said["label"], said.get("name", ""), said["facts"], data["source"]):
        assert not {"\n", "\u202e"} & set(text)


def test_an_edge_needs_both_its_artists() -> None:
    with pytest.raises(NearfieldError, match="not in the graph"):
        Drawing("Graph", NODES[:1], (DrawnEdge("c", "missing", KNOWN, ""),))


def test_rows_become_artists_and_links(tmp_path: Path) -> None:
    catalogue = six_artists(tmp_path)
    rows = np.array([3, 1])
    ids = [catalogue.id_of(row) for row in rows.tolist()]
    nodes = drawn_nodes(
        catalogue,
        rows,
        [0, 1],
        [["the start"], ["near", "far"]],
        NodeEncodings([9.0, 8.0], ["x", "y"], {"x": "#111111", "y": "#222222"}),
        NodeStates(kept=ids[1:], opened=ids[:1], playing=ids[1], avoidable=ids[1:]),
    )
    assert [drawn.id for drawn in nodes] == ids
    assert [drawn.name for drawn in nodes] == catalogue.display_names.iloc[rows].tolist()
    assert [(drawn.colour, drawn.size, drawn.said) for drawn in nodes] == [
        ("#111111", 9.0, "the start"),
        ("#222222", 8.0, "near, far"),
    ]
    states = [(drawn.kept, drawn.opened, drawn.playing, drawn.avoidable, drawn.at) for drawn in nodes]
    assert states == [(False, True, False, False, None), (True, False, True, True, None)]
    edges = drawn_edges(catalogue, np.array([[1, 3]]), np.array([HELD_OUT]), ["Held out"])
    assert edges == (DrawnEdge(ids[1], ids[0], HELD_OUT, "Held out"),)
