"""The choice of the spaces that Explore shows side by side."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.search.evidence import default_spaces
from core.search.spaces import Space
from pages.explore import texts
from pages.explore.parameters import SPACES
from pages.shell import choices
from pages.shell.parameters import SPACE, put_together

MOST_SPACES = 4


def choose_spaces(spaces: Sequence[Space], measured: Mapping[str, float]) -> list[Space]:
    """The spaces to show side by side, as the URL has them, or else the best `measured` first.

    They include the space that other pages show.
    """
    offered = {space.name: space for space in spaces}
    wanted = SPACE.get()
    default = [space.name for space in default_spaces(list(offered.values()), MOST_SPACES, wanted, measured)]
    choices.many_in_url(SPACES, list(offered), default, most=MOST_SPACES)
    if wanted in offered and wanted not in st.session_state[SPACES.name]:
        st.session_state[SPACES.name] = [wanted, *st.session_state[SPACES.name]][:MOST_SPACES]
    chosen = st.multiselect(
        texts.SPACES_LABEL,
        list(offered),
        format_func=lambda name: offered[name].title,
        max_selections=MOST_SPACES,
        select_all=False,
        key=SPACES.name,
        on_change=_take,
        args=(default,),
    )
    return [offered[name] for name in chosen]


def _take(default: list[str]) -> None:
    chosen = st.session_state[SPACES.name]
    wanted = SPACE.get()
    spaces = None if chosen == default else chosen or choices.NOTHING
    put_together({SPACES: spaces, SPACE: wanted if wanted in chosen else None})
