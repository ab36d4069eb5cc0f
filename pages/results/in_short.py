"""What the figures say, in a few sentences that are computed from them."""

import streamlit as st

from core.experiments.results import shipped_results
from pages.results import paper, texts
from pages.results.source import Source

_DATASET = "disco-olga"


def show_in_short() -> None:
    """Does Figure 1 reproduce, what is best on real artists, by how much, and for whom."""
    source = Source(_DATASET, "in_short", shipped_results(_DATASET), "standard", "test", False)
    sentences = [
        texts.reproduces(paper.how_it_reproduces()),
        texts.best_now(source.standings),
        texts.for_whom(source.kept_edges, source.titles),
    ]
    with st.container(border=True):
        st.markdown("\n".join(f"- {sentence}" for sentence in sentences if sentence))
