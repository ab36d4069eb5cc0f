"""A path as a drawing: its artists in order, to and fro over the page, each joined to the next."""

from collections.abc import Collection
from itertools import pairwise
from typing import Any

import numpy as np

from core.catalogue import Catalogue
from core.graph.looks import Legend, edge_look
from core.graph.paths import ArtistPath
from core.palette import OKABE_ITO
from core.text import plain_text
from pages.neighbourhood.drawing import source_line
from pages.neighbourhood.path_view import step_evidence

PER_LINE = 6
_APART, _DOWN, _WAVE = 170, 120, 18
_ENDS, _BETWEEN = "the two ends", "on the way"
_COLOURS = {_ENDS: OKABE_ITO[1], _BETWEEN: OKABE_ITO[0]}


def path_nodes(catalogue: Catalogue, path: ArtistPath, kept: Collection[str] = ()) -> list[dict[str, Any]]:
    """The artists of the path with their places on the page; every one but the ends can be avoided."""
    rows, last = path.rows, len(path.rows) - 1
    audible = np.isin(rows, catalogue.tracks["artist"]).tolist()
    ids = [str(artist_id) for artist_id in catalogue.artists["artist_id"].iloc[rows]]
    return [
        {
            "id": ids[place],
            "label": str(catalogue.display_names.iloc[row]),
            "hop": min(place, 1),
            "group": _ENDS if place in (0, last) else _BETWEEN,
            "colour": _COLOURS[_ENDS if place in (0, last) else _BETWEEN],
            "size": 15.0,
            "at": place_on_page(place),
            "audible": audible[place],
            "kept": ids[place] in kept,
            "avoidable": 0 < place < last,
            "facts": f"step {place}, {step_evidence(path.steps[place - 1])}" if place else "the start",
        }
        for place, row in enumerate(rows)
    ]


def path_edges(catalogue: Catalogue, path: ArtistPath) -> list[dict[str, str]]:
    """The steps of the path as links of the kinds of a drawing."""
    ids = [str(artist_id) for artist_id in catalogue.artists["artist_id"].iloc[path.rows]]
    return [
        {"from": first, "to": second, "kind": step.kind, "title": f"{edge_look(step.kind).name}: {step_evidence(step)}"}
        for (first, second), step in zip(pairwise(ids), path.steps, strict=True)
    ]


def path_legend(catalogue: Catalogue, path: ArtistPath, space: str) -> Legend:
    """What the drawing stands for and where it comes from; `space` is the title of the path's space."""
    first, last = (plain_text(str(name)) for name in catalogue.display_names.iloc[[path.start, path.rows[-1]]])
    source = source_line(catalogue, f"from {first} to {last}")
    groups = _COLOURS if len(path.rows) > 2 else {_ENDS: _COLOURS[_ENDS]}
    return Legend("place on the path", groups, "", f"nearness in {plain_text(space)}", source)


def place_on_page(place: int) -> tuple[int, int]:
    """Where the artist in this place of a path stands: lines of six, every other one from right to left."""
    line, step = divmod(place, PER_LINE)
    column = step if line % 2 == 0 else PER_LINE - 1 - step
    return _APART * column, _DOWN * line + (_WAVE if step % 2 else -_WAVE)
