"""The traits of two or three artists as parallel bars."""

from collections.abc import Sequence
from html import escape

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.arrays import FloatArray
from core.palette import series_encoding
from pages.components.charts import tidy
from pages.explore import texts

_PER_TRAIT, _AROUND = 30, 130
_WIDEST = 4.0


def traits_figure(names: Sequence[str], labels: Sequence[str], traits: FloatArray) -> go.Figure:
    """Bars of `traits` (r, t) in deviations, where 0 is usual. Artists (r,) without descriptors have no bars.

    `labels` (t,) name the traits here, in the table and in the text alternative.
    """
    figure = go.Figure()
    for index, (name, places) in enumerate(zip(names, traits, strict=True)):
        if np.isnan(places).any():
            continue
        encoding = series_encoding(index)
        figure.add_bar(
            y=list(labels),
            x=np.clip(places, -_WIDEST, _WIDEST),
            orientation="h",
            name=escape(name),
            customdata=places,
            marker={"color": encoding.colour, "pattern": {"shape": encoding.pattern, "fillmode": "overlay", "size": 6}},
            hovertemplate="%{y}: %{customdata:.1f}",
        )
    tidy(figure, texts.TRAITS_AXIS, "", height=_AROUND + _PER_TRAIT * len(labels))
    figure.update_layout(barmode="group", bargap=0.3, legend={"y": -0.12})
    figure.update_xaxes(range=[-_WIDEST, _WIDEST], zeroline=True)
    figure.update_yaxes(autorange="reversed", automargin=True)
    return figure


def traits_table(names: Sequence[str], labels: Sequence[str], traits: FloatArray) -> pd.DataFrame:
    """A row for each trait and a column for each artist. Artists who share a name still have a column each."""
    table = pd.DataFrame({texts.TRAIT: list(labels)})
    for index, (name, places) in enumerate(zip(names, traits, strict=True)):
        table[name if name and name not in table else f"{name} ({index + 1})"] = places.astype(float).round(2)
    return table
