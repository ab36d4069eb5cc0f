"""The artist graph as a Streamlit component: vis-network draws it in the browser and sends clicks and keys to Python.

vis-network is taken from the installed pyvis. It is sent together with the drawing code in a separate component whose
message never changes, so Streamlit sends these 500 KB once and after that only their hash.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

import streamlit as st

from core.errors import NearfieldError
from core.graph.drawing import Drawing
from core.text import file_name, plain_text

EventKind = Literal["expand", "recentre", "play", "keep", "why", "avoid"]
ALL_ACTIONS: tuple[EventKind, ...] = ("expand", "recentre", "play", "keep", "why")

_HERE = Path(__file__).parent
_SCRIPTS = ("drawing_parts.js", "labels.js", "pictures.js", "legend.js", "hop_graph.js")


@dataclass(frozen=True)
class HopEvent:
    """One click or key in the graph. `nonce` grows with each, so two clicks on the same artist are two events."""

    kind: EventKind
    artist_id: str
    nonce: int


def hop_graph(
    drawing: Drawing,
    on_event: Callable[[HopEvent], None],
    *,
    key: str,
    height: int = 520,
    file: str = "artists",
    actions: Sequence[EventKind] = ALL_ACTIONS,
) -> None:
    """Draw the graph. `on_event` is called for each click or key, before the run that the event causes.

    `file` is the name of saved pictures. `actions` are the kinds of event that artists offer.
    """
    own = {"key": key, "height": height, "label": plain_text(drawing.title), "file": file_name(file)}
    known_ids = {node.id for node in drawing.nodes}

    def receive() -> None:
        event = event_from_payload(st.session_state[key].get("chosen"), known_ids)
        if event is not None:
            on_event(event)

    _GRAPH(key=key, data=drawing.as_dict() | own | {"actions": [*actions]}, on_chosen_change=receive)
    _LIBRARY(key=f"{key}-library")


def event_from_payload(payload: object, known_ids: set[str]) -> HopEvent | None:
    """The event that the browser sent. None if there is none, or if its artist is not in this graph."""
    match payload:
        case {
            "kind": "expand" | "recentre" | "play" | "keep" | "why" | "avoid" as kind,
            "artist_id": str(artist_id),
            "nonce": int(nonce),
        }:
            return HopEvent(kind, artist_id, nonce) if artist_id in known_ids else None
        case _:
            return None


def _vis_network() -> str:
    """The vis-network that pyvis ships. Raises NearfieldError if pyvis lacks it."""
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
