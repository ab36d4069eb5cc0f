"""Parts of the page that the open catalogue and the shipped figures share."""

from functools import partial

import streamlit as st

from pages.components import charts
from pages.components.charts import dataframe
from pages.results import details, drawings, tables, texts
from pages.results.drawings import Drawing
from pages.results.source import Source
from pages.shell import choices
from pages.shell.parameters import Parameter

MOST_LINES = 8


def choose(label: str, parameter: Parameter, titles: dict[str, str], default: str = "") -> str:
    """Choose one of a few options (key -> title); the URL holds the key."""
    default = default or next(iter(titles))
    kept = choices.one_in_url(parameter, list(titles), default)
    return st.segmented_control(label, list(titles), format_func=titles.__getitem__, required=True, **kept) or default


def show_figure(part: str, source: Source) -> None:
    """One of `texts.PARTS_OF_FIGURE` for a source. A clicked mark opens its details."""
    drawn = drawings.of_part(source, part)
    if drawn is None:
        st.info(texts.NO_LINES)
        return
    for note in drawn.notes:
        st.caption(note)
    _show(drawn, f"{source.key}_{part}", source)


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
        dataframe(
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
    chosen = _choose_rankers(source, source.parameters.degree_lines, source.titles, source.default_rankers)
    if (drawn := drawings.of_degrees(source, tuple(chosen))) is None:
        st.info(texts.CHOOSE_SIMILARITIES)
        return
    _show(drawn, f"{source.key}_by_degree", source)


def show_kept_edges(source: Source) -> None:
    """NDCG by the number of visible edges that each evaluated artist keeps."""
    st.subheader(texts.KEPT_EDGES)
    st.caption(texts.KEPT_EDGES_CAPTION)
    titles = drawings.titles_of_kept_edges(source)
    if not titles:
        st.info(texts.NO_KEPT_EDGES)
        return
    chosen = _choose_rankers(source, source.parameters.kept_lines, titles, list(titles)[:MOST_LINES])
    if (drawn := drawings.of_kept_edges(source, tuple(chosen))) is None:
        st.info(texts.CHOOSE_SIMILARITIES)
        return
    _show(drawn, f"{source.key}_kept_edges", source)


def show_all_figures(source: Source) -> None:
    """Every row of the view with its provenance."""
    st.subheader(texts.ALL_FIGURES)
    st.caption(texts.ALL_FIGURES_CAPTION)
    full = tables.full_table(source.rows, source.metric)
    dataframe(
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


def _show(drawn: Drawing, key: str, source: Source) -> None:
    """Draw it. A clicked mark goes into the URL."""
    opening = partial(_open_mark, key, source.parameters.mark)
    charts.show_chart(drawn.figure, drawn.table, drawn.alt, key, on_select=opening, selection_mode="points")


def _open_mark(chart: str, opens: Parameter) -> None:
    """Put the clicked mark into the URL."""
    if mark := details.clicked_mark(st.session_state[chart]):
        opens.put(mark)
