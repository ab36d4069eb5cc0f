"""What the figures say, in a few sentences that are computed from them."""

import streamlit as st

from pages.results import paper, texts
from pages.results.source import shipped_source

_DATASET = "disco-olga"


def show_in_short() -> None:
    """Does Figure 1 reproduce, what is best on real artists, by how much, and for whom."""
    source = shipped_source("in_short", _DATASET, "standard", hide_validation=False)
    sentences = [
        texts.reproduces(paper.how_it_reproduces()),
        texts.best_now(source.standings),
        texts.for_whom(source.kept_edges, source.titles),
    ]
    with st.container(border=True):
        st.markdown("\n".join(f"- {sentence}" for sentence in sentences if sentence))
