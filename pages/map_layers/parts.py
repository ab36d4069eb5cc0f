"""The part of each map that a visitor has in view: what the browser has said last, or what the link says."""

import streamlit as st

from core.maps.drawn import Box
from pages.components.linked_maps import box_of
from pages.map_layers.parameters import SEEN

_PARTS = "map_parts"
_MOST = 20


def take_parts(parts: dict[str, Box]) -> None:
    """Remember the parts that the browser says are in view, by map."""
    known = {name: box for name, box in st.session_state.get(_PARTS, {}).items() if name not in parts}
    st.session_state[_PARTS] = dict(list((known | parts).items())[-_MOST:])


def parts_in_view() -> dict[str, Box]:
    """The part in view, by map, of each map that the visitor or a link has moved."""
    linked = (part_from_text(text) for text in SEEN.get_all())
    return dict(part for part in linked if part) | st.session_state.get(_PARTS, {})


def part_from_text(text: str) -> tuple[str, Box] | None:
    """The map and the part that a value of the URL names; None for any other text."""
    *ends, name = text.split(",", 4)
    box = box_of(ends)
    return (name, box) if box and name else None
