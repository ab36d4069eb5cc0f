"""The data that the maps of a catalogue are drawn from, made once for all visitors, and the visitor's colouring."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from core.arrays import BoolArray, FloatArray
from core.catalogue import Catalogue
from core.graph.adjacency import degrees
from core.maps import StoredMap, map_path
from core.maps.build import current_map
from core.maps.colouring import (
    LOCAL_FIDELITY,
    OWN_TO_A_MAP,
    SCORE,
    Colouring,
    colouring,
    colouring_names,
    is_mostly_one,
    local_fidelity_colouring,
    score_colouring,
)
from core.maps.density import Density, map_density
from core.maps.drawn import Drawn, Part, drawn_artists
from core.maps.highlight import HighlightIndex
from core.maps.region_tags import RegionTags, region_tags
from core.maps.region_tags import can_name_regions as find_names
from core.maps.regions import NamedRegion, find_regions, name_regions
from core.maps.tag_colouring import set_colouring, set_colourings, tag_colouring, tag_colourings
from core.maps.tag_enrichment import TagTable
from core.maps.tag_enrichment import tag_table as find_tags
from core.search.evidence import known_scores
from core.search.indexed import nearest_artists
from core.search.spaces import Space
from core.similarity import Neighbours
from core.storage import sha256_text
from pages.components.linked_maps import Apart, Layer
from pages.map_layers.layers import colour_layer, names_layer, points_layer
from pages.map_layers.parts import parts_in_view
from pages.shell import resources
from pages.shell.caching import cached_per_catalogue


@dataclass(frozen=True)
class Ground:
    """What no choice changes of a map: its density, its regions, largest first, and what they are named by."""

    density: Density
    regions: list[NamedRegion]
    tags: RegionTags | None


@dataclass(frozen=True)
class Coloured:
    """A colouring, and the message that sends it to the browser."""

    colouring: Colouring
    layer: Layer


def map_name(catalogue: Catalogue, space: Space) -> str:
    """The name of a map in links."""
    return f"{catalogue.content_hash[:8]}.{space.name}"


def map_version(catalogue: Catalogue, space: str) -> int:
    """A number that changes whenever the map is made again; 0 if there is no map."""
    file = map_path(catalogue, space)
    return file.stat().st_mtime_ns if file.is_file() else 0


@cached_per_catalogue(24)
def stored_map(catalogue: Catalogue, space: str, version: int) -> StoredMap | None:
    """The stored map of this `version`. None if it is missing or belongs to other vectors."""
    return current_map(catalogue, space)


@cached_per_catalogue(8)
def tag_table(catalogue: Catalogue) -> TagTable:
    """Which artists have which tags."""
    return find_tags(catalogue)


@cached_per_catalogue(8)
def can_name_regions(catalogue: Catalogue) -> bool:
    """Whether the regions of some map can have names."""
    return find_names(catalogue)


@cached_per_catalogue(8)
def highlight_index(catalogue: Catalogue) -> HighlightIndex:
    """An index from words to artists."""
    return HighlightIndex(tag_table(catalogue), resources.name_index(catalogue))


def names(catalogue: Catalogue, drawn: Drawn) -> Layer:
    """The message with the drawn artists' names."""
    return _names(catalogue, drawn.key, drawn)


@cached_per_catalogue(24)
def _names(catalogue: Catalogue, key: str, _drawn: Drawn) -> Layer:
    shown = catalogue.display_names if _drawn.rows is None else catalogue.display_names.iloc[_drawn.rows]
    return names_layer(f"names-{catalogue.content_hash[:12]}", shown.tolist(), _drawn, len(catalogue))


@cached_per_catalogue(24, spinner="Drawing the map …")
def ground(catalogue: Catalogue, space: str, version: int, _stored: StoredMap) -> Ground:
    """The density and regions of a map of this `version`."""
    tags = region_tags(catalogue, space)
    regions = name_regions(find_regions(_stored.coordinates), tags.table if tags else None)
    return Ground(map_density(_stored.coordinates), regions, tags)


def points(catalogue: Catalogue, space: str, version: int, stored: StoredMap, drawn: Drawn, part: Part | None) -> Layer:
    """The message with the places of the drawn artists on a map of this `version`, of which `part` is drawn."""
    return _points(catalogue, str(space), version, f"{drawn.key} {part}", stored, drawn, part)


