"""The artist graph as a Streamlit component: vis-network in the browser, clicks and keys back to Python.

vis-network comes out of the installed pyvis. It travels in a component of its own whose message never
changes, so Streamlit sends its 469 KB once and afterwards only their hash.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from core.errors import NearfieldError
from core.graph.hop_display import (
    HOP_NAMES,
    HOP_SHAPES,
    NO_GROUP,
    edge_dashes,
    hop_shape,
    legend_colours,
    plain_text,
    short_label,
)

_HERE = Path(__file__).parent
_NODE_RADII = (24, 15, 10)
_ANNOUNCE = """
export default function () {
  globalThis.dispatchEvent(new Event("nearfield-vis-network"));
}
"""


@dataclass(frozen=True)
class HopEvent:
    """One choice in the graph; `nonce` grows with each, so two clicks on one artist are two events."""

    kind: Literal["expand", "recentre"]
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
) -> None:
    """Draw the graph; `on_event` is called with each click or key in it, before the run that the event causes.

    nodes: `id`, `label`, `hop` (0 is the centre) and, where known, `group`, `colour`, `size` (radius in
    pixels), `title` (plain text). edges: `from`, `to` and, where known, `kind`. Names may be any text.
    """
    data = graph_data(nodes, edges) | {"key": key, "height": height, "label": plain_text(label)}
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
        case {"kind": "expand" | "recentre" as kind, "artist_id": str(artist_id), "nonce": int(nonce)}:
            return HopEvent(kind, artist_id, nonce) if artist_id in known_ids else None
        case _:
            return None


def graph_data(nodes: Sequence[Mapping[str, Any]], edges: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The graph as the browser draws it: nodes from the centre outwards, edges between them, the legend."""
    colours = legend_colours(nodes)
    dashes = edge_dashes([str(edge.get("kind", "")) for edge in edges])
    degrees = _degrees(edges)
    drawn = [_node(node, colours, degrees) for node in nodes]
    drawn.sort(key=lambda node: (node["hop"], node["label"].casefold(), node["id"]))
    return {
        "nodes": drawn,
        "edges": [_edge(edge, dashes) for edge in edges],
        "legend": {
            "hops": [
                {"shape": HOP_SHAPES[hop], "name": HOP_NAMES[hop]}
                for hop in sorted({min(node["hop"], len(HOP_SHAPES) - 1) for node in drawn})
            ],
            "groups": [{"colour": colour, "name": short_label(group)} for group, colour in colours.items()],
            "kinds": [{"dashes": dash, "name": short_label(kind)} for kind, dash in dashes.items() if kind],
        },
    }


def _degrees(edges: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    degrees: dict[str, int] = {}
    for edge in edges:
        for end in (str(edge["from"]), str(edge["to"])):
            degrees[end] = degrees.get(end, 0) + 1
    return degrees


def _node(node: Mapping[str, Any], colours: dict[str, str], degrees: dict[str, int]) -> dict[str, Any]:
    artist_id, hop, group = str(node["id"]), int(node.get("hop", 1)), str(node.get("group") or "")
    name = plain_text(str(node["label"])) or "(no name)"
    links = degrees.get(artist_id, 0)
    about = [HOP_NAMES[min(hop, len(HOP_NAMES) - 1)], f"{links} link{'' if links == 1 else 's'} shown"]
    about += [plain_text(group)] if group else []
    return {
        "id": artist_id,
        "label": short_label(name),
        "hop": hop,
        "shape": hop_shape(hop),
        "colour": str(node.get("colour") or colours.get(group, NO_GROUP)),
        "size": float(node.get("size") or _NODE_RADII[min(hop, len(_NODE_RADII) - 1)]),
        "title": str(node.get("title") or f"{name}\n{', '.join(about)}"),
        "spoken": f"{name}: {', '.join(about)}",
    }


def _edge(edge: Mapping[str, Any], dashes: dict[str, bool | list[int]]) -> dict[str, Any]:
    source, target, kind = str(edge["from"]), str(edge["to"]), str(edge.get("kind", ""))
    return {"id": f"{source}|{target}|{kind}", "from": source, "to": target, "dashes": dashes[kind]}


def _vis_network() -> str:
    """vis-network as pyvis ships it. Raises NearfieldError where pyvis lacks it."""
    found = sorted((files("pyvis") / "lib").glob("vis-*/vis-network.min.js"))  # type: ignore[attr-defined]
    if not found:
        raise NearfieldError("The installed pyvis brings no vis-network. Install it anew: pip install pyvis==0.3.2.")
    return str(found[-1].read_text(encoding="utf-8"))


_LIBRARY = st.components.v2.component("nearfield_vis_network", js=_vis_network() + _ANNOUNCE)
_GRAPH = st.components.v2.component(
    "nearfield_hop_graph",
    css=(_HERE / "hop_graph.css").read_text(encoding="utf-8"),
    js=(_HERE / "hop_graph.js").read_text(encoding="utf-8"),
)
