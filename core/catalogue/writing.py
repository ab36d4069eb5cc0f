"""Writing a catalogue in a folder beside its destination, which is moved into place only when complete."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from core.arrays import FloatArray
from core.catalogue.arguments import check_frame, check_manifest, check_sets, check_tables, check_vectors
from core.catalogue.catalogue import feature_file, track_file, with_relations
from core.catalogue.elsewhere import elsewhere_problems, typed_elsewhere
from core.catalogue.format import (
    ARTISTS_FILE,
    EDGES_FILE,
    ELSEWHERE_FILE,
    MANIFEST_FILE,
    TRACKS_FILE,
    FeatureInfo,
    Manifest,
)
from core.catalogue.identity import artists_hash, edges_hash, feature_hash
from core.catalogue.library import check_not_reserved
from core.catalogue.records import LONGEST_REASON
from core.catalogue.tables import (
    artist_problems,
    complete_artists,
    edge_problems,
    typed_artists,
    typed_edges,
    undirected,
)
from core.catalogue.tracks import complete_tracks, recipe_problems, track_problems, typed_tracks
from core.catalogue.validation import feature_problems, track_set_problems
from core.errors import CatalogueError
from core.storage import move_into_place, sha256_file, sweep, temporary_folder, write_array, write_json
from core.text import short_label

Features: TypeAlias = Mapping[str, tuple[FloatArray, FeatureInfo]]
TrackFeatures: TypeAlias = Mapping[str, FloatArray]


def write_catalogue(
    dest: Path | str,
    manifest: Manifest,
    artists: pd.DataFrame,
    edges: pd.DataFrame,
    features: Features,
    tracks: pd.DataFrame | None = None,
    track_features: TrackFeatures | None = None,
    elsewhere: pd.DataFrame | None = None,
) -> Path:
    """Write a catalogue into the new folder `dest` and return it.

    Parameters: `artists` and `edges` with the columns of the format; `features` maps a set's name to its matrix (n, d)
    and its description; `tracks` has the columns of the format, and `track_features` maps the names of some of the sets
    to the matrix (tracks, d) of the single tracks; `elsewhere` are artists that are known elsewhere. The order of
    edges, the direction of edges of symmetric relations and repeated edges do not matter; the order of tracks is kept.
    Relations without a record in the manifest get an empty one. Raises CatalogueError, naming table, row and reason,
    for arguments of another kind and for bad content, and if `dest` exists already; then nothing is left behind.
    """
    check_manifest(manifest)
    check_tables(artists, edges)
    folder = check_destination(dest)
    artists = complete_artists(artists)
    for problem in [*artist_problems(artists), *edge_problems(edges, len(artists))]:
        raise CatalogueError(str(problem))
    check_elsewhere(elsewhere, len(artists))
    manifest = check_learned(with_relations(manifest, edges, elsewhere), edges)
    check_features(features, len(artists))
    track_features = track_features or {}
    widths = {name: values.shape[1] for name, (values, _) in features.items()}
    tracks = check_tracks(tracks, track_features, len(artists), widths)
    sweep(folder.parent, name=folder.name)
    with temporary_folder(folder) as building:
        artists = typed_artists(artists)
        artists.to_parquet(building / ARTISTS_FILE, index=False)
        write_edges(building, edges, manifest)
        write_elsewhere(building, elsewhere)
        write_features(building, features)
        write_tracks(building, tracks, track_features)
        files = {
            file.relative_to(building).as_posix(): sha256_file(file)
            for file in sorted(building.rglob("*"))
            if file.is_file()
        }
        inputs = {
            "artists": artists_hash(artists),
            "edges": edges_hash(undirected(edges, manifest.learned)),
            "features": {name: feature_hash(values, info) for name, (values, info) in features.items()},
        }
        write_json(building / MANIFEST_FILE, replace(manifest, files=files, inputs=inputs).as_dict())
        check_destination(folder)
        move_into_place(building, folder)
    return folder


def write_edges(building: Path, edges: pd.DataFrame, manifest: Manifest) -> None:
    """Write checked edges into the folder `building`."""
    symmetric = [relation.name for relation in manifest.relations if relation.symmetric]
    typed_edges(edges, symmetric).to_parquet(building / EDGES_FILE, index=False)


def write_elsewhere(building: Path, elsewhere: pd.DataFrame | None) -> None:
    """Write checked artists elsewhere, where there are any, into the folder `building`."""
    if elsewhere is not None and len(elsewhere):
        typed_elsewhere(elsewhere).to_parquet(building / ELSEWHERE_FILE, index=False)


def write_features(building: Path, features: Features) -> None:
    """Write checked feature sets into the folder `building`."""
    for name, (values, info) in features.items():
        _save(building / feature_file(name), values)
        write_json(building / feature_file(name, ".json"), info.as_dict())


def write_tracks(building: Path, tracks: pd.DataFrame | None, track_features: TrackFeatures) -> None:
    """Write checked tracks, where there are any, and their vectors into the folder `building`."""
    if tracks is not None:
        tracks.to_parquet(building / TRACKS_FILE, index=False)
    for name, values in track_features.items():
        _save(building / track_file(name), values)


def check_destination(dest: Path | str) -> Path:
    """The folder of a new catalogue. Raises CatalogueError for a reserved name, and if something has that name."""
    try:
        folder = Path(dest)
    except TypeError:
        raise CatalogueError(f"The folder of a catalogue must be a path, not a {type(dest).__name__}.") from None
    check_not_reserved(folder.name)
    if os.path.lexists(folder):
        raise CatalogueError(f"{folder} exists already. Choose another name, or remove it first.")
    return folder


def check_elsewhere(elsewhere: pd.DataFrame | None, n_artists: int) -> None:
    """Raise CatalogueError, naming row and reason, unless these artists elsewhere can be stored."""
    if elsewhere is not None:
        check_frame("elsewhere", elsewhere)
    for problem in () if elsewhere is None else elsewhere_problems(elsewhere, n_artists):
        raise CatalogueError(str(problem))


def check_learned(manifest: Manifest, edges: pd.DataFrame) -> Manifest:
    """The manifest, with no relation to learn where there are no edges.

    Raises CatalogueError if there are edges, but none of the relation to learn, unless that is "".
    """
    found = sorted(edges["relation"].unique())
    if not manifest.learned or manifest.learned in found:
        return manifest
    if found:
        raise CatalogueError(
            f"No edge has the relation “{short_label(manifest.learned)}”, which is to be learned. "
            f"There are: {short_label(', '.join(found), LONGEST_REASON)}. Name one of them, or none."
        )
    return replace(manifest, learned="")


def check_features(features: Features, n_artists: int) -> None:
    """Raise CatalogueError, naming set, row and reason, unless these feature sets can be stored."""
    check_sets(features)
    for name, (values, info) in features.items():
        if info.name != name:
            raise CatalogueError(f"Feature set “{name}” is described as “{info.name}”.")
        _check_matrix(name, values, n_artists, "artist")
        for problem in feature_problems(name, values, info.columns):
            raise CatalogueError(str(problem))


def check_tracks(
    tracks: pd.DataFrame | None, track_features: TrackFeatures, n_artists: int, widths: Mapping[str, int]
) -> pd.DataFrame | None:
    """The tracks in stored form, or None if there are none.

    `widths` are the numbers of columns of the artists' feature sets. Raises CatalogueError, naming table, row and
    reason, for bad content.
    """
    check_vectors(track_features)
    if tracks is None:
        if track_features:
            raise CatalogueError("There are vectors of tracks, but no tracks. Give the table of tracks too.")
        return None
    check_frame("tracks", tracks)
    tracks = complete_tracks(tracks)
    for problem in track_problems(tracks, n_artists):
        raise CatalogueError(str(problem))
    for problem in recipe_problems(tracks):
        raise CatalogueError(str(problem))
    for name, values in track_features.items():
        where = f"{name} of the tracks"
        if name not in widths:
            raise CatalogueError(f"The tracks have “{name}”, but the artists have no feature set of that name.")
        _check_matrix(where, values, len(tracks), "track")
        for problem in track_set_problems(where, values, name, widths[name]):
            raise CatalogueError(str(problem))
    return typed_tracks(tracks)


def _check_matrix(name: str, values: FloatArray, n_rows: int, what: str) -> None:
    if values.dtype != np.float32:
        raise CatalogueError(f"{name} must be float32, not {values.dtype}. Convert it with .astype(np.float32).")
    if values.ndim != 2 or len(values) != n_rows:
        raise CatalogueError(f"{name} must have {n_rows} rows, one per {what}; its shape is {values.shape}.")


def _save(file: Path, values: FloatArray) -> None:
    file.parent.mkdir(exist_ok=True)
    write_array(file, np.ascontiguousarray(values))
