"""A path as a drawing: its artists in order, in lines that run left to right and back, each joined to the next."""

from dataclasses import replace
from datetime import date

import numpy as np

from core.catalogue import Catalogue
from core.graph.drawing import Drawing, NodeEncodings, NodeStates, drawn_edges, drawn_nodes, legend_of
from core.graph.paths import ArtistPath
from core.palette import OKABE_ITO
from pages.neighbourhood import texts

PER_LINE = 6
_RADIUS = 15.0
_APART, _DOWN, _WAVE = 170, 120, 18
_COLOURS = {texts.THE_ENDS: OKABE_ITO[1], texts.ON_THE_WAY: OKABE_ITO[0]}


def draw_path(catalogue: Catalogue, path: ArtistPath, space: str, title: str, states: NodeStates) -> Drawing:
    """The drawing of a path. Every artist but the two ends can be avoided. `space` is the title of the path's space."""
    rows, steps = np.array(path.rows), path.steps
    last = len(rows) - 1
    groups = [texts.THE_ENDS if place in (0, last) else texts.ON_THE_WAY for place in range(len(rows))]
    between = [catalogue.id_of(row) for row in path.rows[1:-1]]
    nodes = drawn_nodes(
        catalogue,
        rows,
        [0, *[1] * last],
        [
            [texts.THE_START],
            *([texts.step_label(place), texts.step_evidence(step)] for place, step in enumerate(steps, 1)),
        ],
        NodeEncodings([_RADIUS] * len(rows), groups, _COLOURS),
        replace(states, avoidable=between),
        [place_on_page(place) for place in range(len(rows))],
    )
    edges = drawn_edges(
        catalogue,
        np.stack([rows[:-1], rows[1:]], axis=1),
        [step.kind for step in steps],
        [texts.step_link(step) for step in steps],
    )
    first, *_, end = (node.name for node in nodes)
    legend = legend_of(
        nodes,
        edges,
        _COLOURS,
        colour=texts.PLACE_ON_PATH,
        predicted_by=texts.nearness_in(space),
        relation=texts.relation_label(catalogue),
    )
    source = texts.source_line(catalogue, texts.path_source(first, end), date.today())
    return Drawing(title, nodes, edges, legend, source)


def place_on_page(place: int) -> tuple[int, int]:
    """Where the artist in this place of a path stands: lines of six, every other one from right to left."""
    line, step = divmod(place, PER_LINE)
    column = step if line % 2 == 0 else PER_LINE - 1 - step
    return _APART * column, _DOWN * line + (_WAVE if step % 2 else -_WAVE)
