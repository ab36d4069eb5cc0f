"""Whether the visitor is the owner of this server, and what others may do.

Adding, preparing and removing is the owner's on every server. What else takes the server long, such as training, is
everybody's, but on a public server the owner's too. What is drawn asks here, and so does what a click does: a page that
is still open may have a button that its visitor may not press any more.
"""

import os
import sys
from functools import lru_cache
from pathlib import Path
from tempfile import gettempdir

import streamlit as st

from core.catalogue.library import data_folder
from core.errors import NearfieldError
from core.jobs import Job
from core.owner import is_local, is_public, is_token, was_passed_on
from core.text import without_paths
from pages.shell import texts
from pages.shell.parameters import OWNER
from pages.shell.text import plain
from pages.shell.visitor import visitor_id

_IS_OWNER, _REFUSED, _FIELD = "is_owner", "owner_refused", "owner_token"


def is_server_local() -> bool:
    """Whether this visitor can only have come from the server's own machine."""
    return not is_public() and is_local(st.get_option("server.address")) and not was_passed_on(st.context.headers)


def is_owner() -> bool:
    """Whether the visitor may add, prepare and remove."""
    return has_entered() or is_server_local()


def has_entered() -> bool:
    """Whether the visitor has entered the owner's token."""
    return bool(st.session_state.get(_IS_OWNER))


def may_work() -> bool:
    """Whether the visitor may start and stop what takes the server long."""
    return is_owner() or not is_public()


def may_cancel(job: Job) -> bool:
    """Whether the visitor may stop a job: one of their own, or any as the owner."""
    return is_owner() or (may_work() and job.owner == visitor_id())


def check_owner() -> None:
    """Raise NearfieldError unless the visitor is the owner."""
    if not is_owner():
        raise NearfieldError(texts.ONLY_OWNER)


def check_may_work() -> None:
    """Raise NearfieldError unless the visitor may start what takes the server long."""
    if not may_work():
        raise NearfieldError(texts.ONLY_OWNER)


def told(fault: object) -> str:
    """What is said of a fault: to others than the owner without any path of the server."""
    return str(fault) if is_owner() else without_paths(str(fault), _roots(str(data_folder())))


@lru_cache(maxsize=4)
def _roots(data: str) -> tuple[str, ...]:
    """Folders that faults speak of, and whose names may hold spaces."""
    known = (data, Path(__file__).parents[2], Path.home(), gettempdir(), sys.prefix)
    return tuple({text for path in known for text in (str(path), os.path.realpath(path))})


def take_token() -> None:
    """Take the owner's token out of the URL, if it is there. Call it first in every run."""
    if (given := OWNER.get()) is not None:
        OWNER.put(None)
        _try(given, _FIELD)


def show_owner_needed(what: str = texts.OWNER_ADDS, name: str = "") -> None:
    """In place of `what` only the owner does: that sentence, and a field for the token.

    `name` tells the field from others on the page.
    """
    key = f"{_FIELD}_{name}" if name else _FIELD
    if st.session_state.get(_REFUSED) == key:
        del st.session_state[_REFUSED]
        st.error(texts.WRONG_TOKEN)
    st.info(f"{what} {texts.OWNER_ENTERS}", icon=":material/key:")
    st.text_input(
        texts.TOKEN_LABEL, type="password", key=key, on_change=_take_field, args=(key,), help=texts.TOKEN_HELP
    )


def _take_field(key: str) -> None:
    _try(st.session_state[key], key)


def _try(given: str, field: str) -> None:
    try:
        is_right = is_token(data_folder(), given)
    except NearfieldError as fault:
        st.error(plain(told(fault)))
        return
    st.session_state[_IS_OWNER] = is_right
    st.session_state[_REFUSED] = None if is_right else field
