"""The artists of the active list, one below the other, each with order, verdict, note and origin."""

import time
from collections.abc import Callable
from functools import partial

import streamlit as st

from core.catalogue import Catalogue
from core.curation import CurationList, Entry, annotate, judge, move
from core.curation.lists import MAX_NOTE
from core.search.spaces import space_titles
from pages.components.focus import FocusRequest, focus
from pages.lists import collection, texts
from pages.lists.collection import OpenLists
from pages.shell.text import plain

PER_PAGE = 15
_PAGE, _MOVED = "lists_page", "lists_moved"


def _edit(catalogue: Catalogue, how: Callable[[CurationList], CurationList]) -> None:
    collection.change_list(catalogue, how)


def _move(catalogue: Catalogue, artist_id: str, place: int, label: str) -> None:
    if collection.change_list(catalogue, partial(move, artist_id=artist_id, place=place)):
        st.session_state[_MOVED] = FocusRequest(f"lists_entry_{place}", label, time.monotonic_ns())
        st.session_state[_PAGE] = place // PER_PAGE + 1


def show_artists(catalogue: Catalogue, opened: OpenLists) -> None:
    """One page of artists, each with its buttons."""
    entries = opened.active.entries
    if not entries:
        st.info(texts.NO_ARTIST)
        return
    n_pages = -(-len(entries) // PER_PAGE)
    st.session_state[_PAGE] = min(st.session_state.get(_PAGE, 1), n_pages)
    page = st.pagination(n_pages, key=_PAGE) if n_pages > 1 else 1
    first = (page - 1) * PER_PAGE
    shown = entries[first : first + PER_PAGE]
    titles = space_titles(catalogue, [entry.origin.space for entry in shown])
    for place, (entry, title) in enumerate(zip(shown, titles, strict=True), start=first):
        _show_entry(catalogue, entry, place, len(entries), title)
    focus(st.session_state.get(_MOVED), "lists_focus")


def _show_entry(catalogue: Catalogue, entry: Entry, place: int, count: int, title: str) -> None:
    artist_id, name = entry.artist_id, plain(entry.name, 60)
    kept = entry.verdict == "keep"
    with st.container(key=f"lists_entry_{place}", gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(texts.numbered_entry(place + 1, name, kept))
            for label, icon, to, at_end in (
                (texts.UP, ":material/arrow_upward:", place - 1, place == 0),
                (texts.DOWN, ":material/arrow_downward:", place + 1, place == count - 1),
            ):
                st.button(
                    texts.move_label(name, label),
                    key=f"lists_{label}_{artist_id}",
                    icon=icon,
                    type="tertiary",
                    disabled=at_end,
                    on_click=_move,
                    args=(catalogue, artist_id, to, label),
                )
            st.button(
                texts.judge_label(name, kept),
                key=f"lists_judge_{artist_id}",
                type="tertiary",
                icon=":material/block:" if kept else ":material/bookmark_add:",
                on_click=_edit,
                args=(catalogue, partial(judge, artist_id=artist_id, verdict="skip" if kept else "keep")),
            )
            _edit_note(catalogue, entry)
            st.button(
                texts.take_out_label(name),
                key=f"lists_out_{artist_id}",
                icon=":material/close:",
                type="tertiary",
                on_click=collection.take_out,
                args=(catalogue, entry),
            )
        if line := texts.found_line(entry, title):
            st.caption(line)
        if entry.note:
            st.text(entry.note)


def _edit_note(catalogue: Catalogue, entry: Entry) -> None:
    note = st.popover(
        texts.open_note_label(plain(entry.name, 60)),
        type="tertiary",
        icon=":material/edit_note:",
        key=f"lists_note_{entry.artist_id}",
        on_change="rerun",
    )
    if not note.open:
        return
    key = f"lists_note_text_{entry.artist_id}"
    with note:
        st.text_area(
            texts.note_label(plain(entry.name, 40)),
            entry.note,
            key=key,
            max_chars=MAX_NOTE,
            on_change=_write_note,
            args=(catalogue, entry.artist_id, key),
        )


def _write_note(catalogue: Catalogue, artist_id: str, key: str) -> None:
    collection.change_list(catalogue, partial(annotate, artist_id=artist_id, note=st.session_state[key] or ""))
