"""Plotly figures of the results, from tables of `core.experiments.summary`."""

from collections.abc import Hashable, Iterable, Sequence
from html import escape
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.experiments.standings import KINDS, STANDING_COLUMNS
from core.experiments.summary import ALL_EDGES
from core.palette import BASELINE, DASHES, OUTLINE, SeriesEncoding, faded, series_encoding
from core.runs.config import BACKBONE_TITLES
from core.titles import layers_title
from pages.components.charts import tidy
from pages.results import chart_texts
from pages.results.feature_order import feature_order, place_in_order, similarity_places

_OUTLINE = {"color": OUTLINE, "width": 1}
_LAYERS = range(5)
_LABEL_HEIGHT = 0.052
"""Height of a yardstick's label, as a share of the axis."""
_LABEL_WIDTH, _LABEL_LINES = 40, 2
_LEGEND_WIDTH, _TITLE_WIDTH = 40, 18
"""In characters. A phone has room for no more."""
_PLOT_HEIGHT, _SMALL_PLOT, _LEGEND_LINE = 470, 380, 20
"""In pixels. In a narrow column each name of the legend takes a line."""
_POINTS_OF_LINE = 60
"""The number of invisible markers along a yardstick, so that a click anywhere hits one: lines cannot be selected."""
_UNSEEN = {"opacity": 0}
_MARK, _SMALL_MARK = 10, 7
_NO_YARDSTICKS = pd.DataFrame(columns=STANDING_COLUMNS)


def by_layer(models: pd.DataFrame, yardsticks: pd.DataFrame, y_title: str) -> go.Figure:
    """NDCG@200 by number of graph layers: a line per feature set and backbone, a level line per yardstick.

    Open marks are models that were trained too briefly to compare.
    """
    figure = go.Figure()
    order = feature_order(models["features"])
    for (features, backbone), line in _lines(models, order):
        _add_line(
            figure, line, _wrapped(chart_texts.line_name(features, backbone)), place_in_order(features, order), backbone
        )
    last = int(max(models["layers"].max(), _LAYERS[-1])) if len(models) else _LAYERS[-1]
    top = _top(models, yardsticks)
    _add_yardsticks(figure, yardsticks, (-0.3, last + 0.3), top)
    figure.update_xaxes(range=[-0.3, last + 0.3], tickvals=list(range(last + 1)))
    figure.update_yaxes(range=[0, top])
    return tidy(figure, chart_texts.GRAPH_LAYERS, y_title, height=_PLOT_HEIGHT + _legend_height(figure))


