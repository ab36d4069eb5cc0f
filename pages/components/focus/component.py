"""The keyboard's place after buttons are drawn anew: whoever moved something must be able to go on."""

from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st


@dataclass(frozen=True)
class FocusRequest:
    """The button whose text ends in `label`, or the first one, in the container with the key `container`.

    Each request has a `nonce` of its own and is met once.
    """

    container: str
    label: str
    nonce: int


def focus(request: FocusRequest | None, key: str) -> None:
    """Focus the button, after all that the request may name is drawn."""
    _FOCUS(key=key, data=asdict(request) if request else None)


_FOCUS = st.components.v2.component(
    "nearfield_focus", js=Path(__file__).with_name("focus.js").read_text(encoding="utf-8")
)
