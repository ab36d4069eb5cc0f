"""Figure 1 of the paper and our reproduction in one chart, whichever catalogue is open."""

import streamlit as st

from core.experiments.results import published_results
from core.experiments.standings import Reproduction, reproduction
from pages.components import charts
from pages.results import chart_texts, drawings, panels, paper_texts, texts
from pages.results.parameters import FIGURE, PAPER
from pages.results.source import Source, shipped_source

_VIEWS = {"disco-olga": ("published", False), "olga": ("standard", True)}
"""Under which protocol each paper's figures are repeated, and whether validation artists are hidden."""


def our_runs(dataset: str) -> Source:
    """The figures that we measured under the rules of the paper on `dataset`."""
    protocol, hide_validation = _VIEWS[dataset]
    return shipped_source(f"paper_{dataset}", dataset, protocol, hide_validation)


def how_it_reproduces(ours: Source) -> Reproduction | None:
    """How closely our runs repeat Figure 1 of Grötschla et al."""
    return reproduction(ours.lines, published_results("disco-olga"))


def show_paper() -> None:
    """The section: published figures drawn thin, ours on top."""
    st.header(paper_texts.PAPER_AND_OURS, anchor=False)
    with st.container(horizontal=True):
        part = panels.choose(paper_texts.PARTS, FIGURE, paper_texts.PARTS_OF_PAPER)
        dataset = panels.choose(paper_texts.PAPER, PAPER, paper_texts.PAPERS)
    st.subheader(paper_texts.OF_PAPER[dataset], anchor=False)
    ours = our_runs(dataset)
    has_ours = part == "layers" and len(ours.lines) > 0
    with st.container(horizontal=True):
        st.badge(texts.PUBLISHED, icon=":material/menu_book:", color="violet")
        if has_ours:
            st.badge(texts.MEASURED, icon=":material/straighten:", color="green")
    st.caption(paper_texts.paper_caption(dataset, has_ours))
    drawn = drawings.of_paper(ours, dataset, part)
    charts.show_chart(drawn.figure, drawn.table, drawn.alt, f"paper_{dataset}_{part}")
    if has_ours and ours.lines["short"].any():
        st.caption(chart_texts.SHORT_RUNS)
    if dataset == "disco-olga":
        st.caption(paper_texts.NOT_REPEATED)
