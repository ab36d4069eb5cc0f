"""Who is visiting: an id that nobody can guess, kept by the browser in a cookie so that it outlives a reload.

The browser tells the server only where it holds another id, or keeps none.
"""

import re
import secrets
from collections.abc import Mapping

import streamlit as st

from pages.components.cookies import keep_cookies

COOKIE, GUIDE_COOKIE = "nearfield_shelf", "nearfield_guide"
_ID, _BROWSER, _READ = "visitor_id", "visitor_cookie", "guide_read"
_FORM = re.compile(r"[0-9a-f]{32}")


def visitor_id() -> str:
    """The visitor's id, the same in every run of a session and, where the browser keeps cookies, in later sessions."""
    told = id_from_browser(st.session_state.get(_BROWSER) or {})
    known = told or st.session_state.get(_ID) or _valid(cookie()) or secrets.token_hex(16)
    st.session_state[_ID] = known
    return str(known)


def is_remembered() -> bool:
    """Whether the browser will show the id again after a reload, as far as is known."""
    return (st.session_state.get(_BROWSER) or {}).get("held") != ""


def remember_visitor() -> None:
    """Have the browser keep the id, once per run and last, so that it takes no room above anything."""
    keep_cookies(COOKIE, visitor_id(), {GUIDE_COOKIE: "read"} if has_read_guide() else {}, _BROWSER)


def has_read_guide() -> bool:
    """Whether the visitor put the guide away, in this session or an earlier one."""
    return bool(st.session_state.get(_READ)) or st.context.cookies.get(GUIDE_COOKIE) == "read"


def note_guide_read() -> None:
    """Have the browser remember that the guide was put away."""
    st.session_state[_READ] = True


def id_from_browser(told: Mapping[str, object]) -> str:
    """The id that the browser held already, empty where it has said nothing or nothing valid."""
    return _valid(told.get("held"))


def cookie() -> str | None:
    """The cookie as the browser sent it when the session began."""
    return st.context.cookies.get(COOKIE)


def _valid(text: object) -> str:
    return text if isinstance(text, str) and _FORM.fullmatch(text) else ""
