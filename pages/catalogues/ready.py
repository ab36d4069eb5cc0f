"""A catalogue that has come in: what it holds, what makes it ready, and the way to Explore."""

import streamlit as st

from core.catalogue import Catalogue
from core.catalogue.library import Entry
from core.errors import NearfieldError
from core.jobs import Job, Jobs
from core.prepare.jobs import (
    PREPARE,
    cancel_preparation,
    preparation_job,
    preparation_progress,
    start_preparation,
)
from core.prepare.pieces import Choice
from core.prepare.plan import plan_preparation
from core.text import duration
from pages.catalogues import texts
from pages.catalogues.unheard import show_unheard
from pages.shell import resources
from pages.shell.caching import cached_per_catalogue
from pages.shell.jobs import WatchedJob, attempt_as_owner, show_fault, watch_job
from pages.shell.navigation import page
from pages.shell.owner import told
from pages.shell.parameters import CATALOGUE
from pages.shell.text import plain
from pages.shell.visitor import visitor_id


def show_ready(entry: Entry) -> None:
    """What has come in, and what to do with it."""
    catalogue = resources.catalogue(entry.path)
    st.success(texts.came_in(entry.title, len(catalogue), len(catalogue.tracks)))
    show_preparation(entry)


def show_preparation(entry: Entry) -> None:
    """What would make a catalogue ready and how long that takes, the work while it is done, and the way to Explore.

    Only for the owner.
    """
    try:
        catalogue = resources.catalogue(entry.path)
        show_fault(PREPARE)
        job = preparation_job(catalogue)
        if job and job.is_active:
            watch_job(_watched(catalogue))
            st.caption(texts.MAY_LEAVE)
            is_next = False
        else:
            is_tried = _show_end(catalogue, job)
            is_next = _show_plan(catalogue, is_tried) or is_tried
        _offer_exploring(entry, is_next)
        if not (job and job.is_active):
            show_unheard(catalogue)
    except NearfieldError as fault:
        st.error(plain(told(fault)))


def _offer_exploring(entry: Entry, is_next: bool) -> None:
    if st.button(
        texts.EXPLORE_IMPORTED,
        key="explore_imported",
        icon=":material/explore:",
        type="primary" if is_next else "secondary",
    ):
        st.switch_page(page("explore"), query_params={CATALOGUE.name: entry.key})


def _show_end(catalogue: Catalogue, job: Job | None) -> bool:
    """What the last preparation could not make. Returns whether it has made all that it could."""
    if job is None:
        return False
    if (reason := Jobs(catalogue.path).fault(job)) is not None:
        st.error(texts.not_prepared(reason or texts.NO_REASON))
    if job.state != "finished" or not job.message:
        return False
    st.warning(texts.not_all_made(job.message))
    return True


def _watched(catalogue: Catalogue) -> WatchedJob:
    return WatchedJob(
        PREPARE,
        find=lambda: preparation_job(catalogue),
        show=_show_progress,
        stop=lambda: cancel_preparation(catalogue),
    )


def _show_progress(job: Job) -> None:
    now = preparation_progress(job)
    left = "" if now.seconds_left is None else duration(now.seconds_left)
    st.progress(now.share, text=texts.progress(texts.PREPARING, plain(now.title) or texts.WAITING_FOR_JOB, left))


@cached_per_catalogue(4, seconds=20)
def _plan(catalogue: Catalogue, job_id: str) -> list[tuple[str, float, str]]:
    """The steps that are left: title, seconds, and why where nothing is done. `job_id` is that of the last job."""
    steps = plan_preparation(catalogue, Choice()).steps
    return [(step.title, step.seconds if step.pieces else 0.0, step.why) for step in steps]


def _show_plan(catalogue: Catalogue, is_tried: bool) -> bool:
    """What is left to make, and a button that makes it; `is_tried` says that it was just tried in vain.

    Returns whether nothing is left.
    """
    job = preparation_job(catalogue)
    steps = _plan(catalogue, f"{job.job_id} {job.state}" if job else "")
    todo = [(title, seconds) for title, seconds, _ in steps if seconds]
    if not todo:
        st.write(texts.ALL_PREPARED)
        return True
    st.write(texts.prepare_takes(duration(sum(seconds for _, seconds in todo))))
    st.markdown("\n".join(f"- {plain(title)}: {duration(seconds)}" for title, seconds in todo))
    st.button(
        texts.PREPARE,
        key="prepare",
        type="secondary" if is_tried else "primary",
        icon=":material/auto_awesome:",
        on_click=attempt_as_owner,
        args=(PREPARE, start_preparation, catalogue, Choice(), visitor_id()),
    )
    return False
