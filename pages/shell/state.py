"""What defines a view, kept in the URL: the catalogue, the artist and the space."""

import streamlit as st

from core.catalogue import Catalogue
from core.catalogue.library import Entry, list_catalogues
from core.errors import NearfieldError
from core.search.spaces import Space
from pages.shell import resources
from pages.shell.text import plain

CATALOGUE, ARTIST, SPACE = "catalogue", "artist", "space"
_CARRIED = (ARTIST, SPACE)


def carried() -> dict[str, str] | None:
    """The parameters that a link to another page must carry; the catalogue is bound in app.py and stays by itself."""
    return {name: st.query_params[name] for name in _CARRIED if name in st.query_params} or None


def choose_catalogue() -> None:
    """The sidebar's choice of a catalogue, with what kind of data it is."""
    entries = {entry.key: entry for entry in list_catalogues() if entry.manifest}
    if not entries:
        st.error("There is no catalogue. Make the bundled one with: python -m core demo build data/nearfield-demo")
        st.stop()
    asked = st.query_params.get(CATALOGUE)
    if asked is not None and asked not in entries:
        st.session_state["unknown_catalogue"] = asked
    with st.sidebar:
        key = st.selectbox(
            "Catalogue",
            list(entries),
            key=CATALOGUE,
            bind="query-params",
            on_change=_forget_artist,
        )
        _describe(entries[key])
    if unknown := st.session_state.pop("unknown_catalogue", None):
        st.warning(f"There is no catalogue “{unknown}” on this machine, so you see {entries[key].title}.")


def switch_catalogue(key: str) -> None:
    """Choose another catalogue; for callbacks, which run before the sidebar is drawn."""
    st.session_state[CATALOGUE] = key
    _forget_artist()


def current_catalogue() -> Catalogue:
    """The chosen catalogue; a page stops here with a plain message where it cannot be opened."""
    try:
        return _open_chosen()
    except NearfieldError as fault:
        st.error(f"This catalogue cannot be opened. {fault}")
        st.stop()


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
        _forget_artist()
    return row


def select_artist(catalogue: Catalogue, row: int) -> None:
    """Put an artist into the URL."""
    st.query_params[ARTIST] = str(catalogue.artists["artist_id"].iloc[row])


def selected_space(spaces: list[Space]) -> Space:
    """The space in the URL, or the first one on offer."""
    offered = {space.name: space for space in spaces}
    return offered.get(st.query_params.get(SPACE, ""), spaces[0])


def select_space(name: str) -> None:
    """Put a space into the URL."""
    st.query_params[SPACE] = name


def _open_chosen() -> Catalogue:
    entries = {entry.key: entry for entry in list_catalogues()}
    key = st.session_state.get(CATALOGUE) or next(iter(entries))
    return resources.catalogue(entries[key].path)


def _forget_artist() -> None:
    for name in _CARRIED:
        if name in st.query_params:
            del st.query_params[name]


def _describe(entry: Entry) -> None:
    manifest = entry.manifest
    if manifest is None:
        return
    st.caption(plain(manifest.title))
    if manifest.kind == "synthetic":
        st.badge("Synthetic: invented artists", icon=":material/science:", color="orange")
    else:
        st.badge("Real artists", icon=":material/verified:", color="blue")
