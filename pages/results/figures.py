"""Plotly figures of the results, from tables of `core.experiments.summary`."""

from html import escape
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.experiments.summary import ALL_EDGES
from core.palette import BASELINE, DASHES, OUTLINE, series_encoding
from core.titles import layers_title, ranker_title
from pages.components.charts import tidy
from pages.results import texts
from pages.results.feature_order import feature_order, place_in_order

_OUTLINE = {"color": OUTLINE, "width": 1}
_LAYERS = range(5)
_LABEL_HEIGHT = 0.052
"""Height of a baseline's label, as a share of the axis."""
_LONGEST_LABEL = 27
_PLOT_HEIGHT, _LEGEND_LINE = 470, 20
"""In pixels. In a narrow column each name of the legend takes a line."""
_POINTS_OF_LINE = 60
"""The number of invisible markers along a baseline, so that a click anywhere hits one: lines cannot be selected."""
_UNSEEN = {"opacity": 0}


def by_layer(models: pd.DataFrame, baselines: pd.DataFrame, y_title: str) -> go.Figure:
    """NDCG@200 by number of graph layers: a line per feature set and variant, a level line per baseline."""
    figure = go.Figure()
    order = feature_order(models["features"])
    for features in order:
        of_set = models[models["features"] == features]
        for lap, (variant, line) in enumerate(of_set.groupby("variant", sort=True)):
            encoding = series_encoding(place_in_order(features, order))
            figure.add_scatter(
                x=line["layers"],
                y=line["value"],
                error_y=_error(line),
                mode="lines+markers",
                name=_wrapped(texts.line_name(features, str(variant))),
                line={
                    "color": encoding.colour,
                    "dash": DASHES[(DASHES.index(encoding.dash) + lap) % len(DASHES)],
                    "width": 2,
                },
                marker={"symbol": encoding.symbol + ("-open" if lap % 2 else ""), "size": 10, "line": _OUTLINE},
                text=_hover(line),
                hovertemplate="%{text}<extra>%{fullData.name}</extra>",
                **_marks(line),
            )
    last = int(max(models["layers"].max(), _LAYERS[-1])) if len(models) else _LAYERS[-1]
    top = _top(models, baselines)
    _add_baselines(figure, baselines, (-0.3, last + 0.3), top)
    figure.update_xaxes(range=[-0.3, last + (0.3 if baselines.empty else 2.2)], tickvals=list(range(last + 1)))
    figure.update_yaxes(range=[0, top])
    shown = [line.name for line in figure.data if line.showlegend is not False]
    height = _PLOT_HEIGHT + _LEGEND_LINE * sum(1 + name.count("<br>") for name in shown)
    return _with_room(tidy(figure, texts.GRAPH_LAYERS, y_title, height=height), baselines)


def by_features(models: pd.DataFrame, baselines: pd.DataFrame, y_title: str) -> go.Figure:
    """NDCG@200 by feature set, with a bar for each number of layers."""
    figure = go.Figure()
    order = feature_order(models["features"])
    groups = [
        (features, variant)
        for features in order
        for variant in sorted(models.loc[models["features"] == features, "variant"].unique())
    ]
    place = {group: index for index, group in enumerate(groups)}
    depths = sorted(models["layers"].unique())
    width = min(0.8 / len(depths), 0.25)
    for index, (layers, bars) in enumerate(models.groupby("layers")):
        encoding = series_encoding(int(str(layers)))
        shift = (index - (len(depths) - 1) / 2) * width
        figure.add_bar(
            x=[place[group] + shift for group in zip(bars["features"], bars["variant"], strict=True)],
            y=bars["value"],
            error_y=_error(bars),
            name=layers_title(int(str(layers))),
            width=width * 0.92,
            marker={
                "color": encoding.colour,
                "pattern": {"shape": encoding.pattern, "fillmode": "overlay", "solidity": 0.2},
            },
            text=_hover(bars),
            textposition="none",
            hovertemplate="%{text}<extra>%{fullData.name}</extra>",
            **_marks(bars),
        )
    top = _top(models, baselines)
    right = len(groups) - 0.5
    _add_baselines(figure, baselines, (-0.5, right), top)
    figure.update_layout(barmode="overlay")
    names = [_wrapped(texts.line_name(features, variant), 22) for features, variant in groups]
    figure.update_xaxes(
        range=[-0.5, right if baselines.empty else right + 0.45 * max(1, len(groups))],
        tickvals=list(range(len(groups))),
        ticktext=names,
    )
    figure.update_yaxes(range=[0, top])
    tidy(figure, "", y_title, height=520)
    figure.update_layout(legend={"y": 1.02, "yanchor": "bottom"})
    figure.update_xaxes(automargin=True, tickangle=-90 if len(groups) > 3 else 0)
    return _with_room(figure, baselines)


