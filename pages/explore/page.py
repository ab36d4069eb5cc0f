"""Explore: find an artist, and see side by side who is nearest in each space, and why."""

from functools import partial

import numpy as np
import streamlit as st

from core.catalogue import Catalogue
from core.search.exploration import FAMILIAR
from core.search.query import SearchRequest
from core.search.spaces import list_spaces
from pages.artists.card import artist_card
from pages.artists.listen import show_player_beside
from pages.artists.search import artist_search
from pages.artists.starting import random_button
from pages.explore import texts
from pages.explore.comparing import compare_button, show_asked_comparison
from pages.explore.exploration import exploration_slider, query_popover, show_chips
from pages.explore.filtering import allowed_artists, can_filter, filter_popover, filters_in_url
from pages.explore.first_screen import show_first_screen
from pages.explore.lists import result_of, show_results
from pages.explore.question import go_on, read_question
from pages.explore.reasons import show_asked_reasons
from pages.explore.space_choice import choose_spaces
from pages.lists.keeping import rows_to_leave_out
from pages.shell import resources, state
from pages.shell.choices import choose_length
from pages.shell.commands import extract_command, show_edges_command
from pages.shell.navigation import page
from pages.shell.parameters import ARTIST


def show_views(catalogue: Catalogue, row: int) -> None:
    """Links to the other views of the chosen artist, and a button that chooses another one."""
    view = state.in_catalogue({ARTIST: catalogue.id_of(row)})
    for name, label, icon in (
        ("neighbourhood", texts.TO_NEIGHBOURHOOD, ":material/hub:"),
        ("map", texts.TO_MAP, ":material/scatter_plot:"),
    ):
        st.page_link(page(name), label=label, icon=icon, query_params=view, width="content")
    if len(catalogue) > 1:
        random_button(catalogue, partial(go_on, catalogue))


def show_nothing_to_compare(catalogue: Catalogue) -> None:
    """That no two artists can be compared, and how they could be."""
    st.info(texts.NOTHING_TO_COMPARE)
    st.markdown(texts.ADD_FEATURES)
    st.code(extract_command(catalogue), language="bash", wrap_lines=True)
    show_edges_command(catalogue)
    st.markdown(texts.ADD_EDGES)
    link_to_catalogue()


def link_to_catalogue() -> None:
    st.page_link(
        page("catalogues"),
        label=texts.TO_CATALOGUE,
        icon=":material/library_music:",
        query_params=state.carried(),
    )


def show_answers(catalogue: Catalogue, row: int) -> None:
    """The nearest artists in each chosen space, side by side, with the filters and the exploration of the URL."""
    with st.container(horizontal=True, vertical_alignment="center", key="answers_head"):
        st.subheader(texts.ANSWERS_TITLE, anchor=False, width="content")
        show_views(catalogue, row)
    if len(catalogue) == 1:
        st.info(texts.ONLY_ARTIST)
        return
    spaces = list_spaces(catalogue)
    if not spaces:
        show_nothing_to_compare(catalogue)
        return
    if not catalogue.feature_names:
        st.caption(texts.NO_FEATURE_SET)
        link_to_catalogue()
    question, filters = read_question(catalogue, row), filters_in_url(catalogue)
    allowed = allowed_artists(catalogue, filters, question.query)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="answers_controls"):
        with st.popover(texts.SPACES_BUTTON, icon=":material/view_column:", key="which_lists"):
            chosen = choose_spaces(spaces, resources.measured(catalogue))
            length = choose_length()
        if can_filter(catalogue):
            filter_popover(catalogue, filters, allowed)
        query_popover(catalogue)
        left_out = rows_to_leave_out(catalogue)
        to_compare = st.container(width="content")
        exploration_slider(catalogue, question)
    show_chips(catalogue, question)
    if not chosen:
        st.info(texts.NO_SPACE)
        return
    if left_out:
        allowed = np.ones(len(catalogue), dtype=bool) if allowed is None else allowed.copy()
        allowed[left_out] = False
    popularity = None if question.exploration == FAMILIAR else resources.popularity(catalogue)
    request = SearchRequest(question.query, length, question.exploration, allowed, popularity)
    results = [result_of(catalogue, spaces, space, request) for space in chosen]
    # A space that knows nobody near this artist says so, but after those that do.
    results.sort(key=lambda result: not len(result.answer.nearest))
    show_results(catalogue, spaces, results, texts.among_whom(filters, bool(left_out)))
    show_elsewhere(catalogue, row)
    nearest = np.concatenate([result.answer.nearest.rows for result in results]).tolist()
    with to_compare:
        compare_button(catalogue, row, nearest)
    if not show_asked_reasons(catalogue, question):
        show_asked_comparison(catalogue, [*question.query.artists.tolist(), *nearest])


def show_elsewhere(catalogue: Catalogue, row: int) -> None:
    """The artists that the catalogue lacks and that are known to be near this one, by relation."""
    table = catalogue.elsewhere
    found = table[table["artist"] == row].sort_values("weight", ascending=False, kind="stable")
    for relation in catalogue.manifest.relations:
        names = found.loc[found["relation"] == relation.name, "name"].drop_duplicates().tolist()
        if names:
            st.caption(texts.elsewhere(relation, names))


def main() -> None:
    """The page: the chosen artist with its answers below a search box, or the first screen."""
    catalogue = state.current_catalogue()
    artist = state.selected_artist(catalogue)
    show_player_beside(catalogue)
    if artist is None:
        show_first_screen(catalogue)
        return
    with st.container(horizontal=True, gap="large", key="explore_head"):
        st.title(texts.TITLE, anchor=False, width="content")
        with st.container(width="stretch"):
            artist_search(catalogue, on_pick=partial(go_on, catalogue))
    with st.container(key="explore_body"):
        with st.container():
            artist_card(catalogue, artist)
        with st.container():
            show_answers(catalogue, artist)


if __name__ == "__main__":
    main()
