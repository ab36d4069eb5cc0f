"""All that can be done with the visitor's lists, in a dialog: order, notes, files, and the lists themselves."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from core.catalogue import Catalogue
from core.curation import (
    CurationList,
    Entry,
    FileFormat,
    Imported,
    Shelf,
    add,
    annotate,
    export_list,
    free_name,
    import_list,
    judge,
    move,
    renamed,
    with_list,
    without_list,
)
from core.curation.lists import MAX_LIST_NAME, MAX_NOTE, checked_list_name
from core.errors import NearfieldError
from core.graph.hop_display import plain_text
from core.search.spaces import space_titles
from pages.shell import shelf
from pages.shell.shelf import OpenShelf, Undo
from pages.shell.text import counted, plain

ARTISTS, EXPORT, IMPORT, LISTS = "Artists", "Export", "Import", "Lists"
PER_PAGE = 15
MOST_NAMED = 40
FORMATS: dict[FileFormat, str] = {
    "csv": "**CSV** for spreadsheets: every artist with verdict, note and where it was found.",
    "json": "**JSON** for programs: the same.",
    "jspf": "**JSPF**, a playlist for ListenBrainz and others: one track of each kept artist.",
    "xspf": "**XSPF**, a playlist for players such as VLC: one track of each kept artist.",
}
_PLAYLISTS = ("jspf", "xspf")
_PART, _NEW, _NAME = "tray_part", "tray_new_name", "tray_name"
_PAGE, _MOVED = "tray_page", "tray_moved"

# Moving an artist draws its buttons anew; whoever moves it by keyboard must be able to go on.
_FOCUS_SCRIPT = """
let last = 0;
export default function ({ data }) {
  if (!data || data.nonce === last) return;
  last = data.nonce;
  setTimeout(() => {
    const buttons = [...document.querySelectorAll(`.st-key-tray_entry_${data.place} button:not(:disabled)`)];
    const same = buttons.find((button) => button.textContent.trim().endsWith(data.label));
    (same ?? buttons[0])?.focus();
  }, 60);
}
"""
_FOCUS = st.components.v2.component("nearfield_tray_focus", js=_FOCUS_SCRIPT)


@st.dialog("Your lists", width="large", on_dismiss="rerun")
def show_lists(catalogue: Catalogue, begin_with_artists: bool = True) -> None:
    """The list at hand, and what can be done with it and the others."""
    parts: dict[str, Callable[[Catalogue, OpenShelf], None]] = {
        ARTISTS: _show_artists,
        EXPORT: _show_export,
        IMPORT: _show_import,
        LISTS: _show_shelf,
    }
    st.session_state.setdefault(_PART, ARTISTS if begin_with_artists else IMPORT)
    part = st.segmented_control("What to do", list(parts), required=True, key=_PART, label_visibility="collapsed")
    opened = shelf.open_shelf(catalogue)
    if fault := shelf.take_fault():
        st.error(plain(fault))
    if opened is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(opened.active.name)}**: {summary(opened.active)}", width="content")
        show_undo(catalogue, "tray_dialog_undo")
    parts[part or ARTISTS](catalogue, opened)


def show_undo(catalogue: Catalogue, key: str) -> None:
    """The way back from the last thing that was taken away."""
    if undo := shelf.offered_undo(catalogue):
        st.button(
            "Undo",
            key=key,
            icon=":material/undo:",
            type="tertiary",
            help=plain(undo.said, 120),
            on_click=_undo,
            args=(catalogue, undo),
        )


def summary(curated: CurationList) -> str:
    """How many artists a list keeps and skips."""
    kept = len(curated.kept)
    skipped = len(curated) - kept
    return f"{kept:,} kept" + (f", {skipped:,} skipped" if skipped else "")


def found_line(entry: Entry, title: str) -> str:
    """Where an artist was found, in words, escaped; `title` is the space's."""
    origin = entry.origin
    parts = [
        f"place {origin.rank:,} in {plain(title, 40)}" if origin.rank else plain(title, 40),
        plain(origin.query, 80),
        f"on {plain(origin.date[:10])}" if origin.date else "",
        "" if entry.row is not None else "not in this catalogue",
    ]
    return " · ".join(part for part in parts if part)


