"""Maps on disk: one file per space in the catalogue's `maps` folder.

Coordinates and their description are in one .npz file without pickles, which is replaced as a whole, so that a crash
can never pair new coordinates with an old description.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from core.array_files import read_archive
from core.arrays import BoolArray, DoubleArray, FloatArray, IntArray
from core.catalogue import Catalogue
from core.catalogue.records import is_text
from core.errors import ConfigError, NearfieldError
from core.maps.fidelity import Fidelity, measure_fidelity, preservation
from core.maps.projection import MapSettings, Progress, project
from core.reading import is_figure, is_number, parse_json_object
from core.storage import atomic_path

MAPS_FOLDER = "maps"
FORMAT_VERSION = 1

_UNSAFE = re.compile(r"[^a-z0-9_]+")
_LONGEST_SLUG = 60
_LARGEST_DESCRIPTION = 1 << 20
_BYTES_PER_ARTIST = 32
"""More than the coordinates and the local fidelity of an artist take."""

_PACKAGES = ("umap-learn", "numpy")


@dataclass(frozen=True)
class StoredMap:
    """A map of one space.

    Shapes: `coordinates` (n, 2) float32 within ±10, NaN for artists without a vector; `local_fidelity` (n,) float32,
    the share of an artist's 10 nearest in the space that stay nearest on the map. `vectors_hash` identifies the vectors
    it was made from; `created` is ISO 8601 in UTC.
    """

    space: str
    coordinates: FloatArray
    local_fidelity: FloatArray
    settings: MapSettings
    fidelity: Fidelity
    vectors_hash: str
    versions: dict[str, str]
    created: str

    @property
    def present(self) -> BoolArray:
        """(n,) whether each artist is on the map."""
        return ~np.isnan(self.coordinates[:, 0])

    @cached_property
    def at_same_place(self) -> IntArray:
        """(n,) how many artists lie at exactly the place of each, itself included; 0 for artists not on the map.

        Artists with equal vectors share a place.
        """
        counts = np.zeros(len(self.coordinates), np.int64)
        places = (self.coordinates[self.present] + np.float32(0)).view(np.uint64)[:, 0]  # -0.0 becomes 0.0
        _, number, sizes = np.unique(places, return_inverse=True, return_counts=True)
        counts[self.present] = sizes[number]
        return counts

    @cached_property
    def spread(self) -> DoubleArray:
        """(2, 201) the places along each axis below which 0, 0.5, … 100 % of the artists lie."""
        known = self.coordinates[self.present].astype(np.float64)
        spread: DoubleArray = np.quantile(known, np.linspace(0, 1, 201), axis=0).T.round(4)
        return spread


def build_map(
    space: str,
    vectors: FloatArray,
    present: BoolArray,
    vectors_hash: str,
    settings: MapSettings | None = None,
    on_progress: Progress | None = None,
) -> StoredMap:
    """Lay out `vectors` (n, d) and measure the result; see `project` for errors and duration. Does not save it."""
    settings = settings or MapSettings()
    coordinates = project(vectors, present, settings, on_progress)
    return StoredMap(
        space=space,
        coordinates=coordinates,
        local_fidelity=preservation(vectors, coordinates),
        settings=settings,
        fidelity=measure_fidelity(vectors, coordinates, seed=settings.seed),
        vectors_hash=vectors_hash,
        versions={package: version(package) for package in _PACKAGES},
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def map_path(catalogue: Catalogue, space: str) -> Path:
    """The file for the map of `space`: a readable, safe name that no other space shares."""
    readable = _UNSAFE.sub("-", space.lower()).strip("-")[:_LONGEST_SLUG] or "space"
    digest = sha256(space.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return catalogue.path / MAPS_FOLDER / f"{readable}-{digest}.npz"


def save_map(catalogue: Catalogue, stored: StoredMap) -> Path:
    """Write the map, in place of an older one of the same space, and return its file."""
    description = {
        "version": FORMAT_VERSION,
        "space": stored.space,
        "settings": stored.settings.as_dict(),
        "fidelity": stored.fidelity.as_dict(),
        "vectors_hash": stored.vectors_hash,
        "versions": stored.versions,
        "created": stored.created,
    }
    path = map_path(catalogue, stored.space)
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(
            file,
            coordinates=np.asarray(stored.coordinates, np.float32),
            # The key "trust" holds the local fidelity: its name in files that exist already.
            trust=np.asarray(stored.local_fidelity, np.float32),
            description=np.array(json.dumps(description)),
        )
    return path


def load_map(catalogue: Catalogue, space: str, vectors_hash: str) -> StoredMap | None:
    """The map of `space`, or None if it must be computed: it is absent, unreadable, or was made from other vectors than
    those of `vectors_hash`."""
    try:
        stored = _read(map_path(catalogue, space), len(catalogue))
    except NearfieldError:
        return None
    return stored if stored.space == space and stored.vectors_hash == vectors_hash else None


def list_maps(catalogue: Catalogue) -> list[StoredMap]:
    """All readable maps of the catalogue, by space; some may be made from vectors that have changed since."""
    return scan_maps(catalogue)[0]


def scan_maps(catalogue: Catalogue) -> tuple[list[StoredMap], dict[str, str]]:
    """`list_maps`, and by file why each of the others is left out."""
    maps, faults = [], {}
    for path in sorted((catalogue.path / MAPS_FOLDER).glob("[!.]*.npz")):
        try:
            maps.append(_read(path, len(catalogue)))
        except NearfieldError as fault:
            faults[f"{MAPS_FOLDER}/{path.name}"] = str(fault)
    return sorted(maps, key=lambda stored: stored.space), faults


def _read(path: Path, n_artists: int) -> StoredMap:
    """The map in a file. Raises NearfieldError where it is not one of so many artists."""
    arrays = read_archive(path, _LARGEST_DESCRIPTION + n_artists * _BYTES_PER_ARTIST)
    if missing := {"coordinates", "trust", "description"} - set(arrays):
        raise NearfieldError(f"{path.name} has no {', '.join(sorted(missing))}.")
    coordinates, local_fidelity = arrays["coordinates"], arrays["trust"]
    if coordinates.shape != (n_artists, 2) or local_fidelity.shape != (n_artists,):
        raise NearfieldError(f"{path.name} is not a map of {n_artists:,} artists.")
    if not coordinates.dtype == local_fidelity.dtype == np.float32:
        raise NearfieldError(f"{path.name} holds numbers of another type than float32.")
    unknown = np.isnan(coordinates)
    if np.isinf(coordinates).any() or np.isinf(local_fidelity).any() or (unknown[:, 0] != unknown[:, 1]).any():
        raise NearfieldError(f"{path.name} holds a place that is not on the map.")
    if arrays["description"].dtype.kind != "U" or arrays["description"].shape:
        raise NearfieldError(f"{path.name} has a description that is not text.")
    try:
        text = str(arrays["description"])
        return _from_description(parse_json_object(text, path.name), coordinates, local_fidelity)
    except ConfigError as fault:
        raise NearfieldError(f"{path.name} cannot be used: {fault}") from None
    except (KeyError, ValueError, TypeError, OverflowError) as fault:
        raise NearfieldError(f"{path.name} cannot be used ({fault or type(fault).__name__}).") from None


def _from_description(description: dict[str, Any], coordinates: FloatArray, local_fidelity: FloatArray) -> StoredMap:
    if description["version"] != FORMAT_VERSION:
        raise ValueError("written by another version of Nearfield")
    versions = description["versions"]
    texts = [description[name] for name in ("space", "vectors_hash", "created")]
    if not isinstance(versions, dict) or not all(map(is_text, [*texts, *versions, *versions.values()])):
        raise ValueError("its description must be text")
    settings = MapSettings(**description["settings"])
    if not all(is_number(value) for name, value in settings.as_dict().items() if name != "metric"):
        raise ValueError("its settings must be numbers")
    return StoredMap(
        space=description["space"],
        coordinates=coordinates,
        local_fidelity=local_fidelity,
        settings=settings,
        fidelity=_fidelity(description["fidelity"]),
        vectors_hash=description["vectors_hash"],
        versions=versions,
        created=description["created"],
    )


def _fidelity(content: dict[str, Any]) -> Fidelity:
    fidelity = Fidelity.from_dict(content)
    levels = zip(fidelity.k, fidelity.preserved, fidelity.chance, strict=True)
    if not all(type(k) is int and is_figure(kept) and is_figure(chance) for k, kept, chance in levels):
        raise ValueError("its fidelity must be numbers")
    if not (type(fidelity.n_artists) is int and type(fidelity.n_sampled) is int):
        raise ValueError("its fidelity must count artists")
    return fidelity
