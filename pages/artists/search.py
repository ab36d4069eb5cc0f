"""Choosing an artist by name."""

from collections.abc import Callable

import streamlit as st

from core.catalogue import Catalogue
from core.search.lookup import find_artists
from pages.artists import texts
from pages.artists.card import artist_hint, artist_name
from pages.components.in_browser import BOX, mark_hits
from pages.shell import resources, state
from pages.shell.parameters import ARTIST

HITS = 8


def artist_search(
    catalogue: Catalogue,
    key: str = "find",
    on_pick: Callable[[int], None] | None = None,
    label: str = texts.SEARCH_LABEL,
) -> None:
    """A search box that answers while one types, with the hits as buttons; Enter and the arrow keys choose among them.

    A hit calls `on_pick` with the artist's row; without it the artist becomes the chosen one. The whole page runs
    again then, with an empty box.
    """
    st.session_state[f"{key}_drawn"] = _drawn(key)
    _search_box(catalogue, key, on_pick, label)


@st.fragment
def _search_box(catalogue: Catalogue, key: str, on_pick: Callable[[int], None] | None, label: str) -> None:
    def pick(row: int) -> None:
        st.session_state[f"{key}_picks"] = st.session_state.get(f"{key}_picks", 0) + 1
        on_pick(row) if on_pick else state.select_artist(catalogue, row)

    # Told from what the page shows, not from the click: typing that arrives late can overtake a click's rerun.
    if st.session_state[f"{key}_drawn"] != _drawn(key):
        st.rerun()
    # A new key after every pick: what was typed before belongs to a box that is gone.
    picks = st.session_state.get(f"{key}_picks", 0)
    with st.container(key=f"{BOX}{key}"):
        text = st.text_input(
            label,
            key=f"{key}_{picks}" if picks else key,
            type="search",
            live="200ms",
            placeholder=texts.SEARCH_PLACEHOLDER,
        )
        if not text.strip():
            return
        rows = find_artists(resources.name_index(catalogue), text, HITS)
        if not rows:
            st.caption(texts.NO_HIT)
        hits = {f"{key}_hit_{row}": row for row in rows}
        with st.container(gap=None):
            mark_hits(text, list(hits))
            for hit_key, row in hits.items():
                hit = texts.hit(artist_name(catalogue, row), artist_hint(catalogue, row))
                st.button(hit, key=hit_key, on_click=pick, args=(row,), type="tertiary")


def _drawn(key: str) -> tuple[str | None, int]:
    """What a search box stands on: the artist in the URL, and how often somebody was picked in it."""
    return ARTIST.get(), st.session_state.get(f"{key}_picks", 0)
