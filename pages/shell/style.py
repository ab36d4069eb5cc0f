"""The look that the theme's settings cannot express."""

import streamlit as st

_CSS = """
<style>
:root { --nf-accent: #0069a4; --nf-page: #fbfcfd; }
[data-testid="stMainBlockContainer"] { padding-top: 3.5rem; max-width: 1680px; }
[data-testid="stBottomBlockContainer"] {
  padding-block: 0.75rem; max-width: 1680px; border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent);
}
.st-key-guide, .st-key-tour {
  margin-top: 0.75rem; border-inline-start: 0.35rem solid var(--nf-accent); border-radius: 0.375rem;
  background: color-mix(in srgb, var(--nf-accent) 9%, var(--nf-page));
}
@media (min-width: 900px) and (min-height: 700px) {
  .st-key-tour {
    flex-wrap: nowrap; position: sticky; top: 3.75rem; z-index: 90; box-shadow: 0 0.25rem 0.75rem rgb(0 0 0 / 12%);
  }
}
/* On a big screen lines of text stay readable, and Explore's card stands beside its lists. */
[data-testid="stMain"] [data-testid="stMarkdownContainer"] > p { max-width: 110ch; }
[data-testid="stMain"] [data-testid="stAlert"] [data-testid="stMarkdownContainer"] > p { max-width: none; }
@media (min-width: 1900px) {
  [data-testid="stMainBlockContainer"], [data-testid="stBottomBlockContainer"] { max-width: 2240px; }
  .st-key-explore_body { flex-direction: row; align-items: flex-start; gap: 2.5rem; }
  .st-key-explore_body > :first-child { flex: 0 0 26rem; position: sticky; top: 4.5rem; }
  .st-key-explore_body > :last-child { flex: 1; min-width: 0; }
}
@media (min-width: 641px) { [data-testid="stMainBlockContainer"] { padding-inline: clamp(1.5rem, 3vw, 5rem); } }
[class*="st-key-card_"] h2 { padding-block: 0.25rem; }
/* Which artist a button of the lists is for stands beside it: here for those who hear the button alone. */
[class*="st-key-tray_entry_"] button .stMarkdownColoredText {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding: 4rem 1rem 2rem; }
  .st-key-explore_head { flex-wrap: wrap; gap: 0.5rem; }
  .st-key-explore_head > * { flex: 1 0 100%; }
  [data-testid="stButtonGroup"] > * { flex-wrap: wrap; }
}
</style>
"""

# Streamlit writes white on the accent colour; on the dark theme's lighter accent that is 3.5:1, this is 5.2:1.
_DARK_CSS = """
<style>
html:root { --nf-accent: #2f8fce; --nf-page: #0e161e; }
[data-testid^="stBaseButton-primary"] *, [data-tag], [data-tag] * { color: #0e161e !important; }
</style>
"""


def apply() -> None:
    """Once per run, before anything is drawn."""
    st.html(_CSS)
    if st.context.theme.type == "dark":
        st.html(_DARK_CSS)
