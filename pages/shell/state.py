"""What defines a view, kept in the URL: the catalogue, the artist and the space; and how each page was left."""

from collections.abc import Mapping

import streamlit as st

from core.catalogue import Catalogue
from core.catalogue.library import Entry, list_catalogues
from core.errors import CatalogueError, NearfieldError
from core.search.spaces import Space
from pages.shell import boxes, choices, resources
from pages.shell.navigation import end_page, page
from pages.shell.text import plain

CATALOGUE, ARTIST, SPACE = "catalogue", "artist", "space"
TOUR = "tour"
"""The number of a step of the tour, 1 the first."""

_CARRIED = (CATALOGUE, ARTIST, SPACE)
_OF_BROWSER = frozenset({"seen", "hide"})
"""What the maps write into the URL themselves, in the browser, which remembers it as long as its tab is open."""

_OF_CATALOGUE = frozenset(
    {"filter", "spaces", "run", "runs", "sample", "inspected", "beside", "highlight", "drawn", *_OF_BROWSER}
)
"""Choices among what one catalogue holds; others, the dial say, fit any."""

_OF_ARTIST = frozenset({"to", "avoid", "expanded", "like", "unlike", "query"})
"""Choices that name artists beside the page's own."""

_LEFT = "views_left"
"""Session: catalogue -> page -> the parameters that it had last."""

View = dict[str, list[str]]


def carried() -> dict[str, str] | None:
    """The parameters that a link to another page must carry, for the same artist of the same catalogue."""
    same = {name: st.query_params[name] for name in (ARTIST, SPACE) if name in st.query_params}
    return _asked_catalogue() | same or None


def in_catalogue(view: Mapping[str, str | list[str]]) -> dict[str, str | list[str]]:
    """The parameters `view` of a link, with the catalogue at hand: a link without one leads to the first."""
    return {**_asked_catalogue(), **view}


def _asked_catalogue() -> dict[str, str]:
    """What the URL says of the catalogue, if there is such a one."""
    asked = st.query_params.get(CATALOGUE)
    return {CATALOGUE: asked} if asked and asked == st.session_state.get(CATALOGUE) else {}


def remember_view(left: str) -> None:
    """Note the choices of the page `left`, for the links that lead back to it. After the page has run."""
    views = st.session_state.setdefault(_LEFT, {}).setdefault(st.session_state.get(CATALOGUE, ""), {})
    views[left] = {name: st.query_params.get_all(name) for name in st.query_params if name not in _OF_BROWSER}


def view_of(target: str) -> View | None:
    """The parameters of a link to a page: the choices with which it was left; catalogue, artist and space of now."""
    left: View = st.session_state.get(_LEFT, {}).get(st.session_state.get(CATALOGUE, ""), {}).get(target, {})
    return link_back(left, carried() or {}) or None


def link_back(left: Mapping[str, list[str]], now: Mapping[str, str]) -> View:
    """The choices of `left` that still hold, with the catalogue, artist and space of `now`.

    Open boxes are not opened again; what names other artists belonged to the artist that was asked about then.
    """
    passing = {TOUR, *_CARRIED, *boxes.BOXES}
    same = left.get(ARTIST, []) == [now[ARTIST]] if ARTIST in now else ARTIST not in left
    kept = {
        name: list(values) for name, values in left.items() if name not in passing and (same or name not in _OF_ARTIST)
    }
    return kept | {name: [value] for name, value in now.items()}


def choose_catalogue() -> bool:
    """The sidebar's choice of a catalogue, with what kind of data it is; whether there is any."""
    entries = {entry.key: entry for entry in list_catalogues() if entry.manifest}
    if not entries:
        return False
    first = next(iter(entries))
    asked = st.query_params.get(CATALOGUE, first)
    st.session_state[CATALOGUE] = asked if asked in entries else first
    with st.sidebar:
        key = st.selectbox("Catalogue", list(entries), key=CATALOGUE, on_change=_take_choice)
        _describe(entries[key])
    if asked != key:
        title = plain(entries[key].title)
        st.warning(f"There is no catalogue “{plain(asked, 60)}” on this machine, so you see {title}.")
    return True


def show_no_catalogue() -> None:
    """In place of a page, where there is no catalogue at all: how to get one."""
    st.title("No catalogue yet", anchor=False)
    st.info(
        "Nearfield shows catalogues of artists, and there is none on this machine. Import a data set, or make the "
        "bundled catalogue of invented artists again, which takes a few minutes:"
    )
    st.code("python -m core demo build data/nearfield-demo", language="bash")
    st.page_link(
        page("catalogues"), label="Import a data set", icon=":material/library_add:", query_params={"part": "import"}
    )


def switch_catalogue(key: str) -> None:
    """Choose another catalogue, which has other artists, spaces, tags and runs; for callbacks.

    The URL is written once, so that one step back leads to the old catalogue as it was left.
    """
    unfit = {*_CARRIED, *boxes.BOXES, *_OF_CATALOGUE, *_OF_ARTIST}
    fit = {name: st.query_params.get_all(name) for name in st.query_params if name not in unfit}
    st.query_params.from_dict(fit | {CATALOGUE: [key]})


def current_catalogue() -> Catalogue:
    """The chosen catalogue; a page stops here with a plain message where it cannot be opened."""
    try:
        return _open_chosen()
    except NearfieldError as fault:
        st.error(f"This catalogue cannot be opened. {plain(str(fault))}")
        st.markdown("Choose another one in the sidebar, or see what is wrong with this one:")
        st.page_link(
            page("catalogues"),
            label="Catalogues",
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
    artist_id = st.query_params.get(ARTIST)
    if artist_id is None:
        return None
    row = catalogue.row_of.get(artist_id)
    if row is None:
        st.warning("The link names an artist that this catalogue does not hold. Search for another one.")
        st.query_params.pop(ARTIST, None)
    return row


def select_artist(catalogue: Catalogue, row: int) -> None:
    """Put an artist into the URL."""
    choices.put(ARTIST, catalogue.id_of(row))


def selected_space(spaces: list[Space]) -> Space:
    """The space in the URL, or the first one on offer."""
    offered: dict[str, Space] = {space.name: space for space in spaces}
    return offered.get(st.query_params.get(SPACE, ""), spaces[0])


def select_space(name: str) -> None:
    """Put a space into the URL."""
    choices.put(SPACE, name)


def _open_chosen() -> Catalogue:
    entries = {entry.key: entry for entry in list_catalogues()}
    key = st.session_state.get(CATALOGUE) or next(iter(entries), None)
    if key not in entries:
        raise CatalogueError("There is no catalogue on this machine. Import one on the Catalogues page.")
    return resources.catalogue(entries[key].path)


def _take_choice() -> None:
    switch_catalogue(st.session_state[CATALOGUE])


def _describe(entry: Entry) -> None:
    manifest = entry.manifest
    if manifest is None:
        return
    st.caption(plain(manifest.title))
    if manifest.kind == "synthetic":
        st.badge("Synthetic: invented artists", icon=":material/science:", color="orange")
    else:
        st.badge("Real artists", icon=":material/verified:", color="blue")
