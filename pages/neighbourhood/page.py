"""Neighbourhood: the graph around an artist, to walk from artist to artist, and a path to another artist."""

from functools import partial

import streamlit as st

from core.catalogue import Catalogue
from core.search.spaces import list_spaces
from pages.artists.card import artist_card, artist_name
from pages.artists.listen import show_player_beside
from pages.artists.search import artist_search
from pages.artists.starting import starting_buttons
from pages.neighbourhood import texts
from pages.neighbourhood.actions import recentre
from pages.neighbourhood.around import show_around
from pages.neighbourhood.path_section import choose_view, show_path_section
from pages.neighbourhood.walk import back_to, walked
from pages.neighbourhood.why import show_open_why
from pages.shell import resources, state
from pages.shell.navigation import end_page, page

TRAIL = "neighbourhood_trail"
SHOWN_STEPS = 4


def go_back(catalogue: Catalogue, step: int) -> None:
    st.session_state[TRAIL] = back_to(st.session_state[TRAIL], step)
    recentre(catalogue, catalogue.row_of[st.session_state[TRAIL][-1]])


def show_trail(catalogue: Catalogue, artist_id: str) -> None:
    """Buttons that lead back to the artists visited before."""
    known = [step for step in st.session_state.get(TRAIL, []) if step in catalogue.row_of]
    trail = st.session_state[TRAIL] = walked(known, artist_id)
    steps = list(enumerate(trail[:-1]))[-SHOWN_STEPS:]
    if not steps:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(texts.BACK_TO, width="content")
        for step, earlier in steps:
            name = artist_name(catalogue, catalogue.row_of[earlier], 24)
            st.button(name, key=f"back_{step}", type="tertiary", on_click=go_back, args=(catalogue, step))


def example_centre(catalogue: Catalogue) -> int | None:
    """The row of the artist whose neighbourhood is drawn before anybody is chosen, or None."""
    if len(catalogue) == 1 or not list_spaces(catalogue):
        return None
    return next(iter(resources.starting_artists(catalogue)), None)


def show_beginning(catalogue: Catalogue, example: int | None) -> None:
    """What to do before an artist is chosen, with artists to begin with. `example` is the one drawn below."""
    st.info(texts.no_artist(catalogue, bool(list_spaces(catalogue))))
    if len(catalogue) == 1:
        return
    starting_buttons(catalogue, partial(recentre, catalogue))
    if example is not None:
        st.markdown(texts.example(artist_name(catalogue, example)))


def main() -> None:
    """The page: the artist's neighbourhood or a path from the artist; an example before anybody is chosen."""
    catalogue = state.current_catalogue()
    st.title(texts.TITLE, anchor=False)
    show_player_beside(catalogue)
    what, whom = st.columns([3, 1.15], gap="medium")
    with whom:
        artist_search(catalogue, "find_centre", partial(recentre, catalogue))
    chosen = state.selected_artist(catalogue)
    centre = example_centre(catalogue) if chosen is None else chosen
    with what:
        if chosen is None:
            show_beginning(catalogue, centre)
            view = "around"
        else:
            view = choose_view() if len(catalogue) > 1 and list_spaces(catalogue) else ""
    if centre is None:
        end_page()
    picture, card = st.columns([3, 1.15], gap="medium")
    with card:
        artist_card(catalogue, centre)
    with picture:
        if chosen is not None:
            show_trail(catalogue, catalogue.id_of(centre))
        if not view:
            st.info(texts.no_artist(catalogue, has_spaces=False))
            st.page_link(page("explore"), label=texts.EXPLORE_INSTEAD, query_params=state.carried())
        elif view == "path":
            show_path_section(catalogue, centre, partial(recentre, catalogue))
        else:
            show_around(catalogue, centre)
    show_open_why(catalogue, centre)


if __name__ == "__main__":
    main()
