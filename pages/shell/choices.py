"""Widgets whose values live only in the URL, so links, reloads and Back restore them.

Streamlit's own binding to query parameters writes labels and rejects values that a script sets. Here the value is set
in session state, under the widget's key, before the widget is drawn.
"""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.shell import texts
from pages.shell.parameters import Parameter, Scope

LENGTH = Parameter("length", Scope.PAGE)
LENGTHS = ("10", "20", "50")
NOTHING = "-"
"""The URL's value for an empty choice, if the default is not empty."""


def choose_length() -> int:
    """Choose the length of the lists of artists."""
    return int(st.selectbox(texts.LENGTH_LABEL, LENGTHS, **one_in_url(LENGTH, LENGTHS, LENGTHS[0])))


def one_in_url(parameter: Parameter, options: Sequence[str], default: str | None, key: str = "") -> dict[str, Any]:
    """Arguments for a widget with a single choice that the URL holds. A value that is not on offer counts as default.

    `default` is None if the choice may be empty. The widget must not get an index or a default as well.
    """
    key = key or parameter.name
    asked = parameter.get()
    st.session_state[key] = asked if asked in options else default
    return {"key": key, "on_change": _take_one, "args": (parameter, key, default)}


def many_in_url(
    parameter: Parameter, options: Sequence[str], default: Sequence[str], key: str = "", most: int | None = None
) -> dict[str, Any]:
    """Arguments for a widget with up to `most` choices. Without a valid choice in the URL it gets the default."""
    key = key or parameter.name
    asked = parameter.get_all()
    known = [value for value in dict.fromkeys(asked) if value in options]
    st.session_state[key] = known[:most] if known or asked == [NOTHING] else list(default)
    return {"key": key, "on_change": _take_many, "args": (parameter, key, tuple(default))}


def switch_in_url(parameter: Parameter, default: bool, key: str = "") -> dict[str, Any]:
    """Arguments for a toggle or checkbox, which the URL holds as 1 or 0."""
    key = key or parameter.name
    st.session_state[key] = {"1": True, "0": False}.get(parameter.get(""), default)
    return {"key": key, "on_change": _take_switch, "args": (parameter, key, default)}


def _take_one(parameter: Parameter, key: str, default: str | None) -> None:
    value = st.session_state[key]
    parameter.put(None if value == default or value is None else str(value))


def _take_many(parameter: Parameter, key: str, default: Sequence[str]) -> None:
    values = st.session_state[key]
    parameter.put(None if list(values) == list(default) else list(values) or NOTHING)


def _take_switch(parameter: Parameter, key: str, default: bool) -> None:
    value = bool(st.session_state[key])
    parameter.put(None if value == default else str(int(value)))
