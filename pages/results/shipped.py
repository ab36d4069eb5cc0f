"""Figures measured on real music and shipped with Nearfield, next to published ones on the same data."""

import streamlit as st

from core.experiments.results import shipped_results
from pages.results import panels, tables, texts
from pages.results.parameters import REAL, REAL_FIGURE, REAL_HIDDEN, REAL_PART
from pages.results.source import Source
from pages.shell import choices


def show_shipped(protocol: str) -> None:
    """The section "Measured on real music", on test artists under the page's protocol."""
    st.header(texts.ON_REAL_MUSIC)
    st.caption(texts.ON_REAL_MUSIC_CAPTION)
    dataset = panels.choose(texts.DATA_SET, REAL, texts.DATA_SETS)
    results = shipped_results(dataset)
    if results.empty:
        st.info(texts.none_shipped(dataset))
        return
    both = tables.hidden_validation_choices(results, protocol)
    hide = both == {True} or (
        both == {True, False}
        and st.toggle(
            texts.HIDE_VALIDATION,
            **choices.switch_in_url(REAL_HIDDEN, dataset == "olga", f"shipped_hide_{dataset}_{protocol}"),
        )
    )
    source = Source(dataset, f"shipped_{dataset}", results, protocol, "test", hide)
    if source.rows.empty and source.kept_edges.empty:
        st.info(texts.none_shipped_for_protocol(dataset))
        return
    figure = panels.choose(texts.MEASURED_AND_PUBLISHED, REAL_FIGURE, texts.PARTS_OF_FIGURE)
    left, right = st.columns([5, 4], gap="large")
    with left:
        st.subheader(texts.shipped_heading(dataset))
        st.badge(texts.MEASURED, icon=":material/straighten:", color="green")
        st.caption(texts.shipped_caption(source.title, source.hide_validation))
        table = tables.model_table(source.models, source.baselines, source.title)
        opens = source.parameters.mark
        panels.show_figure_one(figure, source.models, source.baselines, source.title, table, source.key, opens)
    with right:
        st.subheader(texts.PUBLISHED_ON_IT)
        metric = panels.show_published(figure, dataset, f"{source.key}_beside")
    st.caption(texts.comparison_text(dataset, False, dataset, source.metric, metric, "test", source.hide_validation))
    panels.show_figure_details(source)
    part = panels.choose(texts.LOOK_CLOSER_AT_THESE, REAL_PART, texts.LOOKS_AT_SHIPPED)
    if part == "degree":
        panels.show_degrees(source)
    elif part == "kept":
        panels.show_kept_edges(source)
    else:
        panels.show_all_figures(source)
