"""What defines a view, kept in the URL: the catalogue, the artist and the space; and how each page was left."""

from collections.abc import Mapping

import streamlit as st

from core.catalogue import Catalogue
from core.catalogue.library import Entry, list_catalogues
from core.errors import CatalogueError, NearfieldError
from core.search.spaces import Space
from pages.shell import resources, texts
from pages.shell.navigation import end_page, page
from pages.shell.parameters import ARTIST, CATALOGUE, SPACE, Parameter, Scope, declared, scope_of
from pages.shell.text import plain

_CHOSEN = "catalogue"
"""Session, and the key of the choice in the sidebar: the key of the open catalogue."""

_LEFT = "views_left"
"""Session: catalogue -> page -> the parameters that it had last."""

View = dict[str, list[str]]


def chosen_catalogue() -> str | None:
    """The key of the open catalogue, if any."""
    return st.session_state.get(_CHOSEN)


def carried() -> dict[str, str] | None:
    """The parameters that a link to another page must carry, for the same artist of the same catalogue."""
    same = {each.name: value for each in (ARTIST, SPACE) if (value := each.get()) is not None}
    return _asked_catalogue() | same or None


def in_catalogue(view: Mapping[Parameter, str | list[str]]) -> dict[str, str | list[str]]:
    """The parameters `view` of a link, with the catalogue at hand: a link without one leads to the first."""
    return {**_asked_catalogue(), **{parameter.name: values for parameter, values in view.items()}}


def _asked_catalogue() -> dict[str, str]:
    """What the URL says of the catalogue, if there is such a one."""
    asked = CATALOGUE.get()
    return {CATALOGUE.name: asked} if asked and asked == chosen_catalogue() else {}


def remember_view(left: str) -> None:
    """Note the parameters of the page `left`, for the links that lead back to it. After the page has run."""
    views = st.session_state.setdefault(_LEFT, {}).setdefault(chosen_catalogue() or "", {})
    views[left] = {name: st.query_params.get_all(name) for name in st.query_params}


def view_of(target: str) -> View | None:
    """The parameters of a link to a page: the choices with which it was left; catalogue, artist and space of now."""
    left: View = st.session_state.get(_LEFT, {}).get(chosen_catalogue() or "", {}).get(target, {})
    return link_back(target, left, carried() or {}) or None


def link_back(target: str, left: Mapping[str, list[str]], now: Mapping[str, str]) -> View:
    """The choices of `left` that still hold on the page `target`, with the catalogue, artist and space of `now`.

    Open boxes are not opened again; what names other artists belonged to the artist that was asked about then.
    """
    artist = [now[ARTIST.name]] if ARTIST.name in now else []
    same = artist == left.get(ARTIST.name, [])
    holding = {Scope.PAGE, Scope.CATALOGUE, Scope.ARTIST} if same else {Scope.PAGE, Scope.CATALOGUE}
    kept = {name: list(values) for name, values in left.items() if scope_of(target, name) in holding}
    return kept | {name: [value] for name, value in now.items()}


def choose_catalogue(shown: str) -> bool:
    """The sidebar's choice of a catalogue, with what kind of data it is; whether there is any.

    `shown` is the name of the page beside it.
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
    """In place of a page, where there is no catalogue at all: how to get one."""
    st.title(texts.NO_CATALOGUE_TITLE, anchor=False)
    st.info(texts.NO_CATALOGUE)
    st.code("python -m core demo build data/nearfield-demo", language="bash")
    st.page_link(
        page("catalogues"),
        label=texts.IMPORT,
        icon=":material/library_add:",
        query_params={declared("catalogues")["part"].name: "import"},
    )


def switch_catalogue(shown: str, key: str) -> None:
    """Choose another catalogue, which has other artists, spaces, tags and runs, on the page `shown`; for callbacks.

    The URL is written once, so that one step back leads to the old catalogue as it was left.
    """
    fit = {name: st.query_params.get_all(name) for name in st.query_params if scope_of(shown, name) is Scope.PAGE}
    st.query_params.from_dict(fit | {CATALOGUE.name: [key]})


def current_catalogue() -> Catalogue:
    """The chosen catalogue; a page stops here with a plain message where it cannot be opened."""
    try:
        return _open_chosen()
    except NearfieldError as fault:
        st.error(texts.broken_catalogue(str(fault)))
        st.markdown(texts.CHOOSE_ANOTHER)
        st.page_link(
            page("catalogues"),
            label=texts.TO_CATALOGUES,
            icon=":material/library_music:",
            width="content",
            query_params=carried(),
        )
        end_page()


def catalogue_if_sound() -> Catalogue | None:
    """The same for the shell around a page; None where it cannot be opened, which the page has said."""
    try:
        return _open_chosen()
    except NearfieldError:
        return None


def selected_artist(catalogue: Catalogue) -> int | None:
    """The row of the artist in the URL, or None; an unknown id is said and forgotten."""
    artist_id = ARTIST.get()
    if artist_id is None:
        return None
    row = catalogue.row_of.get(artist_id)
    if row is None:
        st.warning(texts.UNKNOWN_ARTIST)
        ARTIST.put(None)
    return row


def select_artist(catalogue: Catalogue, row: int) -> None:
    """Put an artist into the URL."""
    ARTIST.put(catalogue.id_of(row))


def selected_space(spaces: list[Space]) -> Space:
    """The space in the URL, or the first one on offer."""
    offered: dict[str, Space] = {space.name: space for space in spaces}
    return offered.get(SPACE.get(""), spaces[0])


def select_space(name: str) -> None:
    """Put a space into the URL."""
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
