"""Lists as files: export of the active list, and import of another."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from core.catalogue import Catalogue
from core.curation import (
    PLAYLISTS,
    CurationList,
    Imported,
    ListCollection,
    add,
    export_list,
    free_name,
    import_list,
    with_list,
)
from core.errors import NearfieldError
from pages.lists import collection, texts
from pages.lists.collection import OpenLists
from pages.shell import visitor
from pages.shell.text import plain

MOST_NAMED = 40


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
    if left_out := export.left_out:
        st.warning(texts.partly_exported(export.n_artists, len(opened.active)))
        _tell([texts.left_out_line(one.entry.name, one.reason) for one in left_out])
    else:
        st.caption(texts.all_exported(export.n_artists))
    if is_playlist and export.n_artists:
        st.caption(texts.playlist_holds(export.n_artists, export.n_files, export.n_recordings))
        if export.n_files and not is_local:
            st.caption(texts.RELATIVE_PATHS)
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


def show_import(catalogue: Catalogue, opened: OpenLists, on_done: Callable[[], None]) -> None:
    """Read a file, show what was found in it, and add it to a list. `on_done` is called after that."""
    round_ = st.session_state.get("lists_imports", 0)
    file = st.file_uploader(
        texts.IMPORT_LABEL,
        key=f"lists_file_{round_}",
        max_upload_size=32,
        help=texts.IMPORT_HELP,
    )
    if file is None:
        return
    try:
        imported = import_list(catalogue, file.getvalue(), file.name.rsplit(".", 1)[0])
    except NearfieldError as fault:
        st.error(plain(str(fault)))
        return
    _tell_imported(imported)
    if not len(imported.curated):
        return
    name = free_name(opened.collection, imported.curated.name)
    with st.container(horizontal=True):
        st.button(
            texts.import_as_new(name),
            key="lists_import_new",
            type="primary",
            on_click=_import_as_new,
            args=(catalogue, imported.curated, on_done),
        )
        st.button(
            texts.import_into(opened.active.name),
            key="lists_import_add",
            on_click=_import_into,
            args=(catalogue, imported.curated, on_done),
        )


def _tell_imported(imported: Imported) -> None:
    st.markdown(texts.found_in_file(len(imported.curated), imported.n_repeated))
    if imported.unmatched:
        st.warning(texts.not_found_in_file(len(imported.unmatched)))
        _tell([texts.not_found_line(one.place, one.called, one.reason) for one in imported.unmatched])


def _tell(lines: Sequence[str]) -> None:
    rest = len(lines) - MOST_NAMED
    shown = [*lines[:MOST_NAMED], *([texts.and_more(rest)] if rest > 0 else [])]
    with st.container(height=160 if len(shown) > 5 else "content"):
        st.markdown("\n".join(f"- {line}" for line in shown))


def _import_as_new(catalogue: Catalogue, curated: CurationList, on_done: Callable[[], None]) -> None:
    def put(opened: ListCollection) -> ListCollection:
        named = replace(curated, name=free_name(opened, curated.name))
        collection.activate(catalogue, named.name)
        return with_list(opened, named)

    if collection.change(catalogue, put):
        _end_import(on_done)


def _import_into(catalogue: Catalogue, curated: CurationList, on_done: Callable[[], None]) -> None:
    if collection.change_list(catalogue, lambda active: add(active, curated.entries)):
        _end_import(on_done)


def _end_import(on_done: Callable[[], None]) -> None:
    st.session_state["lists_imports"] = st.session_state.get("lists_imports", 0) + 1
    on_done()
