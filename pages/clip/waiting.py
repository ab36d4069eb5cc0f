"""The wait for a task: its stage while the page stays alive, a way to stop it, and what went wrong."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from core.errors import NearfieldError
from core.jobs.tasks import Task
from pages.clip import texts
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
    st.markdown(texts.stages_line(task.stage))
    if on_cancel:
        st.button(texts.STOP, key="clip_stop", icon=":material/stop_circle:", on_click=on_cancel)
