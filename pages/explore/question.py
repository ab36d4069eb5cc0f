"""The question in the URL of Explore beside the artist: artists to be like or unlike, and the exploration."""

from dataclasses import dataclass

import streamlit as st

from core.catalogue import Catalogue
from core.search.exploration import MOST_ARTISTS, Exploration, Query
from pages.explore import texts
from pages.explore.parameters import DIAL, LIKE, UNLIKE
from pages.shell import boxes, state
from pages.shell.parameters import Parameter

STEPS = dict(zip(("0", "0.25", "0.5", "0.75", "1"), texts.STOPS, strict=True))
"""Steps of the exploration as the URL writes them, with their names."""


@dataclass(frozen=True)
class Question:
    """The query, which begins with the page's artist, and the step of the exploration."""

    query: Query
    stop: str

    @property
    def exploration(self) -> Exploration:
        return Exploration.at(float(self.stop))

    @property
    def is_joined(self) -> bool:
        """Whether other artists than the page's are named."""
        return len(self.query.artists) > 1


def read_question(catalogue: Catalogue, row: int) -> Question:
    """The question in the URL about the artist in `row`; who is unknown, named twice or one too many is left out."""
    stop = DIAL.get("0")
    like = named(catalogue, LIKE, {row})[: MOST_ARTISTS - 1]
    unlike = named(catalogue, UNLIKE, {row, *like})[: MOST_ARTISTS - 1 - len(like)]
    return Question(Query((row, *like), tuple(unlike)), stop if stop in STEPS else "0")


def named(catalogue: Catalogue, parameter: Parameter, but: set[int]) -> list[int]:
    """Rows of the artists that the URL's parameter names, each once, without those of `but`."""
    rows = [catalogue.row_of[artist_id] for artist_id in parameter.get_all() if artist_id in catalogue.row_of]
    return [row for row in dict.fromkeys(rows) if row not in but]


def add_to_query(catalogue: Catalogue, side: Parameter, row: int) -> None:
    """Name one more artist, as LIKE or UNLIKE; it is no longer what it was before."""
    artist_id = catalogue.id_of(row)
    drop_from_query(artist_id)
    if len(LIKE.get_all()) + len(UNLIKE.get_all()) >= MOST_ARTISTS - 1:
        st.toast(texts.too_many_artists(MOST_ARTISTS))
        return
    side.put([*side.get_all(), artist_id])


def drop_from_query(artist_id: str) -> None:
    """Name an artist no longer."""
    for side in (LIKE, UNLIKE):
        side.put([other for other in side.get_all() if other != artist_id])


def go_on(catalogue: Catalogue, row: int) -> None:
    """Go on to another artist, which drops the other artists of the query. Exploration and filters stay."""
    boxes.close()
    for side in (LIKE, UNLIKE):
        side.put(None)
    state.select_artist(catalogue, row)
