"""Two-dimensional maps of a space: their layout, fidelity and storage."""

from core.maps.fidelity import Fidelity, measure_fidelity, preservation
from core.maps.projection import MapSettings, project
from core.maps.store import StoredMap, build_map, list_maps, load_map, map_path, save_map

__all__ = [
    "Fidelity",
    "MapSettings",
    "StoredMap",
    "build_map",
    "list_maps",
    "load_map",
    "map_path",
    "measure_fidelity",
    "preservation",
    "project",
    "save_map",
]
