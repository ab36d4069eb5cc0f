"""Lists as files: export of the list at hand, and import of another."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from core.catalogue import Catalogue
from core.curation import (
    CurationList,
    FileFormat,
    Imported,
    ListCollection,
    add,
    export_list,
    free_name,
    import_list,
    with_list,
)
from core.errors import NearfieldError
from core.text import counted
from pages.lists import collection
from pages.lists.collection import OpenLists
from pages.shell.text import plain

MOST_NAMED = 40
FORMATS: dict[FileFormat, str] = {
    "csv": "**CSV** for spreadsheets: every artist with verdict, note and where it was found.",
    "json": "**JSON** for programs: the same.",
    "jspf": "**JSPF**, a playlist for ListenBrainz and others: one track of each kept artist.",
    "xspf": "**XSPF**, a playlist for players such as VLC: one track of each kept artist.",
}
_PLAYLISTS = ("jspf", "xspf")


def show_export(catalogue: Catalogue, opened: OpenLists) -> None:
    """The list at hand as a file, and who is left out of it."""
    if not len(opened.active):
        st.info("This list is empty, so there is nothing to export yet. Keep some artists first.")
        return
    formats = list(FORMATS)
    chosen = st.segmented_control(
        "Format", formats, default="csv", format_func=str.upper, required=True, key="tray_format"
    )
    st.caption(FORMATS[chosen])
    only = chosen in _PLAYLISTS and st.toggle(
        "Only artists with a MusicBrainz recording",
        key="tray_recordings",
        help="ListenBrainz refuses a playlist that has a track without one.",
    )
    export = export_list(catalogue, opened.active, chosen, only)
    if left_out := export.left_out:
        st.warning(f"{export.n_artists:,} of {counted(len(opened.active), 'artist')} are in the file. Left out:")
        _tell([f"{plain(one.entry.name, 60)}: {plain(one.reason)}" for one in left_out])
    else:
        st.caption(f"All {counted(export.n_artists, 'artist')} are in the file.")
    st.download_button(
        f"Download {export.file_name}",
        export.content,
        export.file_name,
        export.media_type,
        key="tray_download",
        icon=":material/download:",
        on_click="ignore",
        disabled=not export.n_artists,
    )


def show_import(catalogue: Catalogue, opened: OpenLists, on_done: Callable[[], None]) -> None:
    """Reading a file, what was found in it, and where that goes; `on_done` is called once it is in a list."""
    round_ = st.session_state.get("tray_imports", 0)
    file = st.file_uploader(
        "A list as CSV, JSON, JSPF or XSPF",
        key=f"tray_file_{round_}",
        max_upload_size=32,
        help="Nearfield’s own, or another program’s: artists are found by id, MusicBrainz id or exact name.",
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
            f"Make it the new list “{plain(name)}”",
            key="tray_import_new",
            type="primary",
            on_click=_import_as_new,
            args=(catalogue, imported.curated, on_done),
        )
        st.button(
            f"Add to “{plain(opened.active.name)}”",
            key="tray_import_add",
            on_click=_import_into,
            args=(catalogue, imported.curated, on_done),
        )


def _tell_imported(imported: Imported) -> None:
    again = f" {counted(imported.n_repeated, 'repetition')} of an artist left out." if imported.n_repeated else ""
    st.markdown(f"{counted(len(imported.curated), 'artist')} found in the catalogue.{again}")
    if imported.unmatched:
        st.warning(f"{counted(len(imported.unmatched), 'artist')} of the file could not be found:")
        _tell([f"{one.place}. {plain(one.called, 60)}: {plain(one.reason)}" for one in imported.unmatched])


def _tell(lines: Sequence[str]) -> None:
    rest = len(lines) - MOST_NAMED
    shown = [*lines[:MOST_NAMED], *([f"and {rest:,} more"] if rest > 0 else [])]
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
    st.session_state["tray_imports"] = st.session_state.get("tray_imports", 0) + 1
    on_done()
