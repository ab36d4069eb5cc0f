"""How the links of an artist graph are drawn, wherever it is drawn, and what a legend says of all that is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.graph.hop_display import legend_colours
from core.graph.links import HELD_OUT, KNOWN, PREDICTED


@dataclass(frozen=True)
class EdgeLook:
    """How a kind of link is drawn, on a light page and on a dark one, and what it is.

    No two share a dash pattern (pixels on and off, empty for a full line) or a width, so that colour is never needed.
    """

    name: str
    meaning: str
    dashes: tuple[int, ...]
    dash_name: str
    width: float
    colour: str
    dark_colour: str


EDGE_LOOKS = {
    KNOWN: EdgeLook("Known", "listed in the catalogue, both train artists", (), "full", 1.3, "#6b7783", "#8c9aa6"),
    HELD_OUT: EdgeLook(
        "Held out",
        "listed, but no model was trained on it: one end is a validation or test artist",
        (9, 5),
        "dashed",
        1.9,
        "#0072B2",
        "#56B4E9",
    ),
    PREDICTED: EdgeLook(
        "Predicted",
        "by the chosen space; not listed in the catalogue",
        (2, 5),
        "dotted",
        2.8,
        "#B84A00",
        "#E69F00",
    ),
}
"""By kind of link, in the order of a legend. Colours after Okabe and Ito, darkened or lightened to 3:1 on the page."""


@dataclass(frozen=True)
class Legend:
    """What a drawing's colours and sizes stand for, and where it comes from; what is empty is left out.

    `groups` gives the colour of each class of artists, in the order in which they are explained.
    """

    colour: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)
    size: str = ""
    predicted_by: str = ""
    source: str = ""

    def meaning(self, kind: str) -> str:
        """What a link of this kind is."""
        if kind == PREDICTED and self.predicted_by:
            return f"by {self.predicted_by}; not listed in the catalogue"
        return edge_look(kind).meaning


def legend_of(nodes: Sequence[Mapping[str, Any]], legend: Legend | None) -> Legend:
    """`legend`, or where there is none what the nodes themselves say of their groups."""
    return legend or Legend(groups=legend_colours(nodes))


def edge_look(kind: str) -> EdgeLook:
    """How a link of this kind is drawn; a kind without a look of its own is drawn as a known one."""
    return EDGE_LOOKS.get(kind, EDGE_LOOKS[KNOWN])


def edge_name(kind: str) -> str:
    """A link of this kind in a sentence: "known edge", "held-out edge"."""
    return f"{edge_look(kind).name.lower().replace(' ', '-')} edge"


def kinds_shown(edges: Sequence[Mapping[str, Any]]) -> list[str]:
    """The kinds of link among `edges`, in the order of a legend."""
    shown = {str(edge.get("kind", KNOWN)) for edge in edges}
    return [kind for kind in EDGE_LOOKS if kind in shown]
