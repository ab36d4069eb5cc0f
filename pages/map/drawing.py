"""What of a map is the same for every visitor, made once per version of the catalogue, the map and the colouring."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.catalogue import Catalogue
from core.graph.adjacency import degrees
from core.maps import StoredMap, map_path
from core.maps.build import current_map
from core.search.spaces import Space
from pages.map.colouring import Colouring, colouring
from pages.map.figures import hover_names, map_table, point_traces
from pages.shell import resources


@dataclass(frozen=True)
class DrawnMap:
    """A stored map with its points ready to be shown; `names` (n,) as hover texts."""

    space: Space
    stored: StoredMap
    colouring: Colouring
    names: npt.NDArray[np.object_]
    traces: list[go.Scattergl]
    table: pd.DataFrame


def map_version(catalogue: Catalogue, space: str) -> int:
    """Changes whenever the map is made again; 0 where there is none."""
    file = map_path(catalogue, space)
    return file.stat().st_mtime_ns if file.is_file() else 0


@st.cache_resource(max_entries=24, show_spinner=False)
def stored_map(content_hash: str, space: str, version: int, _catalogue: Catalogue) -> StoredMap | None:
    """The stored map, None where it is missing or belongs to other vectors."""
    return current_map(_catalogue, space)


@st.cache_resource(max_entries=24, show_spinner="Drawing the map …")
def draw_map(
    content_hash: str, space: Space, version: int, colour: str, _catalogue: Catalogue, _stored: StoredMap
) -> DrawnMap:
    """The points of a map, coloured by `colour`."""
    shown = _catalogue.display_names.tolist()
    names = hover_names(shown)
    chosen = colouring(_catalogue, colour, degrees(resources.adjacency(_catalogue)))
    traces = point_traces(_stored.coordinates, names, chosen)
    table = map_table(shown, _catalogue.artists["artist_id"].tolist(), _stored.coordinates, chosen)
    return DrawnMap(space, _stored, chosen, names, traces, table)