@cached_per_catalogue(24)
def _points(
    catalogue: Catalogue, space: str, version: int, key: str, _stored: StoredMap, _drawn: Drawn, _part: Part | None
) -> Layer:
    layer_id = f"points-{catalogue.content_hash[:12]}-{space}-{version}"
    if _part:
        layer_id += f"-{sha256_text(key)[:16]}"
    return points_layer(layer_id, _stored, ground(catalogue, space, version, _stored).density, _drawn, _part)


def drawn_of(maps: Mapping[str, StoredMap], first: BoolArray | None = None) -> Drawn:
    """Who is drawn on the maps of a page, by their names in links: of large ones those in the part in view, artists of
    `first` (n,) before others."""
    return drawn_artists(maps, parts_in_view(), first)


@cached_per_catalogue(64)
def nearest(catalogue: Catalogue, space: str, row: int, k: int) -> Neighbours:
    """Who is nearest to the artist in `row`, by the space's index. Raises NearfieldError where it cannot be opened."""
    return nearest_artists(resources.space(catalogue, space), row, k)


def apart(catalogue: Catalogue, stored: StoredMap, rows: Iterable[int], drawn: Drawn) -> dict[int, Apart]:
    """The places and names of artists that lines may lead to, where not everybody is drawn."""
    if drawn.rows is None:
        return {}
    on_map = [row for row in rows if stored.present[row]]
    places = stored.coordinates[on_map].tolist()
    names = catalogue.display_names.iloc[on_map].tolist()
    return {row: Apart(x, y, name) for row, (x, y), name in zip(on_map, places, names, strict=True)}


def coloured(
    catalogue: Catalogue, space: Space, version: int, stored: StoredMap, name: str, row: int | None, drawn: Drawn
) -> Coloured:
    """The colouring `name` of the drawn artists of a map. `row` is the chosen artist, which colouring by similarity
    depends on."""
    if name not in OWN_TO_A_MAP:
        return _coloured(catalogue, name, drawn.key, drawn)
    layer_id = f"colour-{catalogue.content_hash[:12]}-{name}-{space.name}-{version}"
    if name == SCORE:
        layer_id += f"-{row}"
    chosen = (
        local_fidelity_colouring(stored) if name == LOCAL_FIDELITY else score_colouring(_scores(catalogue, space, row))
    )
    return Coloured(chosen, colour_layer(layer_id, chosen, drawn))


@cached_per_catalogue(8)
def one_tag_colourings(catalogue: Catalogue) -> dict[str, tuple[str, int]]:
    """The colourings by one tag, by name, with the feature set and the column of each."""
    return tag_colourings(catalogue)


@cached_per_catalogue(8)
def tag_set_colourings(catalogue: Catalogue) -> dict[str, str]:
    """The colourings by all tags of a feature set, by name, with the set."""
    return set_colourings(catalogue)


@cached_per_catalogue(24)
def usual_colouring(catalogue: Catalogue, space: str) -> str:
    """The colouring that the map of a space begins with.

    Where one genre covers most artists it tells nothing, and a map made of tags is coloured by them.
    """
    first = colouring_names(catalogue)[0]
    own = [name for name, feature_set in tag_set_colourings(catalogue).items() if feature_set == space]
    return own[0] if own and is_mostly_one(_colouring(catalogue, first)) else first


@cached_per_catalogue(24)
def _coloured(catalogue: Catalogue, name: str, key: str, _drawn: Drawn) -> Coloured:
    chosen = _colouring(catalogue, name)
    return Coloured(chosen, colour_layer(f"colour-{catalogue.content_hash[:12]}-{name}", chosen, _drawn))


@cached_per_catalogue(24)
def _colouring(catalogue: Catalogue, name: str) -> Colouring:
    if name in (sets := tag_set_colourings(catalogue)):
        return set_colouring(catalogue, name, sets[name])
    if name in (tags := one_tag_colourings(catalogue)):
        return tag_colouring(catalogue, name, *tags[name])
    return colouring(catalogue, name, degrees(resources.adjacency(catalogue)))


def _scores(catalogue: Catalogue, space: Space, row: int | None) -> FloatArray:
    if row is None:
        return np.full(len(catalogue), np.nan, np.float32)
    return known_scores(resources.space(catalogue, space.name), np.array([row]))[0]
