"""The lists themselves: choose, create, rename and delete them."""

from dataclasses import replace

import streamlit as st

from core.catalogue import Catalogue
from core.curation import CurationList, ListCollection, free_name, renamed, with_list, without_list
from core.curation.lists import MAX_LIST_NAME, checked_list_name
from core.text import plain_text
from pages.lists import collection, texts
from pages.lists.collection import OpenLists, Undo
from pages.shell.text import plain

_NEW, _NAME = "lists_new_name", "lists_name"


def show_collection(catalogue: Catalogue, opened: OpenLists) -> None:
    """Choose the active list, create one, rename it or delete it."""
    names = opened.collection.names
    key = f"lists_pick_{names.index(opened.active.name)}_{len(names)}"
    st.radio(
        texts.ACTIVE_LABEL,
        names,
        index=names.index(opened.active.name),
        key=key,
        format_func=lambda name: plain(name, MAX_LIST_NAME),
        on_change=_pick,
        args=(catalogue, key),
    )
    with st.form("lists_new", clear_on_submit=True):
        st.text_input(texts.NEW_LABEL, key=_NEW, placeholder=texts.NEW_PLACEHOLDER, max_chars=MAX_LIST_NAME)
        st.form_submit_button(texts.MAKE, icon=":material/add:", on_click=_make, args=(catalogue,))
    with st.form("lists_rename", clear_on_submit=True):
        st.text_input(
            texts.RENAME_LABEL,
            key=_NAME,
            placeholder=plain_text(opened.active.name),
            max_chars=MAX_LIST_NAME,
        )
        st.form_submit_button(
            texts.RENAME, icon=":material/edit:", on_click=_rename, args=(catalogue, opened.active.name)
        )
    st.button(
        texts.DELETE,
        key="lists_delete",
        icon=":material/delete:",
        help=texts.DELETE_HELP,
        on_click=_delete,
        args=(catalogue, opened.active),
    )


def _pick(catalogue: Catalogue, key: str) -> None:
    collection.activate(catalogue, st.session_state[key])


def _make(catalogue: Catalogue) -> None:
    def put(opened: ListCollection) -> ListCollection:
        name = free_name(opened, st.session_state[_NEW])
        collection.activate(catalogue, name)
        return with_list(opened, CurationList(name))

    collection.change(catalogue, put)


def _rename(catalogue: Catalogue, name: str) -> None:
    wanted = st.session_state[_NAME]
    if collection.change(catalogue, lambda opened: renamed(opened, name, wanted)):
        collection.activate(catalogue, checked_list_name(wanted))


def _delete(catalogue: Catalogue, gone: CurationList) -> None:
    def restore(opened: ListCollection) -> ListCollection:
        name = free_name(opened, gone.name)
        # The empty list that took the place of the last deleted one makes way for the restored list.
        if opened == ListCollection() and gone.name == opened.names[0]:
            name = gone.name
        collection.activate(catalogue, name)
        return with_list(opened, replace(gone, name=name))

    collection.change(
        catalogue, lambda opened: without_list(opened, gone.name), Undo(texts.undo_gone(gone.name), restore)
    )
