"""One space's nearest artists as a list."""

from functools import partial

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.catalogue import Catalogue
from core.evaluation.summary import Standing
from core.search.asking import Reply
from core.search.evidence import GRAPH_WALKS, Evidence, uses_edges
from core.search.spaces import FUSION_PREFIX
from core.similarity import IntArray
from pages.explore.question import go_on
from pages.explore.steering import show_effect
from pages.explore.wording import (
    QUALITY,
    basis,
    evidence_text,
    nobody_passes,
    nothing_known,
    quality,
    reach,
    unit,
)
from pages.shell import boxes, tray
from pages.shell.listen import artist_beside, play_beside
from pages.shell.reasons import score_text
from pages.shell.result_list import Result, ResultEvent, result_list
from pages.shell.text import counted, plain

BoolArray = npt.NDArray[np.bool_]


def show_reply(
    catalogue: Catalogue,
    reply: Reply,
    evidence: Evidence,
    agreed: IntArray,
    thin: BoolArray,
    standing: Standing | None,
) -> None:
    """The heading of a space, how good it is, what it rests on, and its nearest artists, each with its evidence.

    `agreed` (n,) how many lists name an artist, `thin` (k,) which of the nearest rest on thin evidence, `standing` how
    good the space is where that was measured.
    """
    found, space = reply.answer, reply.answer.space
    st.markdown(f"#### {plain(space.title)}")
    if not len(found.nearest):
        st.info(nobody_passes() if found.n_known else nothing_known(space, evidence.query_degree))
        return
    playing = artist_beside(catalogue)
    rests_on = basis(space, uses_edges(catalogue, space), evidence.query_degree)
    scale = unit(space, reply.request.is_joined)
    # What was measured is the answer to one artist.
    first = scale if reply.request.is_joined else quality(standing)
    st.caption(f"{first}  \n{rests_on}", help=f"{reach(space, found.n_known)} {scale} {QUALITY}")
    show_effect(catalogue, reply)
    result_list(
        results_of(catalogue, reply, evidence, agreed, thin),
        key=f"results_{space.name}",
        label=f"Nearest artists: {space.title}",
        known_ids=catalogue.row_of,
        playing=None if playing is None else catalogue.id_of(playing),
        on_event=partial(follow, catalogue, space.name),
    )
    asked = f"like {catalogue.display_names.iloc[found.query]}"
    tray.keep_button(catalogue, to_keep(reply), space.name, asked, f"explore_keep_{space.name}")
    if found.n_tied:
        st.caption(f"{counted(found.n_tied, 'more artist')} with the score of the last one here, left out by lot.")


def to_keep(reply: Reply) -> list[tray.Result]:
    """Row, rank and score of each of the nearest, for the tray."""
    rows, scores = reply.answer.nearest.rows.tolist(), reply.answer.nearest.scores.tolist()
    return [(row, rank, score) for rank, (row, score) in enumerate(zip(rows, scores, strict=True), 1)]


def results_of(
    catalogue: Catalogue, reply: Reply, evidence: Evidence, agreed: IntArray, thin: BoolArray
) -> list[Result]:
    """The reply's lines; bars of sums and walks are drawn against the best score, cosines against 1."""
    found, new, joined = reply.answer, reply.new, reply.request.is_joined
    rows, scores = found.nearest.rows, found.nearest.scores
    relative = joined or found.space.name in GRAPH_WALKS or found.space.name.startswith(FUSION_PREFIX)
    full_bar = max(float(scores.max()), 1e-9) if relative else 1.0
    audible = np.isin(rows, catalogue.tracks["artist"])
    bars = np.rint(100 * np.clip(scores / full_bar, 0, 1)).astype(int)
    return [
        Result(
            artist_id=catalogue.id_of(row),
            name=str(catalogue.display_names.iloc[row]),
            score=score_text(found.space, float(scores[index]), joined),
            bar=int(bars[index]),
            evidence=evidence_text(evidence, index, int(agreed[row]), bool(new[index]), bool(thin[index])),
            audible=bool(audible[index]),
        )
        for index, row in enumerate(rows.tolist())
    ]


def follow(catalogue: Catalogue, space_name: str, event: ResultEvent) -> None:
    """Do what was chosen in a list: go on from an artist, play one, or have the page show the reasons for one."""
    if event.kind == "go":
        go_on(catalogue, catalogue.row_of[event.artist_id])
    elif event.kind == "play":
        play_beside(catalogue, catalogue.row_of[event.artist_id])
    else:
        boxes.open_why(event.artist_id, space_name)
