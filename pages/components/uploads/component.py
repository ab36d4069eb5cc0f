"""Tells the page when the server has refused an upload, of which Streamlit's own widget shows only a status."""

from pathlib import Path

import streamlit as st


def tell_of_refusals(container: str, key: str) -> None:
    """Run the page again whenever a file in the container with this key was not taken."""
    _WATCH(key=key, data={"container": container}, on_refused_change=_nothing)


def _nothing() -> None:
    """Do nothing: the run that follows says why."""


_WATCH = st.components.v2.component(
    "nearfield_uploads", js=Path(__file__).with_name("uploads.js").read_text(encoding="utf-8")
)
