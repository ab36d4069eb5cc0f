"""From a trained model to an artist on Explore, with the model's list."""

import streamlit as st

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.search.evidence import answer
from core.search.spaces import list_spaces
from core.space_name import SpaceName
from pages.shell import resources, state
from pages.shell.navigation import page
from pages.shell.parameters import ARTIST


def explore_with(catalogue: Catalogue, name: SpaceName) -> None:
    """Switch to Explore with the space `name`, at the artist in the URL, or at one to begin with where there is none or
    the space has nobody to name for that artist."""
    state.select_space(name)
    asked = catalogue.row_of.get(ARTIST.get(""))
    rows = [*([] if asked is None else [asked]), *resources.starting_artists(catalogue)]
    chosen = next((row for row in rows if _has_answer(catalogue, name, row)), next(iter(rows), None))
    if chosen is not None:
        state.select_artist(catalogue, chosen)
    st.switch_page(page("explore"), query_params=state.carried() or {})


def _has_answer(catalogue: Catalogue, name: SpaceName, row: int) -> bool:
    """Whether the space names anybody near the artist in `row`."""
    space = next((space for space in list_spaces(catalogue) if space.name == name), None)
    if space is None:
        return False
    try:
        return len(answer(resources.space(catalogue, space.name), space, row, 1).nearest) > 0
    except NearfieldError:
        return False
