"""Writing a catalogue: into a folder beside its destination, moved into place only when it is whole."""

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.catalogue.format import ARTISTS_FILE, EDGES_FILE, FEATURES_FOLDER, MANIFEST_FILE, FeatureInfo, Manifest
from core.catalogue.tables import artist_problems, complete_artists, edge_problems, typed_artists, typed_edges
from core.catalogue.validation import feature_problems
from core.errors import CatalogueError
from core.storage import sha256_file, write_json


def write_catalogue(
    dest: Path | str,
    manifest: Manifest,
    artists: pd.DataFrame,
    edges: pd.DataFrame,
    features: dict[str, tuple[npt.NDArray[np.float32], FeatureInfo]],
) -> Path:
    """Write a catalogue into the new folder `dest` and return it.

    Parameters: `artists` and `edges` with the columns of the format; `features` maps a set's name to its matrix
    (n, d) and its description. The order of edges, the end a "similar" edge is named from, and repetitions do not
    matter. Raises CatalogueError, naming table, row and reason, on bad content, and where `dest` exists already;
    nothing is left behind then.
    """
    folder = check_destination(dest)
    artists = complete_artists(artists)
    for problem in [*artist_problems(artists), *edge_problems(edges, len(artists))]:
        raise CatalogueError(str(problem))
    for name, (values, info) in features.items():
        _check_features(name, values, info, len(artists))
    artists, edges = typed_artists(artists), typed_edges(edges)

    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        artists.to_parquet(building / ARTISTS_FILE, index=False)
        edges.to_parquet(building / EDGES_FILE, index=False)
        (building / FEATURES_FOLDER).mkdir()
        for name, (values, info) in features.items():
            np.save(building / FEATURES_FOLDER / f"{name}.npy", np.ascontiguousarray(values))
            write_json(building / FEATURES_FOLDER / f"{name}.json", info.as_dict())
        files = {
            file.relative_to(building).as_posix(): sha256_file(file)
            for file in sorted(building.rglob("*"))
            if file.is_file()
        }
        write_json(building / MANIFEST_FILE, replace(manifest, files=files).as_dict())
        building.chmod(0o755)
        building.rename(folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return folder


def check_destination(dest: Path | str) -> Path:
    """The folder of a catalogue to be. Raises CatalogueError where something has that name already."""
    folder = Path(dest)
    if os.path.lexists(folder):
        raise CatalogueError(f"{folder} exists already. Choose another name, or remove it first.")
    return folder


def _check_features(name: str, values: npt.NDArray[np.float32], info: FeatureInfo, n_artists: int) -> None:
    if info.name != name:
        raise CatalogueError(f"Feature set “{name}” is described as “{info.name}”.")
    if values.dtype != np.float32:
        raise CatalogueError(f"{name} must be float32, not {values.dtype}. Convert it with .astype(np.float32).")
    if values.ndim != 2 or len(values) != n_artists:
        raise CatalogueError(f"{name} must have {n_artists} rows, one per artist; its shape is {values.shape}.")
    for problem in feature_problems(name, values, info.columns):
        raise CatalogueError(str(problem))
