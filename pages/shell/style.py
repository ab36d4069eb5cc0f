"""The look that the theme's settings cannot express."""

import streamlit as st

_CSS = """
<style>
[data-testid="stMainBlockContainer"] { padding-top: 3.5rem; max-width: 1680px; }
@media (max-width: 640px) { [data-testid="stMainBlockContainer"] { padding: 3.25rem 1rem 2rem; } }
</style>
"""


def apply() -> None:
    """Once per run, before anything is drawn."""
    st.html(_CSS)
