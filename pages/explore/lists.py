"""One space's nearest artists as a list, and the reasons for each of them."""

from functools import partial

import numpy as np
import streamlit as st

from core.catalogue import Catalogue
from core.graph.adjacency import degrees, shared_neighbours
from core.search.evidence import GRAPH_WALKS, Answer, Evidence, answer, shared_tags, uses_edges
from core.search.fusion import Fusion
from core.search.spaces import FUSION_PREFIX, list_spaces, space_titles
from core.similarity import IntArray
from pages.explore.result_list import Result, ResultEvent, result_list
from pages.explore.wording import (
    basis,
    evidence_text,
    nothing_known,
    parts_table,
    rank_table,
    reach,
    score_text,
    unit,
)
from pages.shell import resources, state
from pages.shell.artists import artist_name
from pages.shell.listen import artist_beside, play_beside
from pages.shell.text import counted, plain, plain_list

ASKED = "asked_reasons"
MOST_SPACES = 12
"""Spaces whose ranks stand among the reasons for a result."""


def show_answer(catalogue: Catalogue, found: Answer, evidence: Evidence, agreed: IntArray) -> None:
    """The heading of a space, what it rests on, and its nearest artists, each with its evidence."""
    space = found.space
    st.markdown(f"#### {plain(space.title)}")
    if not len(found.nearest):
        st.info(nothing_known(space, evidence.query_degree))
        return
    playing = artist_beside(catalogue)
    rests_on = basis(space, uses_edges(catalogue, space), evidence.query_degree)
    st.caption(f"{rests_on} {reach(space, found.n_known)} {unit(space)}")
    result_list(
        results_of(catalogue, found, evidence, agreed),
        key=f"results_{space.name}",
        label=f"Nearest artists: {space.title}",
        known_ids=catalogue.row_of,
        playing=None if playing is None else str(catalogue.artists["artist_id"].iloc[playing]),
        on_event=partial(follow, catalogue, space.name),
    )
    if found.n_tied:
        st.caption(f"{counted(found.n_tied, 'more artist')} with the score of the last one here, left out by lot.")


def results_of(catalogue: Catalogue, found: Answer, evidence: Evidence, agreed: IntArray) -> list[Result]:
    """The answer's lines; bars of a walk or a fusion are drawn against its best score, cosines against 1."""
    rows, scores = found.nearest.rows, found.nearest.scores
    relative = found.space.name in GRAPH_WALKS or found.space.name.startswith(FUSION_PREFIX)
    full_bar = float(scores[0]) if relative else 1.0
    audible = np.isin(rows, catalogue.tracks["artist"])
    bars = np.rint(100 * np.clip(scores / full_bar, 0, 1)).astype(int)
    return [
        Result(
            artist_id=str(catalogue.artists["artist_id"].iloc[row]),
            name=str(catalogue.display_names.iloc[row]),
            score=score_text(found.space, float(scores[index])),
            bar=int(bars[index]),
            evidence=evidence_text(evidence, index, int(agreed[row])),
            audible=bool(audible[index]),
        )
        for index, row in enumerate(rows.tolist())
    ]


def follow(catalogue: Catalogue, space_name: str, event: ResultEvent) -> None:
    """Do what was chosen in a list: go on from an artist, play one, or remember whose reasons the page shall show."""
    if event.kind == "go":
        st.session_state.pop(ASKED, None)
        state.select_artist(catalogue, catalogue.row_of[event.artist_id])
    elif event.kind == "play":
        play_beside(catalogue, catalogue.row_of[event.artist_id])
    else:
        st.session_state[ASKED] = (space_name, event.artist_id)


def show_asked_reasons(catalogue: Catalogue, query: int) -> None:
    """Open the reasons that were asked for in a list, once."""
    space_name, artist_id = st.session_state.pop(ASKED, (None, None))
    if artist_id in catalogue.row_of:
        show_reasons(catalogue, query, catalogue.row_of[artist_id], space_name)


@st.dialog("Why similar?", width="medium")
def show_reasons(catalogue: Catalogue, query: int, row: int, space_name: str) -> None:
    """The reasons why `row` is near `query`: known edges, tags of both, and the place in every space."""
    st.markdown(f"**{artist_name(catalogue, row)}** near **{artist_name(catalogue, query)}**")
    _show_known_edges(catalogue, query, row)
    for column, tags in shared_tags(catalogue, query, row).items():
        st.markdown(f"**{column.capitalize()} of both:** {plain_list(tags, 12)}")
    asked = resources.space(catalogue, space_name)
    if isinstance(asked, Fusion):
        titles = space_titles(catalogue, asked.weights.parts)
        degree = int(degrees(resources.adjacency(catalogue))[query])
        st.markdown(parts_table(titles, asked.contributions(query, np.array([row]))[:, 0], degree))
    st.markdown(rank_table(_answers_of_spaces(catalogue, query, space_name), row))


def _show_known_edges(catalogue: Catalogue, query: int, row: int) -> None:
    matrix = resources.adjacency(catalogue)
    one, other = artist_name(catalogue, query), artist_name(catalogue, row)
    degree = degrees(matrix)
    shared = shared_neighbours(matrix, query, row)
    listed = "✓ The catalogue lists the two" if matrix[query, row] else "The catalogue does not list the two"
    st.markdown(
        f"{listed} as similar. It knows {counted(int(degree[query]), 'similar artist')} of {one} "
        f"and {degree[row]:,} of {other}."
    )
    names = [str(name) for name in catalogue.display_names.iloc[shared]]
    st.markdown(f"**Similar to both:** {plain_list(names, 12)}" if names else "No artist is known as similar to both.")


def _answers_of_spaces(catalogue: Catalogue, query: int, first: str) -> list[Answer]:
    spaces = sorted(list_spaces(catalogue), key=lambda space: space.name != first)[:MOST_SPACES]
    return [answer(resources.space(catalogue, space.name), space, query, 1) for space in spaces]
