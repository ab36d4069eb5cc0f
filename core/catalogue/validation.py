"""The full check of a catalogue folder: every file, every hash, every row."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.catalogue.catalogue import (
    feature_file,
    file_inside,
    listed_features,
    map_features,
    read_feature_info,
    read_table,
)
from core.catalogue.format import ARTISTS_FILE, EDGES_FILE, MANIFEST_FILE, Manifest
from core.catalogue.tables import Problem, artist_problems, edge_problems
from core.errors import CatalogueError, NearfieldError
from core.storage import read_json, sha256_file


def validate(path: Path | str) -> list[Problem]:
    """All problems of the catalogue in folder `path`; an empty list when it is sound."""
    folder = Path(path)
    try:
        manifest = Manifest.from_dict(read_json(folder / MANIFEST_FILE))
    except NearfieldError as fault:
        return [_problem(MANIFEST_FILE, fault)]
    problems = _listing_problems(folder, manifest)
    if problems:
        return problems
    for listed, expected in manifest.files.items():
        if sha256_file(folder / listed) != expected:
            problems.append(Problem(listed, None, "the file was changed: its sha256 is not the manifest's"))
    try:
        artists = read_table(folder, ARTISTS_FILE)
    except CatalogueError as fault:
        return [*problems, _problem(ARTISTS_FILE, fault)]
    problems += [*artist_problems(artists), *_edge_table_problems(folder, len(artists))]
    for name in listed_features(manifest):
        problems += _feature_set_problems(folder, name, len(artists))
    return problems


def feature_problems(where: str, values: npt.NDArray[np.float32], columns: list[str] | None) -> list[Problem]:
    """Problems of one feature matrix (n, d): infinite values, rows that are NaN in part, wrong column count."""
    problems = []
    if not values.shape[1]:
        problems.append(Problem(where, None, "the set has no column"))
    if columns is not None and len(columns) != values.shape[1]:
        problems.append(Problem(where, None, f"{values.shape[1]} columns, but {len(columns)} column names"))
    infinite = np.isinf(values).any(axis=1)
    if infinite.any():
        problems.append(Problem(where, int(infinite.argmax()), "a value is infinite"))
    unknown = np.isnan(values)
    partly = unknown.any(axis=1) & ~unknown.all(axis=1)
    if partly.any():
        reason = "some values are NaN; an artist without the set must have NaN in the whole row"
        problems.append(Problem(where, int(partly.argmax()), reason))
    return problems


def _listing_problems(folder: Path, manifest: Manifest) -> list[Problem]:
    """Files that must be listed and are not, and listed ones that are missing or lie elsewhere."""
    descriptions = [feature_file(name, ".json") for name in listed_features(manifest)]
    problems = [
        Problem(MANIFEST_FILE, None, f"{required} is not listed")
        for required in (ARTISTS_FILE, EDGES_FILE, *descriptions)
        if required not in manifest.files
    ]
    for listed in manifest.files:
        try:
            file_inside(folder, listed)
        except CatalogueError as fault:
            problems.append(_problem(listed, fault))
    return problems


def _edge_table_problems(folder: Path, n_artists: int) -> list[Problem]:
    try:
        return list(edge_problems(read_table(folder, EDGES_FILE), n_artists))
    except CatalogueError as fault:
        return [_problem(EDGES_FILE, fault)]


def _feature_set_problems(folder: Path, name: str, n_artists: int) -> list[Problem]:
    file = feature_file(name)
    try:
        values = map_features(folder, file, n_artists)
    except CatalogueError as fault:
        return [_problem(file, fault)]
    try:
        columns = read_feature_info(folder, name).columns
    except NearfieldError as fault:
        return [_problem(feature_file(name, ".json"), fault)]
    return feature_problems(file, values, columns)


def _problem(file: str, fault: NearfieldError) -> Problem:
    """A fault whose sentence begins with the file's name, as a problem of that file."""
    return Problem(file, None, str(fault).removeprefix(file).lstrip(": "))
