"""Removing a catalogue: what goes and what stays is said, and a second click does it."""

import streamlit as st

from core.catalogue.library import BUNDLED, Entry, data_folder, list_catalogues
from core.catalogue.removing import Removal, remove_catalogue, what_goes
from core.curation.store import visitors_with_lists
from core.errors import NearfieldError
from pages.catalogues import texts
from pages.catalogues.parameters import INSPECTED, PART
from pages.shell import state
from pages.shell.jobs import attempt_as_owner, show_fault
from pages.shell.owner import told
from pages.shell.parameters import CATALOGUE, Parameter, put_together
from pages.shell.text import plain

_REMOVE, _REMOVED = "remove_catalogue", "catalogue_removed"


def show_removal(entry: Entry) -> None:
    """What removing takes away, and the button that does it. Only for the owner."""
    show_fault(_REMOVE)
    try:
        goes, lists = what_goes(entry.path), visitors_with_lists(data_folder(), entry.key)
    except NearfieldError as fault:
        st.error(plain(told(fault)))
        return
    st.markdown("\n".join(f"- {line}" for line in _lines(entry, goes, lists)))
    with_uploads = bool(goes.uploaded) and st.checkbox(texts.uploads_too(goes.uploaded), key=f"uploads_{entry.key}")
    st.button(
        texts.remove(entry.title),
        key="remove",
        type="primary",
        icon=":material/delete_forever:",
        on_click=attempt_as_owner,
        args=(_REMOVE, _remove, entry, with_uploads),
    )


def show_removed() -> None:
    """Say once that a catalogue is gone."""
    if title := st.session_state.pop(_REMOVED, None):
        st.success(texts.removed(title))


def _lines(entry: Entry, goes: Removal, lists: int) -> list[str]:
    if goes.is_link:
        return [texts.LINK_GOES]
    lines = [texts.what_goes(goes.size, goes.runs), texts.MUSIC_STAYS]
    lines += [texts.lists_stay(lists)] if lists else []
    return lines + ([texts.BUNDLED_GOES] if entry.key == BUNDLED else [])


def _remove(entry: Entry, with_uploads: bool) -> None:
    remove_catalogue(entry.path, with_uploads)
    st.session_state[_REMOVED] = entry.title
    changes: dict[Parameter, str | None] = {PART: None, INSPECTED: None}
    if entry.key == state.chosen_catalogue():
        others = [each.key for each in list_catalogues() if each.manifest]
        changes[CATALOGUE] = others[0] if others else None
    put_together(changes)
