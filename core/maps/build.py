"""Making and loading the maps of a catalogue's spaces; a map is stale when its space's vectors have changed."""

from core.catalogue import Catalogue
from core.catalogue.format import FEATURES_FOLDER
from core.errors import NearfieldError
from core.features import split_feature_names
from core.maps.projection import MapSettings, Progress
from core.maps.store import StoredMap, build_map, load_map, save_map
from core.runs.record import EMBEDDINGS_FILE, open_run
from core.search.spaces import run_embeddings, space_vectors
from core.space_name import SpaceName
from core.storage import sha256_file, sha256_text

FEWEST_ON_MAP = 2


def map_space(catalogue: Catalogue, space: str, seed: int = 0, on_progress: Progress | None = None) -> StoredMap:
    """Lay out the space named `space`, measure the map and store it in the catalogue; takes minutes at OLGA's size.

    Raises NearfieldError for an unknown space and for one that has no vectors, such as a graph walk.
    """
    if len(catalogue) < FEWEST_ON_MAP:
        raise NearfieldError(f"{catalogue.name} has one artist. A map needs two or more.")
    vectors, present = space_vectors(catalogue, space)
    fingerprint = vectors_fingerprint(catalogue, space)
    stored = build_map(space, vectors, present, fingerprint, MapSettings(seed=seed), on_progress)
    save_map(catalogue, stored)
    return stored


def current_map(catalogue: Catalogue, space: str) -> StoredMap | None:
    """The stored map of `space`, or None if there is none for its current vectors."""
    return load_map(catalogue, space, vectors_fingerprint(catalogue, space))


def vectors_fingerprint(catalogue: Catalogue, space: str) -> str:
    """One hash of what the vectors of `space` are made from: the files and, for standardisation, the splits.

    It does not read the vectors, so a page can call it at every redraw.
    """
    name = SpaceName(space)
    if name.is_run:
        run = open_run(catalogue, name.id)
        run_embeddings(catalogue, run)  # so the file is no longer than the artists need
        return sha256_text(space, sha256_file(run.path / EMBEDDINGS_FILE))
    names = split_feature_names(name.id)
    files = catalogue.manifest.files
    return sha256_text(catalogue.split_hash, *(files.get(f"{FEATURES_FOLDER}/{one}.npy", one) for one in names))
