"""One run as it stands now: state, progress, curves, figures, and what can be done with it."""

from typing import Literal

import streamlit as st

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.runs.jobs import cancel_job, is_cancelled, log_tail, resume_job
from core.runs.overview import RunOverview, overview
from core.runs.record import Run
from core.space_name import SpaceName
from core.text import duration
from core.titles import METRICS
from pages.components import charts
from pages.shell import state
from pages.shell.navigation import page
from pages.train import figures

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
    """Draw a run; the body of a fragment that polls while the run is active and ends with it."""
    try:
        now = overview(catalogue, run)
    except NearfieldError as fault:
        st.error(str(fault))
        return
    if was_active and not now.job.is_active:
        st.rerun()
    icon, colour = BADGES[now.job.state]
    text = figures.STATES[now.job.state] + (f" on {now.device}" if now.device else "")
    st.badge(text, icon=f":material/{icon}:", color=colour)
    st.progress(len(now.history) / now.config.epochs, progress_text(now, is_cancelled(run)))
    _show_trouble(now)
    _show_actions(catalogue, now)
    if now.history:
        _show_curves(now)
    if now.metrics:
        table = figures.metrics_table([now]).drop(columns="run")
        st.dataframe(
            table,
            hide_index=True,
            key="run_metrics",
            alt="Figures of the finished run",
            column_config=charts.number_formats(table),
        )
    with st.expander("How to repeat this run", icon=":material/terminal:"):
        st.code(now.command, language="bash", wrap_lines=True)
        st.caption(f"CATALOGUE stands for the folder of the catalogue. Run {now.run_id}, started {now.created}.")


def progress_text(run: RunOverview, stopping: bool) -> str:
    """Where the run is and how long it will take."""
    done = f"Epoch {len(run.history)} of {run.config.epochs}"
    if not run.job.is_active:
        return done
    if stopping:
        return f"{done}, stopping after this epoch …"
    if run.seconds_left is None:
        return "Loading the catalogue and PyTorch …"
    if not run.seconds_left:
        return f"{done}, measuring on validation and test artists …"
    return f"{done}, {duration(run.seconds_left)} left"


def _show_trouble(run: RunOverview) -> None:
    if run.job.state == "failed":
        st.error("The run failed.")
        st.text(run.job.message or "It left no message.")
    if run.job.state == "interrupted":
        st.warning("The run's process ended before the run was finished. Resume goes on from the last saved state.")
    if run.job.state in ("failed", "interrupted"):
        with st.expander("The end of its log", icon=":material/article:"):
            st.code(log_tail(run.run) or "The log is empty.", language=None, wrap_lines=True)
    if not run.fits_catalogue:
        st.info("This run was made with another version of the catalogue, so its model cannot be used here any more.")


def _show_actions(catalogue: Catalogue, run: RunOverview) -> None:
    if run.job.is_active:
        st.button(
            "Cancel",
            icon=":material/stop_circle:",
            key="cancel_run",
            on_click=cancel_job,
            args=(run.run,),
            disabled=is_cancelled(run.run),
            help="Stops after the epoch it is in. It can be resumed.",
        )
    elif not run.fits_catalogue:
        return
    elif run.job.can_resume and st.button("Resume", icon=":material/play_circle:", key="resume_run"):
        try:
            resume_job(catalogue, run.run)
        except NearfieldError as fault:
            st.error(f"The run was not resumed. {fault}")
        else:
            st.rerun()
    elif run.job.state == "finished" and st.button(
        "Explore with this model", icon=":material/explore:", type="primary", key="explore_run"
    ):
        state.select_space(SpaceName.run(run.run_id))
        st.switch_page(page("explore"), query_params=state.carried() or {})


def _show_curves(run: RunOverview) -> None:
    title = METRICS["ndcg_published" if run.config.protocol == "published" else "ndcg"]
    table = figures.history_table([run]).drop(columns="run")
    last = run.history[-1]
    left, right = st.columns(2)
    with left:
        st.caption(f"{run.config.objective.loss.capitalize()} loss, lower is better")
        alt = f"Loss by epoch; after epoch {last.epoch} it is {last.loss:.4f}."
        charts.show_chart(figures.learning_curve([run], "loss", "Loss"), table, alt, "run_loss")
    with right:
        st.caption("Validation NDCG, higher is better")
        alt = f"Validation {title} by epoch; best so far {run.best_val_ndcg:.4f}."
        charts.show_chart(figures.learning_curve([run], "val_ndcg", title), table, alt, "run_ndcg")
