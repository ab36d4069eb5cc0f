"""Keys of a presentation, as presenters' clickers send them, and scrolling to what a step of the tour speaks of."""

from pathlib import Path

import streamlit as st

_SCRIPT = Path(__file__).with_name("presenting.js").read_text(encoding="utf-8")


def guide_eyes(step: str, container: str, has_keys: bool) -> None:
    """Scroll once for each `step` to the container with this key, if it is out of view.

    With `has_keys`, Page Down and → press the button "tour_next", Page Up and ← "tour_back", Escape "present_end".
    Call it once per run, at the end, so that it takes no space above anything.
    """
    _COMPONENT(key="presenting", data={"step": step, "container": container, "hasKeys": has_keys})


_COMPONENT = st.components.v2.component("nearfield_presenting", js=_SCRIPT)