def by_degree(degrees: pd.DataFrame, titles: dict[str, str], y_title: str) -> go.Figure:
    """NDCG@200 by the number of known edges of the query artist."""
    figure = go.Figure()
    for index, (ranker, line) in enumerate(degrees.groupby("ranker", sort=False)):
        encoding = series_encoding(index)
        figure.add_scatter(
            x=line["degree"],
            text=texts.number_of_artists(line["queries"]),
            y=line["mean"],
            mode="lines+markers",
            name=escape(titles[str(ranker)]),
            error_y=_error(line.rename(columns={"mean": "value"})),
            line={"color": encoding.colour, "dash": encoding.dash, "width": 2},
            marker={"symbol": encoding.symbol, "size": 10, "line": _OUTLINE},
            hovertemplate="%{x} edges, %{text}: %{y:.3f}<extra>%{fullData.name}</extra>",
            **_marks(line),
        )
    figure.update_xaxes(type="category", tickangle=0)
    figure.update_yaxes(rangemode="tozero")
    return tidy(figure, texts.KNOWN_EDGES_AXIS, y_title)


def by_kept_edges(curve: pd.DataFrame, titles: dict[str, str], y_title: str) -> go.Figure:
    """NDCG@200 by the number of visible edges kept per evaluated artist, with a line per ranker."""
    figure = go.Figure()
    steps = sorted(set(curve["kept"]) - {ALL_EDGES}, key=int) + [ALL_EDGES]
    for index, (ranker, line) in enumerate(curve.groupby("ranker", sort=False)):
        encoding = series_encoding(index)
        figure.add_scatter(
            x=line["kept"],
            y=line["value"],
            error_y=_error(line),
            mode="lines+markers",
            name=escape(titles[str(ranker)]),
            line={"color": encoding.colour, "dash": encoding.dash, "width": 2},
            marker={"symbol": encoding.symbol, "size": 10, "line": _OUTLINE},
            hovertemplate="%{x} edges kept: %{y:.3f}<extra>%{fullData.name}</extra>",
            **_marks(line),
        )
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=steps, tickangle=0)
    figure.update_yaxes(rangemode="tozero")
    return tidy(figure, texts.KEPT_EDGES_AXIS, y_title)


def difference_by_degree(table: pd.DataFrame, y_title: str) -> go.Figure:
    """The mean difference of two rankers with its 95% interval: all queries first, then by known edges."""
    figure = go.Figure()
    encoding = series_encoding(0)
    figure.add_hline(y=0, line={"color": BASELINE, "width": 1.5, "dash": "dash"})
    figure.add_scatter(
        x=table["degree"],
        y=table["mean"],
        error_y=_error(table.rename(columns={"mean": "value"})),
        mode="markers",
        marker={"color": encoding.colour, "symbol": encoding.symbol, "size": 11, "line": _OUTLINE},
        text=texts.number_of_artists(table["queries"]),
        hovertemplate="%{x} edges, %{text}: %{y:+.3f}<extra></extra>",
        showlegend=False,
    )
    figure.update_xaxes(type="category", tickangle=0)
    return tidy(figure, texts.KNOWN_EDGES_AXIS, y_title, height=360)


