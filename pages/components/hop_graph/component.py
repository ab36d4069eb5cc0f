"""The artist graph as a Streamlit component: vis-network in the browser, clicks and keys back to Python.

vis-network comes out of the installed pyvis. It travels with all that draws in a component of its own whose message
never changes, so Streamlit sends its 500 KB once and afterwards only their hash.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from core.errors import NearfieldError
from core.graph.hop_display import HOP_NAMES, HOP_SHAPES, NO_GROUP, file_name, hop_name, hop_shape, legend_colours
from core.graph.links import KNOWN
from core.graph.looks import EDGE_LOOKS, Legend, edge_look, kinds_shown, legend_of
from core.text import plain_text, short_label

EventKind = Literal["expand", "recentre", "play", "keep", "why", "avoid"]
ALL_ACTIONS: tuple[EventKind, ...] = ("expand", "recentre", "play", "keep", "why")

_HERE = Path(__file__).parent
_SCRIPTS = ("drawing_parts.js", "labels.js", "pictures.js", "legend.js", "hop_graph.js")
_NODE_RADII = (22, 15, 10)
_LONGEST_MEANING = 120


@dataclass(frozen=True)
class HopEvent:
    """One choice in the graph; `nonce` grows with each, so two clicks on one artist are two events."""

    kind: EventKind
    artist_id: str
    nonce: int


def hop_graph(
    nodes: Sequence[Mapping[str, Any]],
    edges: Sequence[Mapping[str, Any]],
    on_event: Callable[[HopEvent], None],
    *,
    key: str,
    height: int = 520,
    label: str = "Artists in the graph",
    legend: Legend | None = None,
    file: str = "artists",
    opened: Collection[str] = (),
    playing: str | None = None,
    actions: Sequence[EventKind] = ALL_ACTIONS,
) -> None:
    """Draw the graph; `on_event` is called with each click or key in it, before the run that the event causes.

    nodes: `id`, `label`, `hop` (0 is the centre, negative where no edges lead there) and, where known, `group`,
    `colour`, `size` (radius in pixels), `facts` (what is said of the artist, in a line), `audible`, `kept`.
    edges: `from`, `to` and, where known, `kind` and `title`. Names may be any text. `file` names the pictures that are
    saved; `opened` are the ids of expanded artists, `playing` that of the one which is heard; `actions` is what can
    be done with an artist. Where nodes have a place, `at` (x, y), they stand there.
    """
    data = graph_data(nodes, edges, legend, opened, playing)
    data |= {"key": key, "height": height, "label": plain_text(label), "file": file_name(file), "actions": [*actions]}
    known_ids = {node["id"] for node in data["nodes"]}

    def receive() -> None:
        event = event_from_payload(st.session_state[key].get("chosen"), known_ids)
        if event is not None:
            on_event(event)

    _GRAPH(key=key, data=data, on_chosen_change=receive)
    _LIBRARY(key=f"{key}-library")


def event_from_payload(payload: object, known_ids: set[str]) -> HopEvent | None:
    """What the browser sent, as an event; None if it is nothing or not about an artist of this graph."""
    match payload:
        case {
            "kind": "expand" | "recentre" | "play" | "keep" | "why" | "avoid" as kind,
            "artist_id": str(artist_id),
            "nonce": int(nonce),
        }:
            return HopEvent(kind, artist_id, nonce) if artist_id in known_ids else None
        case _:
            return None


def graph_data(
    nodes: Sequence[Mapping[str, Any]],
    edges: Sequence[Mapping[str, Any]],
    legend: Legend | None = None,
    opened: Collection[str] = (),
    playing: str | None = None,
) -> dict[str, Any]:
    """The graph as the browser draws it: nodes from the centre outwards, or as given where they have a place; edges
    between them, and the legend.

    It is sent at every change, so it is kept short: edges name their ends by place among the nodes, and what is not
    so of a node is left out, as is its full name where it is no longer than the label.
    """
    colours = legend_colours(nodes)
    degrees = _degrees(edges)
    drawn = [_node(node, colours, degrees, opened, playing) for node in nodes]
    is_placed = any("at" in node for node in drawn)
    if not is_placed:
        drawn.sort(key=lambda node: (_order(node["hop"]), node["label"].casefold(), node["id"]))
    told = legend_of(nodes, legend)
    places = {node["id"]: place for place, node in enumerate(drawn)}
    return {
        "nodes": drawn,
        "edges": [_edge(edge, places) for edge in edges],
        "looks": {kind: asdict(look) for kind, look in EDGE_LOOKS.items()},
        "source": plain_text(told.source),
        "legend": {
            "hops": [] if is_placed else _shapes(drawn),
            "marks": ["✓ in your list"] if any(node.get("kept") for node in drawn) else [],
            "size": plain_text(told.size),
            "colour": plain_text(told.colour),
            "groups": [{"colour": colour, "name": short_label(group)} for group, colour in told.groups.items()],
            "kinds": [
                asdict(edge_look(kind)) | {"meaning": short_label(told.meaning(kind), _LONGEST_MEANING)}
                for kind in kinds_shown(edges)
            ],
        },
    }


def _order(hop: int) -> int:
    return hop if hop >= 0 else len(HOP_SHAPES)


def _shapes(nodes: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What the shapes of the drawn artists stand for; one shape is for all that are further than the others."""
    shown = sorted({min(_order(node["hop"]), len(HOP_SHAPES) - 1) for node in nodes})
    return [{"shape": HOP_SHAPES[hop], "name": HOP_NAMES[hop]} for hop in shown]


