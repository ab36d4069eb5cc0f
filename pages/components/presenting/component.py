"""Keys of a presentation, as presenters' clickers send them, and scrolling to what a step of the tour speaks of."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

_KEY = "presenting"
_SCRIPT = Path(__file__).with_name("presenting.js").read_text(encoding="utf-8")


def guide_eyes(step: str, containers: Sequence[str], has_keys: bool, type_size: float) -> None:
    """Scroll once for each `step` to a container with one of these keys, if it is out of view.

    It is the first of `containers` that is drawn, until one before it is. With `has_keys`, Page Down and → press the
    button "tour_next", Page Up and ← "tour_back", Escape "present_end". `type_size` is the size of the page's type in
    pixels as it is known, 0 before a presentation: where the browser's differs, the page runs again, and `seen_size`
    is the new one. Call it once per run, at the end, so that it takes no space above anything.
    """
    data = {"step": step, "containers": [*containers], "hasKeys": has_keys, "typeSize": type_size}
    _COMPONENT(key=_KEY, data=data, on_size_change=_nothing)


def seen_size() -> Any:
    """What the browser says of its size of type, in pixels; None if it said nothing."""
    return getattr(st.session_state.get(_KEY), "size", None)


def _nothing() -> None:
    """Do nothing: the next run reads the value when it starts."""


_COMPONENT = st.components.v2.component("nearfield_presenting", js=_SCRIPT)
