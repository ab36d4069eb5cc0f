"""Reading in tests what the map's browser part reads."""

from __future__ import annotations

import gzip
import json
from typing import Any

import numpy as np
import numpy.typing as npt
from streamlit.testing.v1 import AppTest

from pages.components.linked_maps.packing import KINDS


def unpack(packed: bytes) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """Inverse of `pack`: the description and the arrays, flat."""
    content = gzip.decompress(packed)
    start = 4 + int.from_bytes(content[:4], "little")
    header = json.loads(content[4:start])
    kinds = {kind: code for code, kind in KINDS.items()}
    arrays = {
        name: np.frombuffer(content, f"<{kinds[kind]}", size, start + place)
        for name, (kind, place, size) in header.pop("arrays").items()
    }
    return header, arrays


def maps_of(app: AppTest) -> dict:
    """What the browser is told to draw."""
    found = next(one for one in app.get("bidi_component") if one.proto.component_name.endswith("linked_maps"))
    return json.loads(found.proto.json or found.proto.mixed.json)


def layer_of(app: AppTest, layer_id: str) -> tuple[dict, dict]:
    """A message to the browser, by the id under which it is kept."""
    carried = [one.proto for one in app.get("bidi_component") if one.proto.component_name.endswith("map_layer")]
    return next(found for found in map(unpack, (proto.bytes for proto in carried)) if found[0]["id"] == layer_id)
