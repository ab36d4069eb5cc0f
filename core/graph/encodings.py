"""How a drawing shows distances by shape and kinds of link by line, never by colour alone."""

from dataclasses import dataclass

from core import palette
from core.graph.links import HELD_OUT, KNOWN, PREDICTED

HOP_SHAPES = ("star", "dot", "diamond", "square")
HOP_NAMES = ("the artist", "one step away", "two steps away", "further away")
NO_WAY = "no known way there"


@dataclass(frozen=True)
class EdgeEncoding:
    """How a kind of link is drawn on a light page and on a dark one, with its name and its meaning.

    No two kinds share a dash pattern (pixels on and off, empty for a full line) or a width, so colour is never needed.
    """

    name: str
    meaning: str
    dashes: tuple[int, ...]
    dash_name: str
    width: float
    colour: str
    dark_colour: str


EDGE_ENCODINGS = {
    KNOWN: EdgeEncoding(
        "Known",
        "listed in the catalogue, and models may learn from it",
        (),
        "full",
        1.3,
        palette.KNOWN_EDGE,
        palette.KNOWN_EDGE_ON_DARK,
    ),
    HELD_OUT: EdgeEncoding(
        "Kept back",
        "listed, but kept back for testing, so no model was trained on it",
        (9, 5),
        "dashed",
        1.9,
        palette.HELD_OUT_EDGE,
        palette.HELD_OUT_EDGE_ON_DARK,
    ),
    PREDICTED: EdgeEncoding(
        "Predicted",
        "by the chosen space; not listed in the catalogue",
        (2, 5),
        "dotted",
        2.8,
        palette.PREDICTED_EDGE,
        palette.PREDICTED_EDGE_ON_DARK,
    ),
}
"""By kind of link, in the order of the legend."""


def edge_name(kind: str) -> str:
    """The name of a link of this kind in a sentence: "known edge", "kept-back edge"."""
    return f"{EDGE_ENCODINGS[kind].name.lower().replace(' ', '-')} edge"


def hop_order(hop: int) -> int:
    """The position of a distance in order, the nearest first. A negative `hop`, without a path, comes last."""
    return hop if hop >= 0 else len(HOP_SHAPES)


def hop_shape(hop: int) -> str:
    """The shape for a distance of `hop` steps from the centre. A negative `hop` means that no path is known."""
    return HOP_SHAPES[min(hop_order(hop), len(HOP_SHAPES) - 1)]


def hop_name(hop: int) -> str:
    """A distance of `hop` steps in words. A negative `hop` means that no path is known."""
    return NO_WAY if hop < 0 else HOP_NAMES[min(hop, len(HOP_NAMES) - 1)]
