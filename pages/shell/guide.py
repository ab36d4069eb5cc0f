"""The guide for the first visit, until the visitor dismisses it, and the bar of the tour above every page."""

from typing import Literal

import streamlit as st

from core.catalogue import Catalogue
from core.clips.encoder import takes_clips, takes_words
from pages.components import charts
from pages.components.presenting import guide_eyes
from pages.shell import resources, texts, visitor
from pages.shell.caching import cached_per_catalogue
from pages.shell.live_run import can_offer_run, offer_live_run, run_under_way, training_said
from pages.shell.navigation import HOME, page
from pages.shell.parameters import ARTIST, PRESENT, TOUR
from pages.shell.state import in_catalogue, is_presenting
from pages.shell.touring import Hearing, Step, around, tour_steps

STEPS_SECONDS = 600
"""How long the steps for a catalogue are cached. A map or model that is made later may add a step."""

Kind = Literal["primary", "secondary"]

_OPEN, _AT = "guide_open", "tour_at"


def show_guide(shown: str, catalogue: Catalogue | None) -> None:
    """Above the page of the name `shown`: the bar during a tour, else an offer of the tour until an artist is chosen or
    it is dismissed."""
    is_home = shown == HOME
    greets = is_home and not ARTIST.is_given and not visitor.has_read_guide()
    is_open = st.session_state.get(_OPEN, greets)
    is_asked = is_open or TOUR.is_given or st.session_state.get(_AT) or is_presenting()
    if catalogue is None or not is_asked:
        return
    steps = _steps_in_view(catalogue)
    if at := _step_at(len(steps)):
        if is_home and TOUR.is_given and not ARTIST.is_given:
            _go_to(steps, at)
        _show_bar(catalogue, steps, at, shown)
    elif is_presenting():
        _leave_button()
    elif is_open and steps:
        _greet(steps)


def guide_visitor(catalogue: Catalogue | None) -> None:
    """Keys of a presentation, and scrolling to what the step speaks of. Call it at the end of a run."""
    at = st.session_state.get(_AT, 0)
    if catalogue is not None and (at or is_presenting() or charts.told_size()):
        steps = _steps_in_view(catalogue) if at else []
        step = steps[at - 1] if 1 <= at <= len(steps) else None
        # A run that begins at the step on training takes its curves' place, so look there again.
        run = run_under_way(catalogue) if step and step.page == "train" else ""
        containers = step.focus if step else ()
        guide_eyes(f"{at} {run}", containers, is_presenting(), charts.told_size())


def offer_guide() -> None:
    """A button in the sidebar that offers the tour again."""
    if not st.session_state.get(_OPEN):
        st.button(texts.GUIDE_LABEL, key="guide_call", icon=":material/tour:", type="tertiary", on_click=_call)


def _greet(steps: list[Step]) -> None:
    with st.container(border=True, key="guide", horizontal=True, vertical_alignment="center"):
        st.markdown(texts.GUIDE, width="stretch")
        _go_button(steps, 1, texts.take_tour(len(steps)), ":material/tour:", "tour_begin", "primary")
        st.button(texts.GUIDE_READ, key="guide_read", icon=":material/check:", on_click=_dismiss)


def _show_bar(catalogue: Catalogue, steps: list[Step], at: int, shown: str) -> None:
    step = steps[at - 1]
    is_here, is_training = step.page == shown, step.page == "train"
    text = training_said(catalogue) if is_training else step.text
    with st.container(border=True, key="tour", horizontal=True, vertical_alignment="center"):
        with st.container(key="tour_waiting"):
            st.caption(texts.COMPUTING_VIEW)
        wide, narrow = (texts.tour_step(at, len(steps), step.title, text) for text in (text, step.narrow))
        if not is_here:
            st.markdown(texts.tour_step(at, len(steps), step.title, texts.TOUR_IS_ELSEWHERE), width="stretch")
        elif step.narrow:
            with st.container(key="tour_wide", width="stretch"):
                st.markdown(wide)
            with st.container(key="tour_narrow", width="stretch"):
                st.markdown(narrow)
        else:
            st.markdown(wide, width="stretch")
        with st.container(horizontal=True, vertical_alignment="center", width="content", gap="xsmall"):
            if not is_here:
                _go_button(steps, at, texts.TO_VIEW, ":material/tour:", "tour_here", "primary")
            elif is_training:
                offer_live_run(catalogue)
            if at > 1:
                _go_button(steps, at - 1, texts.BACK, ":material/arrow_back:", "tour_back")
            if at < len(steps):
                # One button stands out: what there is to do here.
                kind: Kind = "secondary" if is_here and is_training and can_offer_run(catalogue) else "primary"
                _go_button(steps, at + 1, texts.NEXT, ":material/arrow_forward:", "tour_next", kind)
            if is_presenting():
                _leave_button()
                return
            st.button(
                texts.PRESENT,
                key="present",
                icon=":material/slideshow:",
                type="tertiary",
                help=texts.PRESENT_HELP,
                on_click=PRESENT.put,
                args=("1",),
            )
            st.button(texts.END_TOUR, key="tour_end", icon=":material/close:", type="tertiary", on_click=_dismiss)


def _leave_button() -> None:
    st.button(texts.PRESENT_END, key="present_end", type="tertiary", on_click=PRESENT.put, args=(None,))


def _go_button(
    steps: list[Step],
    number: int,
    label: str,
    icon: str,
    key: str,
    kind: Kind = "secondary",
) -> None:
    """A button that goes to a step. A link would not change the address if it leads to the current page."""
    if st.button(label, key=key, icon=icon, type=kind):
        _go_to(steps, number)


def _go_to(steps: list[Step], number: int) -> None:
    """To the view of a step. Also where a short address, such as /?tour=1&present=1, names no more than the step."""
    step = steps[number - 1]
    st.switch_page(page(step.page), query_params=in_catalogue({**step.view, TOUR: str(number)}))


def _steps_in_view(catalogue: Catalogue) -> list[Step]:
    """The steps of the tour, around the artist whom the page shows."""
    starting = resources.starting_artists(catalogue)
    if not starting:
        return []
    usual = _steps(catalogue, starting[0])
    row = catalogue.row_of.get(ARTIST.get(""), starting[0])
    return usual if row == starting[0] else around(usual, _steps(catalogue, row))


@cached_per_catalogue(32, seconds=STEPS_SECONDS)
def _steps(catalogue: Catalogue, row: int) -> list[Step]:
    has_sample = bool((catalogue.tracks["kind"] == "synthetic").any())
    return tour_steps(
        catalogue,
        [row],
        lambda name: resources.space(catalogue, name),
        Hearing(takes_clips(catalogue), takes_words(catalogue), has_sample),
        resources.measured(catalogue),
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
