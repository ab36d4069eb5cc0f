"""All that can be done with the visitor's lists, in a dialog: order, notes, files, and the lists themselves."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.catalogue import Catalogue
from core.curation import (
    CurationList,
)
from pages.lists import collection
from pages.lists.collection import OpenLists, Undo
from pages.lists.entries import show_artists
from pages.lists.files import show_export, show_import
from pages.lists.naming import show_collection
from pages.shell.text import plain

ARTISTS, EXPORT, IMPORT, LISTS = "Artists", "Export", "Import", "Lists"
_PART = "tray_part"


@st.dialog("Your lists", width="large", on_dismiss="rerun")
def show_lists(catalogue: Catalogue, begin_with_artists: bool = True) -> None:
    """The list at hand, and what can be done with it and the others."""
    parts: dict[str, Callable[[Catalogue, OpenLists], None]] = {
        ARTISTS: show_artists,
        EXPORT: show_export,
        IMPORT: partial(show_import, on_done=_to_artists),
        LISTS: show_collection,
    }
    st.session_state.setdefault(_PART, ARTISTS if begin_with_artists else IMPORT)
    part = st.segmented_control("What to do", list(parts), required=True, key=_PART, label_visibility="collapsed")
    opened = collection.open_lists(catalogue)
    if fault := collection.take_fault():
        st.error(plain(fault))
    if opened is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(opened.active.name)}**: {summary(opened.active)}", width="content")
        show_undo(catalogue, "tray_dialog_undo")
    parts[part or ARTISTS](catalogue, opened)


def show_undo(catalogue: Catalogue, key: str) -> None:
    """The way back from the last thing that was taken away."""
    if undo := collection.offered_undo(catalogue):
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


def _to_artists() -> None:
    st.session_state[_PART] = ARTISTS


def _undo(catalogue: Catalogue, undo: Undo) -> None:
    collection.change(catalogue, undo.change)
