"""How an artist graph is labelled and drawn, wherever it is drawn: as text, and never by colour alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

HOP_SHAPES = ("star", "dot", "diamond", "square")
HOP_NAMES = ("the artist", "one step away", "two steps away", "further away")
NO_WAY = "no known way there"
# Okabe and Ito, Color Universal Design, 2008 (black left out: it vanishes on a dark page).
GROUP_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999")
NO_GROUP = "#999999"
LONGEST_FILE_NAME = 60

_UNSAFE_IN_FILE_NAMES = re.compile(r"[^A-Za-z0-9_-]+")


def hop_shape(hop: int) -> str:
    """The shape that marks a distance of `hop` steps from the centre, or with a negative `hop` that none is known."""
    return HOP_SHAPES[-1] if hop < 0 else HOP_SHAPES[min(hop, len(HOP_SHAPES) - 1)]


def group_colours(groups: list[str]) -> dict[str, str]:
    """A colour for each group name, by the order of the names; beyond eight they share the last, grey."""
    last = len(GROUP_COLOURS) - 1
    return {group: GROUP_COLOURS[min(place, last)] for place, group in enumerate(sorted(set(groups)))}


def legend_colours(nodes: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What a legend says about the groups of `nodes`: the colour a node brings along, else that of `group_colours`."""
    colours = group_colours([str(node["group"]) for node in nodes if node.get("group")])
    own = {str(node["group"]): str(node["colour"]) for node in nodes if node.get("group") and node.get("colour")}
    return colours | own


def hop_name(hop: int) -> str:
    """How far away an artist is, in words; a negative `hop` where no known edges lead there."""
    return NO_WAY if hop < 0 else HOP_NAMES[min(hop, len(HOP_NAMES) - 1)]


def file_name(*parts: str) -> str:
    """Parts of a file name, without its ending, as text that every file system takes."""
    safe = "-".join(_UNSAFE_IN_FILE_NAMES.sub("-", part).strip("-") for part in parts)
    return safe[:LONGEST_FILE_NAME].strip("-") or "artists"
