"""A map as a figure for other pages, and as a table: all its points, and marks of the page's own on top of them."""

import html
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from core.graph.hop_display import short_label
from pages.map.colouring import Classes, Colouring, Scale
from pages.shell.charts import SEQUENTIAL, series_look
from pages.shell.genres import UNKNOWN_COLOUR

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

LONGEST_NAME = 60
MAP_HEIGHT = 640
MARGIN = 0.5
OUTLYING = 0.01
CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"], "scrollZoom": False}
_FEW_POINTS = 3000


def hover_names(names: Sequence[str]) -> npt.NDArray[np.object_]:
    """Names as plotly may show them: it takes "<b>" and "&amp;" in a text for HTML."""
    return np.array([html.escape(short_label(name, LONGEST_NAME), quote=False) for name in names], dtype=object)


def point_traces(coordinates: FloatArray, names: npt.NDArray[np.object_], colouring: Colouring) -> list[go.Scattergl]:
    """One trace for each class, or one for all known numbers, and before them one for the unknown.

    coordinates (n, 2), NaN where an artist is not on the map; names (n,) as from `hover_names`. The rows of the
    artists are the points' customdata.
    """
    on_map = ~np.isnan(coordinates[:, 0])
    size = 7 if on_map.sum() <= _FEW_POINTS else 4.5
    known = colouring.codes >= 0
    faint = {"color": UNKNOWN_COLOUR, "size": size * 0.8, "opacity": 0.45, "symbol": "circle"}
    traces = [_points(coordinates, names, np.flatnonzero(on_map & ~known), colouring.unknown, faint)]
    if isinstance(colouring, Classes):
        for code, name in enumerate(colouring.names):
            look = series_look(code)
            marker: dict[str, Any] = {"color": look.colour, "symbol": look.symbol, "size": size, "opacity": 0.75}
            rows = np.flatnonzero(on_map & (colouring.codes == code))
            traces.append(_points(coordinates, names, rows, name, marker))
    else:
        rows = np.flatnonzero(on_map & known)
        marker = {"color": colouring.position[rows], "coloraxis": "coloraxis", "size": size, "opacity": 0.85}
        with_value = names + "<br>" + np.array(colouring.values(), dtype=object)
        traces.append(_points(coordinates, with_value, rows, "", marker))
    return [trace for trace in traces if len(trace.x)]


def map_figure(
    traces: Sequence[go.Scattergl], colouring: Colouring, marks: Sequence[go.Scatter], view: str
) -> go.Figure:
    """The points with the page's marks above them; `view` stays the same while a zoom should stay."""
    figure = go.Figure([*traces, *marks])
    figure.update_layout(
        height=MAP_HEIGHT,
        margin={"l": 0, "r": 0, "t": 10, "b": 10},
        xaxis={"visible": False, "range": _reach(np.concatenate([trace.x for trace in traces]))},
        yaxis={"visible": False, "range": _reach(np.concatenate([trace.y for trace in traces])), "scaleanchor": "x"},
        hovermode="closest",
        dragmode="zoom",
        uirevision=view,
        legend={"orientation": "h", "yanchor": "top", "y": 0, "x": 0, "itemsizing": "constant"},
    )
    if isinstance(colouring, Scale):
        figure.update_layout(coloraxis=_coloraxis(colouring))
    return figure


def map_table(
    names: Sequence[str], artist_ids: Sequence[str], coordinates: FloatArray, colouring: Colouring
) -> pd.DataFrame:
    """What the map shows, one row for each artist on it."""
    table = pd.DataFrame(
        {
            "Artist": list(names),
            colouring.title: colouring.values(),
            "Across": coordinates[:, 0].round(2),
            "Up": coordinates[:, 1].round(2),
            "Id": list(artist_ids),
        }
    )
    return table[~np.isnan(coordinates[:, 0])].reset_index(drop=True)


def _reach(values: FloatArray) -> list[float]:
    """An axis that holds nearly all values: UMAP flings a few artists with equal vectors far out."""
    low, high = np.quantile(values, (OUTLYING, 1 - OUTLYING))
    room = 0.2 * (high - low) + MARGIN
    return [float(max(low - room, values.min() - MARGIN)), float(min(high + room, values.max() + MARGIN))]


def _points(
    coordinates: FloatArray, names: npt.NDArray[np.object_], rows: IntArray, name: str, marker: dict[str, Any]
) -> go.Scattergl:
    same = {"marker": {"opacity": marker["opacity"]}}
    return go.Scattergl(
        x=coordinates[rows, 0].round(2), y=coordinates[rows, 1].round(2), customdata=rows.astype(np.int32),
        hovertext=names[rows], hoverinfo="text+name" if name else "text", mode="markers",
        name=html.escape(name, quote=False), showlegend=bool(name), marker=marker, selected=same, unselected=same,
    )  # fmt: skip


def _coloraxis(scale: Scale) -> dict[str, Any]:
    bar = {
        "title": {"text": scale.title, "side": "top"}, "orientation": "h", "y": 0, "yanchor": "top", "thickness": 12,
        "len": 0.6, "tickvals": list(scale.ticks), "ticktext": list(scale.ticks.values()),
    }  # fmt: skip
    return {"colorscale": SEQUENTIAL, "colorbar": bar, "showscale": True}
