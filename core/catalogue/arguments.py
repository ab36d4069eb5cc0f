"""What a script hands over to be written: of the right kind, or a sentence that says what is wrong with it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from core.catalogue.format import EDGE_COLUMNS, TEXT_COLUMNS, FeatureInfo, Manifest, check_feature_name
from core.errors import CatalogueError
from core.text import short_label

TAKEN_NAMES = ("learned", "pagerank", "popularity", "random", "short_walk", "pairs", "common_neighbours", "adamic_adar")
"""Names of feature sets that a catalogue cannot be given: Nearfield calls something else so."""

_MANIFEST = "Make it by core.catalogue.Manifest(name, title, kind, source, licence, citation)."
_INFO = "Describe it by core.catalogue.FeatureInfo(name, title)."
_LONGEST_LIST = 300


def check_manifest(manifest: Any) -> None:
    """Raise CatalogueError unless this is a manifest."""
    if not isinstance(manifest, Manifest):
        raise CatalogueError(f"The manifest is a {_kind(manifest)}. {_MANIFEST}")


def check_tables(artists: Any, edges: Any) -> None:
    """Raise CatalogueError unless these are data frames with the columns that artists and edges need."""
    check_frame("artists", artists, TEXT_COLUMNS)
    check_frame("edges", edges, EDGE_COLUMNS)


def check_frame(name: str, frame: Any, columns: tuple[str, ...] = ()) -> None:
    """Raise CatalogueError unless `frame` is a data frame with these columns, each once."""
    if not isinstance(frame, pd.DataFrame):
        needed = f" with the columns {', '.join(columns)}" if columns else ""
        raise CatalogueError(f"{name} must be a pandas DataFrame{needed}, not a {_kind(frame)}.")
    names = list(frame.columns)
    if not all(isinstance(each, str) for each in names):
        raise CatalogueError(f"{name}: the columns must have names, which are text.")
    if repeated := sorted({each for each in names if names.count(each) > 1}):
        raise CatalogueError(f"{name}: there are two columns {short_label(repeated[0])}. Leave one out.")
    if missing := [column for column in columns if column not in names]:
        known = short_label(", ".join(names), _LONGEST_LIST) or "none"
        raise CatalogueError(f"{name}.parquet: column {', '.join(missing)} is missing. The table has: {known}.")


def check_sets(features: Any) -> None:
    """Raise CatalogueError unless these are pairs of a matrix and its description, by names that are free."""
    if not isinstance(features, Mapping):
        raise CatalogueError(
            f"features must be a dict of name: (matrix, FeatureInfo), not a {_kind(features)}; {{}} for none."
        )
    for name, pair in features.items():
        if not isinstance(name, str):
            raise CatalogueError(f"The name of a feature set must be text, not a {_kind(name)}.")
        check_feature_name(name)
        if name in TAKEN_NAMES:
            raise CatalogueError(f"A feature set cannot be called “{name}”: Nearfield calls something else so.")
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise CatalogueError(f"{name} must be a pair of matrix and description. {_INFO}")
        values, info = pair
        check_matrix_kind(name, values)
        if not isinstance(info, FeatureInfo):
            raise CatalogueError(f"{name}: its description is a {_kind(info)}. {_INFO}")


def check_vectors(track_features: Any) -> None:
    """Raise CatalogueError unless these are matrices of tracks by the names of their sets."""
    if not isinstance(track_features, Mapping):
        raise CatalogueError(f"track_features must be a dict of name: matrix, not a {_kind(track_features)}.")
    for name, values in track_features.items():
        check_matrix_kind(f"{name} of the tracks", values)


def check_matrix_kind(name: str, values: Any) -> None:
    """Raise CatalogueError unless `values` is a numpy array."""
    if sp.issparse(values):
        raise CatalogueError(f"{name} is a sparse matrix. Convert it by .toarray().astype(np.float32).")
    if isinstance(values, pd.DataFrame):
        raise CatalogueError(f"{name} is a DataFrame. Convert it by .to_numpy(np.float32).")
    if not isinstance(values, np.ndarray):
        raise CatalogueError(f"{name} is a {_kind(values)}. Convert it by np.asarray(values, np.float32).")


def _kind(value: Any) -> str:
    return type(value).__name__