def _degrees(edges: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    degrees: dict[str, int] = {}
    for edge in edges:
        for end in (str(edge["from"]), str(edge["to"])):
            degrees[end] = degrees.get(end, 0) + 1
    return degrees


def _node(
    node: Mapping[str, Any],
    colours: dict[str, str],
    degrees: dict[str, int],
    opened: Collection[str],
    playing: str | None,
) -> dict[str, Any]:
    artist_id, hop, group = str(node["id"]), int(node.get("hop", 1)), str(node.get("group") or "")
    name = plain_text(str(node["label"])) or "(no name)"
    links = degrees.get(artist_id, 0)
    about = [hop_name(hop), f"{links} link{'' if links == 1 else 's'} shown"]
    about += [plain_text(group)] if group else []
    facts = plain_text(str(node.get("facts") or ", ".join(about)))
    label = short_label(name)
    flags = {
        "audible": bool(node.get("audible")),
        "avoidable": bool(node.get("avoidable")),
        "kept": bool(node.get("kept")),
        "opened": artist_id in opened,
        "playing": artist_id == playing,
    }
    return {
        "id": artist_id,
        "label": label,
        "hop": hop,
        "shape": hop_shape(hop),
        "colour": str(node.get("colour") or colours.get(group, NO_GROUP)),
        "size": float(node.get("size") or _NODE_RADII[min(_order(hop), len(_NODE_RADII) - 1)]),
        "facts": facts,
        **({"name": name} if name != label else {}),
        **({"at": [*node["at"]]} if "at" in node else {}),
        **{flag: True for flag, holds in flags.items() if holds},
    }


def _edge(edge: Mapping[str, Any], places: Mapping[str, int]) -> dict[str, Any]:
    kind = str(edge.get("kind", KNOWN))
    kind = kind if kind in EDGE_LOOKS else KNOWN
    return {
        "ends": [places[str(edge["from"])], places[str(edge["to"])]],
        "kind": kind,
        "about": plain_text(str(edge.get("title") or edge_look(kind).name)),
    }


def _vis_network() -> str:
    """vis-network as pyvis ships it. Raises NearfieldError where pyvis lacks it."""
    found = sorted((files("pyvis") / "lib").glob("vis-*/vis-network.min.js"))  # type: ignore[attr-defined]
    if not found:
        raise NearfieldError("The installed pyvis brings no vis-network. Install it anew: pip install pyvis==0.3.2.")
    return str(found[-1].read_text(encoding="utf-8"))


def _script(*names: str) -> str:
    return "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names)


_LIBRARY = st.components.v2.component(
    "nearfield_vis_network", js=f"{_vis_network()}\n{{\n{_script(*_SCRIPTS)}\n}}\nexport default function () {{}}\n"
)
_GRAPH = st.components.v2.component(
    "nearfield_hop_graph",
    css=(_HERE / "hop_graph.css").read_text(encoding="utf-8"),
    js=_script("mount.js"),
)
