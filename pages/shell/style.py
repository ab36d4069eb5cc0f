"""The look that the theme's settings cannot express."""

import streamlit as st

_CSS = """
<style>
[data-testid="stMainBlockContainer"] { padding-top: 3.5rem; max-width: 1680px; }
@media (max-width: 640px) { [data-testid="stMainBlockContainer"] { padding: 3.25rem 1rem 2rem; } }
.nf-result { display: flex; flex-wrap: wrap; align-items: center; column-gap: .6rem; font-size: .875rem; }
.nf-result b { font-variant-numeric: tabular-nums; font-weight: 600; }
.nf-bar { flex: 0 0 5rem; height: .5rem; border-radius: .25rem; overflow: hidden;
  background: var(--st-border-color-light); }
.nf-bar span { display: block; height: 100%; background: var(--st-primary-color); }
</style>
"""


def apply() -> None:
    """Once per run, before anything is drawn."""
    st.html(_CSS)
