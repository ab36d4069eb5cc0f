"""Whether the visitor is the owner of this server, who alone may add, prepare and remove."""

import streamlit as st

from core.catalogue.library import data_folder
from core.errors import NearfieldError
from core.owner import is_local, is_token, was_passed_on
from pages.shell import texts
from pages.shell.parameters import OWNER
from pages.shell.text import plain

_IS_OWNER, _REFUSED, _FIELD = "is_owner", "owner_refused", "owner_token"


def is_server_local() -> bool:
    """Whether this visitor can only have come from the server's own machine."""
    return is_local(st.get_option("server.address")) and not was_passed_on(st.context.headers)


def is_owner() -> bool:
    """Whether the visitor may add, prepare and remove."""
    return bool(st.session_state.get(_IS_OWNER)) or is_server_local()


def take_token() -> None:
    """Take the owner's token out of the URL, if it is there. Call it first in every run."""
    if (given := OWNER.get()) is not None:
        OWNER.put(None)
        _try(given)


def show_owner_needed() -> None:
    """In place of what only the owner may do: a field for the token."""
    if st.session_state.pop(_REFUSED, False):
        st.error(texts.WRONG_TOKEN)
    st.info(texts.OWNER_NEEDED, icon=":material/key:")
    st.text_input(texts.TOKEN_LABEL, type="password", key=_FIELD, on_change=_take_field, help=texts.TOKEN_HELP)


def _take_field() -> None:
    _try(st.session_state[_FIELD])


def _try(given: str) -> None:
    try:
        is_right = is_token(data_folder(), given)
    except NearfieldError as fault:
        st.error(plain(str(fault)))
        return
    st.session_state[_IS_OWNER] = is_right
    st.session_state[_REFUSED] = not is_right
