"""Which list is at hand in each catalogue. The browser keeps it in a cookie, so that a reload leads back to it.

The cookie holds hashes of the names and of the catalogues' folders, the last 20 catalogues.
"""

import hashlib
import re
from collections.abc import Sequence

import streamlit as st

from core.catalogue import Catalogue

COOKIE = "nearfield_list"
_CHOSEN = "collection_active"
_MOST = 20
_HALF = 12
_COOKIE_FORM = re.compile(rf"[0-9a-f]{{{2 * _HALF}}}(\.[0-9a-f]{{{2 * _HALF}}}){{0,{_MOST - 1}}}")


def choose(catalogue: Catalogue, name: str) -> None:
    """Take the list of this name to hand."""
    chosen: dict[str, str] = st.session_state.setdefault(_CHOSEN, {})
    chosen.pop(catalogue.path.name, None)
    chosen[catalogue.path.name] = name


def chosen_name(catalogue: Catalogue) -> str:
    """The name of the list that was chosen in this session, which may be gone; empty if none was."""
    return str(st.session_state.get(_CHOSEN, {}).get(catalogue.path.name, ""))


def name_at_hand(catalogue: Catalogue, names: Sequence[str]) -> str:
    """Which of the lists is at hand: the one chosen in this session, or before the reload, otherwise the first."""
    chosen = chosen_name(catalogue)
    if chosen:
        return chosen if chosen in names else names[0]
    known = _marks(cookie()).get(_hash(catalogue.path.name))
    return next((name for name in names if _hash(name) == known), names[0])


def as_cookie() -> dict[str, str]:
    """The cookie to keep. Empty while nothing was chosen in this session, so that no other tab's choice is undone."""
    chosen = {_hash(folder): _hash(name) for folder, name in st.session_state.get(_CHOSEN, {}).items()}
    if not chosen:
        return {}
    before = {folder: name for folder, name in _marks(cookie()).items() if folder not in chosen}
    return {COOKIE: ".".join([f"{folder}{name}" for folder, name in (before | chosen).items()][-_MOST:])}


def cookie() -> str:
    """The cookie that the browser sent when the session started, "" if it sent none."""
    sent = st.context.cookies.get(COOKIE, "")
    return sent if isinstance(sent, str) else ""


def _marks(text: str) -> dict[str, str]:
    """Hash of a catalogue's folder -> hash of a list's name; empty for anything but a cookie of `as_cookie`."""
    marks = text.split(".") if _COOKIE_FORM.fullmatch(text) else []
    return {mark[:_HALF]: mark[_HALF:] for mark in marks}


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=_HALF // 2).hexdigest()
