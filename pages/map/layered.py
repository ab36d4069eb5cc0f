"""A map as one visitor sees it: the points, the colours, and the true nearest of the chosen artist."""

from dataclasses import dataclass

import numpy as np

from core.catalogue import Catalogue
from core.maps import StoredMap
from core.maps.colouring import Colouring
from core.search.spaces import Space
from core.similarity import Neighbours, most_near, similar
from pages.components.linked_maps import MapView
from pages.map import texts
from pages.map_layers import sources
from pages.map_layers.sources import Ground
from pages.shell import resources

N_NEAREST = 10


@dataclass(frozen=True)
class LayeredMap:
    """A map ready to be shown. `nearest` is empty if no artist is chosen or the artist is not in this space."""

    space: Space
    stored: StoredMap
    ground: Ground
    colouring: Colouring
    nearest: Neighbours
    view: MapView


def layered_map(
    catalogue: Catalogue, space: Space, colour: str, row: int | None, is_doubt_shown: bool
) -> LayeredMap | None:
    """The map of `space` coloured by `colour`, with the nearest of the artist in `row`. None if there is no map."""
    version = sources.map_version(catalogue, space.name)
    stored = sources.stored_map(catalogue, str(space.name), version)
    if stored is None:
        return None
    ground = sources.ground(catalogue, space.name, version, stored)
    coloured = sources.coloured(catalogue, space, version, stored, colour, row)
    nearest = Neighbours(np.empty(0, np.int64), np.empty(0, np.float32))
    n_present = int(stored.present.sum())
    if row is not None and stored.present[row]:
        nearest = similar(resources.space(catalogue, space.name), row, most_near(N_NEAREST, n_present - 1))
    said = [texts.coverage_figure(n_present, len(catalogue)), texts.fidelity_figure(stored)]
    details = [
        texts.lacking_sentence(n_present, len(catalogue)),
        texts.equal_sentence(stored),
        texts.fidelity_sentence(stored),
        texts.doubt_sentence(stored) if is_doubt_shown else "",
        texts.regions_sentence(ground.tags),
    ]
    view = MapView(
        map=sources.map_name(catalogue, space),
        title=space.title,
        said=" ".join(filter(None, said)),
        alt=texts.map_alt(space.title, n_present, coloured.colouring.title),
        points=ground.points,
        colour=coloured.layer,
        regions=ground.regions,
        nearest=nearest.rows.tolist(),
        details=" ".join(filter(None, details)),
    )
    return LayeredMap(space, stored, ground, coloured.colouring, nearest, view)
