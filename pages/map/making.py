"""Making a map that is missing: the offer, and the progress. Another process does the work."""

import shlex

import streamlit as st

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.jobs import Job, Jobs
from core.maps.jobs import cancel_map_job, map_command, map_job, start_map_job
from core.maps.store import map_path
from core.search.spaces import Space
from pages.map import texts
from pages.shell import texts as shell_texts
from pages.shell.jobs import WatchedJob, attempt, show_fault, watch_job
from pages.shell.owner import is_owner, may_work, show_owner_needed, told
from pages.shell.visitor import visitor_id


def offer_map(catalogue: Catalogue, space: Space) -> None:
    """Shown in place of a missing map: the reason, a button to make it and the command for it, or the progress."""
    job, fault = _job(catalogue, space)
    if job and job.is_active:
        watch_job(_watched(catalogue, space))
        return
    if fault is not None:
        st.error(fault)
    elif map_path(catalogue, space.name).exists():
        st.info(texts.map_outdated(space.title))
    else:
        st.info(texts.map_missing(space.title, len(catalogue)))
    name = _name(space)
    show_fault(name)
    if not may_work():
        show_owner_needed(shell_texts.OWNER_MAPS, name)
        return
    st.button(
        texts.MAKE_MAP,
        type="primary",
        key=f"make_{name}",
        on_click=attempt,
        args=(name, start_map_job, catalogue, space.name, visitor_id()),
    )
    st.caption(texts.HOW_MAP_IS_MADE)
    if is_owner():
        st.code(shlex.join(map_command(catalogue, space.name)), language="bash", wrap_lines=True)


def _job(catalogue: Catalogue, space: Space) -> tuple[Job | None, str | None]:
    """The last job that makes this map, and what went wrong with it or with reading it, if anything did."""
    try:
        job = map_job(catalogue, space.name)
        fault = Jobs(catalogue.path).fault(job) if job else None
    except NearfieldError as unreadable:
        return None, told(unreadable)
    return job, None if fault is None else texts.map_failed(told(fault))


def _watched(catalogue: Catalogue, space: Space) -> WatchedJob:
    return WatchedJob(
        _name(space),
        find=lambda: map_job(catalogue, space.name),
        show=_show_progress,
        stop=lambda: cancel_map_job(catalogue, space.name),
    )


def _name(space: Space) -> str:
    return f"map_{space.name}"


def _show_progress(job: Job) -> None:
    st.subheader(texts.MAP_BEING_MADE, anchor=False)
    st.progress(job.done if job.stage in ("layout", "placing") else 0.0, text=f"{texts.progress_sentence(job)} …")
    st.caption(texts.MAP_WILL_BE_HERE)
