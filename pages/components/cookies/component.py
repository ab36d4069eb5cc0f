"""Cookies, which the server cannot set from a script: a component without any look does it in the browser."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st


def keep_cookies(name: str, value: str, others: Mapping[str, str], key: str) -> None:
    """Have the browser keep 32 hexadecimal digits under `name`, unless it holds such already, and the `others`.

    Where the browser then holds another value, or none, session state says so: `st.session_state[key]["held"]`.
    """
    _KEEPER(key=key, data={"name": name, "value": value, "others": dict(others)}, on_held_change=_nothing)


def _nothing() -> None:
    """The value is read at the beginning of the next run."""


_KEEPER = st.components.v2.component(
    "nearfield_cookies", js=Path(__file__).with_name("cookies.js").read_text(encoding="utf-8")
)
