"""The chosen catalogue, artist and space, which the URL holds, and the last view of each page."""

from collections.abc import Iterable, Mapping

import streamlit as st

from core.catalogue import Catalogue
from core.catalogue.library import BUNDLED, Entry, list_catalogues
from core.errors import CatalogueError, NearfieldError
from core.search.spaces import Space
from pages.shell import resources, texts
from pages.shell.commands import data_folder_as_typed
from pages.shell.navigation import end_page, page
from pages.shell.owner import told
from pages.shell.parameters import (
    ARTIST,
    CATALOGUE,
    PRESENT,
    SPACE,
    Parameter,
    Scope,
    declared,
    put_together,
    scope_of,
)
from pages.shell.text import plain

_CHOSEN = "catalogue"
"""Session key, and key of the sidebar's select box: the key of the open catalogue."""

_LEFT = "views_left"
"""Session key: catalogue -> page -> the URL parameters that it had last."""

View = dict[str, list[str]]


def chosen_catalogue() -> str | None:
    """The key of the open catalogue, if any."""
    return st.session_state.get(_CHOSEN)


def carried() -> dict[str, str] | None:
    """The parameters that keep catalogue, artist and space the same in a link to another page."""
    same = {each.name: value for each in (ARTIST, SPACE) if (value := each.get()) is not None}
    return _everywhere() | same or None


def in_catalogue(view: Mapping[Parameter, str | list[str]]) -> dict[str, str | list[str]]:
    """The parameters `view` of a link, with the current catalogue: a link without one opens the first catalogue."""
    return {**_everywhere(), **{parameter.name: values for parameter, values in view.items()}}


def _everywhere() -> dict[str, str]:
    """What every link carries on: the URL's catalogue, if that exists, and whether the page is presented."""
    asked = CATALOGUE.get()
    catalogue = {CATALOGUE.name: asked} if asked and asked == chosen_catalogue() else {}
    return catalogue | ({PRESENT.name: "1"} if is_presenting() else {})


def is_presenting() -> bool:
    """Whether the page is shown large, with little around it."""
    return PRESENT.get() == "1"


def remember_view(left: str) -> None:
    """Store the parameters of the page `left`, for links back to it. Call it after the page has run."""
    views = st.session_state.setdefault(_LEFT, {}).setdefault(chosen_catalogue() or "", {})
    views[left] = {name: st.query_params.get_all(name) for name in st.query_params}


def view_of(target: str) -> View | None:
    """The parameters of a link to a page: its last choices, with the current catalogue, artist and space."""
    left: View = st.session_state.get(_LEFT, {}).get(chosen_catalogue() or "", {}).get(target, {})
    return link_back(target, left, carried() or {}) or None


def link_back(target: str, left: Mapping[str, list[str]], now: Mapping[str, str]) -> View:
    """The parameters in `left` that are still valid on the page `target`, and the catalogue, artist and space of `now`.

    Dialogs are not opened again. Parameters that refer to other artists are valid only for the same page artist.
    """
    artist = [now[ARTIST.name]] if ARTIST.name in now else []
    same = artist == left.get(ARTIST.name, [])
    holding = {Scope.PAGE, Scope.CATALOGUE, Scope.ARTIST} if same else {Scope.PAGE, Scope.CATALOGUE}
    kept = {name: list(values) for name, values in left.items() if scope_of(target, name) in holding}
    return kept | {name: [value] for name, value in now.items()}


def choose_catalogue(shown: str) -> bool:
    """Choose a catalogue in the sidebar, and show what kind of data it has. Returns whether there is any catalogue.

    `shown` is the name of the current page.
    """
    entries = {entry.key: entry for entry in list_catalogues() if entry.manifest}
    if not entries:
        return False
    first = next(iter(entries))
    asked = CATALOGUE.get(first)
    st.session_state[_CHOSEN] = asked if asked in entries else first
    with st.sidebar:
        key = st.selectbox(texts.CATALOGUE_LABEL, list(entries), key=_CHOSEN, on_change=_take_choice, args=(shown,))
        _describe(entries[key])
    if asked != key:
        st.warning(texts.unknown_catalogue(asked, entries[key].title))
    return True


