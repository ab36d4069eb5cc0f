"""One or two linked maps, drawn by plotly.js in the browser."""

from pages.components.linked_maps.component import (
    NAMED_POINTS,
    Apart,
    Example,
    Guest,
    Layer,
    MapView,
    Marked,
    Shown,
    box_of,
    linked_maps,
    maps_data,
    parts_from_payload,
    row_from_payload,
    rows_from_payload,
)
from pages.components.linked_maps.library import plotly_path, plotly_script

__all__ = [
    "NAMED_POINTS",
    "Apart",
    "Example",
    "Guest",
    "Layer",
    "MapView",
    "Marked",
    "Shown",
    "box_of",
    "linked_maps",
    "maps_data",
    "parts_from_payload",
    "plotly_path",
    "plotly_script",
    "row_from_payload",
    "rows_from_payload",
]
