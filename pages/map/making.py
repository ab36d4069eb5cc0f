"""Making a map that is missing: the offer, and the progress. Another process does the work."""

import shlex

import streamlit as st

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.maps.jobs import MapJob, forget_map_job, map_command, map_job, start_map_job
from core.maps.store import map_path
from core.search.spaces import Space
from pages.map import texts


def offer_map(catalogue: Catalogue, space: Space) -> None:
    """Shown in place of a missing map: the reason, a button to make it and the command for it, or the progress."""
    job = map_job(catalogue, space.name)
    if job and job.is_active:
        st.fragment(_watch, run_every="1s")(catalogue, space)
        return
    if job:
        st.error(texts.map_failed(job.message))
    elif map_path(catalogue, space.name).exists():
        st.info(texts.map_outdated(space.title))
    else:
        st.info(texts.map_missing(space.title))
    st.button(
        texts.MAKE_MAP, type="primary", key=f"make_map_{space.name}", on_click=_start, args=(catalogue, space.name)
    )
    if fault := st.session_state.pop("make_map_fault", None):
        st.error(fault)
    st.caption(texts.HOW_MAP_IS_MADE)
    st.code(shlex.join(map_command(catalogue, space.name)), language="bash", wrap_lines=True)


def _watch(catalogue: Catalogue, space: Space) -> None:
    job = map_job(catalogue, space.name)
    if job is None or not job.is_active:
        st.rerun()
    _show_progress(job)
    st.caption(texts.MAP_WILL_BE_HERE)
    st.button(texts.CANCEL, key=f"cancel_map_{space.name}", on_click=forget_map_job, args=(catalogue, space.name))


def _show_progress(job: MapJob) -> None:
    st.subheader(texts.MAP_BEING_MADE, anchor=False)
    st.progress(job.done if job.stage == "layout" else 0.0, text=f"{texts.progress_sentence(job)} …")


def _start(catalogue: Catalogue, space: str) -> None:
    try:
        start_map_job(catalogue, space)
    except NearfieldError as fault:
        st.session_state["make_map_fault"] = str(fault)
