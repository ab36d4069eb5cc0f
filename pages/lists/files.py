"""Lists as files: export of the active list, and import of another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from core.catalogue import Catalogue
from core.curation import (
    PLAYLISTS,
    CurationList,
    Entry,
    Imported,
    ListCollection,
    Unmatched,
    add,
    export_list,
    free_name,
    import_list,
    renamed,
    with_list,
)
from core.curation.lists import FIRST_LIST
from core.errors import NearfieldError
from core.search.lookup import find_artists
from pages.lists import collection, texts
from pages.lists.collection import OpenLists
from pages.lists.shared import link_to
from pages.serving.offers import Offer
from pages.shell import resources, visitor
from pages.shell.owner import told
from pages.shell.text import plain
from pages.shell.uploads import place_for_files

MOST_NAMED = 40
SUGGESTIONS = 4
"""For so many artists that were not found, so many that the search finds are offered."""

_LARGEST = 32 << 20
"""Bytes of a file of lists."""

_READ = "lists_read"


@dataclass(frozen=True)
class ReadFile:
    """A file as it was read, with rows of artists that those not found may mean."""

    key: tuple[Path, str, str]
    imported: Imported
    suggestions: list[tuple[Unmatched, list[int]]]


def show_export(catalogue: Catalogue, opened: OpenLists) -> None:
    """Export the active list, and name the artists that the file cannot hold."""
    if not len(opened.active):
        st.info(texts.NOTHING_TO_EXPORT)
        return
    formats = list(texts.FORMATS)
    chosen = st.segmented_control(
        texts.FORMAT_LABEL, formats, default="csv", format_func=str.upper, required=True, key="lists_format"
    )
    st.caption(texts.FORMATS[chosen])
    is_playlist = chosen in PLAYLISTS
    only = is_playlist and st.toggle(
        texts.ONLY_RECORDINGS,
        key="lists_recordings",
        help=texts.ONLY_RECORDINGS_HELP,
    )
    is_local = visitor.is_on_this_machine()
    export = export_list(catalogue, opened.active, chosen, only, "absolute" if is_local else "relative")
    if is_playlist and export.n_artists:
        n_artists, n_files = export.n_artists, export.n_files
        more = export.n_tracks, n_files, export.n_recordings
        held = texts.files_held(n_artists, n_files) if chosen == "m3u8" else texts.tracks_held(n_artists, *more)
        st.caption(f"{held} {texts.RELATIVE_PATHS}" if n_files and not is_local else held)
    if left_out := export.left_out:
        st.warning(texts.partly_exported(export.n_artists, len(opened.active)))
        _tell([texts.left_out_line(one.entry.name, one.reason) for one in left_out])
    else:
        st.caption(texts.all_exported(export.n_artists))
    st.download_button(
        texts.download_label(export.file_name),
        export.content,
        export.file_name,
        export.media_type,
        key="lists_download",
        icon=":material/download:",
        on_click="ignore",
        disabled=not export.n_artists,
    )
    try:
        link = link_to(opened.active)
    except NearfieldError as fault:
        st.caption(plain(told(fault)))
        return
    st.caption(texts.LINK_LABEL)
    st.code(link, language=None, wrap_lines=True)


def show_import(catalogue: Catalogue, opened: OpenLists, on_done: Callable[[], None]) -> None:
    """Read a file, show what was found in it, and add it to a list. `on_done` is called after that."""
    round_ = st.session_state.get("lists_imports", 0)
    with place_for_files("lists_file", Offer(_LARGEST, _LARGEST)):
        file = st.file_uploader(
            texts.IMPORT_LABEL,
            key=f"lists_file_{round_}",
            max_upload_size=_LARGEST >> 20,
            help=texts.IMPORT_HELP,
        )
    if file is None:
        return
    try:
        read = _read(catalogue, file.file_id, file.getvalue(), file.name)
    except NearfieldError as fault:
        st.error(plain(told(fault)))
        return
    _tell_imported(read.imported)
    chosen = _choose_by_hand(catalogue, read, round_) if read.imported.unmatched else []
    try:
        curated = add(read.imported.curated, chosen)
    except NearfieldError as fault:
        st.error(plain(told(fault)))
        return
    if not len(curated):
        return
    # A list that nobody has named yet takes the file's name.
    empty = opened.active.name if opened.active == CurationList(FIRST_LIST) else ""
    name = _free_name(opened.collection, curated.name, empty)
    with st.container(horizontal=True):
        st.button(
            texts.import_as_new(name),
            key="lists_import_new",
            type="primary",
            on_click=_import_as_new,
            args=(catalogue, curated, empty, on_done),
        )
        if not empty:
            st.button(
                texts.import_into(opened.active.name),
                key="lists_import_add",
                on_click=_import_into,
                args=(catalogue, curated, on_done),
            )


def _tell_imported(imported: Imported) -> None:
    st.markdown(texts.found_in_file(len(imported.curated), imported.n_repeated))
    for note in imported.notes:
        st.caption(plain(note))


def _read(catalogue: Catalogue, file_id: str, content: bytes, file_name: str) -> ReadFile:
    """The list in a file, read once. Raises NearfieldError if it is no list."""
    key = (catalogue.path, catalogue.content_hash, file_id)
    known: ReadFile | None = st.session_state.get(_READ)
    if known is None or known.key != key:
        imported = import_list(catalogue, content, file_name.rsplit(".", 1)[0])
        names = resources.name_index(catalogue)
        asked = [one for one in imported.unmatched if not one.mention.fault][:MOST_NAMED]
        known = ReadFile(key, imported, [(one, find_artists(names, one.called, SUGGESTIONS)) for one in asked])
        st.session_state[_READ] = known
    return known


def _choose_by_hand(catalogue: Catalogue, read: ReadFile, round_: int) -> list[Entry]:
    """Name the artists that were not found, offer what the search finds for each, and return the chosen entries."""
    unmatched = read.imported.unmatched
    st.warning(texts.not_found_in_file(len(unmatched)))
    shown = {row: plain(str(catalogue.display_names.iat[row]), 40) for _, rows in read.suggestions for row in rows}
    offered = [(one, rows) for one, rows in read.suggestions if rows]
    chosen = []
    with st.container(height=320 if len(unmatched) > 4 else "content"):
        for number, (one, rows) in enumerate(offered):
            label = texts.not_found_line(one.place, one.called, texts.PERHAPS)
            key = f"lists_suggest_{round_}_{number}"
            row = st.pills(label, rows, key=key, format_func=shown.__getitem__)
            chosen += [] if row is None else [one.as_entry(catalogue, row)]
        rest = [one for one in unmatched if one not in [each for each, _ in offered]]
        _tell([texts.not_found_line(one.place, one.called, one.reason) for one in rest])
    return chosen


def _tell(lines: Sequence[str]) -> None:
    if not lines:
        return
    rest = len(lines) - MOST_NAMED
    shown = [*lines[:MOST_NAMED], *([texts.and_more(rest)] if rest > 0 else [])]
    with st.container(height=160 if len(shown) > 5 else "content"):
        st.markdown("\n".join(f"- {line}" for line in shown))


def _free_name(lists: ListCollection, wanted: str, empty: str) -> str:
    """The name for a list from a file, which may take the name of the `empty` list that it replaces."""
    return wanted if wanted == empty else free_name(lists, wanted)


def _import_as_new(catalogue: Catalogue, curated: CurationList, empty: str, on_done: Callable[[], None]) -> None:
    """Make the file a list of its own name, in place of the list `empty` if that is still empty."""

    def put(lists: ListCollection) -> ListCollection:
        replaced = empty if empty in lists.names and not len(lists[empty]) else ""
        named = replace(curated, name=_free_name(lists, curated.name, replaced))
        collection.activate(catalogue, named.name)
        return with_list(renamed(lists, replaced, named.name) if replaced else lists, named)

    if collection.change(catalogue, put):
        _end_import(on_done)


def _import_into(catalogue: Catalogue, curated: CurationList, on_done: Callable[[], None]) -> None:
    if collection.change_list(catalogue, lambda active: add(active, curated.entries)):
        _end_import(on_done)


def _end_import(on_done: Callable[[], None]) -> None:
    st.session_state.pop(_READ, None)
    st.session_state["lists_imports"] = st.session_state.get("lists_imports", 0) + 1
    on_done()
