"""The pages of the app, by name. Page objects belong to a single run, so each call makes new ones."""

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
HOME = "explore"


class PageEnd(Exception):
    """Ends the script of a page early."""


def end_page() -> NoReturn:
    """Stop the script of the page. `st.stop` would also keep the shell from drawing the menu and the lists panel.

    Raises `PageEnd`, which the shell catches.
    """
    raise PageEnd


def page(name: str) -> st.Page:
    """The page in the folder `name`, to link to or switch to."""
    script = _ROOT / "pages" / name / "page.py"
    url_path = "" if name == HOME else name
    return st.Page(script, title=name.capitalize(), icon=_ICONS[name], url_path=url_path, default=name == HOME)


def name_of(shown: st.Page) -> str:
    """The folder of a page."""
    return shown.url_path or HOME


def pages() -> list[st.Page]:
    """All pages, in the order of the menu."""
    return [page(name) for name in _ICONS]
