"""The guide for the first visit, until the visitor dismisses it, and the bar of the tour above every page."""

from typing import Literal

import streamlit as st

from core.catalogue import Catalogue
from core.clips.encoder import takes_words
from pages.shell import resources, texts, visitor
from pages.shell.caching import cached_per_catalogue
from pages.shell.navigation import page
from pages.shell.parameters import ARTIST, TOUR
from pages.shell.state import in_catalogue
from pages.shell.touring import Step, tour_steps

STEPS_SECONDS = 600
"""How long the steps for a catalogue are cached. A map or model that is made later may add a step."""

_OPEN, _AT = "guide_open", "tour_at"


def show_guide(is_home: bool, catalogue: Catalogue | None) -> None:
    """Above the page: the bar during a tour, else the guide if it was opened or no artist was chosen yet."""
    greets = is_home and not ARTIST.is_given and not visitor.has_read_guide()
    is_open = st.session_state.get(_OPEN, greets)
    if catalogue is None or not (is_open or TOUR.is_given or st.session_state.get(_AT)):
        return
    steps = _steps(catalogue)
    if at := _step_at(len(steps)):
        _show_bar(steps, at)
    elif is_open and steps:
        _greet(steps)


def offer_guide() -> None:
    """A button in the sidebar that offers the tour again."""
    if not st.session_state.get(_OPEN):
        st.button(texts.GUIDE_LABEL, key="guide_call", icon=":material/tour:", type="tertiary", on_click=_call)


def _greet(steps: list[Step]) -> None:
    with st.container(border=True, key="guide", horizontal=True, vertical_alignment="center"):
        st.markdown(texts.GUIDE, width="stretch")
        _go_button(steps, 1, texts.take_tour(len(steps)), ":material/tour:", "primary")
        st.button(texts.GUIDE_READ, key="guide_read", icon=":material/check:", on_click=_dismiss)


def _show_bar(steps: list[Step], at: int) -> None:
    step = steps[at - 1]
    with st.container(border=True, key="tour", horizontal=True, vertical_alignment="center"):
        st.markdown(texts.tour_step(at, len(steps), step.title, step.text))
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            if at > 1:
                _go_button(steps, at - 1, texts.BACK, ":material/arrow_back:")
            if at < len(steps):
                _go_button(steps, at + 1, texts.NEXT, ":material/arrow_forward:", "primary")
            st.button(texts.END_TOUR, key="tour_end", icon=":material/close:", type="tertiary", on_click=_dismiss)


def _go_button(
    steps: list[Step], number: int, label: str, icon: str, kind: Literal["primary", "secondary"] = "secondary"
) -> None:
    """A button that goes to a step. A link would not change the address if it leads to the current page."""
    step = steps[number - 1]
    if st.button(label, key=f"tour_to_{number}", icon=icon, type=kind):
        st.switch_page(page(step.page), query_params=in_catalogue({**step.view, TOUR: str(number)}))


@cached_per_catalogue(8, seconds=STEPS_SECONDS)
def _steps(catalogue: Catalogue) -> list[Step]:
    artists = resources.starting_artists(catalogue)
    measured = resources.measured(catalogue)
    return tour_steps(
        catalogue, artists, lambda name: resources.space(catalogue, name), takes_words(catalogue), measured
    )


def _step_at(count: int) -> int:
    """The current step of the tour: the URL's, else the last one in this session; 0 if there is no tour."""
    asked = TOUR.get("")
    at = int(asked) if asked.isdecimal() and len(asked) < 3 else st.session_state.get(_AT, 0)
    at = at if 1 <= at <= count else 0
    st.session_state[_AT] = at
    return at


def _call() -> None:
    _end()
    st.session_state[_OPEN] = True


def _dismiss() -> None:
    _end()
    st.session_state[_OPEN] = False
    visitor.note_guide_read()


def _end() -> None:
    st.session_state[_AT] = 0
    TOUR.put(None)
