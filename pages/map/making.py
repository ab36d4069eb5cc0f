"""Making a map that is missing: the offer, and the progress. Another process does the work."""

import shlex

import streamlit as st

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.jobs import Job
from core.maps.jobs import cancel_map_job, map_command, map_fault, map_job, start_map_job
from core.maps.store import map_path
from core.search.spaces import Space
from pages.map import texts
from pages.shell.visitor import visitor_id

_FAULT = "make_map_fault"


def offer_map(catalogue: Catalogue, space: Space) -> None:
    """Shown in place of a missing map: the reason, a button to make it and the command for it, or the progress."""
    job, fault = _job(catalogue, space)
    if job and job.is_active:
        st.fragment(_watch, run_every="1s")(catalogue, space)
        return
    if fault is not None:
        st.error(fault)
    elif map_path(catalogue, space.name).exists():
        st.info(texts.map_outdated(space.title))
    else:
        st.info(texts.map_missing(space.title, len(catalogue)))
    st.button(
        texts.MAKE_MAP, type="primary", key=f"make_map_{space.name}", on_click=_start, args=(catalogue, space.name)
    )
    _show_fault()
    st.caption(texts.HOW_MAP_IS_MADE)
    st.code(shlex.join(map_command(catalogue, space.name)), language="bash", wrap_lines=True)


def _job(catalogue: Catalogue, space: Space) -> tuple[Job | None, str | None]:
    """The last job that makes this map, and what went wrong with it or with reading it, if anything did."""
    try:
        job = map_job(catalogue, space.name)
        fault = map_fault(catalogue, job) if job else None
    except NearfieldError as unreadable:
        return None, str(unreadable)
    return job, None if fault is None else texts.map_failed(fault)


def _watch(catalogue: Catalogue, space: Space) -> None:
    job, _ = _job(catalogue, space)
    if job is None or not job.is_active:
        st.rerun()
    _show_progress(job)
    st.caption(texts.MAP_WILL_BE_HERE)
    _show_fault()
    st.button(texts.CANCEL, key=f"cancel_map_{space.name}", on_click=_cancel, args=(catalogue, space.name))


def _show_progress(job: Job) -> None:
    st.subheader(texts.MAP_BEING_MADE, anchor=False)
    st.progress(job.done if job.stage == "layout" else 0.0, text=f"{texts.progress_sentence(job)} …")


def _show_fault() -> None:
    if fault := st.session_state.pop(_FAULT, None):
        st.error(fault)


def _start(catalogue: Catalogue, space: str) -> None:
    try:
        start_map_job(catalogue, space, visitor_id())
    except NearfieldError as fault:
        st.session_state[_FAULT] = str(fault)


def _cancel(catalogue: Catalogue, space: str) -> None:
    try:
        cancel_map_job(catalogue, space)
    except NearfieldError as fault:
        st.session_state[_FAULT] = str(fault)