def published_and_ours(published: pd.DataFrame, ours: pd.DataFrame, y_title: str) -> go.Figure:
    """Published figures by number of graph layers, drawn thin, and on top of them ours with their intervals."""
    figure = go.Figure()
    order = feature_order([*published["features"], *ours["features"]])
    for (features, backbone), line in _lines(ours, order):
        name = chart_texts.ours(chart_texts.line_name(features, backbone))
        _add_line(figure, line, name, place_in_order(features, order), backbone, width=4)
    for (features, backbone), line in _lines(published, order):
        name = chart_texts.published_line(chart_texts.line_name(features, backbone))
        _add_line(figure, line, name, place_in_order(features, order), backbone, width=1.5, mark=_SMALL_MARK)
    # Ours come first in the legend and are drawn last.
    figure.data = figure.data[::-1]
    figure.update_layout(legend_traceorder="reversed")
    figure.update_xaxes(range=[-0.3, _LAYERS[-1] + 0.3], tickvals=list(_LAYERS))
    figure.update_yaxes(range=[0, _top(pd.concat([published, ours]), _NO_YARDSTICKS)])
    return tidy(figure, chart_texts.GRAPH_LAYERS, y_title, height=_PLOT_HEIGHT + _LEGEND_LINE * len(figure.data) // 2)


def by_features(models: pd.DataFrame, yardsticks: pd.DataFrame, x_title: str) -> go.Figure:
    """NDCG@200 by feature set, with a bar for each number of layers, and an upright line per yardstick.

    A set has its colour, which is fuller the more layers there are.
    """
    figure = go.Figure()
    order = feature_order(models["features"])
    groups = [group for group, _ in _lines(models, order)]
    place = {group: index for index, group in enumerate(groups)}
    depths = sorted(int(layers) for layers in models["layers"].unique())
    width = min(0.8 / len(depths), 0.25)
    for index, layers in enumerate(depths):
        bars = models[models["layers"] == layers]
        colours = [series_encoding(place_in_order(features, order)).colour for features in bars["features"]]
        fullness = (index + 1) / len(depths)
        shift = (index - (len(depths) - 1) / 2) * width
        shared = {"name": layers_title(layers), "legendgroup": layers, "orientation": "h"}
        pattern = {"shape": series_encoding(layers).pattern, "fillmode": "overlay", "solidity": 0.2}
        figure.add_bar(
            x=bars["value"],
            y=[place[group] + shift for group in zip(bars["features"], bars["backbone"], strict=True)],
            error_x=_error(bars) | {"color": BASELINE, "thickness": 2},
            width=width * 0.92,
            marker={
                "color": [faded(colour, fullness) for colour in colours],
                "line": {"color": colours, "width": 1},
                "pattern": pattern,
            },
            text=_hover(bars),
            textposition="none",
            hovertemplate="%{text}<extra>%{fullData.name}</extra>",
            showlegend=False,
            **shared,
            **_marks(bars),
        )
        # The legend tells depths, which no set's colour stands for.
        key = {"color": faded(BASELINE, fullness), "line": _OUTLINE, "pattern": pattern}
        figure.add_bar(x=[None], y=[None], marker=key, customdata=[], **shared)
    top = _top(models, yardsticks)
    bottom = len(groups) - 0.5
    for index, row in enumerate(yardsticks.to_dict("records")):
        name = _wrapped(f"{row['value']:.3f} {row['title']}")
        along = np.linspace(-0.5, bottom, _POINTS_OF_LINE)
        look = _yardstick(index, row) | {"name": name, "hovertemplate": "%{fullData.name}<extra></extra>"}
        figure.add_scatter(x=[row["value"]] * _POINTS_OF_LINE, y=along, **look)
    names = [_wrapped(chart_texts.line_name(features, backbone), 20) for features, backbone in groups]
    figure.update_yaxes(range=[bottom, -0.5], tickvals=list(range(len(groups))), ticktext=names, automargin=True)
    figure.update_xaxes(range=[0, top])
    # In a legend of bars every line is as high as the highest.
    height = 110 + len(groups) * max(20 + 12 * len(depths), 60) + _legend_height(figure) * 3 // 2
    tidy(figure, "", "", height=height)
    return _title_on_top(figure, x_title).update_layout(barmode="overlay")


def best_first(standings: pd.DataFrame, x_title: str) -> go.Figure:
    """NDCG@200 of every similarity with its interval, the best at the top; colour and sign tell the kind."""
    figure = go.Figure()
    rows = standings.iloc[::-1]
    names = [escape(title) for title in rows["title"]]
    # A row has room for two lines; the whole name shows on hover.
    labels = [_wrapped(title, 26, most=2) for title in rows["title"]]
    for place, kind in enumerate(KINDS):
        of_kind = (rows["kind"] == kind).to_numpy()
        if not of_kind.any():
            continue
        shown, encoding = rows[of_kind], series_encoding(place)
        figure.add_scatter(
            x=shown["value"],
            y=[name for name, inside in zip(names, of_kind, strict=True) if inside],
            error_x=_error(shown),
            mode="markers+text",
            text=[f"{value:.3f}".lstrip("0") for value in shown["value"]],
            textposition="top center",
            textfont={"size": 11},
            name=chart_texts.KINDS[kind],
            marker={"size": 11, "color": encoding.colour, "symbol": encoding.symbol, "line": _OUTLINE},
            customdata=[rankers[0] for rankers in shown["rankers"]],
            unselected={"marker": {"opacity": 1}},
            hovertemplate="%{y}: %{x:.4f}<extra>%{fullData.name}</extra>",
        )
    figure.update_yaxes(categoryorder="array", categoryarray=names, tickvals=names, ticktext=labels, automargin=True)
    # Right of the longest there is room for its figure.
    figure.update_xaxes(range=[0, 1.08 * _top(standings, _NO_YARDSTICKS)])
    tidy(figure, "", "", height=150 + 36 * len(names))
    return _title_on_top(figure, x_title)


def by_degree(degrees: pd.DataFrame, titles: dict[str, str], y_title: str) -> go.Figure:
    """NDCG@200 by the number of known edges of the query artist."""
    figure = go.Figure()
    for ranker, line, encoding in _ranker_lines(degrees):
        figure.add_scatter(
            x=line["degree"],
            text=chart_texts.number_of_artists(line["queries"]),
            y=line["mean"],
            mode="lines+markers",
            name=_wrapped(titles[ranker], _LEGEND_WIDTH),
            error_y=_error(line.rename(columns={"mean": "value"})),
            line={"color": encoding.colour, "dash": encoding.dash, "width": 2},
            marker={"symbol": encoding.symbol, "size": 10, "line": _OUTLINE},
            hovertemplate="%{x} edges, %{text}: %{y:.3f}<extra>%{fullData.name}</extra>",
            **_marks(line),
        )
    figure.update_xaxes(type="category", tickangle=0)
    figure.update_yaxes(rangemode="tozero")
    return tidy(figure, chart_texts.KNOWN_EDGES_AXIS, y_title, height=_SMALL_PLOT + _legend_height(figure))


def by_kept_edges(curve: pd.DataFrame, titles: dict[str, str], y_title: str) -> go.Figure:
    """NDCG@200 by the number of visible edges kept per evaluated artist, with a line per ranker."""
    figure = go.Figure()
    steps = sorted(set(curve["kept"]) - {ALL_EDGES}, key=int) + [ALL_EDGES]
    for ranker, line, encoding in _ranker_lines(curve):
        figure.add_scatter(
            x=line["kept"],
            y=line["value"],
            error_y=_error(line),
            mode="lines+markers",
            name=_wrapped(titles[ranker], _LEGEND_WIDTH),
            line={"color": encoding.colour, "dash": encoding.dash, "width": 2},
            marker={"symbol": encoding.symbol, "size": 10, "line": _OUTLINE},
            hovertemplate="%{x} edges kept: %{y:.3f}<extra>%{fullData.name}</extra>",
            **_marks(line),
        )
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=steps, tickangle=0)
    figure.update_yaxes(rangemode="tozero")
    return tidy(figure, chart_texts.KEPT_EDGES_AXIS, y_title, height=_SMALL_PLOT + _legend_height(figure))


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
        text=chart_texts.number_of_artists(table["queries"]),
        hovertemplate="%{x} edges, %{text}: %{y:+.3f}<extra></extra>",
        showlegend=False,
    )
    figure.update_xaxes(type="category", tickangle=0)
    return tidy(figure, chart_texts.KNOWN_EDGES_AXIS, y_title, height=360)


