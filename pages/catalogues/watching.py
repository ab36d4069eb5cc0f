"""A job at work: what it does, how far it is, and how long that takes."""

import time

import streamlit as st

from core.jobs import Job
from core.text import duration
from pages.catalogues import texts
from pages.shell.text import plain

_CLOCK = "jobs_clock"
"""Session key: job and stage -> when this visitor saw it first, and how much was done then."""

_LEAST_SECONDS, _LEAST_SHARE = 3.0, 0.02
"""What must be seen of a stage before its end is foretold."""


def show_progress(job: Job, title: str) -> None:
    """Draw an active job, with the time that is left of its stage."""
    stage = plain(job.stage) or texts.WAITING_FOR_JOB
    st.progress(job.done, text=texts.progress(title, stage, _time_left(job)))


def _time_left(job: Job) -> str:
    """How long the stage takes from now on, as text; "" while nobody can tell."""
    clock: dict[tuple[str, str], tuple[float, float]] = st.session_state.setdefault(_CLOCK, {})
    now = time.monotonic()
    since, before = clock.setdefault((job.job_id, job.stage), (now, job.done))
    if now - since < _LEAST_SECONDS or job.done - before < _LEAST_SHARE:
        return ""
    return duration((now - since) / (job.done - before) * (1 - job.done))
