"""Which spaces stand side by side on Explore."""

from collections.abc import Container, Sequence

import streamlit as st

from core.search.evidence import default_spaces
from core.search.spaces import Space
from pages.shell import state

SPACES, WANTED = "spaces", "wanted_space"
MOST_SPACES = 4


def choose_spaces(spaces: Sequence[Space]) -> list[Space]:
    """Which spaces stand side by side; the space in the URL is among them when the page opens."""
    offered = {space.name: space for space in spaces}
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
