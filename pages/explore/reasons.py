"""Why an artist is an answer, how much that rests on, and what to do with it."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from core.catalogue import Catalogue
from core.graph.adjacency import degrees, shared_neighbours
from core.search.comparing import traits_in_common
from core.search.confidence import confidences, facts_of_answer, witness_spaces
from core.search.evidence import Answer, answer, shared_tags
from core.search.fusion import Fusion
from core.search.spaces import Space, list_spaces, space_titles
from core.search.steering import wished_scores
from pages.explore.comparing import compare_with
from pages.explore.question import LIKE, UNLIKE, Question, add_wish
from pages.explore.wording import wish_table
from pages.shell import boxes, resources
from pages.shell.artists import artist_name
from pages.shell.reasons import confidence_text, parts_table, rank_table
from pages.shell.state import TOUR
from pages.shell.text import counted, plain_list

MOST_TRAITS = 8
MOST_SPACES = 12
"""Spaces whose ranks stand among the reasons for a result."""


def show_asked_reasons(catalogue: Catalogue, question: Question) -> bool:
    """Open the reasons that the URL asks for; whether it asks for any that can be told."""
    asked = boxes.asked_why(catalogue)
    if asked is None or asked[0] == question.wish.like[0]:
        return False
    if asked[1] not in {space.name for space in list_spaces(catalogue)}:
        return False
    show_reasons(catalogue, question, *asked)
    return True


def witness_answers(catalogue: Catalogue, spaces: Sequence[Space], query: int, known: Sequence[Answer]) -> list[Answer]:
    """What one space of each kind says of `query`; answers that are `known` already are not asked for again."""
    at_hand = {found.space.name: found for found in known}
    return [
        at_hand.get(space.name) or answer(resources.space(catalogue, space.name), space, query, 1)
        for space in witness_spaces(spaces)
    ]


@st.dialog("Why similar?", width="medium", on_dismiss=boxes.close)
def show_reasons(catalogue: Catalogue, question: Question, row: int, space_name: str) -> None:
    """The reasons why `row` is near the page's artist: confidence, known edges, common tags, place in every space."""
    query = question.wish.like[0]
    if TOUR in st.query_params:
        st.caption("Close this box to go on with the tour.")
    st.markdown(f"**{artist_name(catalogue, row)}** near **{artist_name(catalogue, query)}**")
    _show_actions(catalogue, query, row)
    spaces = list_spaces(catalogue)
    answers = _answers_of_spaces(catalogue, spaces, query, space_name)
    witnesses = witness_answers(catalogue, spaces, query, answers)
    matrix, present = resources.adjacency(catalogue), resources.presence(catalogue)
    facts = facts_of_answer(matrix, present, witnesses, space_name, np.array([row]))
    st.markdown(confidence_text(confidences(facts)[0]))
    _show_known_edges(catalogue, query, row)
    for column, tags in shared_tags(catalogue, query, row).items():
        st.markdown(f"**{column.capitalize()} of both:** {plain_list(tags, 12)}")
    if traits := traits_in_common(catalogue, query, row, resources.usual_traits(catalogue)):
        st.markdown(f"**Traits of both:** {plain_list(traits, MOST_TRAITS)}")
    asked = resources.space(catalogue, space_name)
    if question.is_joined:
        parts = wished_scores(asked, question.wish).parts[:, row]
        names = [str(name) for name in catalogue.display_names.iloc[question.wish.artists]]
        st.markdown(wish_table(names, len(question.wish.like), parts))
    elif isinstance(asked, Fusion):
        titles = space_titles(catalogue, asked.weights.parts)
        degree = int(degrees(matrix)[query])
        st.markdown(parts_table(titles, asked.contributions(query, np.array([row]))[:, 0], degree))
    st.markdown(rank_table(answers, row))


def _show_actions(catalogue: Catalogue, query: int, row: int) -> None:
    """More or less like this one, and both side by side; each ends the dialog."""

    def end(act: Callable[..., None], *args: object) -> None:
        boxes.close()
        act(*args)

    with st.container(horizontal=True, gap="small"):
        pressed = [
            st.button(label, key=key, icon=icon, on_click=end, args=(act, *args))
            for label, key, icon, act, args in (
                ("More like this too", "why_like", ":material/add:", add_wish, (catalogue, LIKE, row)),
                ("Less like this", "why_unlike", ":material/remove:", add_wish, (catalogue, UNLIKE, row)),
                ("Compare", "why_compare", ":material/compare_arrows:", compare_with, (catalogue, [query, row])),
            )
        ]
    if any(pressed):
        st.rerun()


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


def _answers_of_spaces(catalogue: Catalogue, spaces: Sequence[Space], query: int, first: str) -> list[Answer]:
    shown = sorted(spaces, key=lambda space: space.name != first)[:MOST_SPACES]
    return [answer(resources.space(catalogue, space.name), space, query, 1) for space in shown]
