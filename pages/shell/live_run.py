"""The tour's step on training: what it says, and a short run whose curves move while they are looked at."""

import streamlit as st

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.graph.protocols import why_not_trainable
from core.runs.config import STEPS_PER_EPOCH, TrainingConfig
from core.runs.jobs import active_run, start_job
from core.runs.record import Run, list_runs
from pages.shell import texts
from pages.shell.jobs import attempt, show_fault
from pages.shell.owner import may_work
from pages.shell.visitor import visitor_id

EPOCHS = 20
_NAME = "live_run"


def training_said(catalogue: Catalogue) -> str:
    """What the step says of the run in view, the one under way or else the newest, and of the button beside it."""
    if run_under_way(catalogue):
        return texts.LIVE_STEP
    runs = list_runs(catalogue)
    if not runs:
        said = texts.NOTHING_TRAINED_STEP
    else:
        said = texts.PAST_STEP if _has_curves(runs[0]) else texts.NO_CURVE_STEP
    return f"{said} {texts.LIVE_OFFER}" if can_offer_run(catalogue) else said


def can_offer_run(catalogue: Catalogue) -> bool:
    """Whether the visitor may start a short run now."""
    return may_work() and not why_not_trainable(catalogue) and not run_under_way(catalogue)


def offer_live_run(catalogue: Catalogue) -> None:
    """A button that starts a short run, for visitors who may; nothing while a run is under way."""
    if not can_offer_run(catalogue):
        return
    st.button(
        texts.START_LIVE,
        key="tour_train",
        icon=":material/play_arrow:",
        type="primary",
        on_click=attempt,
        args=(_NAME, start_job, catalogue, short_run(catalogue), visitor_id()),
    )
    show_fault(_NAME)


def short_run(catalogue: Catalogue) -> TrainingConfig:
    """A few epochs of the paper's model, on the first feature set or on random numbers."""
    return TrainingConfig(next(iter(catalogue.feature_names), "random"), steps=EPOCHS * STEPS_PER_EPOCH)


def run_under_way(catalogue: Catalogue) -> str:
    """The id of the run that is under way, or ""; "?" where that cannot be read."""
    try:
        run = active_run(catalogue)
    except NearfieldError:
        return "?"
    return run.run_id if run else ""


def _has_curves(run: Run) -> bool:
    try:
        return bool(run.history())
    except NearfieldError:
        return False
