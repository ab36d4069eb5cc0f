"""A map as one visitor sees it: the points, the colours, and the true nearest of the chosen artist."""

from dataclasses import dataclass

import numpy as np

from core.catalogue import Catalogue
from core.maps import StoredMap
from core.maps.colouring import Colouring
from core.maps.drawn import Drawn
from core.search.spaces import Space
from core.similarity import Neighbours, most_near
from pages.components.linked_maps import MapView
from pages.map import texts
from pages.map_layers import sources
from pages.map_layers.sources import Ground
from pages.map_layers.texts import drawn_sentence

N_NEAREST = 10


@dataclass(frozen=True)
class LayeredMap:
    """A map ready to be shown. `nearest` is empty if no artist is chosen or the artist is not in this space."""

    space: Space
    stored: StoredMap
    drawn: Drawn
    ground: Ground
    colouring: Colouring
    nearest: Neighbours
    view: MapView


def stored_map(catalogue: Catalogue, space: Space) -> StoredMap | None:
    """The map of `space`. None if there is none."""
    return sources.stored_map(catalogue, str(space.name), sources.map_version(catalogue, space.name))


def layered_map(
    catalogue: Catalogue,
    space: Space,
    stored: StoredMap,
    drawn: Drawn,
    colour: str,
    row: int | None,
    is_doubt_shown: bool,
) -> LayeredMap:
    """The map of `space` with the artists `drawn`, coloured by `colour`, and the nearest of the artist in `row`."""
    version = sources.map_version(catalogue, space.name)
    ground = sources.ground(catalogue, str(space.name), version, stored)
    coloured = sources.coloured(catalogue, space, version, stored, colour, row, drawn)
    name = sources.map_name(catalogue, space)
    part = drawn.parts.get(name)
    nearest = Neighbours(np.empty(0, np.int64), np.empty(0, np.float32))
    n_present = int(stored.present.sum())
    if row is not None and stored.present[row]:
        nearest = sources.nearest(catalogue, str(space.name), row, most_near(N_NEAREST, n_present - 1))
    said = [
        texts.coverage_figure(n_present, len(catalogue)),
        drawn_sentence(part),
        texts.fidelity_figure(stored),
    ]
    details = [
        texts.lacking_sentence(n_present, len(catalogue)),
        texts.sample_sentence(stored),
        texts.equal_sentence(stored),
        texts.fidelity_sentence(stored),
        texts.doubt_sentence(stored) if is_doubt_shown else "",
        texts.regions_sentence(ground.tags),
    ]
    view = MapView(
        map=name,
        title=space.title,
        said=" ".join(filter(None, said)),
        alt=texts.map_alt(space.title, n_present, coloured.colouring.title),
        points=sources.points(catalogue, space.name, version, stored, drawn, part),
        colour=coloured.layer,
        regions=ground.regions,
        nearest=nearest.rows.tolist(),
        details=" ".join(filter(None, details)),
        apart=sources.apart(catalogue, stored, [*nearest.rows.tolist(), *([] if row is None else [row])], drawn),
    )
    return LayeredMap(space, stored, drawn, ground, coloured.colouring, nearest, view)
