"""One or two maps as a Streamlit component: plotly.js draws them; artists marked in one are marked in the other.

The drawing code, names, places and colours are sent in separate components whose messages seldom change. Streamlit
sends a repeated message as a hash, so a choice in a map costs a few kilobytes and does not redraw the points.
"""

import json
import math
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from core.arrays import BoolArray
from core.maps.drawn import Box
from core.maps.regions import NamedRegion
from core.palette import VIRIDIS
from core.row_sets import pack_rows, unpack_rows
from core.text import plain_text, short_label
from pages.components.linked_maps.library import plotly_address

_HERE = Path(__file__).parent
_LONGEST_LABEL = 44
_NARROWEST, _WIDEST = 1e-4, 1e4
NAMED_POINTS = 50
"""A map of no more artists shows their names."""


@dataclass(frozen=True)
class Layer:
    """A message for the browser, which stores it by `id`. Messages with different content must have different ids."""

    id: str
    content: bytes


@dataclass(frozen=True)
class Guest:
    """Something on a map that is not one of its artists, such as a clip: its place and its name."""

    x: float
    y: float
    name: str


@dataclass(frozen=True)
class Apart:
    """The place and the name of an artist who may not be among the points that are drawn."""

    x: float
    y: float
    name: str


@dataclass(frozen=True)
class MapView:
    """One map; `map` is its name in links.

    `said`, `details` and `alt` are plain texts; `details` are folded away below `said`. `nearest` holds the rows of the
    true nearest of the chosen artist, or of the guest if there is one; `weights` makes the lines to them differ.
    `apart` has the artists of lines, by row, where the layers do not hold everybody.
    """

    map: str
    title: str
    said: str
    alt: str
    points: Layer
    colour: Layer
    regions: Sequence[NamedRegion]
    nearest: Sequence[int]
    weights: Sequence[float] | None = None
    guest: Guest | None = None
    details: str = ""
    apart: Mapping[int, Apart] = field(default_factory=dict)


@dataclass(frozen=True)
class Example:
    """An artist to show before anybody is chosen, and the rows of the true nearest."""

    artist: int
    nearest: Sequence[int]


@dataclass(frozen=True)
class Marked:
    """The highlighted artists `who` (n,), while all others are faint, and in words what they have in common."""

    who: BoolArray
    words: str


@dataclass(frozen=True)
class Shown:
    """Which layers are drawn besides the points."""

    density: bool = True
    regions: bool = True
    doubtful: bool = True


def linked_maps(
    views: Sequence[MapView],
    names: Layer,
    *,
    artist: int | None,
    marked: Marked | None,
    shown: Shown,
    n_artists: int,
    on_artist: Callable[[int], None],
    on_rows: Callable[[BoolArray], None] | None,
    key: str,
    on_parts: Callable[[dict[str, Box]], None] | None = None,
    examples: Sequence[Example] = (),
    over: str = "",
) -> None:
    """Draw the maps. A click calls `on_artist` with a row. A lasso or box calls `on_rows`, if given, with the artists
    inside (n,). A move to where not all artists of a map were sent calls `on_parts` with the part of each such map that
    is in view, by the map's name. `examples` for a single map follow one another until an artist is chosen or the map
    is touched.
    `over` selects, in CSS, what the page lays over the map, below which nothing is written.

    Names may be any text; they are never read as markup. The browser itself writes to the URL which part of a map is in
    view and which classes are hidden (map_part.js).
    """

    def take_artist() -> None:
        row = row_from_payload(st.session_state[key].get("artist"), n_artists)
        if row is not None:
            on_artist(row)

    def take_rows() -> None:
        rows = rows_from_payload(st.session_state[key].get("lasso"), n_artists)
        if rows is not None and on_rows:
            on_rows(rows)

    def take_parts() -> None:
        if on_parts and (parts := parts_from_payload(st.session_state[key].get("parts"))):
            on_parts(parts)

    layers = {layer.id: layer for view in views for layer in (view.points, view.colour)} | {names.id: names}
    with st.container(key=f"{key}-box", gap=None):
        can_draw_around = on_rows is not None
        data = maps_data(
            views, names, artist, marked, shown, can_draw_around=can_draw_around, examples=examples, over=over
        )
        _MAPS(key=key, data=data, on_artist_change=take_artist, on_lasso_change=take_rows, on_parts_change=take_parts)
        # Keyed by content: on a page with one map less, no layer may take over the component of another.
        for layer in layers.values():
            _CARRIER(key=f"{key}-{layer.id}", data=layer.content, height=1)
        _DRAWING(key=f"{key}-drawing", height=1)
        _PLOTLY(key=f"{key}-plotly", data={"address": plotly_address()}, height=1)


