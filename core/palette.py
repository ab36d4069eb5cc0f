"""Colours of charts and drawings that any colour vision can distinguish, each with a second cue: symbol, dash, pattern.

The colours of the page itself are the theme's, in .streamlit/config.toml.
"""

from collections.abc import Iterable
from dataclasses import dataclass

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#8C8C8C")
"""Colours of up to 8 classes, distinguishable with any colour vision. Grey replaces black, which a dark page hides.

M. Okabe and K. Ito, "Color universal design", 2008.
"""

SERIES = ("#0072B2", "#D55E00", "#217250", "#F149C1", "#9A7D50", "#187183", "#646E09", "#8C8C8C")
"""Colours of up to 8 lines or classes on a light or a dark page.

Each has a contrast of 3:1 to both backgrounds, which five of Okabe and Ito's do not have. Within that band of lightness
they were searched to lie far apart, with usual vision and for deuteranopes.
"""

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "hexagon")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "2px,6px", "10px,3px")
PATTERNS = ("", "/", "x", ".", "\\", "-", "+", "|")

UNKNOWN_COLOUR = "#B0B0B0"

VIRIDIS = (
    "#440154",
    "#482878",
    "#3E4989",
    "#31688E",
    "#26828E",
    "#1F9E89",
    "#35B779",
    "#6ECE58",
    "#B5DE2B",
    "#FDE725",
)
"""Colours at equal steps of a continuous scale, from low to high."""

FIFTHS = ("#FDE725", "#5EC962", "#21918C", "#3B528B", "#440154")
"""Colours of five ordered classes, from viridis, the brightest first."""

BASELINE = "#8C8C8C"
OUTLINE = "#6E6E6E"
"""Colours of reference lines and of the outlines of marks in a chart."""

KNOWN_EDGE, KNOWN_EDGE_ON_DARK = "#6b7783", "#8c9aa6"
HELD_OUT_EDGE, HELD_OUT_EDGE_ON_DARK = "#0072B2", "#56B4E9"
PREDICTED_EDGE, PREDICTED_EDGE_ON_DARK = "#B84A00", "#E69F00"
"""Colours of the edges of a drawing, after Okabe and Ito, darkened or lightened to 3:1 on a light and a dark page."""

INK, PAPER = "#222", "#ffffff"
"""Colours of outlines and halos on a page that is always white."""


@dataclass(frozen=True)
class SeriesEncoding:
    """The visual encoding of a series in a chart; no two of the first eight share a colour, a symbol or a dash."""

    colour: str
    symbol: str
    dash: str
    pattern: str


def class_colours(names: Iterable[str]) -> dict[str, str]:
    """A colour for each of up to 8 classes, in their order."""
    return dict(zip(names, SERIES, strict=False))


def series_encoding(index: int) -> SeriesEncoding:
    """The encoding of series `index`. From the ninth on, colours repeat with another symbol and dash."""
    lap, place = divmod(index, len(SERIES))
    other = (place + 3 * lap) % len(SERIES)
    return SeriesEncoding(SERIES[place], SYMBOLS[other], DASHES[other], PATTERNS[other])


def faded(colour: str, share: float) -> str:
    """A hex colour as CSS, `share` of it from 0 to 1 and the rest what lies behind."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {share:g})"
