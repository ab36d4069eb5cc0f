"""The full check of a catalogue folder: every file, every hash, every row."""

from pathlib import Path

import numpy as np

from core.catalogue.catalogue import open_catalogue
from core.catalogue.format import ARTISTS_FILE, EDGES_FILE, FEATURES_FOLDER, MANIFEST_FILE, Manifest
from core.catalogue.tables import Problem
from core.errors import NearfieldError
from core.storage import read_json, sha256_file


def validate(path: Path | str) -> list[Problem]:
    """All problems of the catalogue in folder `path`; an empty list when it is sound."""
    folder = Path(path)
    problems = _hash_problems(folder)
    try:
        catalogue = open_catalogue(folder)
    except NearfieldError as fault:
        return problems or [Problem(folder.name, None, str(fault))]
    for name in catalogue.feature_names:
        info = catalogue.feature_info(name)
        problems += feature_problems(f"{FEATURES_FOLDER}/{name}.npy", catalogue.feature_array(name), info.columns)
    return problems


def feature_problems(where: str, values: np.ndarray, columns: list[str] | None) -> list[Problem]:
    """Problems of one feature matrix (n, d): infinite values, rows that are NaN in part, wrong column count."""
    problems = []
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


def _hash_problems(folder: Path) -> list[Problem]:
    try:
        manifest = Manifest.from_dict(read_json(folder / MANIFEST_FILE))
    except NearfieldError as fault:
        return [Problem(MANIFEST_FILE, None, str(fault))]
    problems = [
        Problem(MANIFEST_FILE, None, f"{required} is not listed")
        for required in (ARTISTS_FILE, EDGES_FILE)
        if required not in manifest.files
    ]
    for listed, expected in manifest.files.items():
        file = folder / listed
        if not file.is_file():
            problems.append(Problem(listed, None, "the file is missing"))
        elif sha256_file(file) != expected:
            problems.append(Problem(listed, None, "the file was changed: its sha256 is not the manifest's"))
    return problems
