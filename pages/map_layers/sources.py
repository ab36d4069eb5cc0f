"""What the maps of a catalogue are drawn from, made once for all visitors, and the colourings of one's own choice."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.arrays import FloatArray
from core.catalogue import Catalogue
from core.graph.adjacency import degrees
from core.maps import StoredMap, map_path
from core.maps.build import current_map
from core.maps.colouring import FAITH, OWN_TO_A_MAP, SCORE, Colouring, colouring, faith_colouring, score_colouring
from core.maps.density import map_density
from core.maps.highlight import HighlightIndex
from core.maps.regions import NamedRegion, find_regions, name_regions
from core.maps.typical import TagTable
from core.search.evidence import known_scores
from core.search.spaces import Space
from pages.components.linked_maps import Layer
from pages.map_layers.layers import colour_layer, names_layer, points_layer
from pages.shell import resources


@dataclass(frozen=True)
class Ground:
    """What of a map no choice changes: its points, and its regions, the largest first."""

    points: Layer
    regions: list[NamedRegion]


@dataclass(frozen=True)
class Coloured:
    """A colouring, and the message that carries it."""

    colouring: Colouring
    layer: Layer


def map_name(catalogue: Catalogue, space: Space) -> str:
    """What links call the map of a space of a catalogue."""
    return f"{catalogue.content_hash[:8]}.{space.name}"


def map_version(catalogue: Catalogue, space: str) -> int:
    """Changes whenever the map is made again; 0 where there is none."""
    file = map_path(catalogue, space)
    return file.stat().st_mtime_ns if file.is_file() else 0


@st.cache_resource(max_entries=24, show_spinner=False)
def stored_map(content_hash: str, space: str, version: int, _catalogue: Catalogue) -> StoredMap | None:
    """The stored map, None where it is missing or belongs to other vectors."""
    return current_map(_catalogue, space)


def tag_table(catalogue: Catalogue) -> TagTable:
    """Who has which tag."""
    return _tag_table(catalogue.content_hash, catalogue)


@st.cache_resource(max_entries=8, show_spinner=False)
def _tag_table(content_hash: str, _catalogue: Catalogue) -> TagTable:
    return TagTable(_catalogue)


def highlight_index(catalogue: Catalogue) -> HighlightIndex:
    """Whom a word means."""
    return _highlight_index(catalogue.content_hash, catalogue)


@st.cache_resource(max_entries=8, show_spinner=False)
def _highlight_index(content_hash: str, _catalogue: Catalogue) -> HighlightIndex:
    return HighlightIndex(_catalogue, tag_table(_catalogue))


def names(catalogue: Catalogue) -> Layer:
    """All artists' names, for the browser."""
    return _names(catalogue.content_hash, catalogue)


@st.cache_resource(max_entries=8, show_spinner=False)
def _names(content_hash: str, _catalogue: Catalogue) -> Layer:
    return names_layer(f"names-{content_hash[:12]}", _catalogue.display_names.tolist())


def ground(catalogue: Catalogue, space: Space, version: int, stored: StoredMap) -> Ground:
    """The points and regions of a map of this `version`."""
    return _ground(catalogue.content_hash, space.name, version, catalogue, stored)


@st.cache_resource(max_entries=24, show_spinner="Drawing the map …")
def _ground(content_hash: str, space: str, version: int, _catalogue: Catalogue, _stored: StoredMap) -> Ground:
    regions = name_regions(find_regions(_stored.coordinates), tag_table(_catalogue))
    layer_id = f"points-{content_hash[:12]}-{space}-{version}"
    return Ground(points_layer(layer_id, _stored, map_density(_stored.coordinates)), regions)


def coloured(
    catalogue: Catalogue, space: Space, version: int, stored: StoredMap, name: str, row: int | None
) -> Coloured:
    """The colouring called `name` of a map; `row` is the chosen artist's, on which similarity depends."""
    if name not in OWN_TO_A_MAP:
        return _coloured(catalogue.content_hash, name, catalogue)
    layer_id = f"colour-{catalogue.content_hash[:12]}-{name}-{space.name}-{version}"
    if name == SCORE:
        layer_id += f"-{row}"
    chosen = faith_colouring(stored) if name == FAITH else score_colouring(_scores(catalogue, space, row))
    return Coloured(chosen, colour_layer(layer_id, chosen))


@st.cache_resource(max_entries=24, show_spinner=False)
def _coloured(content_hash: str, name: str, _catalogue: Catalogue) -> Coloured:
    chosen = colouring(_catalogue, name, degrees(resources.adjacency(_catalogue)))
    return Coloured(chosen, colour_layer(f"colour-{content_hash[:12]}-{name}", chosen))


def _scores(catalogue: Catalogue, space: Space, row: int | None) -> FloatArray:
    if row is None:
        return np.full(len(catalogue), np.nan, np.float32)
    return known_scores(resources.space(catalogue, space.name), np.array([row]))[0]
