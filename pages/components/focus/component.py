"""Restores keyboard focus after buttons are redrawn, so that somebody who moved an artist can move it again."""

from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st


@dataclass(frozen=True)
class FocusRequest:
    """Asks to focus the button whose text ends in `label`, else the first button, in the container with this key.

    Each request has its own `nonce` and takes effect once.
    """

    container: str
    label: str
    nonce: int


def focus(request: FocusRequest | None, key: str) -> None:
    """Focus the requested button. Call it after the buttons are drawn."""
    _FOCUS(key=key, data=asdict(request) if request else None)


_FOCUS = st.components.v2.component(
    "nearfield_focus", js=Path(__file__).with_name("focus.js").read_text(encoding="utf-8")
)
