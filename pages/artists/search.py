"""The search box for artists."""

from collections.abc import Callable

import streamlit as st

from core.catalogue import Catalogue
from pages.artists import texts
from pages.artists.card import artist_hint, artist_name
from pages.components.in_browser import BOX, mark_hits
from pages.shell import resources, state
from pages.shell.parameters import ARTIST
from pages.shell.text import plain

HITS = 8


def artist_search(
    catalogue: Catalogue,
    key: str = "find",
    on_pick: Callable[[int], None] | None = None,
    label: str = texts.SEARCH_LABEL,
) -> None:
    """A search box that shows hits as buttons while the visitor types. Enter and the arrow keys work on the hits.

    A hit calls `on_pick` with the artist's row; without `on_pick` it selects the artist. Then the whole page runs
    again with an empty box.
    """
    st.session_state[f"{key}_drawn"] = _drawn(key)
    _search_box(catalogue, key, on_pick, label)


@st.fragment
def _search_box(catalogue: Catalogue, key: str, on_pick: Callable[[int], None] | None, label: str) -> None:
    def pick(row: int) -> None:
        st.session_state[f"{key}_picks"] = st.session_state.get(f"{key}_picks", 0) + 1
        on_pick(row) if on_pick else state.select_artist(catalogue, row)

    # Compare with what the page shows instead of trusting the click: late typing can overtake the rerun of a click.
    if st.session_state[f"{key}_drawn"] != _drawn(key):
        st.rerun()
    # A new key after every pick: text typed before it belongs to a box that is gone.
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
        found = resources.name_index(catalogue).search(text, HITS)
        if not found.rows:
            st.caption(texts.no_hit(plain(text.strip(), 40)))
        elif found.are_others:
            st.caption(texts.not_called(plain(text.strip(), 40), found.are_alike))
        hits = {f"{key}_hit_{row}": row for row in found.rows}
        with st.container(gap=None):
            mark_hits(text, list(hits), found.are_others)
            for hit_key, row in hits.items():
                hit = texts.hit(artist_name(catalogue, row), artist_hint(catalogue, row))
                st.button(hit, key=hit_key, on_click=pick, args=(row,), type="tertiary")


def _drawn(key: str) -> tuple[str | None, int]:
    """The state a search box depends on: the artist in the URL, and the number of picks so far."""
    return ARTIST.get(), st.session_state.get(f"{key}_picks", 0)
