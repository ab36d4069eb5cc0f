"""The nearest artists to a clip or to words, side by side, and the evidence for each of them."""

from collections.abc import Container, Sequence
from functools import partial

import numpy as np
import streamlit as st

from core.catalogue import Catalogue
from core.search.evidence import Answer
from core.similarity import IntArray, Neighbours
from pages.shell import boxes, tray
from pages.shell.listen import artist_beside, play_beside
from pages.shell.result_list import Result, ResultEvent, result_list
from pages.shell.text import plain

GO = "clip_go"


def shortened(answer: Answer, length: int) -> Answer:
    """The answer with at most `length` nearest artists."""
    nearest = Neighbours(answer.nearest.rows[:length], answer.nearest.scores[:length])
    return Answer(answer.space, answer.query, answer.scores, nearest, answer.n_tied)


def show_list(
    catalogue: Catalogue, answer: Answer, about: str, evidence: Sequence[str], query: str, relative: bool
) -> None:
    """One space's nearest artists with a line of evidence each; `about` says what the answer rests on. Bars are drawn
    against the best score where they are `relative`, else against 1."""
    st.markdown(f"#### {plain(answer.space.title)}")
    st.caption(about)
    rows = answer.nearest.rows
    if not len(rows):
        st.info("This space knows no artist to compare with. Another list may.")
        return
    playing = artist_beside(catalogue)
    result_list(
        results_of(catalogue, answer, evidence, relative),
        key=f"clip_results_{answer.space.name}",
        label=f"Nearest artists: {answer.space.title}",
        known_ids=catalogue.row_of,
        playing=None if playing is None else catalogue.id_of(playing),
        on_event=partial(follow, catalogue, answer.space.name),
    )
    tray.keep_button(catalogue, to_keep(answer, rows), answer.space.name, query, f"clip_keep_{answer.space.name}")


def results_of(catalogue: Catalogue, answer: Answer, evidence: Sequence[str], relative: bool) -> list[Result]:
    """The answer's lines."""
    rows, scores = answer.nearest.rows, answer.nearest.scores
    full_bar = max(float(scores[0]), 1e-6) if relative else 1.0
    audible = np.isin(rows, catalogue.tracks["artist"])
    return [
        Result(
            artist_id=catalogue.id_of(row),
            name=str(catalogue.display_names.iloc[row]),
            score=f"{score:.3f}",
            bar=int(np.rint(100 * np.clip(score / full_bar, 0, 1))),
            evidence=line,
            audible=bool(heard),
        )
        for row, score, line, heard in zip(rows.tolist(), scores.tolist(), evidence, audible, strict=True)
    ]


def follow(catalogue: Catalogue, space: str, event: ResultEvent) -> None:
    """Do what was chosen in a list: go on from an artist, play one, or have the page show the evidence for one."""
    if event.kind == "go":
        st.session_state[GO] = event.artist_id
    elif event.kind == "play":
        play_beside(catalogue, catalogue.row_of[event.artist_id])
    else:
        boxes.open_why(event.artist_id, space)


def to_keep(answer: Answer, rows: IntArray) -> list[tray.Result]:
    """Artists with their places and scores in an answer."""
    return list(zip(rows.tolist(), answer.ranks(rows).tolist(), answer.scores[rows].tolist(), strict=True))


def kept_rows(catalogue: Catalogue) -> set[int]:
    """The artists that the visitor's list keeps."""
    return {catalogue.row_of[artist_id] for artist_id, verdict in tray.verdicts(catalogue).items()
            if verdict == "keep" and artist_id in catalogue.row_of}  # fmt: skip


def asked_reasons(catalogue: Catalogue, spaces: Container[str]) -> tuple[str, int] | None:
    """The space, one of `spaces`, and the row of the artist whose evidence the URL asks for."""
    asked = boxes.asked_why(catalogue)
    return (asked[1], asked[0]) if asked and asked[1] in spaces else None


def shown_rows(answers: Sequence[Answer]) -> IntArray:
    """Every artist that one of the answers names, once."""
    return np.unique(np.concatenate([answer.nearest.rows for answer in answers]))
