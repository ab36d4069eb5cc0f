"""Maps on disk: one file per space in the catalogue's `maps` folder.

Coordinates and their description are in one .npz file without pickles, which is replaced as a whole, so that a crash
can never pair new coordinates with an old description.
"""

import json
import re
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from core.arrays import BoolArray, FloatArray
from core.catalogue import Catalogue
from core.errors import ConfigError
from core.maps.fidelity import Fidelity, measure_fidelity, preservation
from core.maps.projection import MapSettings, Progress, project
from core.storage import atomic_path

MAPS_FOLDER = "maps"
FORMAT_VERSION = 1

_UNSAFE = re.compile(r"[^a-z0-9_]+")
_LONGEST_SLUG = 60
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
    stored = _read(map_path(catalogue, space), len(catalogue))
    if stored is None or stored.space != space or stored.vectors_hash != vectors_hash:
        return None
    return stored


def list_maps(catalogue: Catalogue) -> list[StoredMap]:
    """All readable maps of the catalogue, by space; some may be made from vectors that have changed since."""
    files = (catalogue.path / MAPS_FOLDER).glob("[!.]*.npz")
    read = [_read(path, len(catalogue)) for path in files]
    return sorted((stored for stored in read if stored is not None), key=lambda stored: stored.space)


def _read(path: Path, n_artists: int) -> StoredMap | None:
    try:
        with np.load(path, allow_pickle=False) as content:
            coordinates, local_fidelity = content["coordinates"], content["trust"]
            description = json.loads(str(content["description"]))
        stored = _from_description(description, coordinates, local_fidelity)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, ConfigError):
        return None
    fits = coordinates.shape == (n_artists, 2) and local_fidelity.shape == (n_artists,)
    return stored if fits and coordinates.dtype == local_fidelity.dtype == np.float32 else None


def _from_description(description: dict[str, Any], coordinates: FloatArray, local_fidelity: FloatArray) -> StoredMap:
    if description["version"] != FORMAT_VERSION:
        raise ValueError("written by another version of Nearfield")
    return StoredMap(
        space=description["space"],
        coordinates=coordinates,
        local_fidelity=local_fidelity,
        settings=MapSettings(**description["settings"]),
        fidelity=Fidelity.from_dict(description["fidelity"]),
        vectors_hash=description["vectors_hash"],
        versions=description["versions"],
        created=description["created"],
    )
