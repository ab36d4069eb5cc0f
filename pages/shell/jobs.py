"""A job that a page has started: how far it is, a button that stops it, and what goes wrong with either."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import ParamSpec

import streamlit as st

from core.errors import NearfieldError
from core.jobs import Job
from pages.shell import texts
from pages.shell.owner import check_may_work, check_owner, may_cancel, told
from pages.shell.text import plain

Arguments = ParamSpec("Arguments")


@dataclass(frozen=True)
class WatchedJob:
    """A job that a page watches; `name` tells its widgets from others.

    `find` reads the last such job, `show` draws how far it is, and `stop` stops it. `find` and `stop` may raise
    NearfieldError.
    """

    name: str
    find: Callable[[], Job | None]
    show: Callable[[Job], object]
    stop: Callable[[], None]


def watch_job(watched: WatchedJob) -> None:
    """Draw an active job every second, with a button that stops it. When it has ended, the page runs again."""
    st.fragment(_draw, run_every="1s")(watched)


def attempt(name: str, work: Callable[Arguments, object], *args: Arguments.args, **more: Arguments.kwargs) -> None:
    """The callback of a button that starts a job: a NearfieldError waits for `show_fault` of this name.

    Nothing is done for visitors who may start nothing.
    """
    _attempt(name, check_may_work, partial(work, *args, **more))


def attempt_as_owner(
    name: str, work: Callable[Arguments, object], *args: Arguments.args, **more: Arguments.kwargs
) -> None:
    """`attempt` of what only the owner may do."""
    _attempt(name, check_owner, partial(work, *args, **more))


def show_fault(name: str, say: Callable[[str], str] = plain) -> None:
    """Show once what went wrong with `attempt`, if anything did, in the words of `say`."""
    if fault := st.session_state.pop(_fault_key(name), None):
        st.error(say(told(fault)))


def _draw(watched: WatchedJob) -> None:
    try:
        job = watched.find()
    except NearfieldError as fault:
        st.error(plain(told(fault)))
        return
    if job is None or not job.is_active:
        st.rerun()
    watched.show(job)
    show_fault(watched.name)
    if may_cancel(job):
        st.button(
            texts.STOPPING if job.is_stopping else texts.CANCEL,
            key=f"cancel_{watched.name}",
            disabled=job.is_stopping,
            on_click=attempt,
            args=(watched.name, stop_as_allowed, watched.find, watched.stop),
        )


def stop_as_allowed(find: Callable[[], Job | None], stop: Callable[[], None]) -> None:
    """Stop the job that `find` gives. Raises NearfieldError where it is another visitor's."""
    job = find()
    if job is not None and not may_cancel(job):
        raise NearfieldError(texts.NOT_YOUR_JOB)
    stop()


def _attempt(name: str, check: Callable[[], None], work: Callable[[], object]) -> None:
    try:
        check()
        work()
    except NearfieldError as fault:
        st.session_state[_fault_key(name)] = str(fault)


def _fault_key(name: str) -> str:
    return f"fault_{name}"
