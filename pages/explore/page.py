"""Explore: find an artist, and see who is nearest in each space, side by side, and why."""

from collections.abc import Container

import numpy as np
import streamlit as st

from core.catalogue import Catalogue
from core.search.evidence import agreement, answer, default_spaces, gather_evidence
from core.search.spaces import Space, list_spaces
from pages.explore.lists import show_answer, show_asked_reasons
from pages.shell import resources, state
from pages.shell.artists import artist_card, artist_hint, artist_name, artist_search
from pages.shell.listen import show_player_beside
from pages.shell.navigation import page

ABOUT = (
    "Nearfield finds artists that are similar and shows why: by sound, by moods and themes, and by who is known "
    "to be similar to whom."
)
SPACES, WANTED = "spaces", "wanted_space"
MOST_SPACES = 4
LENGTHS = (10, 20, 50)


def choose_spaces(catalogue: Catalogue) -> list[Space]:
    """Which spaces stand side by side; the space in the URL is among them when the page opens."""
    offered = {space.name: space for space in list_spaces(catalogue)}
    wanted = st.query_params.get(state.SPACE)
    default = [space.name for space in default_spaces(list(offered.values()), MOST_SPACES, wanted)]
    keep_choice_valid(offered, default, wanted)
    chosen = st.multiselect(
        "Spaces side by side",
        list(offered),
        default=default,
        format_func=lambda name: offered[name].title,
        max_selections=MOST_SPACES,
        key=SPACES,
        persist_state="session",
    )
    return [offered[name] for name in chosen]


def keep_choice_valid(offered: Container[str], default: list[str], wanted: str | None) -> None:
    """Start the choice anew where another catalogue lacks what was chosen, or another page asks for a space."""
    chosen = st.session_state.get(SPACES)
    asked_anew = wanted in offered and wanted != st.session_state.get(WANTED)
    st.session_state[WANTED] = wanted
    if chosen and (any(name not in offered for name in chosen) or (asked_anew and wanted not in chosen)):
        st.session_state[SPACES] = default


def pick_random(catalogue: Catalogue) -> None:
    state.select_artist(catalogue, int(np.random.default_rng().integers(len(catalogue))))


def show_first_steps(catalogue: Catalogue) -> None:
    """What to do when no artist is chosen, with artists to begin with."""
    st.write("Type an artist’s name above to see who is similar, and why. Or begin with one of these:")
    with st.container(horizontal=True):
        for row in resources.starting_artists(catalogue):
            st.button(
                artist_name(catalogue, row),
                key=f"start_{row}",
                help=artist_hint(catalogue, row),
                on_click=state.select_artist,
                args=(catalogue, row),
            )
        random_button(catalogue)


def random_button(catalogue: Catalogue) -> None:
    st.button(
        "A random artist", key="random", icon=":material/casino:", type="tertiary",
        on_click=pick_random, args=(catalogue,),
    )  # fmt: skip


def show_artist(catalogue: Catalogue, row: int) -> None:
    """The chosen artist's card and the way on."""
    artist_card(catalogue, row)
    artist_id = str(catalogue.artists["artist_id"].iloc[row])
    with st.container(horizontal=True, vertical_alignment="center"):
        for name, label, icon in (
            ("neighbourhood", "Neighbourhood of this artist", ":material/hub:"),
            ("map", "On the map", ":material/scatter_plot:"),
        ):
            st.page_link(page(name), label=label, icon=icon, query_params={state.ARTIST: artist_id}, width="content")
        random_button(catalogue)


def show_nearest(catalogue: Catalogue, row: int) -> None:
    """The nearest artists in each chosen space, side by side."""
    st.subheader("Nearest artists", anchor=False)
    wide, narrow = st.columns([5, 1])
    with wide:
        spaces = choose_spaces(catalogue)
    with narrow:
        length = st.selectbox("Artists per list", LENGTHS, key="length", bind="query-params")
    if not spaces:
        st.info("Choose at least one space above to see the nearest artists in it.")
        return
    answers = [answer(resources.space(catalogue, space.name), space, row, length) for space in spaces]
    agreed = agreement(answers, len(catalogue))
    st.caption(
        "✓ known: a similar artist that the catalogue lists. Shared: similar artists that both are known to have. "
        "In 2 lists: so many of the lists below name the artist. Choose a name to go on from there."
    )
    for column, found in zip(st.columns(len(answers), gap="medium"), answers, strict=True):
        evidence = gather_evidence(resources.adjacency(catalogue), row, found.nearest.rows)
        with column:
            show_answer(catalogue, found, evidence, agreed)
    show_asked_reasons(catalogue, row)


catalogue = state.current_catalogue()
artist = state.selected_artist(catalogue)
st.title("Explore", anchor=False)
show_player_beside(catalogue)
if artist is None:
    st.write(ABOUT)
artist_search(catalogue)
if artist is None:
    show_first_steps(catalogue)
else:
    show_artist(catalogue, artist)
    show_nearest(catalogue, artist)
