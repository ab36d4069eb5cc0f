"""The wait for a task: its stage while the page stays alive, a way to stop it, and what went wrong."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from core.clips.service import STAGES
from core.errors import NearfieldError
from core.jobs.tasks import Task
from pages.shell.text import plain

AT_ONCE_SECONDS = 0.5
"""What is done so soon is shown without a word about waiting."""

Result = TypeVar("Result")


def wait_for(task: Task[Result], on_cancel: Callable[[], None] | None = None) -> Result | None:
    """The result; None while it is awaited, and where it cannot be had: then the page says why. `on_cancel` lets the
    visitor stop it."""
    if not task.wait(AT_ONCE_SECONDS):
        st.fragment(_watch, run_every="0.5s")(task, on_cancel)
        return None
    try:
        return task.result()
    except NearfieldError as fault:
        st.error(plain(str(fault)))
        return None


def _watch(task: Task[Result], on_cancel: Callable[[], None] | None) -> None:
    if task.done:
        st.rerun()
    st.markdown(stages_line(task.stage))
    if on_cancel:
        st.button("Stop", key="clip_stop", icon=":material/stop_circle:", on_click=on_cancel)


def stages_line(stage: str) -> str:
    """All stages of a clip in a line: those behind ticked, `stage` in bold; or the one stage that words have."""
    if not stage:
        return "Waiting for other visitors’ clips …"
    if stage not in STAGES:
        return f"**{stage} …**"
    at = STAGES.index(stage)
    parts = [f"✓ {name}" for name in STAGES[:at]] + [f"**{stage} …**"] + [f":gray[{name}]" for name in STAGES[at + 1 :]]
    return "  \n".join(parts)
