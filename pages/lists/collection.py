"""The visitor's lists for the chosen catalogue. They are changed in the database, and read again after each change."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.catalogue import Catalogue
from core.catalogue.library import data_folder
from core.curation import (
    CurationList,
    Entry,
    Keeper,
    ListCollection,
    Verdict,
    change_lists,
    lists_stamp,
    mark_opened,
    put_back,
    read_lists,
    remove,
    with_list,
)
from core.errors import NearfieldError
from pages.lists import at_hand, texts
from pages.shell.owner import has_entered, told
from pages.shell.visitor import sender, visitor_id

_RUN = "collection_run"
_OPEN, _FAULT, _UNDO = "collection_open", "collection_fault", "collection_undo"
_BROKEN = "collection_broken"
_BROKEN_SECONDS = 10.0
"""For so long lists that could not be read are not tried again: a page asks often, and each time may wait."""


Key = tuple[Path, Path, str, str, str]


@dataclass(frozen=True)
class Broken:
    """Lists that could not be read: why, and until when they are not tried again."""

    key: Key
    fault: str
    until: float


@dataclass(frozen=True)
class OpenLists:
    """A visitor's lists as last read, with the active list and its verdicts."""

    key: Key
    stamp: str | None
    collection: ListCollection
    active: CurationList
    verdicts: dict[str, Verdict]


@dataclass(frozen=True)
class Undo:
    """A label in plain text, and the change that restores what was removed."""

    said: str
    change: Callable[[ListCollection], ListCollection]


def open_lists(catalogue: Catalogue) -> OpenLists | None:
    """The visitor's lists. None if they cannot be read, in which case the lists panel shows the error.

    A page asks a dozen times in a run, and the database once.
    """
    folder, lists_id = data_folder(), visitor_id()
    key = (folder, catalogue.path, lists_id, catalogue.content_hash, at_hand.chosen_name(catalogue))
    known: OpenLists | None = st.session_state.get(_OPEN)
    run = getattr(get_script_run_ctx(suppress_warning=True), "cursors", None)
    if known and known.key == key and run is not None and run is st.session_state.get(_RUN):
        return known
    broken: Broken | None = st.session_state.get(_BROKEN)
    if broken and broken.key == key and time.monotonic() < broken.until:
        say_fault(broken.fault)
        return None
    try:
        stamp = lists_stamp(folder, lists_id, catalogue)
        st.session_state[_RUN] = run
        if known and (known.key, known.stamp) == (key, stamp):
            return known
        if known is None or known.key[:3] != key[:3]:
            mark_opened(folder, lists_id, catalogue)
        collection = read_lists(folder, lists_id, catalogue)
    except NearfieldError as fault:
        st.session_state.pop(_OPEN, None)
        st.session_state[_BROKEN] = Broken(key, told(fault), time.monotonic() + _BROKEN_SECONDS)
        say_fault(told(fault))
        return None
    active = collection[at_hand.name_at_hand(catalogue, collection.names)]
    verdicts = {entry.artist_id: entry.verdict for entry in active.entries}
    opened = OpenLists(key, stamp, collection, active, verdicts)
    st.session_state[_OPEN] = opened
    return opened


def verdicts(catalogue: Catalogue) -> dict[str, Verdict]:
    """artist_id -> whether the active list keeps or skips the artist."""
    opened = open_lists(catalogue)
    return opened.verdicts if opened else {}


def kept_ids(catalogue: Catalogue) -> frozenset[str]:
    """The ids of the artists that the active list keeps: those it rejects are in it, but not kept."""
    return frozenset(artist_id for artist_id, verdict in verdicts(catalogue).items() if verdict == "keep")


def activate(catalogue: Catalogue, name: str) -> None:
    """Make the list with this name active."""
    at_hand.choose(catalogue, name)


def change(catalogue: Catalogue, how: Callable[[ListCollection], ListCollection], undo: Undo | None = None) -> bool:
    """Change the lists and offer `undo`. Returns whether it worked; if not, the lists panel shows the error."""
    st.session_state.pop(_UNDO, None)
    st.session_state.pop(_RUN, None)
    try:
        change_lists(data_folder(), visitor_id(), catalogue, how, Keeper(sender(), has_entered()))
    except NearfieldError as fault:
        say_fault(told(fault))
        return False
    st.session_state.pop(_BROKEN, None)
    if undo:
        st.session_state[_UNDO] = (catalogue.path.name, undo)
    return True


def change_list(
    catalogue: Catalogue,
    how: Callable[[CurationList], CurationList],
    undo: Callable[[CurationList], CurationList] | None = None,
    said: str = "",
) -> bool:
    """Change the active list, like `change`."""
    opened = open_lists(catalogue)
    if opened is None:
        return False
    name = opened.active.name
    offered = Undo(said, partial(_in_list, name=name, how=undo)) if undo else None
    return change(catalogue, partial(_in_list, name=name, how=how), offered)


def offered_undo(catalogue: Catalogue) -> Undo | None:
    """The change that can be undone in this catalogue."""
    where, undo = st.session_state.get(_UNDO, ("", None))
    return undo if where == catalogue.path.name else None


def say_fault(fault: str) -> None:
    """Show an error in the lists panel, once."""
    st.session_state[_FAULT] = fault


def take_fault() -> str:
    """The error that the lists panel has to show, which is then cleared."""
    return str(st.session_state.pop(_FAULT, ""))


def missing(opened: OpenLists, artist_ids: Sequence[str]) -> list[str]:
    """The artists that are not in the active list."""
    return [artist_id for artist_id in artist_ids if artist_id not in opened.verdicts]


def take_out(catalogue: Catalogue, entry: Entry) -> None:
    """Remove an artist from the active list. Undo restores the artist to the same place."""
    opened = open_lists(catalogue)
    if opened is None or entry.artist_id not in opened.verdicts:
        return
    now = opened.active.entry(entry.artist_id)
    place = opened.active.entries.index(now)
    change_list(
        catalogue,
        lambda curated: remove(curated, [entry.artist_id]),
        lambda curated: put_back(curated, now, place),
        texts.undo_gone(entry.name),
    )


def _in_list(collection: ListCollection, name: str, how: Callable[[CurationList], CurationList]) -> ListCollection:
    # If another tab has removed or renamed the list, start it anew rather than lose the change.
    curated = collection[name] if name in collection.names else CurationList(name)
    return with_list(collection, how(curated))
