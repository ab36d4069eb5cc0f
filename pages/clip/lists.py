"""The nearest artists to a clip or to words, side by side, and the evidence for each of them."""

from collections.abc import Container, Sequence
from functools import partial

import numpy as np
import streamlit as st

from core.arrays import IntArray
from core.catalogue import Catalogue
from core.search.evidence import Answer
from core.similarity import Neighbours
from pages.artists.nearest import show_nearest
from pages.clip import texts
from pages.lists import keeping
from pages.shell import boxes
from pages.shell.text import plain

GO = "clip_go"
"""Session key: the id of the artist to open on Explore. `main` of page.py reads it; a callback cannot switch pages."""


def shortened(answer: Answer, length: int, left_out: Sequence[int] = ()) -> Answer:
    """The answer with at most `length` nearest artists, without those in the rows `left_out`."""
    wanted = np.flatnonzero(~np.isin(answer.nearest.rows, left_out))[:length]
    nearest = Neighbours(answer.nearest.rows[wanted], answer.nearest.scores[wanted])
    return Answer(answer.space, answer.query_row, answer.scores, nearest, answer.n_tied)


def show_list(catalogue: Catalogue, answer: Answer, about: str, evidence: Sequence[str], query: str) -> None:
    """One space's nearest artists, each with a line of evidence. `about` says what the answer is based on."""
    st.markdown(f"#### {plain(answer.space.title)}")
    st.caption(about)
    if not len(answer.nearest):
        st.info(texts.NOBODY_TO_COMPARE)
        return
    scores = answer.nearest.scores.tolist()
    show_nearest(
        catalogue,
        answer,
        [f"{score:.3f}" for score in scores],
        evidence,
        key=f"clip_results_{answer.space.name}",
        keep_key=f"clip_keep_{answer.space.name}",
        query=query,
        go=partial(go_on, catalogue),
    )


def go_on(catalogue: Catalogue, row: int) -> None:
    """Open the artist on Explore in the next run. For callbacks."""
    st.session_state[GO] = catalogue.id_of(row)


def to_keep(answer: Answer, rows: IntArray) -> list[keeping.Result]:
    """Artists with their ranks and scores in an answer, ready to keep."""
    return list(zip(rows.tolist(), answer.ranks(rows).tolist(), answer.scores[rows].tolist(), strict=True))


def reasons_open(catalogue: Catalogue, spaces: Container[str]) -> tuple[str, int] | None:
    """The space and the row of the artist whose reasons the URL asks for, if the space is one of `spaces`."""
    why = boxes.asked_why(catalogue)
    return (why[1], why[0]) if why and why[1] in spaces else None


def shown_rows(answers: Sequence[Answer]) -> IntArray:
    """Every artist that any of the answers names, without duplicates."""
    return np.unique(np.concatenate([answer.nearest.rows for answer in answers]))
