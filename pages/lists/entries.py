"""The artists of the active list, one below the other, each with order, verdict, note and origin."""

import time
from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from core.catalogue import Catalogue
from core.curation import CurationList, Entry, annotate, in_order_of, judge, move, sorted_by
from core.curation.lists import MAX_NOTE
from core.errors import NearfieldError
from core.search.spaces import space_titles
from pages.components.focus import FocusRequest, focus
from pages.lists import collection, texts
from pages.lists.collection import OpenLists
from pages.shell import elsewhere
from pages.shell.owner import told
from pages.shell.sound import beginning
from pages.shell.text import plain

PER_PAGE = 15
_PAGE, _MOVED, _PLAYING = "lists_page", "lists_moved", "lists_playing"
_SORT = "lists_sort"
_JUDGE_WIDTH, _PLAY_WIDTH = 92, 76
"""Pixels: wide enough for both labels, so that the buttons beside it stay in place."""


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
    _show_sorting(catalogue, entries)
    for place, (entry, title) in enumerate(zip(shown, titles, strict=True), start=first):
        _show_entry(catalogue, entry, place, len(entries), title)
    focus(st.session_state.get(_MOVED), "lists_focus")


def _show_entry(catalogue: Catalogue, entry: Entry, place: int, count: int, title: str) -> None:
    artist_id, name = entry.artist_id, plain(entry.name, 60)
    kept = entry.verdict == "keep"
    with st.container(key=f"lists_entry_{place}", gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(texts.numbered_entry(place + 1, name, kept), width="stretch")
            for label, icon, to, at_end in (
                (texts.TOP, ":material/vertical_align_top:", 0, place == 0),
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
            _show_play(catalogue, entry, name)
            st.button(
                texts.judge_label(name, kept),
                width=_JUDGE_WIDTH,
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
        links = {} if entry.row is None else elsewhere.artist_links(catalogue, entry.row)
        if line := "  \n".join(filter(None, (texts.found_line(entry, title), texts.elsewhere_line(links)))):
            st.caption(line)
        if st.session_state.get(_PLAYING) == artist_id:
            _show_player(catalogue, entry)
        if entry.note:
            st.text(entry.note)


def _show_sorting(catalogue: Catalogue, entries: Sequence[Entry]) -> None:
    """A menu of orders. The order of before can be put back."""
    if len(entries) > 1:
        st.menu_button(
            texts.SORT,
            list(texts.ORDERS),
            key=_SORT,
            format_func=texts.ORDERS.__getitem__,
            icon=":material/sort:",
            type="tertiary",
            on_click=_sort,
            args=(catalogue, [entry.artist_id for entry in entries]),
        )


def _sort(catalogue: Catalogue, before: list[str]) -> None:
    order = st.session_state[_SORT]
    if order in texts.ORDERS:
        collection.change_list(
            catalogue,
            partial(sorted_by, order=order),
            partial(in_order_of, artist_ids=before),
            texts.UNDO_SORT,
        )


def _show_play(catalogue: Catalogue, entry: Entry, name: str) -> None:
    """A button that plays the artist's first track, if there is one."""
    if entry.row is None or catalogue.tracks_of(entry.row).empty:
        return
    playing = st.session_state.get(_PLAYING) == entry.artist_id
    st.button(
        texts.play_label(name, playing),
        key=f"lists_play_{entry.artist_id}",
        icon=":material/stop:" if playing else ":material/play_arrow:",
        type="tertiary",
        width=_PLAY_WIDTH,
        on_click=_play,
        args=(None if playing else entry.artist_id,),
    )


def _play(artist_id: str | None) -> None:
    st.session_state[_PLAYING] = artist_id


def _show_player(catalogue: Catalogue, entry: Entry) -> None:
    if entry.row is None:
        return
    tracks = catalogue.tracks_of(entry.row)
    if tracks.empty:
        return
    try:
        sound = beginning(catalogue, catalogue.row_of_track[tracks["track_id"].iloc[0]])
    except NearfieldError as fault:
        st.error(plain(told(fault)))
        return
    st.audio(sound, autoplay=True, alt=texts.player_alt(entry.name))


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
