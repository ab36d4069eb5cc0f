"""The tray: artists kept while browsing, for each catalogue, until the visitor leaves."""

from collections.abc import Sequence

import streamlit as st

from core.search.selection import Kept, selection_csv, selection_json
from pages.shell.state import CATALOGUE
from pages.shell.text import counted, plain

_TRAYS = "trays"


def kept_artists() -> dict[str, Kept]:
    """artist_id -> what was kept of the chosen catalogue, in the order of keeping."""
    trays: dict[str, dict[str, Kept]] = st.session_state.setdefault(_TRAYS, {})
    return trays.setdefault(st.session_state.get(CATALOGUE) or "", {})


def keep(found: Sequence[Kept]) -> None:
    """Put artists into the tray; one that is there already stays as it was found first."""
    tray = kept_artists()
    for kept in found:
        tray.setdefault(kept.artist_id, kept)


def drop(artist_id: str) -> None:
    kept_artists().pop(artist_id, None)


def keep_button(found: Kept, key: str) -> None:
    """Keep one artist, or let it go again."""
    if found.artist_id in kept_artists():
        st.button("In the tray: take out", key=key, icon=":material/bookmark_remove:", on_click=drop,
                  args=(found.artist_id,))  # fmt: skip
    else:
        st.button("Keep", key=key, icon=":material/bookmark_add:", on_click=keep, args=([found],))


def show_tray() -> None:
    """The tray in the sidebar; nothing while it is empty."""
    tray = kept_artists()
    if not tray:
        return
    with st.sidebar.expander(f"Tray: {counted(len(tray), 'artist')}", icon=":material/bookmark:", expanded=True):
        with st.container(gap=None):
            for artist_id, kept in tray.items():
                st.button(
                    plain(kept.name, 22), key=f"tray_{artist_id}", icon=":material/close:", type="tertiary",
                    help=f"Take out. {plain(kept.space)}, place {kept.rank}, for {plain(kept.query, 60)}",
                    on_click=drop, args=(artist_id,),
                )  # fmt: skip
        kept_list = list(tray.values())
        with st.container(horizontal=True):
            st.download_button("CSV", selection_csv(kept_list), "nearfield-tray.csv", "text/csv", key="tray_csv",
                               icon=":material/download:", on_click="ignore")  # fmt: skip
            st.download_button("JSON", selection_json(kept_list), "nearfield-tray.json", "application/json",
                               key="tray_json", icon=":material/download:", on_click="ignore")  # fmt: skip
            st.button("Empty", key="tray_empty", icon=":material/delete:", type="tertiary", on_click=tray.clear)