def intervals(table: pd.DataFrame, x_title: str = chart_texts.NDCG) -> go.Figure:
    """NDCG@200 of each `way` in a table with the columns value, low and high. The first is at the top."""
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
    return tidy(figure, x_title, "", height=120 + 34 * len(rows))


def published_as_models(published: pd.DataFrame) -> pd.DataFrame:
    """Published figures in the columns of measured models. Papers give no interval."""
    table = published.rename(columns={"ndcg": "value"}).assign(backbone=published["method"].str.lower(), short=False)
    table = table.assign(low=np.nan, high=np.nan, seeds=np.nan, steps=np.nan)
    return table.assign(seed_low=table["value"], seed_high=table["value"])


def joined_labels(values: Sequence[float], labels: Sequence[str], gap: float) -> list[tuple[float, str]]:
    """Labels at their heights, from the top. Those less than `gap` below the first of a group share its line."""
    placed: list[tuple[float, str]] = []
    for value, label in zip(values, labels, strict=True):
        if placed and placed[-1][0] - value < gap:
            placed[-1] = (placed[-1][0], f"{placed[-1][1]} · {label}")
        else:
            placed.append((value, label))
    return placed


def _lines(models: pd.DataFrame, order: Sequence[str]) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    """The models by feature set, in the fixed order, and backbone."""
    groups = {(str(features), str(backbone)): line for (features, backbone), line in _grouped(models)}
    return sorted(groups.items(), key=lambda group: (order.index(group[0][0]), group[0][1]))


def _grouped(models: pd.DataFrame) -> Iterable[tuple[Any, pd.DataFrame]]:
    return models.groupby(["features", "backbone"], sort=True)


def _ranker_lines(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame, SeriesEncoding]]:
    """The lines of a table by ranker, each with its look."""
    lines = [(str(ranker), line) for ranker, line in table.groupby("ranker", sort=False)]
    places = similarity_places([ranker for ranker, _ in lines])
    return [(ranker, line, series_encoding(place)) for (ranker, line), place in zip(lines, places, strict=True)]