def _undo(catalogue: Catalogue, undo: Undo) -> None:
    shelf.change(catalogue, undo.change)


def _edit(catalogue: Catalogue, how: Callable[[CurationList], CurationList]) -> None:
    shelf.change_list(catalogue, how)


def _move(catalogue: Catalogue, artist_id: str, place: int, label: str) -> None:
    if shelf.change_list(catalogue, partial(move, artist_id=artist_id, place=place)):
        st.session_state[_MOVED] = {"place": place, "label": label, "nonce": time.monotonic_ns()}
        st.session_state[_PAGE] = place // PER_PAGE + 1


def _show_artists(catalogue: Catalogue, opened: OpenShelf) -> None:
    entries = opened.active.entries
    if not entries:
        st.info("This list is empty. Choose Keep on an artist’s card, or “Keep these” under a list of artists.")
        return
    n_pages = -(-len(entries) // PER_PAGE)
    st.session_state[_PAGE] = min(st.session_state.get(_PAGE, 1), n_pages)
    page = st.pagination(n_pages, key=_PAGE) if n_pages > 1 else 1
    first = (page - 1) * PER_PAGE
    shown = entries[first : first + PER_PAGE]
    titles = space_titles(catalogue, [entry.origin.space for entry in shown])
    for place, (entry, title) in enumerate(zip(shown, titles, strict=True), start=first):
        _show_entry(catalogue, entry, place, len(entries), title)
    _FOCUS(key="tray_focus", data=st.session_state.get(_MOVED))


def _show_entry(catalogue: Catalogue, entry: Entry, place: int, count: int, title: str) -> None:
    artist_id, name = entry.artist_id, plain(entry.name, 60)
    kept = entry.verdict == "keep"
    with st.container(key=f"tray_entry_{place}", gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"{place + 1}\\. {f'**{name}**' if kept else f':gray[{name} (skipped)]'}")
            for label, icon, to, at_end in (
                ("Up", ":material/arrow_upward:", place - 1, place == 0),
                ("Down", ":material/arrow_downward:", place + 1, place == count - 1),
            ):
                st.button(
                    f"{_unseen(f'Move {name} ')}{label}",
                    key=f"tray_{label}_{artist_id}",
                    icon=icon,
                    type="tertiary",
                    disabled=at_end,
                    on_click=_move,
                    args=(catalogue, artist_id, to, label),
                )
            st.button(
                f"{'Skip' if kept else 'Keep'} {_unseen(name)}",
                key=f"tray_judge_{artist_id}",
                type="tertiary",
                icon=":material/block:" if kept else ":material/bookmark_add:",
                on_click=_edit,
                args=(catalogue, partial(judge, artist_id=artist_id, verdict="skip" if kept else "keep")),
            )
            _edit_note(catalogue, entry)
            st.button(
                f"Take out {_unseen(name)}",
                key=f"tray_out_{artist_id}",
                icon=":material/close:",
                type="tertiary",
                on_click=shelf.take_out,
                args=(catalogue, entry),
            )
        if line := found_line(entry, title):
            st.caption(line)
        if entry.note:
            st.text(entry.note)


def _unseen(text: str) -> str:
    """Escaped text in a button's label for those who hear it; the style of the page hides it from the eye."""
    return f":gray[{text}]"


def _edit_note(catalogue: Catalogue, entry: Entry) -> None:
    note = st.popover(
        f"Note {_unseen(f'on {plain(entry.name, 60)}')}",
        type="tertiary",
        icon=":material/edit_note:",
        key=f"tray_note_{entry.artist_id}",
        on_change="rerun",
    )
    if not note.open:
        return
    key = f"tray_note_text_{entry.artist_id}"
    with note:
        st.text_area(
            f"Note on {plain(entry.name, 40)}",
            entry.note,
            key=key,
            max_chars=MAX_NOTE,
            on_change=_write_note,
            args=(catalogue, entry.artist_id, key),
        )


def _write_note(catalogue: Catalogue, artist_id: str, key: str) -> None:
    shelf.change_list(catalogue, partial(annotate, artist_id=artist_id, note=st.session_state[key] or ""))


def _show_export(catalogue: Catalogue, opened: OpenShelf) -> None:
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


def _show_import(catalogue: Catalogue, opened: OpenShelf) -> None:
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
    name = free_name(opened.shelf, imported.curated.name)
    with st.container(horizontal=True):
        st.button(
            f"Make it the new list “{plain(name)}”",
            key="tray_import_new",
            type="primary",
            on_click=_import_as_new,
            args=(catalogue, imported.curated),
        )
        st.button(
            f"Add to “{plain(opened.active.name)}”",
            key="tray_import_add",
            on_click=_import_into,
            args=(catalogue, imported.curated),
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


def _import_as_new(catalogue: Catalogue, curated: CurationList) -> None:
    def put(opened: Shelf) -> Shelf:
        named = replace(curated, name=free_name(opened, curated.name))
        shelf.activate(catalogue, named.name)
        return with_list(opened, named)

    if shelf.change(catalogue, put):
        _end_import()


def _import_into(catalogue: Catalogue, curated: CurationList) -> None:
    if shelf.change_list(catalogue, lambda active: add(active, curated.entries)):
        _end_import()


def _end_import() -> None:
    st.session_state["tray_imports"] = st.session_state.get("tray_imports", 0) + 1
    st.session_state[_PART] = ARTISTS


def _show_shelf(catalogue: Catalogue, opened: OpenShelf) -> None:
    names = opened.shelf.names
    key = f"tray_pick_{names.index(opened.active.name)}_{len(names)}"
    st.radio(
        "The list at hand",
        names,
        index=names.index(opened.active.name),
        key=key,
        format_func=lambda name: plain(name, MAX_LIST_NAME),
        on_change=_pick,
        args=(catalogue, key),
    )
    with st.form("tray_new", clear_on_submit=True):
        st.text_input("A new list", key=_NEW, placeholder="Its name", max_chars=MAX_LIST_NAME)
        st.form_submit_button("Make it", icon=":material/add:", on_click=_make, args=(catalogue,))
    with st.form("tray_rename", clear_on_submit=True):
        st.text_input(
            "Another name for the list at hand",
            key=_NAME,
            placeholder=plain_text(opened.active.name),
            max_chars=MAX_LIST_NAME,
        )
        st.form_submit_button("Rename", icon=":material/edit:", on_click=_rename, args=(catalogue, opened.active.name))
    st.button(
        "Delete the list at hand",
        key="tray_delete",
        icon=":material/delete:",
        help="You can undo this afterwards.",
        on_click=_delete,
        args=(catalogue, opened.active),
    )


def _pick(catalogue: Catalogue, key: str) -> None:
    shelf.activate(catalogue, st.session_state[key])


def _make(catalogue: Catalogue) -> None:
    def put(opened: Shelf) -> Shelf:
        name = free_name(opened, st.session_state[_NEW])
        shelf.activate(catalogue, name)
        return with_list(opened, CurationList(name))

    shelf.change(catalogue, put)


def _rename(catalogue: Catalogue, name: str) -> None:
    wanted = st.session_state[_NAME]
    if shelf.change(catalogue, lambda opened: renamed(opened, name, wanted)):
        shelf.activate(catalogue, checked_list_name(wanted))


def _delete(catalogue: Catalogue, gone: CurationList) -> None:
    def restore(opened: Shelf) -> Shelf:
        name = free_name(opened, gone.name)
        # The empty list that stands in for the last one gives way to what comes back.
        if opened == Shelf() and gone.name == opened.names[0]:
            name = gone.name
        shelf.activate(catalogue, name)
        return with_list(opened, replace(gone, name=name))

    shelf.change(catalogue, lambda opened: without_list(opened, gone.name), Undo(f"Put {gone.name} back", restore))
