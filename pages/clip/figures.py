"""The clip's waveform with the windows that CLAP encodes, and the clip's place on a map as a table."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.arrays import FloatArray
from core.audio.encoders.clap.windows import WINDOW_SECONDS
from core.catalogue import Catalogue
from core.clips.service import AnalysedClip, ClipReport
from core.maps.out_of_sample import OutOfSamplePlace
from core.palette import OKABE_ITO
from pages.clip import texts
from pages.clip.texts import clock

WAVE_HEIGHT = 190
_MOST_NUMBERS, _MOST_SHADES = 12, 40
_STEPS = (1, 2, 5, 10, 30, 60, 120, 300)
"""Seconds between two ticks of a time axis."""


def window_ends(clip: AnalysedClip) -> FloatArray:
    """(w,) the end of each of the clip's windows, in seconds."""
    return np.minimum(clip.analysis.starts + WINDOW_SECONDS, clip.seconds).astype(np.float32)


def wave_figure(clip: AnalysedClip) -> go.Figure:
    """The outline of the clip over time. Windows have bounds and numbers if they are few enough to be readable."""
    low, high = clip.outline.T
    time = np.linspace(0, clip.seconds, len(low))
    full = max(float(np.abs(clip.outline).max()), 0.05)
    figure = go.Figure(
        go.Scatter(
            x=np.concatenate([time, time[::-1]]),
            y=np.concatenate([high, low[::-1]]),
            fill="toself",
            mode="lines",
            line={"width": 0.5, "color": OKABE_ITO[0]},
            fillcolor=OKABE_ITO[0],
            hoverinfo="skip",
            showlegend=False,
        )
    )
    spans = list(zip(clip.analysis.starts.tolist(), window_ends(clip).tolist(), strict=True))
    numbered = enumerate(spans if len(spans) <= _MOST_NUMBERS else [], 1)
    step = next((step for step in _STEPS if clip.seconds / step <= 7), _STEPS[-1])
    ticks = np.arange(0, clip.seconds, step)
    figure.update_layout(
        height=WAVE_HEIGHT,
        margin={"l": 10, "r": 10, "t": 24, "b": 10},
        shapes=[
            shape
            for number, span in enumerate(spans if len(spans) <= _MOST_SHADES else [])
            for shape in _window_shapes(number, *span)
        ],
        annotations=[
            {
                "x": (start + end) / 2,
                "y": 1.0,
                "yref": "paper",
                "yanchor": "bottom",
                "text": str(number),
                "showarrow": False,
            }
            for number, (start, end) in numbered
        ],
        xaxis={
            "range": [-0.01 * clip.seconds, clip.seconds],
            "tickvals": ticks,
            "ticktext": [clock(at) for at in ticks],
            "fixedrange": True,
            "showgrid": False,
        },
        yaxis={"visible": False, "range": [-full, full], "fixedrange": True},
    )
    return figure


def _window_shapes(number: int, start: float, end: float) -> list[dict[str, Any]]:
    """A shaded area for each window, every other one darker, and a line at its start.

    They are plain data, which plotly takes all at once; adding shapes one by one takes seconds.
    """
    across = {"xref": "x", "yref": "paper", "y0": 0, "y1": 1}
    shade = {"type": "rect", "x0": start, "x1": end, "fillcolor": OKABE_ITO[4], "line": {"width": 0}, "layer": "below"}
    line = {"type": "line", "x0": start, "x1": start, "line": {"width": 1, "dash": "dot", "color": OKABE_ITO[1]}}
    return [across | shade | {"opacity": 0.05 if number % 2 else 0.16}, across | line]


def window_table(catalogue: Catalogue, report: ClipReport) -> pd.DataFrame:
    """One row for each window: its position, its loudness and its nearest artist."""
    clip = report.clip
    return pd.DataFrame(
        {
            "Window": np.arange(1, len(clip.analysis.starts) + 1),
            "From": [clock(start) for start in clip.analysis.starts],
            "To": [clock(end) for end in window_ends(clip)],
            "Loudness (dB)": clip.loudness.astype(float).round(1),
            "Nearest artist": catalogue.display_names.iloc[report.window_artists].tolist(),
        }
    )


def clip_place_table(names: pd.Series, coordinates: FloatArray, place: OutOfSamplePlace) -> pd.DataFrame:
    """The clip, and the neighbours that determine its place, with their weights."""
    rows = place.rows
    around = pd.DataFrame(
        {
            "What": names.iloc[rows].tolist(),
            "Weight": place.weights.astype(float),
            "Across": coordinates[rows, 0].astype(float).round(2),
            "Up": coordinates[rows, 1].astype(float).round(2),
        }
    ).sort_values("Weight", ascending=False)
    across, up = (round(float(value), 2) for value in place.position)
    clip = pd.DataFrame({"What": [texts.CLIP_ON_MAP], "Weight": [np.nan], "Across": [across], "Up": [up]})
    return pd.concat([clip, around.astype(clip.dtypes.to_dict())], ignore_index=True)