def _add_line(
    figure: go.Figure,
    line: pd.DataFrame,
    name: str,
    place: int,
    backbone: str,
    width: float = 2,
    mark: int = _MARK,
) -> None:
    encoding = series_encoding(place)
    lap = list(BACKBONE_TITLES).index(backbone) if backbone in BACKBONE_TITLES else 0
    symbols = [f"{encoding.symbol}-open" if short else encoding.symbol for short in line["short"]]
    marks = {"size": mark, "line": _OUTLINE}
    look = {
        "mode": "lines+markers",
        "name": name,
        "legendgroup": name,
        "line": {
            "color": encoding.colour,
            "dash": DASHES[(DASHES.index(encoding.dash) + lap) % len(DASHES)],
            "width": width,
        },
    }
    # The legend draws a line's first mark. Where that one is open and others are not, it gets a mark of its own.
    is_mixed = bool(line["short"].iloc[0] and not line["short"].all())
    figure.add_scatter(
        x=line["layers"],
        y=line["value"],
        error_y=_error(line),
        marker={"symbol": symbols, **marks},
        text=_hover(line),
        hovertemplate="%{text}<extra>%{fullData.name}</extra>",
        showlegend=not is_mixed,
        **look,
        **_marks(line),
    )
    if is_mixed:
        figure.add_scatter(x=[None], y=[None], marker={"symbol": encoding.symbol, **marks}, **look)


def _add_yardsticks(figure: go.Figure, yardsticks: pd.DataFrame, span: tuple[float, float], top: float) -> None:
    """Level lines over the whole width, each with its label on the line."""
    for index, row in enumerate(yardsticks.to_dict("records")):
        along = np.linspace(*span, _POINTS_OF_LINE)
        look = _yardstick(index, row) | {"showlegend": False}
        figure.add_scatter(x=along, y=[row["value"]] * _POINTS_OF_LINE, **look)
    labels = [f"{row['value']:.3f} {row['title']}" for row in yardsticks.to_dict("records")]
    for height, label in joined_labels(yardsticks["value"].tolist(), labels, _LABEL_LINES * _LABEL_HEIGHT * top):
        figure.add_annotation(
            x=span[0],
            y=height,
            text=_wrapped(label, _LABEL_WIDTH, most=_LABEL_LINES),
            showarrow=False,
            align="left",
            xanchor="left",
            yanchor="bottom",
            font={"size": 11},
        )


def _yardstick(index: int, row: dict[Hashable, Any]) -> dict[str, Any]:
    """The look of a yardstick's line, and the mark that a click on it opens."""
    return {
        "name": escape(row["title"]),
        "mode": "lines+markers",
        "marker": _UNSEEN,
        "selected": {"marker": _UNSEEN},
        "unselected": {"marker": _UNSEEN},
        "line": {"color": BASELINE, "width": 1.5, "dash": DASHES[index % 4]},
        "customdata": [row["rankers"][0]] * _POINTS_OF_LINE,
        "hovertemplate": "%{y:.3f}<extra>%{fullData.name}</extra>",
    }


def _title_on_top(figure: go.Figure, x_title: str) -> go.Figure:
    """Give a level chart its axis title above, on as many lines as a phone needs, and its legend just below."""
    title = _wrapped(x_title, _TITLE_WIDTH)
    figure.update_xaxes(title_text=title, side="top", tickangle=0)
    return figure.update_layout(legend={"y": -0.02}, margin_t=60 + _LEGEND_LINE * title.count("<br>"))


def _legend_height(figure: go.Figure) -> int:
    """The height in pixels of a legend with a name a line, as on a phone."""
    shown = [str(line.name) for line in figure.data if line.showlegend is not False]
    return _LEGEND_LINE * sum(1 + name.count("<br>") for name in shown)


def _marks(rows: pd.DataFrame) -> dict[str, Any]:
    """The mark that a click on each point opens: its `mark`, or the first run that it averages. None if published."""
    if "mark" in rows:
        named = rows["mark"].tolist()
    elif "rankers" in rows:
        named = [rankers[0] for rankers in rows["rankers"]]
    else:
        return {}
    return {"customdata": named, "unselected": {"marker": {"opacity": 1}}}


def _top(models: pd.DataFrame, yardsticks: pd.DataFrame) -> float:
    highest = pd.concat([models["value"], models["high"], yardsticks["value"]]).astype(float).max()
    return float(highest) * 1.1 if highest > 0 else 1.0


def _error(rows: pd.DataFrame) -> dict[str, object]:
    above = (rows["high"] - rows["value"]).astype(float).fillna(0.0)
    below = (rows["value"] - rows["low"]).astype(float).fillna(0.0)
    return {"type": "data", "array": above, "arrayminus": below, "thickness": 1.5, "visible": bool(above.any())}


def _hover(rows: pd.DataFrame) -> list[str]:
    return [chart_texts.model_hover(row) for row in rows.to_dict("records")]


def _wrapped(name: str, width: int = 46, most: int | None = None) -> str:
    """A name for a legend, escaped, on as many lines as needed, or on at most `most` and cut."""
    return "<br>".join(escape(line) for line in wrap(name, width, max_lines=most, placeholder=" …"))
