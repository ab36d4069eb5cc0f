"""The parts of the page that both the open catalogue and the shipped figures have."""

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.experiments import summary
from core.experiments.results import published_results
from core.titles import METRICS, ranker_title
from pages.components import charts
from pages.results import details, figures, labels, tables
from pages.results.source import Source
from pages.shell import choices
from pages.shell.parameters import Parameter

MOST_LINES = 8
PARTS_OF_FIGURE = {"layers": "(a) By graph layers", "features": "(b) By feature set"}


def choose(label: str, parameter: Parameter, titles: dict[str, str], default: str = "") -> str:
    """One of a few, shown by its title and kept in the URL by its key."""
    default = default or next(iter(titles))
    kept = choices.one_in_url(parameter, list(titles), default)
    return st.segmented_control(label, list(titles), format_func=titles.__getitem__, required=True, **kept) or default


def show_figure_one(
    part: str,
    models: pd.DataFrame,
    yardsticks: pd.DataFrame,
    title: str,
    table: pd.DataFrame,
    key: str,
    opens: Parameter | None = None,
) -> None:
    """A part of PARTS_OF_FIGURE of one source, as in Figure 1 of the seed paper.

    A mark that is chosen is opened: the parameter `opens` names it, where there is one.
    """
    kind = "Measured" if opens else "Published"
    best = tables.describe_best(models, yardsticks)
    if part == "layers":
        figure = figures.by_layer(models, yardsticks, title)
        alt = f"{kind} {title} by number of graph layers. {best}"
    elif models.empty:
        st.text("Bars appear here once a model has been trained.")
        return
    else:
        figure = figures.by_features(models, yardsticks, title)
        alt = f"{kind} {title} by feature set. {best}"
    charts.show_chart(figure, table, alt, f"{key}_{part}", **_opening(f"{key}_{part}", opens))


def show_published(part: str, dataset: str, key: str) -> str:
    """What papers report on a data set, drawn as the measured figures are; returns their metric."""
    paper = published_results(dataset)
    metric = str(paper["metric"].iloc[0])
    st.badge("Published", icon=":material/menu_book:", color="violet")
    st.caption(f"Published: {labels.DATASETS[dataset]}.")
    nothing = pd.DataFrame(columns=summary.YARDSTICK_COLUMNS)
    table = tables.published_table(paper)
    show_figure_one(part, figures.published_as_models(paper), nothing, METRICS[metric], table, f"{key}_{dataset}")
    return metric


def show_figure_details(source: Source) -> None:
    """The select box of all figures in the charts, and of the chosen one all that is needed to repeat it."""
    if not source.marks:
        return
    key = f"{source.key}_figure_{source.protocol}_{source.split}_{source.hide_validation}"
    mark = st.selectbox(
        "This figure",
        list(source.marks),
        format_func=source.marks.__getitem__,
        **choices.one_in_url(source.parameters.mark, list(source.marks), None, key),
        placeholder="Choose a point or bar of the chart, or a name here",
        help="Opens the run behind a figure: its settings, what it was measured on, and the commands that repeat it.",
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
            alt=f"Settings and provenance of {source.marks[mark]}",
        )
        st.caption("To repeat it (CATALOGUE stands for the folder of the catalogue):")
        st.code("\n".join(details.commands(rows)), language="bash", wrap_lines=True)


def show_degrees(source: Source) -> None:
    """NDCG by the known edges of the artist asked for."""
    st.subheader("Where it works: by known edges")
    st.caption(
        "The same NDCG for artists with few and with many known edges. Content can win only where edges are few."
    )
    default = tables.default_rankers(source.models, source.yardsticks)
    chosen = _choose_rankers(source, source.parameters.degree_lines, source.titles, default)
    degrees = summary.by_degree(source.rows, chosen)
    if degrees.empty:
        st.info("Choose similarities above to see their figures.")
        return
    text = f"{source.title} by the number of known edges of the artist asked for, for {len(chosen)} similarities."
    figure = figures.by_degree(_with_marks(source, degrees), source.titles, source.title)
    table = degrees.assign(ranker=degrees["ranker"].map(source.titles))
    key = f"{source.key}_by_degree"
    charts.show_chart(figure, table, text, key, **_opening(key, source.parameters.mark))


def show_kept_edges(source: Source) -> None:
    """NDCG against the visible edges that each evaluated artist keeps."""
    st.subheader("When artists have few edges: edges kept")
    st.caption(
        "Every artist asked for keeps only so many of its known edges, drawn at random; 0 is a newcomer. Unlike the "
        "figures by known edges, all points ask for the same artists."
    )
    curve = source.kept_edges
    if curve.empty:
        st.info("No similarity was measured with fewer edges under this protocol.")
        return
    names = dict.fromkeys(curve["ranker"])
    titles = {name: source.titles.get(name) or ranker_title(name) for name in names}
    chosen = _choose_rankers(source, source.parameters.kept_lines, titles, list(titles)[:MOST_LINES])
    shown = curve[curve["ranker"].isin(chosen)]
    if shown.empty:
        st.info("Choose similarities above to see their figures.")
        return
    text = f"{source.title} against the number of visible edges kept per artist, for {len(chosen)} similarities."
    table = shown.assign(ranker=shown["ranker"].map(titles)).rename(columns={"kept": "edges kept"})
    figure = figures.by_kept_edges(_with_marks(source, shown), titles, source.title)
    key = f"{source.key}_kept_edges"
    charts.show_chart(figure, table, text, key, **_opening(key, source.parameters.mark))


def show_all_figures(source: Source) -> None:
    """Every row of the view with its provenance."""
    st.subheader("All figures, with what is needed to repeat them")
    st.caption("CATALOGUE in a command stands for the folder of the catalogue.")
    full = tables.full_table(source.rows, source.metric)
    st.dataframe(
        full,
        hide_index=True,
        key=f"{source.key}_all",
        alt="All measured figures",
        column_config=charts.number_formats(full),
    )
    name = f"results-{source.name}-{source.protocol}-{source.split}"
    charts.download_csv(source.rows, f"{source.key}_all_csv", name)


def _choose_rankers(source: Source, lines: Parameter, titles: dict[str, str], default: list[str]) -> list[str]:
    view = f"{source.protocol}_{source.split}_{source.hide_validation}_{len(titles)}"
    return st.multiselect(
        "Similarities",
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
    """Have the URL name the mark that was clicked."""
    if mark := details.clicked_mark(st.session_state[chart]):
        opens.put(mark)
