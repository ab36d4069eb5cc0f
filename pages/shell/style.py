"""The look that the theme's settings cannot express."""

import streamlit as st

_CSS = """
<style>
[data-testid="stMainBlockContainer"] { padding-top: 3.5rem; max-width: 1680px; }
@media (max-width: 640px) { [data-testid="stMainBlockContainer"] { padding: 3.25rem 1rem 2rem; } }
.nf-result { display: flex; flex-wrap: wrap; align-items: center; column-gap: .6rem; font-size: .875rem; }
.nf-result b { font-variant-numeric: tabular-nums; font-weight: 600; }
.nf-bar { flex: 0 0 4rem; height: .4rem; border-radius: .2rem; overflow: hidden; background: #7a8d9e55; }
.nf-bar span { display: block; height: 100%; background: #2f8fce; }
[class*="st-key-result_"] [data-testid="stHorizontalBlock"] { flex-wrap: nowrap; }
[class*="st-key-result_"] [data-testid="stHorizontalBlock"] > :first-child { flex: 1 1 0; }
[class*="st-key-go_"] :is(button, button *) { justify-content: start; text-align: start; }
@media (min-width: 641px) { [class*="st-key-result_"] button { min-height: 1.75rem; padding-block: 0; } }
</style>
"""


def apply() -> None:
    """Once per run, before anything is drawn."""
    st.html(_CSS)
