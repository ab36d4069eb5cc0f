"""Choices that belong to a page and stay in the URL by their key. Streamlit's own binding writes the label there."""

from collections.abc import Sequence

import streamlit as st


def take_from_url(name: str, options: Sequence[str], default: str) -> None:
    """Before the widget with key `name`: its value is kept, else taken from the URL, else `default`."""
    if st.session_state.get(name) not in options:
        asked = st.query_params.get(name, default)
        st.session_state[name] = asked if asked in options else default


def keep_in_url(name: str, value: str, default: str) -> None:
    """After the widget: the URL names `value`, or nothing where it is the default. Writes only what changed."""
    if value == default:
        if name in st.query_params:
            del st.query_params[name]
    elif st.query_params.get(name) != value:
        st.query_params[name] = value
