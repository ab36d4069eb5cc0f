"""The look that the theme's settings cannot express."""

import streamlit as st

_CSS = """
<style>
[data-testid="stMainBlockContainer"] { padding-top: 3.5rem; max-width: 1680px; }
[data-testid="stBottomBlockContainer"] {
  padding-block: 0.75rem; max-width: 1680px; border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent);
}
@media (max-width: 640px) { [data-testid="stMainBlockContainer"] { padding: 3.25rem 1rem 2rem; } }
</style>
"""

# Streamlit writes white on the accent colour; on the dark theme's lighter accent that is 3.5:1, this is 5.2:1.
_DARK_CSS = """
<style>
[data-testid="stBaseButton-primary"] *, [data-tag], [data-tag] * { color: #0e161e !important; }
</style>
"""


def apply() -> None:
    """Once per run, before anything is drawn."""
    st.html(_CSS)
    if st.context.theme.type == "dark":
        st.html(_DARK_CSS)
