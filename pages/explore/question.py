"""What Explore is asked beside the artist, as the URL says it: whom the answers shall be like or not, and the dial."""

from dataclasses import dataclass

import streamlit as st

from core.catalogue import Catalogue
from core.search.exploration import MOST_ARTISTS, Dial, Wish
from pages.shell import boxes, state

LIKE, UNLIKE, DIAL = "like", "unlike", "dial"
STEPS = {
    "0": "familiar",
    "0.25": "a little further",
    "0.5": "halfway",
    "0.75": "further",
    "1": "adventurous",
}
"""Stops of the dial as the URL writes them, with their names."""


@dataclass(frozen=True)
class Question:
    """The wish, of which the page's artist is the first, and the dial's stop."""

    wish: Wish
    stop: str

    @property
    def dial(self) -> Dial:
        return Dial.at(float(self.stop))

    @property
    def is_joined(self) -> bool:
        """Whether other artists than the page's are named."""
        return len(self.wish.artists) > 1


def read_question(catalogue: Catalogue, row: int) -> Question:
    """The question in the URL about the artist in `row`; who is unknown, named twice or one too many is left out."""
    stop = st.query_params.get(DIAL, "0")
    like = named(catalogue, LIKE, {row})[: MOST_ARTISTS - 1]
    unlike = named(catalogue, UNLIKE, {row, *like})[: MOST_ARTISTS - 1 - len(like)]
    return Question(Wish((row, *like), tuple(unlike)), stop if stop in STEPS else "0")


def named(catalogue: Catalogue, name: str, but: set[int]) -> list[int]:
    """Rows of the artists that the URL's parameter `name` names, each once, without those of `but`."""
    rows = [catalogue.row_of[artist_id] for artist_id in st.query_params.get_all(name) if artist_id in catalogue.row_of]
    return [row for row in dict.fromkeys(rows) if row not in but]


def add_wish(catalogue: Catalogue, name: str, row: int) -> None:
    """Name one more artist, as LIKE or UNLIKE; it is no longer what it was before."""
    artist_id = catalogue.id_of(row)
    drop_wish(artist_id)
    if len(st.query_params.get_all(LIKE)) + len(st.query_params.get_all(UNLIKE)) >= MOST_ARTISTS - 1:
        st.toast(f"A question can name {MOST_ARTISTS} artists. Take one out first.")
        return
    st.query_params[name] = [*st.query_params.get_all(name), artist_id]


def drop_wish(artist_id: str) -> None:
    """Name an artist no longer."""
    for name in (LIKE, UNLIKE):
        given = st.query_params.get_all(name)
        if artist_id in given:
            st.query_params[name] = [other for other in given if other != artist_id]


def go_on(catalogue: Catalogue, row: int) -> None:
    """Another artist, which is another question: nobody else is named then; dial and filters stay."""
    boxes.close()
    for name in (LIKE, UNLIKE):
        st.query_params.pop(name, None)
    state.select_artist(catalogue, row)
