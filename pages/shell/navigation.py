"""The pages of the app, by name. Page objects belong to one run, so each call makes new ones."""

from pathlib import Path
from typing import NoReturn

import streamlit as st

_ROOT = Path(__file__).resolve().parents[2]
ASSETS = _ROOT / "assets"

_ICONS = {
    "explore": ":material/explore:",
    "map": ":material/scatter_plot:",
    "neighbourhood": ":material/hub:",
    "clip": ":material/graphic_eq:",
    "results": ":material/monitoring:",
    "train": ":material/model_training:",
    "catalogues": ":material/library_music:",
}
_HOME = "explore"


class PageEnd(Exception):
    """A page has said all that it has to say."""


def end_page() -> NoReturn:
    """Run no more of the page. After `st.stop` nothing could be drawn, neither menu nor lists panel.

    Raises `PageEnd`, which the shell expects.
    """
    raise PageEnd


def page(name: str) -> st.Page:
    """The page in the folder `name`, to link or switch to."""
    script = _ROOT / "pages" / name / "page.py"
    url_path = "" if name == _HOME else name
    return st.Page(script, title=name.capitalize(), icon=_ICONS[name], url_path=url_path, default=name == _HOME)


def name_of(shown: st.Page) -> str:
    """The folder of a page."""
    return shown.url_path or _HOME


def pages() -> list[st.Page]:
    """All pages, in the order of the menu."""
    return [page(name) for name in _ICONS]
