"""One space's nearest artists as a list, and the reasons for each of them."""

import streamlit as st

from core.catalogue import Catalogue
from core.graph.adjacency import degrees, shared_neighbours
from core.search.evidence import GRAPH_WALKS, Answer, Evidence, answer, shared_tags, uses_edges
from core.search.spaces import list_spaces
from core.similarity import IntArray
from pages.explore.wording import basis, nothing_known, rank_table, reach, result_html, unit
from pages.shell import resources, state
from pages.shell.artists import artist_name
from pages.shell.text import counted, plain, plain_list

MOST_SPACES = 12
"""Spaces whose ranks stand among the reasons for a result."""


def show_answer(catalogue: Catalogue, found: Answer, evidence: Evidence, agreed: IntArray) -> None:
    """The heading of a space, what it rests on, and its nearest artists, each with its evidence."""
    space = found.space
    st.markdown(f"#### {plain(space.title)}")
    if not len(found.nearest):
        st.info(nothing_known(space, evidence.query_degree))
        return
    rests_on = basis(space, uses_edges(catalogue, space), evidence.query_degree)
    st.caption(f"{rests_on} {reach(space, found.n_known)} {unit(space)}")
    full_bar = float(found.nearest.scores[0]) if space.name in GRAPH_WALKS else 1.0
    for index, row in enumerate(found.nearest.rows.tolist()):
        with st.container(gap=None, key=f"result_{space.name}_{index}"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.button(
                    f"{index + 1}. {artist_name(catalogue, row, 40)}",
                    key=f"go_{space.name}_{index}",
                    type="tertiary",
                    wrap=True,
                    on_click=state.select_artist,
                    args=(catalogue, row),
                )
                if st.button("Why?", key=f"why_{space.name}_{index}", type="tertiary"):
                    show_reasons(catalogue, found.query, row, space.name)
            st.html(result_html(found, evidence, index, full_bar, int(agreed[row])))
    if found.n_tied:
        st.caption(f"{counted(found.n_tied, 'more artist')} with the score of the last one here, left out by lot.")


@st.dialog("Why similar?", width="medium")
def show_reasons(catalogue: Catalogue, query: int, row: int, space_name: str) -> None:
    """The reasons why `row` is near `query`: known edges, tags of both, and the place in every space."""
    st.markdown(f"**{artist_name(catalogue, row)}** near **{artist_name(catalogue, query)}**")
    _show_known_edges(catalogue, query, row)
    for column, tags in shared_tags(catalogue, query, row).items():
        st.markdown(f"**{column.capitalize()} of both:** {plain_list(tags, 12)}")
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
