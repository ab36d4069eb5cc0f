"""Letting musicnn hear the music of a catalogue, which the owner starts: what that takes, and how far the job is."""

import streamlit as st

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.features.audio_sets import MUSICNN_SETS
from core.jobs import Job, Jobs
from core.prepare.jobs import cancel_preparation, preparation_job, preparation_progress, start_preparation
from core.prepare.pieces import Choice
from core.prepare.plan import plan_preparation
from core.text import duration
from pages.clip import texts
from pages.shell.caching import cached_per_catalogue
from pages.shell.commands import extract_command
from pages.shell.jobs import WatchedJob, attempt_as_owner, show_fault, watch_job
from pages.shell.owner import is_owner, show_owner_needed, told
from pages.shell.text import plain
from pages.shell.visitor import visitor_id

_NAME = "clip_hear"


def is_unheard(catalogue: Catalogue) -> bool:
    """Whether there is music of the catalogue, in its files or elsewhere, that musicnn has not heard."""
    has_music = catalogue.manifest.kind == "real" or number_of_files(catalogue) > 0
    return has_music and not set(MUSICNN_SETS) <= set(catalogue.feature_names)


def can_hear(catalogue: Catalogue) -> bool:
    """Whether the visitor may have musicnn hear the catalogue, whose tracks are files."""
    return is_unheard(catalogue) and is_owner() and number_of_files(catalogue) > 0


def number_of_files(catalogue: Catalogue) -> int:
    """How many tracks of the catalogue are files."""
    return int((catalogue.tracks["kind"] == "file").sum())


def start_hearing(catalogue: Catalogue, owner: str) -> None:
    """Make the catalogue ready with musicnn's sets, in a process of its own. Raises NearfieldError."""
    start_preparation(catalogue, Choice(MUSICNN_SETS), owner)


def offer_hearing(catalogue: Catalogue) -> None:
    """A popover with the button that has musicnn, which is here, hear the catalogue; with the command, where tracks are
    no files of the catalogue's."""
    if not is_unheard(catalogue) or _is_at_work(catalogue):
        return
    with st.popover(texts.HEAR_CATALOGUE, icon=":material/hearing:", type="tertiary", key="clip_ears_hear"):
        if not is_owner():
            show_owner_needed(name="hear")
            return
        if not can_hear(catalogue):
            st.markdown(texts.MUSICNN_IS_HERE)
            st.code(extract_command(catalogue, MUSICNN_SETS), language="bash", wrap_lines=True)
            return
        seconds = _seconds(catalogue, _stamp(catalogue))
        st.markdown(texts.hearing_takes(number_of_files(catalogue), duration(seconds)))
        st.button(
            texts.HEAR_CATALOGUE,
            key=_NAME,
            type="primary",
            on_click=attempt_as_owner,
            args=(_NAME, start_hearing, catalogue, visitor_id()),
        )


def show_hearing(catalogue: Catalogue) -> None:
    """How far the hearing of the catalogue is, or why it did not begin or end."""
    show_fault(_NAME)
    if not is_unheard(catalogue):
        return
    try:
        job = _job(catalogue)
        if job is None:
            return
        if job.is_active:
            watch_job(WatchedJob(_NAME, lambda: _job(catalogue), _show_progress, lambda: cancel_preparation(catalogue)))
        elif (reason := Jobs(catalogue.path).fault(job)) is not None:
            st.error(texts.not_heard(told(reason)))
    except NearfieldError as fault:
        st.error(plain(told(fault)))


def _show_progress(job: Job) -> None:
    now = preparation_progress(job)
    left = "" if now.seconds_left is None else duration(now.seconds_left)
    st.progress(now.share, text=texts.hearing_progress(now.title, left))
    st.caption(texts.HEARING_GOES_ON)


def _job(catalogue: Catalogue) -> Job | None:
    """The last preparation of the catalogue if it takes in all of musicnn's sets."""
    job = preparation_job(catalogue)
    return job if job and set(MUSICNN_SETS) <= set(job.parameters.get("features", ())) else None


def _is_at_work(catalogue: Catalogue) -> bool:
    try:
        job = _job(catalogue)
    except NearfieldError:
        return False
    return job is not None and job.is_active


def _stamp(catalogue: Catalogue) -> str:
    try:
        job = preparation_job(catalogue)
    except NearfieldError:
        return ""
    return f"{job.job_id} {job.state}" if job else ""


@cached_per_catalogue(4, seconds=20)
def _seconds(catalogue: Catalogue, stamp: str) -> float:
    """About how long it takes to hear the catalogue and to bring up to date what is made of it. `stamp` is that of the
    last job."""
    try:
        return plan_preparation(catalogue, Choice(MUSICNN_SETS)).seconds
    except NearfieldError:
        return 0.0
