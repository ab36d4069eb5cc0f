"""The relations of a catalogue, and more of them from open data and services. Another process collects them."""

import os
import shlex
from pathlib import Path

import streamlit as st

from core.catalogue import Catalogue
from core.catalogue.library import Entry
from core.errors import NearfieldError
from core.jobs import Job, Jobs
from core.relations.collecting import Wanted, key_from_environment, what_is_sent
from core.relations.jobs import (
    cancel_relations_job,
    relations_command,
    relations_job,
    start_relations_job,
)
from core.relations.mbids import Known, known_artists
from core.relations.sources import SOURCES, Source
from pages.catalogues import texts
from pages.catalogues.choosing import choose_place
from pages.catalogues.tables import relation_table
from pages.catalogues.watching import show_progress
from pages.components.charts import dataframe
from pages.shell import resources
from pages.shell.commands import folder_of
from pages.shell.jobs import WatchedJob, attempt_as_owner, show_fault, watch_job
from pages.shell.owner import is_owner, show_owner_needed, told
from pages.shell.text import plain
from pages.shell.visitor import visitor_id

_SUFFIXES = (".bz2", ".csv", ".gz", ".parquet", ".tar", ".tsv", ".txt", ".xz")
"""Of dumps and tables of listens."""


def show_relations(entry: Entry) -> None:
    """The relations that there are, and a source to get more from."""
    try:
        catalogue = resources.catalogue(entry.path)
    except NearfieldError as fault:
        st.error(texts.broken_catalogue(told(fault)))
        return
    if catalogue.manifest.relations:
        dataframe(relation_table(catalogue), hide_index=True, alt=texts.RELATIONS_ALT)
    else:
        st.write(texts.NO_RELATION)
    known = known_artists(catalogue)
    if not known.row_of:
        st.info(texts.INVENTED_ARTISTS if catalogue.manifest.kind == "synthetic" else texts.NO_MBID)
        return
    if not is_owner():
        show_owner_needed()
        return
    st.write(texts.RELATIONS_INTRO)
    st.caption(texts.matched_artists(len(known.row_of), known.n_artists))
    name = st.selectbox(
        texts.RELATIONS_FROM, list(SOURCES), format_func=lambda name: SOURCES[name].title, key="relations_source"
    )
    source = SOURCES[name]
    st.markdown(texts.terms_of_source(source.means, source.licence))
    try:
        job = relations_job(catalogue, name)
        if job and job.is_active:
            watch_job(_watched(catalogue, source))
            return
        _show_outcome(catalogue, source, job)
    except NearfieldError as fault:
        st.error(plain(told(fault)))
    _offer(catalogue, source, known)


def _watched(catalogue: Catalogue, source: Source) -> WatchedJob:
    return WatchedJob(
        source.name,
        find=lambda: relations_job(catalogue, source.name),
        show=lambda job: show_progress(job, texts.collecting(source.title)),
        stop=lambda: cancel_relations_job(catalogue, source.name),
    )


def _show_outcome(catalogue: Catalogue, source: Source, job: Job | None) -> None:
    show_fault(source.name, texts.not_collected)
    if job and (reason := Jobs(catalogue.path).fault(job)) is not None:
        st.error(texts.not_collected(reason))
    elif job and job.state == "finished":
        st.success(texts.RELATIONS_ADDED)


def _offer(catalogue: Catalogue, source: Source, known: Known) -> None:
    wanted = _ask_service(source) if source.is_service else Wanted(source.name, _ask_files(source))
    st.markdown(plain(what_is_sent(wanted, known)))
    if source.needs_key and not wanted.key:
        st.info(texts.key_missing(source.key_title, source.variable))
    elif source.variable:
        st.caption(texts.key_optional(source.key_title, source.variable))
    st.button(
        texts.COLLECT,
        type="primary",
        icon=":material/cloud_download:",
        key=f"collect_{source.name}",
        disabled=not _is_complete(source, wanted),
        on_click=attempt_as_owner,
        args=(source.name, start_relations_job, catalogue, wanted, visitor_id()),
    )
    st.caption(texts.SAME_BY_COMMAND)
    st.code(_command(catalogue, wanted), language="bash", wrap_lines=True)


def _command(catalogue: Catalogue, wanted: Wanted) -> str:
    """The command as a shell takes it: the folder may begin with a variable, which is not quoted."""
    folder = folder_of(catalogue)
    return shlex.join(relations_command(folder, wanted)).replace(shlex.quote(folder), folder)


def _ask_service(source: Source) -> Wanted:
    contact = st.text_input(
        texts.CONTACT_LABEL,
        value=os.environ.get("NEARFIELD_CONTACT", ""),
        help=texts.CONTACT_HELP,
        key="relations_contact",
    )
    return Wanted(source.name, key=key_from_environment(source), contact=contact.strip())


def _ask_files(source: Source) -> Path | None:
    st.markdown(texts.files_wanted(source.files))
    return choose_place(_SUFFIXES)


def _is_complete(source: Source, wanted: Wanted) -> bool:
    """Whether everything is given that the source needs."""
    if not source.is_service:
        return wanted.path is not None
    return bool(wanted.contact) and (bool(wanted.key) or not source.needs_key)
