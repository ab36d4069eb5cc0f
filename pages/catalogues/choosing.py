"""Choosing a folder or a file of this machine, among those that the owner of the server allows."""

from collections.abc import Collection
from pathlib import Path

import streamlit as st

from core.catalogue.places import Inside, Places, allowed_roots
from core.errors import CatalogueError
from pages.catalogues import texts
from pages.catalogues.parameters import PLACE
from pages.shell.owner import is_server_local, told
from pages.shell.text import plain

_FIRST = "Music"
"""A folder of a root in which people begin, if it is there."""


def choose_place(suffixes: Collection[str] = ()) -> Path | None:
    """The folder that the visitor has gone to, or a file in it that ends in one of `suffixes`; None if there is none.

    Only for the owner.
    """
    places = Places(allowed_roots(is_server_local()))
    if not places.roots:
        st.info(texts.NO_ROOTS, icon=":material/folder_off:")
        return None
    place = PLACE.get() or _beginning(places)
    try:
        inside = places.inside(place, suffixes)
    except CatalogueError as fault:
        st.error(plain(told(fault)))
        st.button(texts.TO_BEGINNING, key="place_beginning", on_click=PLACE.put, args=(None,))
        return None
    with st.container(border=True, key="places"):
        _show_way(places, place)
        _show_folders(place, inside)
        file = _choose_file(place, inside) if suffixes else None
    return places.path(place) / file if file else places.path(place)


def _beginning(places: Places) -> str:
    first = places.roots[0]
    return f"{first}/{_FIRST}" if _FIRST in places.inside(first).folders else first


def _show_way(places: Places, place: str) -> None:
    """The roots, and the folders from the root to here; each is a button."""
    root, *parts = place.split("/")
    steps = ["/".join([root, *parts[:count]]) for count in range(len(parts) + 1)]
    others = [other for other in places.roots if other != root]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="place_way"):
        for number, step in enumerate(steps):
            st.button(
                plain(places.title(step), texts.LONGEST_FOLDER),
                key=f"way_{number}",
                icon=":material/folder_open:" if step == place else ":material/chevron_right:",
                disabled=step == place,
                type="tertiary",
                on_click=PLACE.put,
                args=(step,),
            )
        for other in others:
            st.button(
                plain(places.title(other), texts.LONGEST_FOLDER),
                key=f"root_{other}",
                icon=":material/hard_drive:",
                type="tertiary",
                on_click=PLACE.put,
                args=(other,),
            )


def _show_folders(place: str, inside: Inside) -> None:
    st.caption(texts.what_is_inside(len(inside.folders), inside.music))
    names = inside.folders
    if len(names) > texts.MOST_FOLDERS:
        typed = st.text_input(texts.FIND_FOLDER, key=f"place_find_{place}").strip().casefold()
        names = [name for name in names if typed in name.casefold()]
    with st.container(horizontal=True, gap="small", key="place_folders"):
        for number, name in enumerate(names[: texts.MOST_FOLDERS]):
            st.button(
                plain(name, texts.LONGEST_FOLDER),
                key=f"place_{number}",
                icon=":material/folder:",
                on_click=PLACE.put,
                args=(f"{place}/{name}",),
            )
    if len(names) > texts.MOST_FOLDERS:
        st.caption(texts.more_folders(len(names) - texts.MOST_FOLDERS))


def _choose_file(place: str, inside: Inside) -> str | None:
    if not inside.files:
        return None
    chosen: str | None = st.selectbox(
        texts.FILE_LABEL,
        inside.files[: texts.MOST_FILES_LISTED],
        index=None,
        placeholder=texts.WHOLE_FOLDER,
        key=f"place_file_{place}",
    )
    return chosen
