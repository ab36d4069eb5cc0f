"""Accessible charts: a second cue besides colour, a text alternative, and a table with the same content."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.curation.spreadsheets import table_csv

_MARGIN = {"l": 10, "r": 10, "t": 30, "b": 10}
_TEXT = 13
_SCALE = "chart_scale"
"""Session key: how much larger than usual charts are drawn."""
_TYPE_SIZE, _IS_NESTED = "type_size", "tables_nested"
"""Session keys: the size of type that the browser told last, in pixels; and how tables are mounted since."""
_CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}


def enlarge(scale: float) -> None:
    """Draw this visitor's charts with texts, lines and marks so much larger from now on."""
    st.session_state[_SCALE] = scale


def show_chart(
    figure: go.Figure,
    table: pd.DataFrame,
    alt: str,
    key: str,
    *,
    on_select: Literal["rerun", "ignore"] | Callable[..., None] = "ignore",
    selection_mode: Any = ("points", "box", "lasso"),
    height: int | Literal["content", "stretch"] = "content",
    file_name: str | None = None,
    column_config: dict[str, Any] | None = None,
) -> Any:
    """Draw a plotly figure with its text alternative and, on request, a table with the same content.

    `table` has one row for each mark of the chart. It is sent to the browser only once somebody opens it. Returns the
    selection event of `st.plotly_chart`. The keys `{key}`, `{key}_table` and `{key}_csv` are taken.
    """
    if (scale := st.session_state.get(_SCALE, 1.0)) != 1.0:
        figure = _enlarged(figure, scale)
    selects = {} if on_select == "ignore" else {"on_select": on_select, "selection_mode": selection_mode}
    event = st.plotly_chart(figure, key=key, alt=alt, height=height, config=None if selects else _CONFIG, **selects)
    show_table(table, alt, f"{key}_table", file_name or key, column_config)
    return event


def show_table(
    table: pd.DataFrame, alt: str, key: str, file_name: str, column_config: dict[str, Any] | None = None
) -> None:
    """A closed box "Show as a table" below a picture, with a download of all rows."""
    twin = st.expander("Show as a table", icon=":material/table:", key=key, on_change="rerun", type="compact")
    if not twin.open:
        return
    with twin:
        dataframe(
            table,
            key=f"{key}_frame",
            hide_index=True,
            alt=f"Table: {alt}",
            column_config=number_formats(table) | (column_config or {}),
        )
        download_csv(table, f"{key}_csv", file_name)


def dataframe(table: Any, **options: Any) -> Any:
    """Draw a table as `st.dataframe` does, with the same options and the same result, in the page's size of type.

    A table is drawn on a canvas and reads that size once, when it is mounted. So it is mounted anew after `take_size`.
    """
    # With one container more, or one less, around it the browser makes a new table; its key and selection stay.
    with st.container() if st.session_state.get(_IS_NESTED) else nullcontext():
        return st.dataframe(table, **options)


def told_size() -> float:
    """The size of the page's type in this visitor's browser, in pixels; 0 if it was never told."""
    return float(st.session_state.get(_TYPE_SIZE, 0))


def take_size(told: object) -> None:
    """Take the size of the page's type, in pixels, from the browser; tables are mounted anew if it has changed.

    Call it before anything is drawn. What is no positive number changes nothing.
    """
    if isinstance(told, int | float) and told > 0 and told != told_size():
        st.session_state[_TYPE_SIZE] = float(told)
        st.session_state[_IS_NESTED] = not st.session_state.get(_IS_NESTED, False)


def number_formats(table: pd.DataFrame) -> dict[str, Any]:
    """A column configuration for `st.dataframe` that shows fractions with four decimals, so that figures line up."""
    fractions = [name for name, kind in table.dtypes.items() if pd.api.types.is_float_dtype(kind)]
    return {str(name): st.column_config.NumberColumn(format="%.4f") for name in fractions}


def download_csv(table: pd.DataFrame, key: str, file_name: str) -> None:
    """A button that saves `table` as CSV for spreadsheets."""
    st.download_button(
        "Download as CSV",
        lambda: table_csv(table),
        f"{file_name}.csv",
        "text/csv",
        key=key,
        icon=":material/download:",
        on_click="ignore",
    )


def _enlarged(figure: go.Figure, scale: float) -> go.Figure:
    figure = go.Figure(figure)
    size = _TEXT * scale
    axis = {"tickfont_size": size, "title_font_size": size}
    figure.update_layout(
        font_size=size,
        height=(figure.layout.height or 420) * (1 + scale) / 2,
        legend_font_size=size,
        hoverlabel_font_size=size,
    )
    figure.update_xaxes(**axis).update_yaxes(**axis)
    return figure.for_each_trace(lambda trace: trace.update(_larger(trace, scale)), {"type": "scatter"})


def _larger(trace: go.Scatter, scale: float) -> dict[str, float]:
    """Its line and markers, larger than they are by this scale; those that say nothing are Plotly's 2 and 6 pixels."""
    size = trace.marker.size
    sizes = {} if size is not None and not isinstance(size, int | float) else {"marker_size": (size or 6) * scale}
    return {"line_width": (trace.line.width or 2) * scale} | sizes


def tidy(figure: go.Figure, x_title: str, y_title: str, height: int = 420) -> go.Figure:
    """Set titles, margins, and a legend below the chart that also fits a phone. Returns the same figure."""
    return figure.update_layout(
        xaxis_title=x_title,
        yaxis_title=y_title,
        height=height,
        margin=_MARGIN,
        legend={"orientation": "h", "yanchor": "top", "y": -0.25, "x": 0},
        hovermode="closest",
    )
