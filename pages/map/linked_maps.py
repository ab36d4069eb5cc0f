"""One or two maps as a Streamlit component: plotly.js in the browser, what is marked in one marked in the other.

Plotly, the drawing, names, places and colours travel in components of their own whose messages seldom change, and
Streamlit sends a message that it has sent already as a hash. So a choice in a map costs a few kilobytes, and the points
need not be drawn again for it. The plotly.js is the one that the installed plotly brings.
"""

import gzip
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import streamlit as st

from core.graph.hop_display import plain_text, short_label
from core.maps.projection import BoolArray
from core.maps.regions import NamedRegion
from pages.map.layers import Layer, pack_rows, unpack_rows

_HERE = Path(__file__).parent
_LONGEST_LABEL = 44


@dataclass(frozen=True)
class MapView:
    """One of the maps. `said` and `alt` are plain texts; `nearest` the rows of the chosen artist's true nearest."""

    title: str
    said: str
    alt: str
    points: Layer
    colour: Layer
    regions: Sequence[NamedRegion]
    nearest: Sequence[int]


@dataclass(frozen=True)
class Marked:
    """What stands out on the maps while all else is faint: who (n,), and in words what they have in common."""

    who: BoolArray
    words: str


@dataclass(frozen=True)
class Shown:
    """Which layers are drawn beside the points."""

    density: bool = True
    regions: bool = True
    doubtful: bool = True


def linked_maps(
    views: Sequence[MapView], names: Layer, *, artist: int | None, marked: Marked | None, shown: Shown,
    n_artists: int, on_artist: Callable[[int], None], on_rows: Callable[[BoolArray], None], key: str,
) -> None:  # fmt: skip
    """Draw the maps. A click calls `on_artist` with a row, a lasso or box `on_rows` with those inside (n,).

    Names may be any text: it is never read as markup.
    """

    def take_artist() -> None:
        row = row_from_payload(st.session_state[key].get("artist"), n_artists)
        if row is not None:
            on_artist(row)

    def take_rows() -> None:
        rows = rows_from_payload(st.session_state[key].get("lasso"), n_artists)
        if rows is not None:
            on_rows(rows)

    layers = {layer.id: layer for view in views for layer in (view.points, view.colour)} | {names.id: names}
    with st.container(key=f"{key}-box", gap=None):
        _MAPS(
            key=key, data=maps_data(views, names, artist, marked, shown), on_artist_change=take_artist,
            on_lasso_change=take_rows,
        )  # fmt: skip
        # Keyed by what they carry: a page with one map less must not hand one layer's place to another.
        for layer in layers.values():
            _CARRIER(key=f"{key}-{layer.id}", data=layer.content, height=1)
        _DRAWING(key=f"{key}-drawing", height=1)
        _PLOTLY(key=f"{key}-plotly", data=_plotly(), height=1)


def maps_data(
    views: Sequence[MapView], names: Layer, artist: int | None, marked: Marked | None, shown: Shown
) -> dict[str, Any]:
    """What the browser draws, but for the layers, which it finds by their ids."""
    return {
        "maps": [
            {
                "title": plain_text(view.title),
                "said": view.said,
                "alt": plain_text(view.alt),
                "points": view.points.id,
                "colour": view.colour.id,
                "regions": [_region(region) for region in view.regions if region.name],
                "nearest": [int(row) for row in view.nearest],
            }
            for view in views
        ],
        "names": names.id,
        "artist": artist,
        "marked": marked and {"bits": b64encode(pack_rows(marked.who)).decode(), "words": plain_text(marked.words)},
        "shown": asdict(shown),
    }


def row_from_payload(payload: object, n_artists: int) -> int | None:
    """The row of an artist that was clicked; None for anything else the browser may send."""
    match payload:
        case {"row": bool()}:
            return None
        case {"row": int(row)} if 0 <= row < n_artists:
            return row
        case _:
            return None


def rows_from_payload(payload: object, n_artists: int) -> BoolArray | None:
    """(n,) the artists inside a lasso or box; None for anything else the browser may send."""
    match payload:
        case {"bits": str(text)}:
            try:
                return unpack_rows(b64decode(text, validate=True), n_artists)
            except (NotBase64, ValueError):
                return None
        case _:
            return None


def _region(region: NamedRegion) -> dict[str, Any]:
    across, up = (round(float(place), 3) for place in region.peak)
    return {"name": short_label(region.name, _LONGEST_LABEL), "x": across, "y": up}


@cache
def _plotly() -> bytes:
    return gzip.compress(files("plotly").joinpath("package_data/plotly.min.js").read_bytes(), mtime=0)


def _script(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


_CARRIER = st.components.v2.component("nearfield_map_layer", js=_script("carrier.js"), isolate_styles=False)
_PLOTLY = st.components.v2.component("nearfield_plotly", js=_script("carrier.js"), isolate_styles=False)
_MAPS = st.components.v2.component("nearfield_linked_maps", js=_script("map_place.js"), isolate_styles=False)
_DRAWING = st.components.v2.component(
    "nearfield_map_drawing",
    css=_script("linked_maps.css"),
    js="\n".join(_script(name) for name in ("map_looks.js", "map_view.js", "linked_maps.js")),
    isolate_styles=False,
)
