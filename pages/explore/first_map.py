"""The map on the first screen, with an example after another: an artist, and who is truly nearest."""

from functools import partial

import streamlit as st

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.maps import StoredMap
from core.maps.build import FEWEST_ON_MAP
from core.maps.store import map_path
from core.search.evidence import best_first
from core.search.spaces import Space, list_spaces
from core.similarity import most_near
from pages.components.in_browser import BOX
from pages.components.linked_maps import NAMED_POINTS, Example, MapView, Shown, linked_maps
from pages.explore import texts
from pages.explore.question import go_on
from pages.map_layers import sources
from pages.map_layers.parts import take_parts
from pages.map_layers.texts import drawn_sentence
from pages.shell import resources

N_NEAREST = 6
SEARCH = "find"
"""The key of the search box, which lies over the map."""


def mappable(catalogue: Catalogue) -> list[Space]:
    """The spaces that a map can be made of, best measured first."""
    if len(catalogue) < FEWEST_ON_MAP:
        return []
    spaces = [space for space in list_spaces(catalogue) if space.has_vectors]
    return best_first(spaces, resources.measured(catalogue))


def show_first_map(catalogue: Catalogue) -> bool:
    """The map of the best space that has one. Returns False, and draws nothing, if there is no map."""
    for space in mappable(catalogue):
        if map_path(catalogue, space.name).is_file():
            stored = sources.stored_map(catalogue, str(space.name), sources.map_version(catalogue, space.name))
            if stored is not None:
                _draw(catalogue, space, stored)
                return True
    return False


def _draw(catalogue: Catalogue, space: Space, stored: StoredMap) -> None:
    version = sources.map_version(catalogue, space.name)
    ground = sources.ground(catalogue, str(space.name), version, stored)
    name = sources.map_name(catalogue, space)
    drawn = sources.drawn_of({name: stored})
    part = drawn.parts.get(name)
    usual = sources.usual_colouring(catalogue, space.name)
    coloured = sources.coloured(catalogue, space, version, stored, usual, None, drawn)
    examples = _examples(catalogue, space, stored)
    shown = [row for example in examples for row in (example.artist, *example.nearest)]
    view = MapView(
        map=name,
        title=texts.MAP_TITLE,
        said=drawn_sentence(part),
        alt=texts.map_alt(int(stored.present.sum()), space.title),
        points=sources.points(catalogue, space.name, version, stored, drawn, part),
        colour=coloured.layer,
        regions=ground.regions,
        nearest=(),
        apart=sources.apart(catalogue, stored, shown, drawn),
    )
    linked_maps(
        [view],
        sources.names(catalogue, drawn),
        artist=None,
        marked=None,
        shown=Shown(density=len(catalogue) > NAMED_POINTS, doubtful=False),
        n_artists=len(catalogue),
        on_artist=partial(go_on, catalogue),
        on_rows=None,
        on_parts=take_parts,
        key="first-map-chart",
        examples=examples,
        over=f".st-key-{BOX}{SEARCH}",
    )
    st.caption(texts.map_caption(space.title, bool(examples)))


def _examples(catalogue: Catalogue, space: Space, stored: StoredMap) -> list[Example]:
    """Artists to begin with that are on the map, each with who is nearest in the space itself."""
    rows = [row for row in resources.starting_artists(catalogue) if stored.present[row]]
    k = most_near(N_NEAREST, int(stored.present.sum()) - 1)
    try:
        return [Example(row, sources.nearest(catalogue, str(space.name), row, k).rows.tolist()) for row in rows]
    except NearfieldError:
        return []