def intervals(table: pd.DataFrame) -> go.Figure:
    """NDCG@200 of each `way` in a table with the columns value, low and high. The best is at the top."""
    rows = table.iloc[::-1]
    figure = go.Figure()
    figure.add_scatter(
        x=rows["value"],
        y=[escape(way) for way in rows["way"]],
        error_x={
            "type": "data",
            "symmetric": False,
            "array": rows["high"] - rows["value"],
            "arrayminus": rows["value"] - rows["low"],
        },
        mode="markers",
        marker={"size": 10, "color": series_encoding(0).colour, "line": _OUTLINE},
        showlegend=False,
        hovertemplate="%{y}: %{x:.3f}<extra></extra>",
    )
    figure.update_xaxes(rangemode="tozero")
    return tidy(figure, texts.NDCG, "", height=120 + 34 * len(rows))


def published_as_models(published: pd.DataFrame) -> pd.DataFrame:
    """Published figures in the columns of measured models. Papers give no interval."""
    table = published.rename(columns={"ndcg": "value"}).assign(variant="", seeds=np.nan)
    return table.assign(low=np.nan, high=np.nan, seed_low=table["value"], seed_high=table["value"])


def spread_labels(heights: list[float], gap: float) -> list[float]:
    """Heights of labels, at least `gap` apart and as near as possible to those given, in the same order."""
    placed: list[float] = []
    for height in heights:
        placed.append(height if not placed else min(height, placed[-1] - gap))
    floor = gap / 2
    for index in range(len(placed) - 1, -1, -1):
        placed[index] = max(placed[index], floor)
        floor = placed[index] + gap
    return placed


def _add_baselines(figure: go.Figure, baselines: pd.DataFrame, span: tuple[float, float], top: float) -> None:
    heights = spread_labels(baselines["value"].tolist(), _LABEL_HEIGHT * top)
    for (index, row), height in zip(baselines.iterrows(), heights, strict=True):
        title = ranker_title(row["ranker"])
        figure.add_scatter(
            x=np.linspace(*span, _POINTS_OF_LINE),
            y=[row["value"]] * _POINTS_OF_LINE,
            name=escape(title),
            mode="lines+markers",
            marker=_UNSEEN,
            selected={"marker": _UNSEEN},
            unselected={"marker": _UNSEEN},
            line={"color": BASELINE, "width": 1.5, "dash": DASHES[int(str(index)) % 4]},
            showlegend=False,
            customdata=[row["ranker"]] * _POINTS_OF_LINE,
            hovertemplate="%{y:.3f}<extra>%{fullData.name}</extra>",
        )
        label = title if len(title) <= _LONGEST_LABEL else title[: _LONGEST_LABEL - 1] + "…"
        figure.add_annotation(
            x=span[1],
            y=height,
            text=f"{row['value']:.3f} {escape(label)}",
            showarrow=False,
            xanchor="left",
            font={"size": 10},
        )


def _marks(rows: pd.DataFrame) -> dict[str, Any]:
    """The mark that a click on each point opens: its `mark`, or the first run that it averages. None if published."""
    if "mark" in rows:
        named = rows["mark"].tolist()
    elif "rankers" in rows:
        named = [rankers[0] for rankers in rows["rankers"]]
    else:
        return {}
    return {"customdata": named, "unselected": {"marker": {"opacity": 1}}}


def _with_room(figure: go.Figure, baselines: pd.DataFrame) -> go.Figure:
    """Leave room for the labels of baselines in the right margin."""
    return figure if baselines.empty else figure.update_layout(margin_r=88)


def _top(models: pd.DataFrame, baselines: pd.DataFrame) -> float:
    highest = pd.concat([models["value"], models["high"], baselines["value"]]).astype(float).max()
    return float(highest) * 1.1 if highest > 0 else 1.0


def _error(rows: pd.DataFrame) -> dict[str, object]:
    above = (rows["high"] - rows["value"]).astype(float).fillna(0.0)
    below = (rows["value"] - rows["low"]).astype(float).fillna(0.0)
    return {"type": "data", "array": above, "arrayminus": below, "thickness": 1.5, "visible": bool(above.any())}


def _hover(rows: pd.DataFrame) -> list[str]:
    return [texts.model_hover(row) for row in rows.to_dict("records")]


def _wrapped(name: str, width: int = 46) -> str:
    """A name for a legend, escaped, on as many lines as needed."""
    return "<br>".join(escape(line) for line in wrap(name, width))
