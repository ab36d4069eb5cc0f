"""What a script hands to `write_catalogue`: anything of the wrong kind is a CatalogueError that says what is wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from core.catalogue import FeatureInfo, Manifest, open_catalogue, update_catalogue, write_catalogue
from core.errors import CatalogueError
from tests.support.catalogues import MANIFEST, tiny_artists, tiny_catalogue, tiny_edges

INFO = FeatureInfo("tempo", "Tempo")


def arguments(**changed: Any) -> dict[str, Any]:
    artists = tiny_artists(12)
    given = {
        "manifest": MANIFEST,
        "artists": artists,
        "edges": tiny_edges([(0, 1)]),
        "features": {"tempo": (np.arange(len(artists), dtype=np.float32)[:, None], INFO)},
    }
    return given | {name: change(given.get(name)) if callable(change) else change for name, change in changed.items()}


def values(make: Callable[[np.ndarray], Any]) -> Callable[[Any], Any]:
    return lambda features: {"tempo": (make(features["tempo"][0]), INFO)}


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no manifest": ({"manifest": None}, "The manifest is a NoneType. Make it by core.catalogue.Manifest"),
    "a dict as manifest": ({"manifest": {"name": "x"}}, "The manifest is a dict"),
    "a list of artists": (
        {"artists": [{"name": "Ada"}]},
        "artists must be a pandas DataFrame with the columns artist_id",
    ),
    "artists as a dict": ({"artists": {"name": ["Ada"]}}, "artists must be a pandas DataFrame"),
    "artists as a series": ({"artists": pd.Series(["Ada"])}, "artists must be a pandas DataFrame.*not a Series"),
    "artists without names": (
        {"artists": lambda frame: frame.drop(columns="name")},
        "artists.parquet: column name is missing. The table has: artist_id, ",
    ),
    "another frame": (
        {"artists": pd.DataFrame({"x": [1]})},
        "column artist_id, name, split is missing. The table has: x",
    ),
    "columns without names": ({"artists": pd.DataFrame([[1, 2]])}, "the columns must have names"),
    "two columns of one name": (
        {"artists": lambda frame: pd.concat([frame, frame[["name"]]], axis=1)},
        "artists: there are two columns name",
    ),
    "edges as pairs": ({"edges": [(0, 1)]}, "edges must be a pandas DataFrame with the columns source, target"),
    "edges as an array": ({"edges": np.array([[0, 1]])}, "edges must be a pandas DataFrame.*not a ndarray"),
    "no edges": ({"edges": None}, "edges must be a pandas DataFrame"),
    "edges without a weight": (
        {"edges": lambda frame: frame.drop(columns=["weight", "relation"])},
        "edges.parquet: column relation, weight is missing. The table has: source, target",
    ),
    "no features": ({"features": None}, "features must be a dict of name: .matrix, FeatureInfo.*{} for none"),
    "features as a list": ({"features": []}, "features must be a dict"),
    "a matrix alone": (
        {"features": lambda given: {"tempo": given["tempo"][0]}},
        "tempo must be a pair of matrix and des",
    ),
    "no description": (
        {"features": lambda given: {"tempo": (given["tempo"][0], None)}},
        "its description is a NoneType",
    ),
    "a dict as description": (
        {"features": lambda given: {"tempo": (given["tempo"][0], {})}},
        "its description is a dict",
    ),
    "a list as matrix": (
        {"features": values(lambda matrix: matrix.tolist())},
        "tempo is a list. Convert it by np.asarray",
    ),
    "a sparse matrix": ({"features": values(sp.csr_matrix)}, r"tempo is a sparse matrix. Convert it by .toarray\(\)"),
    "a sparse array": ({"features": values(sp.coo_array)}, "tempo is a sparse matrix"),
    "a frame as matrix": ({"features": values(pd.DataFrame)}, "tempo is a DataFrame. Convert it by .to_numpy"),
    "another type": ({"features": values(lambda matrix: matrix.astype(float))}, "tempo must be float32, not float64"),
    "one axis": ({"features": values(lambda matrix: matrix[:, 0])}, "tempo must have 12 rows"),
    "a number as name": ({"features": lambda given: {1: given["tempo"]}}, "The name of a feature set must be text"),
    "a name with a space": ({"features": lambda given: {"a b": given["tempo"]}}, "“a b” cannot name a feature set"),
    "a name of Nearfield's": (
        {"features": lambda given: {"pagerank": (given["tempo"][0], FeatureInfo("pagerank", "x"))}},
        "cannot be called “pagerank”",
    ),
    "tracks as a list": ({"tracks": []}, "tracks must be a pandas DataFrame, not a list"),
    "vectors of tracks as a list": ({"track_features": [1]}, "track_features must be a dict"),
    "a sparse matrix of tracks": (
        {"track_features": {"tempo": sp.csr_matrix((1, 1))}},
        "tempo of the tracks is a sparse",
    ),
    "artists elsewhere as a list": ({"elsewhere": []}, "elsewhere must be a pandas DataFrame, not a list"),
}


@pytest.mark.parametrize(("changed", "reason"), WRONG.values(), ids=WRONG.keys())
def test_wrong_arguments_are_refused(changed: dict[str, Any], reason: str, tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=reason):
        write_catalogue(tmp_path / "new", **arguments(**changed))
    assert list(tmp_path.iterdir()) == []


def test_right_arguments_are_taken(tmp_path: Path) -> None:
    assert len(open_catalogue(write_catalogue(tmp_path / "new", **arguments()))) == 12


def test_a_folder_must_be_a_path() -> None:
    with pytest.raises(CatalogueError, match="must be a path, not a int"):
        write_catalogue(7, **arguments())  # type: ignore[arg-type]


def test_an_update_checks_them_too(tmp_path: Path) -> None:
    catalogue = tiny_catalogue(tmp_path / "new")
    with pytest.raises(CatalogueError, match="tempo is a list"):
        update_catalogue(catalogue, features={"tempo": ([[1.0]], INFO)})  # type: ignore[dict-item]


def test_a_manifest_says_what_is_missing() -> None:
    with pytest.raises(CatalogueError, match="licence"):
        Manifest.from_dict({"format": "nearfield-catalogue", "version": 2, "name": "x"})
