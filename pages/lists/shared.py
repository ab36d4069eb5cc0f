"""A list that a link opens: to read, and to take over as one's own."""

from dataclasses import replace
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from core.catalogue import Catalogue
from core.curation import CurationList, Entry, ListCollection, free_name, with_list
from core.curation.links import link_code, list_of_link
from core.errors import NearfieldError
from pages.lists import collection, texts
from pages.shell import boxes, state
from pages.shell.owner import told
from pages.shell.parameters import CATALOGUE, SHARED_LIST
from pages.shell.text import plain

_HEIGHT = 420


def link_to(curated: CurationList) -> str:
    """The address that opens the list on this page. Raises NearfieldError if no link can hold it."""
    view = {CATALOGUE.name: state.chosen_catalogue() or "", SHARED_LIST.name: [link_code(curated), curated.name]}
    here = urlsplit(st.context.url or "")
    return urlunsplit((here.scheme, here.netloc, here.path or "/", urlencode(view, doseq=True), ""))


def show_asked_list(catalogue: Catalogue) -> None:
    """Open the list that the URL asks for, unless another dialog is open."""
    if SHARED_LIST.is_given and not any(box.is_given for box in boxes.BOXES):
        code, name = [*SHARED_LIST.get_all(), "", ""][:2]
        _show(catalogue, code, name)


def close() -> None:
    """Forget the list in the URL. For callbacks."""
    SHARED_LIST.put(None)


@st.dialog(texts.SHARED_TITLE, width="medium", on_dismiss=close)
def _show(catalogue: Catalogue, code: str, name: str) -> None:
    # Its buttons take the list out of the URL, and Streamlit draws the dialog once more before it closes.
    try:
        shared, n_lacking = list_of_link(catalogue, code, name)
    except NearfieldError as fault:
        st.error(plain(told(fault)))
        return
    st.markdown(f"**{plain(shared.name)}**")
    st.caption(texts.shared_list(len(shared), n_lacking))
    with st.container(height=_HEIGHT if len(shared) > 10 else "content", gap=None):
        pressed = [_show_entry(catalogue, entry, place) for place, entry in enumerate(shared.entries, start=1)]
    taken = len(shared) > 0 and st.button(
        texts.TAKE_OVER,
        key="shared_take",
        type="primary",
        icon=":material/bookmark_add:",
        on_click=_take_over,
        args=(catalogue, shared),
    )
    if taken or any(pressed):
        st.rerun()


def _show_entry(catalogue: Catalogue, entry: Entry, place: int) -> bool:
    label = texts.numbered_entry(place, plain(entry.name, 60), True)
    key = f"shared_go_{entry.artist_id}"
    return st.button(label, key=key, type="tertiary", on_click=_go, args=(catalogue, entry.row))


def _go(catalogue: Catalogue, row: int) -> None:
    close()
    state.select_artist(catalogue, row)


def _take_over(catalogue: Catalogue, shared: CurationList) -> None:
    def put(lists: ListCollection) -> ListCollection:
        named = replace(shared, name=free_name(lists, shared.name))
        collection.activate(catalogue, named.name)
        return with_list(lists, named)

    if collection.change(catalogue, put):
        close()
