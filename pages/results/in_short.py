"""What the figures say, in a few sentences that are computed from them."""

from functools import lru_cache

import streamlit as st

from pages.results import paper, paper_texts
from pages.results.source import Source, shipped_source

_DATASET = "disco-olga"


@lru_cache(2)
def _sentences(source: Source, ours: Source) -> tuple[str, ...]:
    said = [
        paper_texts.reproduces(paper.how_it_reproduces(ours)),
        paper_texts.best_now(source.standings),
        paper_texts.for_whom(source.kept_edges, source.titles | source.titles_of_kinds),
    ]
    return tuple(filter(None, said))


def show_in_short() -> None:
    """Does Figure 1 reproduce, what is best on real artists, by how much, and for whom."""
    source = shipped_source("in_short", _DATASET, "standard", hide_validation=False)
    with st.container(border=True):
        st.markdown("\n".join(f"- {sentence}" for sentence in _sentences(source, paper.our_runs(_DATASET))))
