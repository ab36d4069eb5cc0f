"""Parts of the page that the open catalogue and the shipped figures share."""

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.experiments import summary
from core.titles import ranker_title
from pages.components import charts
from pages.results import details, figures, tables, texts
from pages.results.source import Source
from pages.shell import choices
from pages.shell.parameters import Parameter

MOST_LINES = 8
MOST_STANDINGS = 14


def choose(label: str, parameter: Parameter, titles: dict[str, str], default: str = "") -> str:
    """Choose one of a few options (key -> title); the URL holds the key."""
    default = default or next(iter(titles))
    kept = choices.one_in_url(parameter, list(titles), default)
    return st.segmented_control(label, list(titles), format_func=titles.__getitem__, required=True, **kept) or default


def show_figure(part: str, source: Source) -> None:
    """One of `texts.PARTS_OF_FIGURE` for a source. A clicked mark opens its details."""
    if part == "best":
        shown = source.standings.head(MOST_STANDINGS)
        figure, table = figures.best_first(shown, source.title), tables.standings_table(source.standings, source.title)
        if hidden := len(source.standings) - len(shown):
            st.caption(texts.more_standings(hidden))
    elif source.lines.empty:
        st.info(texts.NO_LINES)
        return
    else:
        shown = tables.few_lines(source.lines)
        if hidden := tables.count_lines(source.lines) - tables.count_lines(shown):
            st.caption(texts.more_lines(hidden))
        if shown["short"].any():
            st.caption(texts.SHORT_RUNS)
        draw = figures.by_layer if part == "layers" else figures.by_features
        figure, table = draw(shown, source.yardsticks, source.title), tables.model_table(source.models, source.title)
    alt = texts.figure_alt(part, source.title, texts.describe_best(source.standings))
    key = f"{source.key}_{part}"
    charts.show_chart(figure, table, alt, key, **_opening(key, source.parameters.mark))


def show_figure_details(source: Source) -> None:
    """A select box of all figures in the charts, and everything needed to reproduce the chosen one."""
    if not source.marks:
        return
    key = f"{source.key}_figure_{source.protocol}_{source.split}_{source.hide_validation}"
    mark = st.selectbox(
        texts.THIS_FIGURE,
        list(source.marks),
        format_func=source.marks.__getitem__,
        **choices.one_in_url(source.parameters.mark, list(source.marks), None, key),
        placeholder=texts.CHOOSE_FIGURE,
        help=texts.THIS_FIGURE_HELP,
    )
    if not mark:
        return
    rows = source.rows_of_mark(mark)
    with st.container(border=True):
        table = details.figure_details(rows)
        st.dataframe(
            table,
            key=f"{key}_details",
            hide_index=True,
            height=420,
            alt=texts.details_alt(source.marks[mark]),
        )
        st.caption(texts.TO_REPEAT)
        st.code("\n".join(details.commands(rows)), language="bash", wrap_lines=True)


def show_degrees(source: Source) -> None:
    """NDCG by the known edges of the query artist."""
    st.subheader(texts.BY_DEGREE)
    st.caption(texts.BY_DEGREE_CAPTION)
    default = tables.default_rankers(source.models, source.baselines)
    chosen = _choose_rankers(source, source.parameters.degree_lines, source.titles, default)
    degrees = summary.by_degree(source.rows, chosen)
    if degrees.empty:
        st.info(texts.CHOOSE_SIMILARITIES)
        return
    alt = texts.by_degree_alt(source.title, len(chosen))
    figure = figures.by_degree(_with_marks(source, degrees), source.titles, source.title)
    table = degrees.assign(ranker=degrees["ranker"].map(source.titles))
    key = f"{source.key}_by_degree"
    charts.show_chart(figure, table, alt, key, **_opening(key, source.parameters.mark))


def show_kept_edges(source: Source) -> None:
    """NDCG by the number of visible edges that each evaluated artist keeps."""
    st.subheader(texts.KEPT_EDGES)
    st.caption(texts.KEPT_EDGES_CAPTION)
    curve = source.kept_edges
    if curve.empty:
        st.info(texts.NO_KEPT_EDGES)
        return
    names = dict.fromkeys(curve["ranker"])
    titles = {name: source.titles.get(name) or ranker_title(name) for name in names}
    chosen = _choose_rankers(source, source.parameters.kept_lines, titles, list(titles)[:MOST_LINES])
    shown = curve[curve["ranker"].isin(chosen)]
    if shown.empty:
        st.info(texts.CHOOSE_SIMILARITIES)
        return
    alt = texts.kept_edges_alt(source.title, len(chosen))
    table = shown.assign(ranker=shown["ranker"].map(titles)).rename(columns={"kept": "edges kept"})
    figure = figures.by_kept_edges(_with_marks(source, shown), titles, source.title)
    key = f"{source.key}_kept_edges"
    charts.show_chart(figure, table, alt, key, **_opening(key, source.parameters.mark))


def show_all_figures(source: Source) -> None:
    """Every row of the view with its provenance."""
    st.subheader(texts.ALL_FIGURES)
    st.caption(texts.ALL_FIGURES_CAPTION)
    full = tables.full_table(source.rows, source.metric)
    st.dataframe(
        full,
        hide_index=True,
        key=f"{source.key}_all",
        alt=texts.ALL_FIGURES_ALT,
        column_config=charts.number_formats(full),
    )
    name = f"results-{source.name}-{source.protocol}-{source.split}"
    charts.download_csv(source.rows, f"{source.key}_all_csv", name)


def _choose_rankers(source: Source, lines: Parameter, titles: dict[str, str], default: list[str]) -> list[str]:
    view = f"{source.protocol}_{source.split}_{source.hide_validation}_{len(titles)}"
    return st.multiselect(
        texts.SIMILARITIES,
        list(titles),
        format_func=titles.__getitem__,
        max_selections=MOST_LINES,
        select_all=False,
        **choices.many_in_url(lines, list(titles), default, f"{source.key}_{lines.name}_{view}", MOST_LINES),
    )


def _with_marks(source: Source, lines: pd.DataFrame) -> pd.DataFrame:
    return lines.assign(mark=lines["ranker"].map(source.mark_of))


def _opening(chart: str, opens: Parameter | None) -> dict[str, Any]:
    return {"on_select": partial(_open_mark, chart, opens), "selection_mode": "points"} if opens else {}


def _open_mark(chart: str, opens: Parameter) -> None:
    """Put the clicked mark into the URL."""
    if mark := details.clicked_mark(st.session_state[chart]):
        opens.put(mark)