def maps_data(
    views: Sequence[MapView],
    names: Layer,
    artist: int | None,
    marked: Marked | None,
    shown: Shown,
    *,
    can_draw_around: bool = True,
    examples: Sequence[Example] = (),
    over: str = "",
) -> dict[str, Any]:
    """The data that the browser draws, except for the layers, which it finds by their ids."""
    return {
        "maps": [
            {
                "map": view.map,
                "title": plain_text(view.title),
                "said": view.said,
                "details": view.details,
                "alt": plain_text(view.alt),
                "points": view.points.id,
                "colour": view.colour.id,
                "regions": [_region(region) for region in view.regions if region.name],
                "nearest": [int(row) for row in view.nearest],
                "weights": view.weights and [round(float(weight), 4) for weight in view.weights],
                "guest": view.guest and asdict(view.guest),
                "apart": {
                    str(row): [round(one.x, 3), round(one.y, 3), plain_text(one.name)]
                    for row, one in view.apart.items()
                },
            }
            for view in views
        ],
        "names": names.id,
        "artist": artist,
        "marked": marked and {"bits": b64encode(pack_rows(marked.who)).decode(), "words": plain_text(marked.words)},
        "shown": asdict(shown),
        "canDrawAround": can_draw_around,
        "examples": [asdict(example) for example in examples],
        "over": over,
    }


def row_from_payload(payload: object, n_artists: int) -> int | None:
    """The row of the clicked artist. None for anything else that the browser may send."""
    match payload:
        case {"row": bool()}:
            return None
        case {"row": int(row)} if 0 <= row < n_artists:
            return row
        case _:
            return None


def rows_from_payload(payload: object, n_artists: int) -> BoolArray | None:
    """(n,) the artists inside a lasso or box. None for anything else that the browser may send."""
    match payload:
        case {"bits": str(text)}:
            try:
                return unpack_rows(b64decode(text, validate=True), n_artists)
            except (NotBase64, ValueError):
                return None
        case _:
            return None


def parts_from_payload(payload: object) -> dict[str, Box]:
    """The parts in view, by map: what is none of those that the browser may send is left out."""
    match payload:
        case {"parts": list(parts)}:
            found = [(part[4], box_of(part[:4])) for part in parts if isinstance(part, list) and len(part) == 5]
            return {name: box for name, box in found if isinstance(name, str) and name and box}
    return {}


def box_of(ends: Sequence[object]) -> Box | None:
    """The box of left, right, bottom and top, numbers or their texts; None for anything else."""
    try:
        left, right, bottom, top = (float(str(end)) for end in ends)
    except ValueError:
        return None
    spans = (right - left, top - bottom)
    is_box = all(map(math.isfinite, (left, right, bottom, top))) and all(_NARROWEST < span < _WIDEST for span in spans)
    return ((left, right), (bottom, top)) if is_box else None


def _apart(artist: Apart) -> list[Any]:
    return [round(artist.x, 3), round(artist.y, 3), plain_text(artist.name)]


def _region(region: NamedRegion) -> dict[str, Any]:
    across, up = (round(float(place), 3) for place in region.peak)
    return {"name": short_label(region.name, _LONGEST_LABEL), "x": across, "y": up}


def _script(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


_PALETTE = f"const PALETTE = {json.dumps({'viridis': VIRIDIS})}, NAMED_POINTS = {NAMED_POINTS};"
_PARTS = ("map_looks.js", "map_part.js", "map_marks.js", "map_view.js", "linked_maps.js")
_CARRIER = st.components.v2.component("nearfield_map_layer", js=_script("carrier.js"), isolate_styles=False)
_PLOTLY = st.components.v2.component("nearfield_plotly", js=_script("library.js"), isolate_styles=False)
_MAPS = st.components.v2.component("nearfield_linked_maps", js=_script("map_place.js"), isolate_styles=False)
_DRAWING = st.components.v2.component(
    "nearfield_map_drawing",
    css=_script("linked_maps.css"),
    js="\n".join([_PALETTE, *(_script(name) for name in _PARTS)]),
    isolate_styles=False,
)
