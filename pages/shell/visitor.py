"""The visitor's id, which nobody can guess. The browser keeps it in a cookie, so that it survives a reload.

The browser reports its id to the server only if it holds another one, or keeps none.
"""

import re
import secrets
from collections.abc import Mapping

import streamlit as st

from core.catalogue.library import data_folder
from core.errors import NearfieldError
from core.owner import address_of, is_public, sender_of, was_passed_on
from pages.components.cookies import keep_cookies
from pages.shell import elsewhere

COOKIE, GUIDE_COOKIE = "nearfield_shelf", "nearfield_guide"
_ID, _BROWSER, _READ = "visitor_id", "visitor_cookie", "guide_read"
_FORM = re.compile(r"[0-9a-f]{32}")


def visitor_id() -> str:
    """The visitor's id. It stays the same in a session and, if the browser keeps cookies, in later sessions."""
    told = id_from_browser(st.session_state.get(_BROWSER) or {})
    known = told or st.session_state.get(_ID) or _valid(cookie()) or secrets.token_hex(16)
    st.session_state[_ID] = known
    return str(known)


def is_remembered() -> bool:
    """Whether the browser keeps the id for the next reload, as far as is known."""
    return (st.session_state.get(_BROWSER) or {}).get("held") != ""


def remember_visitor(more: Mapping[str, str]) -> None:
    """Store the id and `more` cookies in the browser.

    Call it once per run, at the end, so that it takes no space above anything.
    """
    guide = {GUIDE_COOKIE: "read"} if has_read_guide() else {}
    keep_cookies(COOKIE, visitor_id(), guide | elsewhere.as_cookie() | dict(more), _BROWSER)


def has_read_guide() -> bool:
    """Whether the visitor dismissed the guide, in this session or an earlier one."""
    return bool(st.session_state.get(_READ)) or st.context.cookies.get(GUIDE_COOKIE) == "read"


def note_guide_read() -> None:
    """Remember that the visitor dismissed the guide; `remember_visitor` stores this in the browser."""
    st.session_state[_READ] = True


def id_from_browser(told: Mapping[str, object]) -> str:
    """The id that the browser reported, empty if it reported nothing valid."""
    return _valid(told.get("held"))


def is_on_this_machine() -> bool:
    """Whether the visitor's browser runs on the server's own machine, without a proxy between.

    On a public server nobody's is taken to, since proxies need not say that they have passed a visitor on.
    """
    return not is_public() and st.context.ip_address is None and not was_passed_on(st.context.headers)


def sender() -> str:
    """What stands for the visitor's address, "" where it cannot be told."""
    forwarded = ",".join(st.context.headers.get_all("X-Forwarded-For"))
    try:
        return sender_of(data_folder(), address_of(st.context.ip_address, forwarded))
    except NearfieldError:
        return ""


def cookie() -> str | None:
    """The cookie that the browser sent when the session started."""
    return st.context.cookies.get(COOKIE)


def _valid(text: object) -> str:
    return text if isinstance(text, str) and _FORM.fullmatch(text) else ""
