"""The current state of one run: progress, curves, figures, and buttons."""

from functools import partial
from typing import Literal

import streamlit as st

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.runs.jobs import cancel_job, job_of_run, log_tail, resume_job
from core.runs.overview import RunOverview, overview
from core.runs.record import Run
from core.space_name import SpaceName
from core.titles import METRICS
from pages.components import charts
from pages.components.charts import dataframe
from pages.shell.jobs import attempt, show_fault, stop_as_allowed
from pages.shell.owner import may_cancel, may_work, told
from pages.shell.visitor import visitor_id
from pages.train import figures, texts
from pages.train.exploring import explore_with

_CANCEL = "cancel_run"
Colour = Literal["blue", "green", "gray", "red", "orange"]

BADGES: dict[str, tuple[str, Colour]] = {
    "waiting": ("hourglass_top", "blue"),
    "running": ("autorenew", "blue"),
    "finished": ("check_circle", "green"),
    "cancelled": ("stop_circle", "gray"),
    "failed": ("error", "red"),
    "interrupted": ("power_off", "orange"),
}


def watch(catalogue: Catalogue, run: Run, was_active: bool) -> None:
    """Draw a run. The body of a fragment that polls while the run is active."""
    try:
        now = overview(catalogue, run)
    except NearfieldError as fault:
        st.error(told(fault))
        return
    if was_active and not now.job.is_active:
        st.rerun()
    icon, colour = BADGES[now.job.state]
    st.badge(texts.state_text(now), icon=f":material/{icon}:", color=colour)
    st.progress(now.share_done, texts.progress_text(now))
    _show_trouble(now)
    _show_actions(catalogue, now)
    if now.history:
        with st.container(key="run_curves"):
            _show_curves(now)
    if now.metrics:
        table = figures.metrics_table([now]).drop(columns=texts.RUN)
        dataframe(
            table,
            hide_index=True,
            key="run_metrics",
            alt=texts.FINISHED_ALT,
            column_config=charts.number_formats(table),
        )
    with st.expander(texts.REPEAT_TITLE, icon=":material/terminal:"):
        st.code(now.command, language="bash", wrap_lines=True)
        st.caption(texts.repeat_caption(now))


def _show_trouble(run: RunOverview) -> None:
    if run.job.state == "failed":
        st.error(texts.FAILED)
        st.text(told(run.job.message) or texts.NO_MESSAGE)
    if run.job.state == "interrupted":
        st.warning(texts.INTERRUPTED)
    if run.job.state in ("failed", "interrupted") and may_work():
        with st.expander(texts.LOG_TITLE, icon=":material/article:"):
            st.code(_log(run.run), language=None, wrap_lines=True)
    if not run.fits_catalogue:
        st.info(texts.OTHER_CATALOGUE)


def _log(run: Run) -> str:
    try:
        return log_tail(run) or texts.NO_LOG
    except NearfieldError as fault:
        return told(fault)


def _show_actions(catalogue: Catalogue, run: RunOverview) -> None:
    show_fault(_CANCEL)
    if run.job.is_active:
        if not _may_cancel(run.run):
            return
        st.button(
            texts.CANCEL,
            icon=":material/stop_circle:",
            key=_CANCEL,
            on_click=attempt,
            args=(_CANCEL, stop_as_allowed, partial(job_of_run, run.run), partial(cancel_job, run.run)),
            disabled=run.job.is_stopping,
            help=texts.CANCEL_HELP,
        )
    elif not run.fits_catalogue:
        return
    elif run.job.can_resume and may_work() and st.button(texts.RESUME, icon=":material/play_circle:", key="resume_run"):
        try:
            resume_job(catalogue, run.run, visitor_id())
        except NearfieldError as fault:
            st.error(texts.not_resumed(told(fault)))
        else:
            st.rerun()
    elif run.job.state == "finished" and st.button(
        texts.EXPLORE, icon=":material/explore:", type="primary", key="explore_run"
    ):
        explore_with(catalogue, SpaceName.run(run.run_id))


def _may_cancel(run: Run) -> bool:
    job = job_of_run(run)
    return may_work() if job is None else may_cancel(job)


def _show_curves(run: RunOverview) -> None:
    title = METRICS["ndcg_published" if run.config.protocol == "published" else "ndcg"]
    table = figures.history_table([run]).drop(columns=texts.RUN)
    last = run.history[-1]
    left, right = st.columns(2)
    with left:
        st.caption(texts.loss_caption(run))
        alt = texts.loss_alt(last.epoch, last.loss)
        charts.show_chart(figures.learning_curve([run], "loss", texts.LOSS_AXIS), table, alt, "run_loss")
    with right:
        st.caption(texts.NDCG_CAPTION)
        alt = texts.ndcg_alt(title, run)
        charts.show_chart(figures.learning_curve([run], "val_ndcg", title), table, alt, "run_ndcg")
