"""Figures measured on real music and shipped with Nearfield."""

import streamlit as st

from core.experiments.results import shipped_results
from core.titles import PROTOCOLS
from pages.results import panels, tables, texts
from pages.results.parameters import REAL, REAL_FIGURE, REAL_HIDDEN, REAL_PART, REAL_PROTOCOL
from pages.results.source import shipped_source
from pages.shell import choices


def show_shipped() -> None:
    """The section "Real artists", on test artists."""
    st.header(texts.ON_REAL_MUSIC, anchor=False)
    st.caption(texts.ON_REAL_MUSIC_CAPTION)
    dataset = panels.choose(texts.DATA_SET, REAL, texts.DATA_SETS)
    results = shipped_results(dataset)
    if results.empty:
        st.info(texts.none_shipped(dataset))
        return
    with st.container(horizontal=True):
        measured = {name: title for name, title in PROTOCOLS.items() if (results["protocol"] == name).any()}
        protocol = panels.choose(texts.PROTOCOL, REAL_PROTOCOL, measured)
        figure = panels.choose(texts.CHART, REAL_FIGURE, texts.PARTS_OF_FIGURE)
    both = tables.hidden_validation_choices(results, protocol)
    hide = both == {True} or (
        both == {True, False}
        and st.toggle(
            texts.HIDE_VALIDATION,
            **choices.switch_in_url(REAL_HIDDEN, dataset == "olga", f"shipped_hide_{dataset}_{protocol}"),
        )
    )
    source = shipped_source(f"shipped_{dataset}", dataset, protocol, hide)
    st.badge(texts.MEASURED, icon=":material/straighten:", color="green")
    st.caption(texts.shipped_caption(source.title, source.hide_validation))
    panels.show_figure(figure, source)
    panels.show_figure_details(source)
    part = panels.choose(texts.LOOK_CLOSER_AT_THESE, REAL_PART, texts.LOOKS_AT_SHIPPED)
    if part == "degree":
        panels.show_degrees(source)
    elif part == "kept":
        panels.show_kept_edges(source)
    else:
        panels.show_all_figures(source)
