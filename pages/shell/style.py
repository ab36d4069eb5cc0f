"""Styles that the theme's settings cannot express."""

from pathlib import Path

import streamlit as st

from pages.components import charts
from pages.components.presenting import seen_size
from pages.shell.parameters import PRESENT


def _style(name: str) -> str:
    return f"<style>\n{Path(__file__).with_name(name).read_text(encoding='utf-8')}</style>"


_CSS, _DARK_CSS, _PRESENTING_CSS = _style("style.css"), _style("dark.css"), _style("presenting.css")


def apply() -> None:
    """Add the styles. Call it once per run, before anything is drawn."""
    st.html(_CSS)
    if st.context.theme.type == "dark":
        st.html(_DARK_CSS)
    if PRESENT.get() == "1":
        st.html(_PRESENTING_CSS)
    charts.take_size(seen_size())
    charts.enlarge(2.4 if PRESENT.get() == "1" else 1.0)
