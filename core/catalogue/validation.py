"""The full check of a catalogue folder: every file, every hash, every row."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from core.arrays import BoolArray, FloatArray
from core.catalogue.catalogue import (
    feature_file,
    listed_features,
    map_features,
    read_feature_info,
    track_file,
)
from core.catalogue.elsewhere import elsewhere_problems, nobody_elsewhere
from core.catalogue.format import (
    ARTISTS_FILE,
    EDGES_FILE,
    ELSEWHERE_FILE,
    MANIFEST_FILE,
    OLDEST_VERSION,
    TRACKS_FILE,
    TRACKS_FOLDER,
    Manifest,
)
from core.catalogue.manifest_problems import relation_record_problems, set_hash_problems, table_hash_problems
from core.catalogue.table_reading import file_inside, largest_table, read_table
from core.catalogue.tables import Problem, artist_problems, edge_problems
from core.catalogue.tracks import recipe_problems, track_problems
from core.errors import CatalogueError, NearfieldError
from core.reading import LARGEST_JSON, open_regular
from core.storage import read_json, sha256_file

_BLOCK_VALUES = 1 << 24


def validate(path: Path | str) -> list[Problem]:
    """All problems of the catalogue in folder `path`; an empty list if it is valid."""
    folder = Path(path)
    try:
        content = read_json(folder / MANIFEST_FILE)
        manifest = Manifest.from_dict(content)
    except NearfieldError as fault:
        return [_problem(MANIFEST_FILE, fault)]
    problems = _listing_problems(folder, manifest)
    if problems:
        return problems
    arrays = {path(name) for name in listed_features(manifest) for path in (feature_file, track_file)}
    for listed in manifest.files:
        if listed not in arrays:  # those are read only if they have the shape that the tables need
            problems += _hash_problems(folder, manifest, listed)
    try:
        artists = read_table(folder, ARTISTS_FILE)
    except CatalogueError as fault:
        return [*problems, _problem(ARTISTS_FILE, fault)]
    in_artists = list(artist_problems(artists))
    edges, in_edges = _table(folder, EDGES_FILE, lambda table: edge_problems(table, len(artists)))
    elsewhere, in_elsewhere = _elsewhere_table(folder, manifest, len(artists))
    problems += [*in_artists, *in_edges, *in_elsewhere]
    if content["version"] > OLDEST_VERSION and not (in_artists or in_edges or in_elsewhere):
        problems += relation_record_problems(manifest, edges, elsewhere)
        problems += table_hash_problems(manifest, artists, edges, listed_features(manifest))
    for name in listed_features(manifest):
        problems += _feature_set_problems(folder, manifest, name, len(artists))
    return problems + _all_track_problems(folder, manifest, len(artists))


def feature_problems(where: str, values: FloatArray, columns: list[str] | None) -> list[Problem]:
    """Problems of one feature matrix (n, d): infinite values, rows that are NaN in part, wrong column count."""
    problems = []
    if not values.shape[1]:
        problems.append(Problem(where, None, "the set has no column"))
    if columns is not None and len(columns) != values.shape[1]:
        problems.append(Problem(where, None, f"{values.shape[1]} columns, but {len(columns)} column names"))
    infinite, partly = _flagged_rows(values)
    if infinite.any():
        problems.append(Problem(where, int(infinite.argmax()), "a value is infinite"))
    if partly.any():
        reason = "some values are NaN; an artist without the set must have NaN in the whole row"
        problems.append(Problem(where, int(partly.argmax()), reason))
    return problems


def _flagged_rows(values: FloatArray) -> tuple[BoolArray, BoolArray]:
    """(n,) which rows hold an infinite value and which are NaN in part; the matrix is read block by block."""
    infinite, partly = np.zeros(len(values), bool), np.zeros(len(values), bool)
    step = max(1, _BLOCK_VALUES // max(1, values.shape[1]))
    for start in range(0, len(values), step):
        block = slice(start, start + step)
        unknown = np.isnan(values[block])
        infinite[block] = np.isinf(values[block]).any(axis=1)
        partly[block] = unknown.any(axis=1) & ~unknown.all(axis=1)
    return infinite, partly


def _listing_problems(folder: Path, manifest: Manifest) -> list[Problem]:
    """Required files that are not listed, and listed files that are missing or lie elsewhere."""
    descriptions = [feature_file(name, ".json") for name in listed_features(manifest)]
    problems = [
        Problem(MANIFEST_FILE, None, f"{required} is not listed")
        for required in (ARTISTS_FILE, EDGES_FILE, *descriptions)
        if required not in manifest.files
    ]
    tracked = [listed for listed in manifest.files if listed.startswith(f"{TRACKS_FOLDER}/")]
    if tracked and TRACKS_FILE not in manifest.files:
        problems.append(Problem(MANIFEST_FILE, None, f"{TRACKS_FILE} is not listed"))
    with_features = {track_file(name) for name in listed_features(manifest)}
    problems += [
        Problem(listed, None, "the artists have no feature set of that name")
        for listed in tracked
        if listed not in with_features
    ]
    for listed in manifest.files:
        try:
            file_inside(folder, listed)
        except CatalogueError as fault:
            problems.append(_problem(listed, fault))
    return problems


def _hash_problems(folder: Path, manifest: Manifest, listed: str, is_bounded: bool = False) -> list[Problem]:
    """Whether a listed file is as the manifest says; `is_bounded` where its size has been found to be right."""
    path = folder / listed
    try:
        if not is_bounded:
            open_regular(path, LARGEST_JSON if path.suffix == ".json" else largest_table()).close()
        found = sha256_file(path)
    except NearfieldError as fault:
        return [Problem(listed, None, str(fault))]
    except OSError as fault:
        return [Problem(listed, None, f"the file cannot be read ({fault.strerror})")]
    return (
        []
        if found == manifest.files[listed]
        else [Problem(listed, None, "the file was changed: its sha256 is not the manifest's")]
    )


def _table(
    folder: Path, file: str, check: Callable[[pd.DataFrame], Iterator[Problem]]
) -> tuple[pd.DataFrame, list[Problem]]:
    """A table and its problems; an empty one where it cannot be read."""
    try:
        table = read_table(folder, file)
    except CatalogueError as fault:
        return pd.DataFrame(), [_problem(file, fault)]
    return table, list(check(table))


def _elsewhere_table(folder: Path, manifest: Manifest, n_artists: int) -> tuple[pd.DataFrame, list[Problem]]:
    if ELSEWHERE_FILE not in manifest.files:
        return nobody_elsewhere(), []
    return _table(folder, ELSEWHERE_FILE, lambda table: elsewhere_problems(table, n_artists))


def _feature_set_problems(folder: Path, manifest: Manifest, name: str, n_artists: int) -> list[Problem]:
    file = feature_file(name)
    try:
        values = map_features(folder, file, n_artists)
    except CatalogueError as fault:
        return [_problem(file, fault)]
    changed = _hash_problems(folder, manifest, file, is_bounded=True)
    try:
        info = read_feature_info(folder, name, manifest.minor)
    except NearfieldError as fault:
        return [*changed, _problem(feature_file(name, ".json"), fault)]
    found = feature_problems(file, values, info.columns) or list(set_hash_problems(manifest, values, info))
    return changed + found


def _all_track_problems(folder: Path, manifest: Manifest, n_artists: int) -> list[Problem]:
    if TRACKS_FILE not in manifest.files:
        return []
    try:
        tracks = read_table(folder, TRACKS_FILE)
    except CatalogueError as fault:
        return [_problem(TRACKS_FILE, fault)]
    problems = list(track_problems(tracks, n_artists)) or list(recipe_problems(tracks))
    for name in listed_features(manifest):
        if track_file(name) in manifest.files:
            problems += _track_set_problems(folder, manifest, name, n_artists, len(tracks))
    return problems


def _track_set_problems(folder: Path, manifest: Manifest, name: str, n_artists: int, n_tracks: int) -> list[Problem]:
    file = track_file(name)
    try:
        values = map_features(folder, file, n_tracks, TRACKS_FILE)
        width = map_features(folder, feature_file(name), n_artists).shape[1]
    except CatalogueError as fault:
        return [_problem(file, fault)]
    return _hash_problems(folder, manifest, file, is_bounded=True) + track_set_problems(file, values, name, width)


def track_set_problems(where: str, values: FloatArray, name: str, width: int) -> list[Problem]:
    """Problems of the vectors (tracks, d) of a set's tracks; `width` is the number of columns of the set `name`."""
    if values.shape[1] != width:
        return [Problem(where, None, f"{values.shape[1]} columns, but the artists' {name} has {width}")]
    return feature_problems(where, values, None)


def _problem(file: str, fault: NearfieldError) -> Problem:
    """A fault whose sentence begins with the file's name, as a problem of that file."""
    return Problem(file, None, str(fault).removeprefix(file).lstrip(": "))
