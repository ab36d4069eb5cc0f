"""Colours that any eye can tell apart, and a second cue for each: a symbol, a dash, a pattern."""

from dataclasses import dataclass

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#8C8C8C")
"""Colours for up to 8 classes, told apart with any colour vision. Grey stands in for black, which a dark page hides.

M. Okabe and K. Ito, "Color universal design", 2008.
"""

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "hexagon")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "2px,6px", "10px,3px")
PATTERNS = ("", "/", "x", ".", "\\", "-", "+", "|")

UNKNOWN_COLOUR = "#B0B0B0"


@dataclass(frozen=True)
class SeriesLook:
    """How the i-th series of a chart looks; no two of the first eight share a colour, a symbol or a dash."""

    colour: str
    symbol: str
    dash: str
    pattern: str


def series_look(index: int) -> SeriesLook:
    """The look of series `index`. From the ninth on colours repeat with the next symbol and dash, never the same."""
    lap, place = divmod(index, len(OKABE_ITO))
    other = (place + 3 * lap) % len(OKABE_ITO)
    return SeriesLook(OKABE_ITO[place], SYMBOLS[other], DASHES[other], PATTERNS[other])
