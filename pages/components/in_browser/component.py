"""What is done in the browser itself: the keys of search boxes, and links that lead right from a new tab too.

One component without any look, drawn once per run, serves all boxes and links of a page. Whose hits a box shows, the
mark says that stands before them.
"""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

_SCRIPT = Path(__file__).with_name("in_browser.js").read_text(encoding="utf-8")
BOX = "artist_search_"
"""What the key of a container begins with whose text field and buttons form a search box."""


def help_in_browser() -> None:
    """Once per run, and last, so that it takes no room above anything."""
    _HELP(key="in_browser")


def mark_hits(asked: str, keys: Sequence[str]) -> None:
    """Say before the hits for the text `asked` which they are, by the buttons' keys, the best first."""
    # In hexadecimal digits no text can mean anything.
    st.html(f'<i hidden data-nf-asked="{asked.encode().hex()}" data-nf-first="{keys[0] if keys else ""}"></i>')


_HELP = st.components.v2.component("nearfield_in_browser", js=_SCRIPT)
