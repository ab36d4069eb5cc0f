"""The recommended ranker: a button that trains it in another process, how far that is, and the way to its answers."""

import shlex

import streamlit as st

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.graph.protocols import why_not_trainable
from core.jobs import Job, Jobs
from core.pairs.jobs import cancel_recommend_job, recommend_command, recommend_job, start_recommend_job
from core.search.spaces import list_spaces
from core.space_name import RECOMMENDED, SpaceName
from pages.shell.jobs import WatchedJob, attempt, show_fault, watch_job
from pages.shell.owner import is_owner, may_work, told
from pages.shell.text import plain
from pages.shell.visitor import visitor_id
from pages.train import texts
from pages.train.exploring import explore_with

_NAME = "recommended"
_SEED = 0


def offer_recommended(catalogue: Catalogue, is_busy: bool) -> bool:
    """Draw the offer, or the job that is under way; returns whether one is. `is_busy` says that a run is active."""
    if why_not_trainable(catalogue):
        return False
    with st.container(border=True):
        return _draw(catalogue, is_busy)


def _draw(catalogue: Catalogue, is_busy: bool) -> bool:
    st.header(texts.RECOMMENDED_TITLE, anchor=False)
    st.caption(texts.RECOMMENDED_ABOUT)
    try:
        job = recommend_job(catalogue)
        fault = Jobs(catalogue.path).fault(job) if job else None
    except NearfieldError as unreadable:
        st.error(plain(told(unreadable)))
        return False
    if job and job.is_active:
        watch_job(
            WatchedJob(
                _NAME,
                find=lambda: recommend_job(catalogue),
                show=_show_progress,
                stop=lambda: cancel_recommend_job(catalogue),
            )
        )
        return True
    if fault is not None:
        st.error(texts.recommended_failed(told(fault)))
    _offer(catalogue, is_busy)
    return False


def _offer(catalogue: Catalogue, is_busy: bool) -> None:
    found = _trained(catalogue)
    show_fault(_NAME, texts.recommended_failed)
    left, right = st.columns(2, vertical_alignment="center")
    may_start = may_work()
    if may_start:
        left.button(
            texts.RECOMMENDED_AGAIN if found else texts.RECOMMENDED_START,
            icon=":material/play_arrow:",
            key="start_recommended",
            disabled=is_busy,
            on_click=attempt,
            args=(_NAME, start_recommend_job, catalogue, _SEED, visitor_id()),
        )
    if found and (right if may_start else left).button(
        texts.RECOMMENDED_EXPLORE, icon=":material/explore:", key="explore_recommended"
    ):
        explore_with(catalogue, found)
    if not is_owner():
        return
    with st.expander(texts.SAME_BY_COMMAND, icon=":material/terminal:"):
        st.code(shlex.join(recommend_command(catalogue, _SEED)), language="bash", wrap_lines=True)


def _trained(catalogue: Catalogue) -> SpaceName | None:
    """The recommended ranker of the catalogue: the fusion, or the pair ranker where nothing could be joined."""
    there = {space.name for space in list_spaces(catalogue)}
    return next((name for name in (SpaceName.fusion(RECOMMENDED), SpaceName.pairs(RECOMMENDED)) if name in there), None)


def _show_progress(job: Job) -> None:
    st.progress(job.done, text=texts.recommended_progress(job.stage))
