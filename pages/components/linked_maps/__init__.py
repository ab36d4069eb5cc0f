"""One or two linked maps, drawn by plotly.js in the browser."""

from pages.components.linked_maps.component import (
    NAMED_POINTS,
    Example,
    Guest,
    Layer,
    MapView,
    Marked,
    Shown,
    linked_maps,
    maps_data,
    row_from_payload,
    rows_from_payload,
)
from pages.components.linked_maps.library import plotly_path, plotly_script

__all__ = [
    "NAMED_POINTS",
    "Example",
    "Guest",
    "Layer",
    "MapView",
    "Marked",
    "Shown",
    "linked_maps",
    "maps_data",
    "plotly_path",
    "plotly_script",
    "row_from_payload",
    "rows_from_payload",
]
