"""The colours of charts and drawings, which any eye can tell apart, and a second cue for each: symbol, dash, pattern.

The colours of the page itself are the theme's, in .streamlit/config.toml.
"""

from collections.abc import Iterable
from dataclasses import dataclass

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#8C8C8C")
"""Colours for up to 8 classes, told apart with any colour vision. Grey stands in for black, which a dark page hides.

M. Okabe and K. Ito, "Color universal design", 2008.
"""

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "hexagon")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "2px,6px", "10px,3px")
PATTERNS = ("", "/", "x", ".", "\\", "-", "+", "|")

UNKNOWN_COLOUR = "#B0B0B0"

FIFTHS = ("#FDE725", "#5EC962", "#21918C", "#3B528B", "#440154")
"""Colours of five classes in an order, from viridis, the brightest first."""

YARDSTICK = "#8C8C8C"
OUTLINE = "#6E6E6E"
"""Colours of lines that measures are compared with, and around the marks of a chart."""

KNOWN_EDGE, KNOWN_EDGE_ON_DARK = "#6b7783", "#8c9aa6"
HELD_OUT_EDGE, HELD_OUT_EDGE_ON_DARK = "#0072B2", "#56B4E9"
PREDICTED_EDGE, PREDICTED_EDGE_ON_DARK = "#B84A00", "#E69F00"
"""Colours of the links of a drawing, after Okabe and Ito, darkened or lightened to 3:1 on a light and a dark page."""

INK, PAPER = "#222", "#ffffff"
"""Colours of outlines and halos on a page that is always white."""


@dataclass(frozen=True)
class SeriesLook:
    """How the i-th series of a chart looks; no two of the first eight share a colour, a symbol or a dash."""

    colour: str
    symbol: str
    dash: str
    pattern: str


def class_colours(names: Iterable[str]) -> dict[str, str]:
    """A colour for each of up to 8 classes, in their order."""
    return dict(zip(names, OKABE_ITO, strict=False))


def series_look(index: int) -> SeriesLook:
    """The look of series `index`. From the ninth on colours repeat with the next symbol and dash, never the same."""
    lap, place = divmod(index, len(OKABE_ITO))
    other = (place + 3 * lap) % len(OKABE_ITO)
    return SeriesLook(OKABE_ITO[place], SYMBOLS[other], DASHES[other], PATTERNS[other])
