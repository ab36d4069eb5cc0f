"""An import that another process does: how far it is, how it ended, and what comes next."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import streamlit as st

from core.catalogue.adding import is_name
from core.catalogue.import_jobs import IMPORT, cancel_import, import_job, start_import
from core.catalogue.importers.folder.reading import early_review, forget_reading, kept_review
from core.catalogue.library import Entry, data_folder, list_catalogues
from core.errors import NearfieldError
from core.jobs import Job, Jobs
from pages.catalogues import texts
from pages.catalogues.choosing import choose_place
from pages.catalogues.parameters import ADDING, PLACE
from pages.catalogues.ready import show_ready
from pages.catalogues.review import choose_exceptions, show_review
from pages.catalogues.unheard import unheard_lines
from pages.catalogues.watching import show_progress
from pages.shell import resources
from pages.shell.jobs import WatchedJob, attempt_as_owner, show_fault, watch_job
from pages.shell.parameters import put_together
from pages.shell.visitor import visitor_id

FOLDER = "folder"


def begin_reading(source: Path, name: str, exceptions: Sequence[str] | None = None) -> None:
    """Read a music folder for a new catalogue, of which the review is shown first. For callbacks.

    Raises NearfieldError where that cannot be started.
    """
    start_import(FOLDER, source, data_folder() / name, visitor_id(), exceptions=exceptions, review_only=True)
    put_together({ADDING: name, PLACE: None})


def show_adding(name: str) -> None:
    """The catalogue that is being added, at whatever step it is."""
    if not is_name(name):
        ADDING.put(None)
        st.warning(texts.NOTHING_ADDED)
        return
    dest = data_folder() / name
    st.subheader(texts.adding(name), anchor=False)
    show_fault(IMPORT)
    job = import_job(dest)
    if _is_watched(dest, job):
        return
    entry = next((entry for entry in list_catalogues() if entry.key == name), None)
    if entry:
        show_ready(entry)
        return
    _show_end(dest, job)
    if review := early_review(dest):
        _show_early(review, dest)
    else:
        _offer_again(dest, job)


def show_folder(entry: Entry) -> None:
    """The music folder of a catalogue: the review of the last reading, and reading it again."""
    show_fault(IMPORT)
    job = import_job(entry.path)
    if _is_watched(entry.path, job):
        return
    _show_end(entry.path, job)
    review, manifest = kept_review(entry.path), entry.manifest
    if review is None or manifest is None:
        st.info(texts.NO_REVIEW)
        return
    source = Path(manifest.audio_root)
    st.write(texts.AGAIN_HOW)
    st.button(
        texts.READ_AGAIN,
        key="read_again",
        icon=":material/refresh:",
        type="primary",
        on_click=attempt_as_owner,
        args=(IMPORT, start_import, FOLDER, source, entry.path, visitor_id()),
    )
    show_review(review, entry.key, _unheard(entry))
    exceptions = choose_exceptions(review, entry.key)
    st.button(
        texts.READ_WITH_EXCEPTIONS,
        key="read_exceptions",
        disabled=exceptions is None,
        on_click=attempt_as_owner,
        args=(IMPORT, start_import, FOLDER, source, entry.path, visitor_id()),
        kwargs={"exceptions": exceptions},
    )
    with st.expander(texts.MOVED_TITLE, expanded=PLACE.is_given):
        if (place := choose_place()) is not None:
            st.button(
                texts.READ_MOVED,
                key="read_moved",
                on_click=attempt_as_owner,
                args=(IMPORT, start_import, FOLDER, place, entry.path, visitor_id()),
            )


def _unheard(entry: Entry) -> list[str]:
    with suppress(NearfieldError):
        return unheard_lines(resources.catalogue(entry.path))
    return []


def _is_watched(dest: Path, job: Job | None) -> bool:
    """Whether an import is at work; then it is drawn."""
    if job is None or not job.is_active:
        return False
    watch_job(
        WatchedJob(
            IMPORT,
            find=lambda: import_job(dest),
            show=lambda job: show_progress(job, texts.READING_FOLDER),
            stop=lambda: cancel_import(dest),
        )
    )
    st.caption(texts.MAY_LEAVE)
    return True


def _show_end(dest: Path, job: Job | None) -> None:
    """How the last import has ended, where it is not as wanted."""
    if job is None:
        return
    if (reason := Jobs(dest).fault(job)) is not None:
        st.error(texts.not_imported(reason or texts.NO_REASON))
    elif job.state == "cancelled":
        st.info(texts.IMPORT_STOPPED)


def _show_early(review: Mapping[str, Any], dest: Path) -> None:
    """What was read, before there is a catalogue."""
    source = Path(review["folder"])
    st.markdown(f"**{texts.WOULD_COME_IN}**")
    show_review(review, dest.name)
    exceptions = choose_exceptions(review, dest.name)
    with st.container(horizontal=True):
        st.button(
            texts.add_artists(review["artists"]),
            key="add_read",
            type="primary",
            icon=":material/library_add:",
            disabled=exceptions is not None,
            on_click=attempt_as_owner,
            args=(IMPORT, start_import, FOLDER, source, dest, visitor_id()),
        )
        st.button(
            texts.READ_AGAIN if exceptions is None else texts.READ_WITH_EXCEPTIONS,
            key="read_exceptions",
            on_click=attempt_as_owner,
            args=(IMPORT, begin_reading, source, dest.name, exceptions),
        )
        _offer_forgetting(dest)


def _offer_again(dest: Path, job: Job | None) -> None:
    """Where nothing was read to the end: go on, or another way."""
    if job and job.parameters.get("layout") == FOLDER:
        with st.container(horizontal=True):
            st.button(
                texts.GO_ON,
                key="go_on",
                type="primary",
                on_click=attempt_as_owner,
                args=(IMPORT, begin_reading, Path(job.parameters["source"]), dest.name),
            )
            _offer_forgetting(dest)
    else:
        st.button(texts.CHOOSE_AGAIN, key="choose_again", on_click=ADDING.put, args=(None,))


def _offer_forgetting(dest: Path) -> None:
    st.button(
        texts.FORGET, key="forget_reading", type="tertiary", on_click=attempt_as_owner, args=(IMPORT, _forget, dest)
    )


def _forget(dest: Path) -> None:
    forget_reading(dest)
    ADDING.put(None)
