"""The button that gets musicnn: what it is for, its size and licence, and how far it has arrived."""

import streamlit as st

from core.audio.encoders.checkpoints import KNOWN, MUSICNN, get, is_installed
from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.jobs.tasks import Background, Stage, Task
from pages.clip import texts
from pages.clip.hearing import can_hear, number_of_files, offer_hearing, show_hearing, start_hearing
from pages.shell import texts as shell_texts
from pages.shell.owner import may_work, show_owner_needed, told
from pages.shell.text import plain
from pages.shell.visitor import visitor_id

_ASKED, _FAULT = "clip_musicnn_asked", "clip_musicnn_fault"


def offer_musicnn(catalogue: Catalogue) -> None:
    """A popover with the button that gets musicnn and has it hear the catalogue, or does what of that is left."""
    if is_installed(KNOWN[MUSICNN]):
        offer_hearing(catalogue)
        return
    if st.session_state.get(_ASKED):
        return
    with st.popover(texts.GET_MUSICNN, icon=":material/hearing:", type="tertiary", key="clip_ears_get"):
        st.markdown(texts.MUSICNN_PURPOSE)
        if not may_work():
            show_owner_needed(shell_texts.OWNER_FETCHES, "musicnn")
            return
        is_heard = can_hear(catalogue)
        if is_heard:
            st.markdown(texts.hears_after(number_of_files(catalogue)))
        st.button(
            texts.GET_AND_HEAR if is_heard else texts.GET_MUSICNN,
            key="clip_musicnn_get",
            type="primary",
            on_click=_ask,
            args=(catalogue,),
        )


def watch_musicnn(catalogue: Catalogue) -> None:
    """How far musicnn has arrived, then how far its hearing of the catalogue is, and what went wrong with either."""
    if fault := st.session_state.pop(_FAULT, None):
        st.error(plain(fault))
    if st.session_state.get(_ASKED):
        _watch(catalogue)
    else:
        show_hearing(catalogue)


def _ask(catalogue: Catalogue) -> None:
    if not may_work():
        return
    st.session_state[_ASKED] = True
    _background().forget(_key(catalogue))
    _task(catalogue)


@st.cache_resource
def _background() -> Background:
    """One fetch at a time for all visitors."""
    return Background(1, 8)


def _key(catalogue: Catalogue) -> tuple[str, str]:
    return MUSICNN, str(catalogue.path)


def _task(catalogue: Catalogue) -> Task[None]:
    owner, hears = visitor_id(), can_hear(catalogue)

    def work(enter: Stage) -> None:
        enter(texts.MUSICNN_STARTS)
        get(KNOWN[MUSICNN], lambda done, total: enter(texts.musicnn_progress(done / total if total else 0.0)))
        if hears:
            start_hearing(catalogue, owner)

    return _background().start(_key(catalogue), work)


@st.fragment(run_every="0.5s")
def _watch(catalogue: Catalogue) -> None:
    task = _task(catalogue)
    if not task.done:
        st.markdown(task.stage or texts.MUSICNN_STARTS)
        return
    del st.session_state[_ASKED]
    try:
        task.result()
    except NearfieldError as fault:
        st.session_state[_FAULT] = told(fault)
    st.rerun()
