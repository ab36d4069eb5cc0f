"""The question in Explore's URL: artists to be like or unlike, besides the page's own, and the exploration."""

from dataclasses import dataclass

import streamlit as st

from core.catalogue import Catalogue
from core.search.exploration import MOST_ARTISTS, Exploration, Query
from pages.explore import texts
from pages.explore.parameters import DIAL, LIKE, UNLIKE
from pages.shell import boxes, state
from pages.shell.parameters import Parameter, put_together

STEPS = dict(zip(("0", "0.25", "0.5", "0.75", "1"), texts.STOPS, strict=True))
"""Steps of the exploration: value in the URL -> name."""


@dataclass(frozen=True)
class Question:
    """The query, which starts with the page's artist, and the step of the exploration."""

    query: Query
    stop: str

    @property
    def exploration(self) -> Exploration:
        return Exploration.at(float(self.stop))

    @property
    def is_joined(self) -> bool:
        """Whether the query names artists besides the page's own."""
        return len(self.query.artists) > 1


def read_question(catalogue: Catalogue, row: int) -> Question:
    """The question in the URL about the artist in `row`, without unknown, repeated and surplus artists."""
    stop = DIAL.get("0")
    like = named(catalogue, LIKE, {row})[: MOST_ARTISTS - 1]
    unlike = named(catalogue, UNLIKE, {row, *like})[: MOST_ARTISTS - 1 - len(like)]
    return Question(Query((row, *like), tuple(unlike)), stop if stop in STEPS else "0")


def named(catalogue: Catalogue, parameter: Parameter, but: set[int]) -> list[int]:
    """Rows of the artists that the parameter names, without duplicates and without those in `but`."""
    rows = [catalogue.row_of[artist_id] for artist_id in parameter.get_all() if artist_id in catalogue.row_of]
    return [row for row in dict.fromkeys(rows) if row not in but]


def query_said(catalogue: Catalogue, query: Query) -> str:
    """The query as a list records it."""
    like, unlike = (catalogue.display_names.iloc[list(side)].tolist() for side in (query.like, query.unlike))
    return texts.query_text(like, unlike)


def add_to_query(catalogue: Catalogue, side: Parameter, row: int) -> None:
    """Add an artist to `side`, LIKE or UNLIKE, and remove it from the other side."""
    artist_id = catalogue.id_of(row)
    sides = _sides_without(artist_id)
    if sum(map(len, sides.values())) >= MOST_ARTISTS - 1:
        st.toast(texts.too_many_artists(MOST_ARTISTS))
    else:
        sides[side].append(artist_id)
    put_together(sides)


def drop_from_query(artist_id: str) -> None:
    """Remove an artist from both sides of the query."""
    put_together(_sides_without(artist_id))


def _sides_without(artist_id: str) -> dict[Parameter, list[str]]:
    return {side: [other for other in side.get_all() if other != artist_id] for side in (LIKE, UNLIKE)}


def go_on(catalogue: Catalogue, row: int) -> None:
    """Switch to another artist. This drops the other artists of the query; exploration and filters stay.

    One step back in the browser brings them all again.
    """
    state.select_artist(catalogue, row, dropping=(*boxes.BOXES, LIKE, UNLIKE))
