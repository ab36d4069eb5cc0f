"""Waiting for a task without blocking the page: its stage, a button to stop it, and its error if it fails."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from core.errors import NearfieldError
from core.jobs.tasks import Task
from pages.clip import texts
from pages.shell.owner import told
from pages.shell.text import plain

AT_ONCE_SECONDS = 0.5
"""A task that is done within this time shows no progress."""

Result = TypeVar("Result")


def wait_for(task: Task[Result], on_cancel: Callable[[], None] | None = None) -> Result | None:
    """The task's result. None while it runs, and if it fails, in which case the page shows the error.

    With `on_cancel` the visitor can stop the task.
    """
    if not task.wait(AT_ONCE_SECONDS):
        st.fragment(_watch, run_every="0.5s")(task, on_cancel)
        return None
    try:
        return task.result()
    except NearfieldError as fault:
        st.error(plain(told(fault)))
        return None


def _watch(task: Task[Result], on_cancel: Callable[[], None] | None) -> None:
    if task.done:
        st.rerun()
    st.markdown(texts.stages_line(task.stage))
    if on_cancel:
        st.button(texts.STOP, key="clip_stop", icon=":material/stop_circle:", on_click=on_cancel)
