"""Figures that Nearfield measured on real music and ships, beside what papers report on the same data."""

import streamlit as st

from core.experiments.results import shipped_results
from pages.results import panels, tables
from pages.results.parameters import REAL, REAL_FIGURE, REAL_HIDDEN, REAL_PART
from pages.results.source import Source
from pages.shell import choices

DATASETS = {"disco-olga": "DISCO-OLGA", "olga": "OLGA"}
PARTS = {"degree": "By known edges", "kept": "Edges kept", "all": "All figures"}


def show_shipped(protocol: str) -> None:
    """The section "Measured on real music", under the protocol of the page, on test artists."""
    st.header("Measured on real music")
    st.caption(
        "Figures that Nearfield measured itself on real artists. They come with the program and are the same whichever "
        "catalogue is open; each names the command that repeats it."
    )
    dataset = panels.choose("Data set", REAL, DATASETS)
    results = shipped_results(dataset)
    if results.empty:
        st.info(f"No figures measured on {DATASETS[dataset]} were shipped with this version.")
        return
    both = tables.hidden_validation_choices(results, protocol)
    hide = both == {True} or (
        both == {True, False}
        and st.toggle(
            "Hide validation artists",
            **choices.switch_in_url(REAL_HIDDEN, dataset == "olga", f"shipped_hide_{dataset}_{protocol}"),
        )
    )
    source = Source(dataset, f"shipped_{dataset}", results, protocol, "test", hide)
    if source.rows.empty and source.kept_edges.empty:
        st.info(f"No figures were shipped for {DATASETS[dataset]} under this protocol. Choose another one above.")
        return
    figure = panels.choose("Measured and published", REAL_FIGURE, panels.PARTS_OF_FIGURE)
    left, right = st.columns([5, 4], gap="large")
    with left:
        st.subheader(f"Measured by us on {DATASETS[dataset]}")
        st.badge("Measured", icon=":material/straighten:", color="green")
        seen = "hidden" if source.hide_validation else "visible"
        st.caption(f"Measured by Nearfield, real artists, {source.title}, test artists, validation artists {seen}.")
        table = tables.model_table(source.models, source.yardsticks, source.title)
        opens = source.parameters.mark
        panels.show_figure_one(figure, source.models, source.yardsticks, source.title, table, source.key, opens)
    with right:
        st.subheader("Published on it")
        metric = panels.show_published(figure, dataset, f"{source.key}_beside")
    st.caption(tables.comparison_text(dataset, False, dataset, source.metric, metric, "test", source.hide_validation))
    panels.show_figure_details(source)
    part = panels.choose("Look closer at these", REAL_PART, PARTS)
    if part == "degree":
        panels.show_degrees(source)
    elif part == "kept":
        panels.show_kept_edges(source)
    else:
        panels.show_all_figures(source)
