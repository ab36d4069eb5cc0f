"""The button that gets musicnn: what it is for, its size and licence, and how far it has arrived."""

import streamlit as st

from core.audio.encoders.checkpoints import KNOWN, MUSICNN, get, is_installed
from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.features.audio_sets import MUSICNN_SETS
from core.jobs.tasks import Background, Stage, Task
from pages.clip import texts
from pages.shell import texts as shell_texts
from pages.shell.commands import hear_command
from pages.shell.owner import may_work, show_owner_needed
from pages.shell.text import plain

_ASKED = "clip_musicnn_asked"


def offer_musicnn(catalogue: Catalogue) -> None:
    """A button that gets musicnn, or, once it is here, how the catalogue's music is heard with it."""
    if not is_installed(KNOWN[MUSICNN]):
        _offer()
    elif not set(MUSICNN_SETS) <= set(catalogue.feature_names) and catalogue.manifest.kind == "real":
        with st.popover(texts.MUSICNN_IS_HERE, icon=":material/hearing:", type="tertiary"):
            st.code(hear_command(catalogue), language="bash", wrap_lines=True)


def _offer() -> None:
    if st.session_state.get(_ASKED):
        _watch()
        return
    with st.popover(texts.GET_MUSICNN, icon=":material/hearing:", type="tertiary"):
        st.markdown(texts.MUSICNN_PURPOSE)
        if may_work():
            st.button(texts.GET_MUSICNN, key="clip_musicnn_get", type="primary", on_click=_ask)
        else:
            show_owner_needed(shell_texts.OWNER_FETCHES, "musicnn")


def _ask() -> None:
    if not may_work():
        return
    st.session_state[_ASKED] = True
    _background().forget(MUSICNN)
    _task()


@st.cache_resource
def _background() -> Background:
    """One fetch for all visitors."""
    return Background(1, 1)


def _task() -> Task[list[str]]:
    def work(enter: Stage) -> list[str]:
        enter(texts.MUSICNN_STARTS)
        return get(KNOWN[MUSICNN], lambda done, total: enter(texts.musicnn_progress(done / total if total else 0.0)))

    return _background().start(MUSICNN, work)


@st.fragment(run_every="0.5s")
def _watch() -> None:
    task = _task()
    if not task.done:
        st.markdown(task.stage or texts.MUSICNN_STARTS)
        return
    del st.session_state[_ASKED]
    try:
        task.result()
    except NearfieldError as fault:
        st.error(plain(str(fault)))
        return
    st.rerun()
