"""Figure 1 of the paper and our reproduction in one chart, whichever catalogue is open."""

import streamlit as st

from core.experiments.results import published_results
from core.experiments.standings import Reproduction, reproduction
from core.titles import METRICS
from pages.components import charts
from pages.results import figures, panels, tables, texts
from pages.results.parameters import FIGURE, PAPER
from pages.results.source import Source, shipped_source

_VIEWS = {"disco-olga": ("published", False), "olga": ("standard", True)}
"""Under which protocol each paper's figures are repeated, and whether validation artists are hidden."""


def our_runs(dataset: str) -> Source:
    """The figures that we measured under the rules of the paper on `dataset`."""
    protocol, hide_validation = _VIEWS[dataset]
    return shipped_source(f"paper_{dataset}", dataset, protocol, hide_validation)


def how_it_reproduces() -> Reproduction | None:
    """How closely our runs repeat Figure 1 of Grötschla et al."""
    return reproduction(our_runs("disco-olga").lines, published_results("disco-olga"))


def show_paper() -> None:
    """The section: published figures drawn pale, ours on top."""
    st.header(texts.PAPER_AND_OURS, anchor=False)
    with st.container(horizontal=True):
        part = panels.choose(texts.PARTS, FIGURE, texts.PARTS_OF_PAPER)
        dataset = panels.choose(texts.PAPER, PAPER, texts.PAPERS)
    published = published_results(dataset)
    metric = METRICS[str(published["metric"].iloc[0])]
    ours, paper = our_runs(dataset), figures.published_as_models(published)
    with st.container(horizontal=True):
        st.badge(texts.PUBLISHED, icon=":material/menu_book:", color="violet")
        if len(ours.lines):
            st.badge(texts.MEASURED, icon=":material/straighten:", color="green")
    st.caption(texts.paper_caption(dataset, len(ours.lines)))
    if part == "layers":
        figure = figures.published_and_ours(paper, ours.lines, metric)
    else:
        figure = figures.by_features(paper, ours.yardsticks.iloc[:0], metric)
    table = tables.published_beside_ours(published, ours.lines)
    charts.show_chart(figure, table, texts.paper_alt(part, metric, len(ours.lines)), f"paper_{dataset}_{part}")
    if ours.lines["short"].any():
        st.caption(texts.SHORT_RUNS)
    if dataset == "disco-olga":
        st.caption(texts.NOT_REPEATED)
