"""Behaviour in the browser: keyboard control of search boxes and popovers, and links that also work in a new tab.

One invisible component, drawn once per run, serves all boxes and links of a page. A hidden mark before the hits of a
box says which text they belong to.
"""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

_SCRIPT = Path(__file__).with_name("in_browser.js").read_text(encoding="utf-8")
BOX = "artist_search_"
"""The prefix of the key of a container that is a search box: a text field and buttons."""


def help_in_browser() -> None:
    """Draw the component. Call it once per run, at the end, so that it takes no space above anything."""
    _HELP(key="in_browser")


def mark_hits(asked: str, keys: Sequence[str], are_others: bool = False) -> None:
    """Mark the hits that follow as those for the text `asked`. `keys` are the keys of their buttons, best first.

    Where they `are_others` than what was asked for, Enter in the field leads to the first and opens none.
    """
    # Hexadecimal digits, so that no text can be read as markup.
    others = " data-nf-others" if are_others else ""
    st.html(f'<i hidden data-nf-asked="{asked.encode().hex()}" data-nf-first="{keys[0] if keys else ""}"{others}></i>')


_HELP = st.components.v2.component("nearfield_in_browser", js=_SCRIPT)
