"""The dialog for everything that a visitor can do with lists: order, notes, files, and the lists themselves."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.catalogue import Catalogue
from pages.lists import collection, texts
from pages.lists.collection import OpenLists, Undo
from pages.lists.entries import show_artists
from pages.lists.files import show_export, show_import
from pages.lists.naming import show_collection
from pages.shell.text import plain

_PART = "lists_part"


@st.dialog(texts.DIALOG_TITLE, width="large", on_dismiss="rerun")
def show_lists(catalogue: Catalogue, begin_with_artists: bool = True) -> None:
    """The dialog: the active list, and what can be done with it and the other lists."""
    parts: dict[str, Callable[[Catalogue, OpenLists], None]] = {
        texts.ARTISTS: show_artists,
        texts.EXPORT: show_export,
        texts.IMPORT: partial(show_import, on_done=_to_artists),
        texts.LISTS: show_collection,
    }
    st.session_state.setdefault(_PART, texts.ARTISTS if begin_with_artists else texts.IMPORT)
    part = st.segmented_control(texts.PARTS_LABEL, list(parts), required=True, key=_PART, label_visibility="collapsed")
    opened = collection.open_lists(catalogue)
    if fault := collection.take_fault():
        st.error(plain(fault))
    if opened is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(texts.active_list(opened.active), width="content")
        show_undo(catalogue, "lists_dialog_undo")
    parts[part or texts.ARTISTS](catalogue, opened)


def show_undo(catalogue: Catalogue, key: str) -> None:
    """A button that undoes the last removal."""
    if undo := collection.offered_undo(catalogue):
        st.button(
            texts.UNDO,
            key=key,
            icon=":material/undo:",
            type="tertiary",
            help=plain(undo.said, 120),
            on_click=_undo,
            args=(catalogue, undo),
        )


def _to_artists() -> None:
    st.session_state[_PART] = texts.ARTISTS


def _undo(catalogue: Catalogue, undo: Undo) -> None:
    collection.change(catalogue, undo.change)
