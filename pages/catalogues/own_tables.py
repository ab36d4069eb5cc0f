"""The visitor's own tables: uploaded, looked at with guessed columns that can be changed, and imported."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import streamlit as st

from core.catalogue.adding import check_new_name
from core.catalogue.importers import Content
from core.catalogue.importers.tables.mapping import (
    JOINS,
    ArtistTerms,
    EdgeTerms,
    Mapping,
    write_mapping,
)
from core.catalogue.uploads import LARGEST_UPLOAD, MOST_FILES, forget_uploads, guess_upload, plan_upload, start_upload
from core.errors import CatalogueError, NearfieldError
from pages.catalogues import texts
from pages.catalogues.importing import show_adding
from pages.catalogues.parameters import ADDING
from pages.serving.offers import Offer
from pages.shell.owner import check_owner, told
from pages.shell.text import plain
from pages.shell.uploads import place_for_files
from pages.shell.visitor import visitor_id

_OFFER = Offer(LARGEST_UPLOAD, 2 * LARGEST_UPLOAD, 2 * MOST_FILES, is_owners=True)
"""Twice of what can be kept, since the page itself says what is too much."""

_READ = "tables_read"
"""Session key: the guess and the plan of the uploaded files, each with the key of what it was made from."""

_ONE_COLUMN = ("id", "name", "mbid", "split", "decade", "popularity")
_LISTS = ("genres", "moods", "themes")


Found = TypeVar("Found")


def show_own_tables() -> None:
    """The part of the page. Only for the owner."""
    if name := ADDING.get():
        show_adding(name)
        return
    forget_uploads()
    st.write(texts.TABLES_HOW)
    with place_for_files("tables_files", _OFFER):
        uploads = st.file_uploader(
            texts.TABLES_LABEL,
            accept_multiple_files=True,
            key="tables_files",
            help=texts.tables_limits(MOST_FILES, LARGEST_UPLOAD),
        )
    if not uploads:
        return
    files = {upload.name: upload.getvalue() for upload in uploads}
    digest = _digest(files)
    try:
        tables, guess = _once("guess", digest, lambda: guess_upload(files))
        chosen = _choose_columns(files, guess, tables, digest)
        mapping = "" if chosen == guess else write_mapping(chosen)
        content = _once("plan", digest + mapping, lambda: plan_upload(files, mapping))
        _show_report(content)
        _show_form(files, mapping, content)
    except NearfieldError as fault:
        st.error(texts.not_imported(told(fault)))


def _digest(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def _once(what: str, key: str, read: Callable[[], Found]) -> Found:
    """What `read` gives; it is called again only when `key`, which stands for files and mapping, is another."""
    kept: dict[str, tuple[str, Any]] = st.session_state.setdefault(_READ, {})
    if what not in kept or kept[what][0] != key:
        with st.spinner(texts.READING_TABLES):
            kept[what] = (key, read())
    found: Found = kept[what][1]
    return found


def _choose_columns(files: dict[str, bytes], guess: Mapping, tables: dict[str, list[str]], digest: str) -> Mapping:
    """The mapping after what the visitor has changed. With another table of artists all is guessed anew."""
    with st.expander(texts.COLUMNS_TITLE, icon=":material/table_edit:"):
        st.markdown(f"**{texts.TABLE_OF_ARTISTS}**")
        guessed = guess.artists.file if guess.artists else ""
        file = _choice(texts.TABLE_LABEL, list(tables), guessed, f"{digest}_artists", texts.ONLY_ENDS)
        if file and file != guessed:
            digest = f"{digest}_{file}"
            _, guess = _once("guess_again", digest, lambda: guess_upload(files, file))
        elif not file:
            guess = replace(guess, artists=None)
        artists = _choose_artists(guess.artists, tables, digest) if guess.artists else None
        edges = _choose_edges(guess.edges, tables, digest)
        names = [terms.name for terms in guess.features]
        kept = (
            st.multiselect(texts.SETS_LABEL, names, default=names, key=f"tables_{digest}_sets", select_all=False)
            if names
            else []
        )
    sets = [terms for terms in guess.features if terms.name in kept]
    return replace(guess, artists=artists, edges=edges, features=sets)


def _choose_artists(guess: ArtistTerms, tables: dict[str, list[str]], digest: str) -> ArtistTerms:
    file = guess.file
    columns = tables[file]
    places = st.columns(3)
    one: dict[str, Any] = {
        name: _choice(
            texts.FIELDS[name], columns, getattr(guess, name), f"{digest}_{file}_{name}", where=places[at % 3]
        )
        for at, name in enumerate(_ONE_COLUMN)
    }
    lists: dict[str, Any] = {
        name: places[at].multiselect(
            texts.FIELDS[name],
            columns,
            default=getattr(guess, name),
            key=f"tables_{digest}_{file}_{name}",
            select_all=False,
        )
        for at, name in enumerate(_LISTS)
    }
    return ArtistTerms(file, **one, **lists)


def _choose_edges(guess: Sequence[EdgeTerms], tables: dict[str, list[str]], digest: str) -> list[EdgeTerms]:
    guessed = {terms.file: terms for terms in guess}
    able = [name for name, columns in tables.items() if len(columns) > 1]
    if not able:
        return []
    chosen = st.multiselect(
        texts.TABLES_OF_EDGES, able, default=list(guessed), key=f"tables_{digest}_edges", select_all=False
    )
    edges = []
    for file in chosen:
        columns = tables[file]
        terms = guessed.get(file, EdgeTerms(file, columns[0], columns[1]))
        st.markdown(f"**{texts.edges_of(file)}**")
        places = st.columns(3)
        key = f"{digest}_{file}_edge"
        source = _choice(texts.FIELDS["source"], columns, terms.source, f"{key}_source", where=places[0], must=True)
        target = _choice(texts.FIELDS["target"], columns, terms.target, f"{key}_target", where=places[1], must=True)
        weight = _choice(texts.FIELDS["weight"], columns, terms.weight, f"{key}_weight", where=places[2])
        relation = _choice(texts.FIELDS["relation"], columns, terms.relation_column, f"{key}_relation", where=places[0])
        joined = _choice(texts.FIELDS["joined_by"], list(JOINS), terms.joined_by, f"{key}_by", texts.GUESSED, places[1])
        edges.append(
            replace(terms, source=source, target=target, weight=weight, relation_column=relation, joined_by=joined)
        )
    return edges


def _choice(
    label: str,
    options: list[str],
    current: str,
    key: str,
    nothing: str = texts.NO_COLUMN,
    where: Any = None,
    must: bool = False,
) -> str:
    """A column out of those that there are, or "" unless there must be one."""
    listed = options if must else ["", *options]
    chosen: str = (where or st).selectbox(
        label,
        listed,
        index=listed.index(current) if current in listed else 0,
        format_func=lambda option: option or nothing,
        key=f"tables_{key}",
    )
    return chosen


def _show_report(content: Content) -> None:
    report = content.told()
    st.subheader(texts.WOULD_COME_IN, anchor=False)
    told = [line for line in report.lines if not line.startswith(("source: ", "licence: "))]
    st.markdown("\n".join(f"- {plain(line, texts.LONGEST_LINE)}" for line in told[: texts.MOST_LINES]))
    if len(told) > texts.MOST_LINES:
        st.caption(texts.more_lines(len(told) - texts.MOST_LINES))
    st.download_button(
        texts.SAVE_MAPPING,
        report.mapping,
        "mapping.toml",
        "application/toml",
        key="tables_mapping",
        help=texts.MAPPING_HELP,
    )


def _show_form(files: dict[str, bytes], mapping: str, content: Content) -> None:
    """What only the visitor knows, and the start of the import."""
    with st.form("tables_form", border=True):
        title = st.text_input(texts.TITLE_LABEL, key="tables_title")
        source = st.text_input(
            texts.TABLES_SOURCE_LABEL, key="tables_source", placeholder=texts.TABLES_SOURCE_PLACEHOLDER
        )
        licence = st.text_input(texts.LICENCE_LABEL, key="tables_licence", placeholder=texts.LICENCE_PLACEHOLDER)
        citation = st.text_input(texts.CITATION_LABEL, key="tables_citation")
        learned = _choose_learned(content)
        name = st.text_input(texts.NAME_LABEL, key="tables_name", help=texts.NAME_HELP).strip()
        wanted = st.form_submit_button(texts.IMPORT, type="primary", icon=":material/download:")
    if not wanted:
        return
    check_owner()
    terms = {"title": title, "source": source, "licence": licence, "citation": citation, "learned": learned}
    given = {key: value.strip() for key, value in terms.items() if value.strip()}
    check_new_name(name)
    if missing := [texts.MISSING_TERMS[key] for key in ("source", "licence") if key not in given]:
        raise CatalogueError(texts.terms_missing(missing))

    start_upload(files, mapping, given, name, visitor_id())
    st.session_state.pop(_READ, None)
    ADDING.put(name)
    st.rerun()


def _choose_learned(content: Content) -> str:
    """The relation that models learn, where there are several; otherwise "", for the only one."""
    relations = [relation.name for relation in content.manifest.relations]
    if len(relations) < 2:
        return ""
    chosen: str = st.selectbox(
        texts.LEARNED_LABEL, relations, index=relations.index(content.manifest.learned), key="tables_learned"
    )
    return chosen