def show_no_catalogue() -> None:
    """Shown in place of a page if there is no catalogue: how to get one."""
    st.title(texts.NO_CATALOGUE_TITLE, anchor=False)
    st.info(texts.NO_CATALOGUE)
    st.page_link(
        page("catalogues"),
        label=texts.IMPORT,
        icon=":material/library_add:",
        query_params={declared("catalogues")["part"].name: "music"},
    )
    st.write(texts.OR_BUNDLED)
    st.code(f"python -m core demo build {data_folder_as_typed()}/{BUNDLED}", language="bash")


def switch_catalogue(shown: str, key: str) -> None:
    """Switch to another catalogue on the page `shown`, without parameters that depend on the old one. For callbacks.

    The URL is written once, so that one step back leads to the last view of the old catalogue.
    """
    fit = {name: st.query_params.get_all(name) for name in st.query_params if scope_of(shown, name) is Scope.PAGE}
    st.query_params.from_dict(fit | {CATALOGUE.name: [key]})


def current_catalogue() -> Catalogue:
    """The chosen catalogue. If it cannot be opened, show a message and end the page."""
    try:
        return _open_chosen()
    except NearfieldError as fault:
        st.error(texts.broken_catalogue(told(fault)))
        st.markdown(texts.CHOOSE_ANOTHER)
        _link_to_catalogues()
        end_page()


def show_fault(reason: str) -> None:
    """Where a page could not go on: why, and the page that says what cannot be read."""
    st.error(plain(reason))
    _link_to_catalogues()


def _link_to_catalogues() -> None:
    st.page_link(
        page("catalogues"),
        label=texts.TO_CATALOGUES,
        icon=":material/library_music:",
        width="content",
        query_params=carried(),
    )


def catalogue_if_sound() -> Catalogue | None:
    """The chosen catalogue, for the shell. None if it cannot be opened; the page has shown the error."""
    try:
        return _open_chosen()
    except NearfieldError:
        return None


def selected_artist(catalogue: Catalogue) -> int | None:
    """The row of the artist in the URL, or None. An unknown id is reported and dropped from the URL."""
    artist_id = ARTIST.get()
    if artist_id is None:
        return None
    row = catalogue.row_of.get(artist_id)
    if row is None:
        st.warning(texts.UNKNOWN_ARTIST)
        ARTIST.put(None)
    return row


def select_artist(catalogue: Catalogue, row: int, dropping: Iterable[Parameter] = ()) -> None:
    """Write an artist to the URL, and drop parameters that went with the one before."""
    put_together({**dict.fromkeys(dropping), ARTIST: catalogue.id_of(row)})


def selected_space(spaces: list[Space]) -> Space:
    """The space in the URL, or the first one on offer."""
    offered: dict[str, Space] = {space.name: space for space in spaces}
    return offered.get(SPACE.get(""), spaces[0])


def select_space(name: str) -> None:
    """Write a space to the URL."""
    SPACE.put(name)


def _open_chosen() -> Catalogue:
    entries = {entry.key: entry for entry in list_catalogues()}
    key = chosen_catalogue() or next(iter(entries), None)
    if key not in entries:
        raise CatalogueError(texts.NO_CATALOGUE_FOUND)
    return resources.catalogue(entries[key].path)


def _take_choice(shown: str) -> None:
    switch_catalogue(shown, st.session_state[_CHOSEN])


def _describe(entry: Entry) -> None:
    manifest = entry.manifest
    if manifest is None:
        return
    st.caption(plain(manifest.title))
    if manifest.kind == "synthetic":
        st.badge(texts.SYNTHETIC, icon=":material/science:", color="orange")
    else:
        st.badge(texts.REAL, icon=":material/verified:", color="blue")
