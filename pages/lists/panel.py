"""The lists panel: the active list, in the sidebar of every page."""

import streamlit as st

from core.catalogue import Catalogue
from core.curation import CurationList, Entry
from core.text import shown_name
from pages.lists import at_hand, collection, texts
from pages.lists.collection import OpenLists
from pages.lists.dialog import show_lists, show_undo
from pages.lists.shared import close, show_asked_list
from pages.shell import boxes, elsewhere, state, visitor
from pages.shell.text import plain

MOST_NAMES = 6


def show_panel() -> None:
    """A summary of the active list, and a button that opens the dialog of lists."""
    visitor.remember_visitor(at_hand.as_cookie())
    catalogue = state.catalogue_if_sound()
    if catalogue is None:
        return
    opened = collection.open_lists(catalogue)
    st.markdown(texts.PANEL_TITLE, help=texts.PANEL_HELP)
    if fault := collection.take_fault():
        st.error(plain(fault))
    if opened is None:
        return
    if len(opened.collection.lists) > 1:
        _choose_list(catalogue, opened)
    _show_newest(catalogue, opened.active)
    with st.container(horizontal=True):
        anything = len(opened.active) > 0 or len(opened.collection.lists) > 1
        label = texts.OPEN if anything else texts.IMPORT_FIRST
        # Streamlit can show only one dialog at a time.
        if st.button(label, key="lists_open", icon=":material/bookmarks:", on_click=_close_dialogs):
            show_lists(catalogue, anything)
        else:
            show_asked_list(catalogue)
        show_undo(catalogue, "lists_undo")
    if catalogue.manifest.kind == "real":
        elsewhere.choose_services()
    if not visitor.is_remembered():
        st.caption(texts.NO_COOKIES)


def _show_newest(catalogue: Catalogue, curated: CurationList) -> None:
    if not len(curated):
        st.caption(texts.NOTHING_KEPT)
        return
    last = curated.entries[-MOST_NAMES:]
    with st.container(gap=None):
        for entry in last:
            st.button(
                plain(entry.name, 26),
                key=f"lists_go_{entry.artist_id}",
                type="tertiary",
                disabled=entry.row is None,
                icon=":material/bookmark:" if entry.verdict == "keep" else ":material/block:",
                on_click=_go,
                args=(catalogue, entry),
            )
    st.caption(texts.newest(curated, MOST_NAMES))


def _choose_list(catalogue: Catalogue, opened: OpenLists) -> None:
    names = opened.collection.names
    # The key depends on the options: a widget would keep its old value, but a list made elsewhere must show.
    key = f"lists_list_{names.index(opened.active.name)}_{len(names)}"
    st.selectbox(
        texts.LIST_LABEL,
        names,
        index=names.index(opened.active.name),
        format_func=lambda name: shown_name(name),
        key=key,
        label_visibility="collapsed",
        on_change=_activate_chosen,
        args=(catalogue, key),
    )


def _close_dialogs() -> None:
    boxes.close()
    close()


def _activate_chosen(catalogue: Catalogue, key: str) -> None:
    collection.activate(catalogue, st.session_state[key])


def _go(catalogue: Catalogue, entry: Entry) -> None:
    if entry.row is not None:
        state.select_artist(catalogue, entry.row)
