"""Sets cookies with an invisible component in the browser, since a Streamlit script cannot set them itself."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st


def keep_cookies(name: str, value: str, others: Mapping[str, str], key: str) -> None:
    """Store 32 hexadecimal digits as the cookie `name`, unless the browser has such a value already, and the `others`.

    If the browser then holds another value, or none, `st.session_state[key]["held"]` has that value.
    """
    _KEEPER(key=key, data={"name": name, "value": value, "others": dict(others)}, on_held_change=_nothing)


def _nothing() -> None:
    """Do nothing: the next run reads the value when it starts."""


_KEEPER = st.components.v2.component(
    "nearfield_cookies", js=Path(__file__).with_name("cookies.js").read_text(encoding="utf-8")
)
