"""A drawn graph as values: its artists, its links and its legend.

The component in the browser, the images saved there and the HTML file all use one `Drawing`. Names and facts may be
any text here. `Drawing.as_dict`, the legend and the writer of the HTML file make them harmless.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from core.arrays import IntArray
from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.graph.encodings import (
    EDGE_ENCODINGS,
    HOP_NAMES,
    HOP_SHAPES,
    EdgeEncoding,
    hop_order,
    hop_shape,
)
from core.graph.links import PREDICTED
from core.text import LABEL_LENGTH, plain_text, short_label, shown_name

Place = tuple[int, int]

_LONGEST_MEANING = 120
"""Longest line of the legend, in characters, since it cannot wrap below a drawing."""


@dataclass(frozen=True)
class DrawnNode:
    """An artist of a drawing, with facts about it and the actions it offers.

    `hop` is its distance from the centre in edges: 0 for the centre, negative if no edges lead there. `facts` are short
    texts. `group` is the class of its colour, `size` its radius in pixels, and `at` its fixed position, if any.
    """

    id: str
    name: str
    hop: int
    facts: tuple[str, ...]
    group: str
    colour: str
    size: float
    at: Place | None = None
    audible: bool = False
    avoidable: bool = False
    kept: bool = False
    opened: bool = False
    playing: bool = False

    @property
    def label(self) -> str:
        """The name shown beside the artist."""
        return shown_name(self.name, LABEL_LENGTH)

    @property
    def said(self) -> str:
        """The facts on one line."""
        return plain_text(", ".join(self.facts))


@dataclass(frozen=True)
class DrawnEdge:
    """A link between two drawn artists, given by their ids. `about` describes it on one line."""

    source: str
    target: str
    kind: str
    about: str


@dataclass(frozen=True)
class LegendShape:
    """A shape of artists and the name of its distance."""

    shape: str
    name: str


@dataclass(frozen=True)
class LegendColour:
    """A colour of artists and the name of its class."""

    colour: str
    name: str


@dataclass(frozen=True)
class Legend:
    """The meaning of everything drawn, as harmless text. A part is empty if the drawing does not use it.

    `hops` explains the shapes and `marks` the signs before names. `size` and `colour` say what they show, and `groups`
    names the classes of the colours. `kinds` are the kinds of link, each with its meaning in this drawing.
    """

    hops: tuple[LegendShape, ...] = ()
    marks: tuple[str, ...] = ()
    size: str = ""
    colour: str = ""
    groups: tuple[LegendColour, ...] = ()
    kinds: tuple[EdgeEncoding, ...] = ()


@dataclass(frozen=True)
class Drawing:
    """A graph to draw. `source` says where it comes from. Raises NearfieldError for an edge without its node."""

    title: str
    nodes: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...]
    legend: Legend = field(default_factory=Legend)
    source: str = ""

    def __post_init__(self) -> None:
        drawn = {node.id for node in self.nodes}
        for edge in self.edges:
            if not {edge.source, edge.target} <= drawn:
                raise NearfieldError(
                    f"The link from {edge.source} to {edge.target} names an artist that is not in the graph. "
                    "Give every artist of a link among the artists."
                )

    @property
    def is_placed(self) -> bool:
        """Whether artists have fixed positions."""
        return _is_placed(self.nodes)

    def as_dict(self) -> dict[str, Any]:
        """The drawing for the browser, with nodes from the centre outwards, or in the given order if they are placed.

        It is sent at every change, so it is short. Edges refer to their ends by position in the nodes. False flags are
        left out, and so is a full name that equals the label.
        """
        nodes = list(self.nodes)
        if not self.is_placed:
            nodes.sort(key=lambda node: (hop_order(node.hop), node.label.casefold(), node.id))
        places = {node.id: place for place, node in enumerate(nodes)}
        kinds = tuple(replace(kind, meaning=short_label(kind.meaning, _LONGEST_MEANING)) for kind in self.legend.kinds)
        return {
            "nodes": [_node_as_dict(node) for node in nodes],
            "edges": [
                {
                    "ends": [places[edge.source], places[edge.target]],
                    "kind": edge.kind,
                    "about": plain_text(edge.about),
                }
                for edge in self.edges
            ],
            "encodings": {kind: asdict(encoding) for kind, encoding in EDGE_ENCODINGS.items()},
            "source": plain_text(self.source),
            "legend": asdict(replace(self.legend, kinds=kinds)),
        }


@dataclass(frozen=True)
class NodeEncodings:
    """The radius and the class of each of m artists, and the colours of the classes in the order of the legend."""

    sizes: Sequence[float]
    groups: Sequence[str]
    colours: Mapping[str, str]


@dataclass(frozen=True)
class NodeStates:
    """The ids of artists that are kept in a list, expanded, playing (at most one), or can be avoided."""

    kept: Container[str] = ()
    opened: Container[str] = ()
    playing: str | None = None
    avoidable: Container[str] = ()


def drawn_nodes(
    catalogue: Catalogue,
    rows: IntArray,
    hops: Sequence[int],
    facts: Sequence[Sequence[str]],
    encodings: NodeEncodings,
    states: NodeStates,
    places: Sequence[Place] = (),
) -> tuple[DrawnNode, ...]:
    """The artists in `rows` (m,) of the catalogue. The other sequences follow the order of `rows`."""
    ids = [str(artist_id) for artist_id in catalogue.artists["artist_id"].iloc[rows]]
    names = [str(name) for name in catalogue.display_names.iloc[rows]]
    audible = np.isin(rows, catalogue.tracks["artist"]).tolist()
    return tuple(
        DrawnNode(
            id=artist_id,
            name=names[i],
            hop=hops[i],
            facts=tuple(facts[i]),
            group=encodings.groups[i],
            colour=encodings.colours[encodings.groups[i]],
            size=encodings.sizes[i],
            at=places[i] if places else None,
            audible=audible[i],
            avoidable=artist_id in states.avoidable,
            kept=artist_id in states.kept,
            opened=artist_id in states.opened,
            playing=artist_id == states.playing,
        )
        for i, artist_id in enumerate(ids)
    )


def drawn_edges(
    catalogue: Catalogue, pairs: IntArray, kinds: Iterable[str], about: Iterable[str]
) -> tuple[DrawnEdge, ...]:
    """The links between rows, `pairs` (e, 2), with the kind and the description of each."""
    ids = [str(artist_id) for artist_id in catalogue.artists["artist_id"].iloc[pairs.ravel()]]
    return tuple(
        DrawnEdge(source, target, str(kind), said)
        for source, target, kind, said in zip(ids[::2], ids[1::2], kinds, about, strict=True)
    )


def legend_of(
    nodes: Sequence[DrawnNode],
    edges: Sequence[DrawnEdge],
    colours: Mapping[str, str],
    *,
    colour: str = "",
    size: str = "",
    predicted_by: str = "",
    relation: str = "",
) -> Legend:
    """The legend for `nodes` and `edges`.

    `colours` gives the colour of each class in the order of the legend. `colour` and `size` say what they show, and
    `predicted_by` names the source of predicted links. `relation` says what a known edge means.
    """
    groups = {node.group for node in nodes}
    kinds = {edge.kind for edge in edges}
    return Legend(
        hops=() if _is_placed(nodes) else _shapes(nodes),
        marks=("✓ in your list",) if any(node.kept for node in nodes) else (),
        size=plain_text(size),
        colour=plain_text(colour),
        groups=tuple(LegendColour(value, short_label(name)) for name, value in colours.items() if name in groups),
        kinds=tuple(_in_words(kind, predicted_by, relation) for kind in EDGE_ENCODINGS if kind in kinds),
    )


def _shapes(nodes: Sequence[DrawnNode]) -> tuple[LegendShape, ...]:
    """The shapes of the drawn artists and their meaning. The last shape covers all larger distances."""
    shown = sorted({min(hop_order(node.hop), len(HOP_SHAPES) - 1) for node in nodes})
    return tuple(LegendShape(HOP_SHAPES[hop], HOP_NAMES[hop]) for hop in shown)


def _in_words(kind: str, predicted_by: str, relation: str) -> EdgeEncoding:
    """The encoding of a kind of link, with the source of a predicted one and the meaning of a known one."""
    encoding = EDGE_ENCODINGS[kind]
    if kind == PREDICTED and predicted_by:
        return replace(encoding, meaning=plain_text(f"by {predicted_by}; not listed in the catalogue"))
    if kind != PREDICTED and relation:
        return replace(encoding, meaning=plain_text(f"{relation}; {encoding.meaning}"))
    return encoding


def _is_placed(nodes: Iterable[DrawnNode]) -> bool:
    return any(node.at is not None for node in nodes)


def _node_as_dict(node: DrawnNode) -> dict[str, Any]:
    name, label = shown_name(node.name), node.label
    flags = ("audible", "avoidable", "kept", "opened", "playing")
    return {
        "id": node.id,
        "label": label,
        "hop": node.hop,
        "shape": hop_shape(node.hop),
        "colour": node.colour,
        "size": float(node.size),
        "facts": node.said,
        **({"name": name} if name != label else {}),
        **({"at": [*node.at]} if node.at else {}),
        **{flag: True for flag in flags if getattr(node, flag)},
    }
