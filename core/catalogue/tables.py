"""What artists.parquet and edges.parquet must hold, and the coercion of a frame into that shape."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.catalogue.format import (
    ARTIST_COLUMNS,
    ARTISTS_FILE,
    EDGE_COLUMNS,
    EDGES_FILE,
    LIST_COLUMNS,
    NUMBER_COLUMNS,
    OPTIONAL_INTEGER_COLUMNS,
    OPTIONAL_TEXT_COLUMNS,
    SPLITS,
    TEXT_COLUMNS,
)


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a catalogue: where, and why."""

    file: str
    row: int | None
    reason: str

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file}, row {self.row}"
        return f"{place}: {self.reason}"


def artist_problems(artists: pd.DataFrame) -> Iterator[Problem]:
    """Everything wrong with an artists table, the first bad row of each kind."""
    missing = [column for column in ARTIST_COLUMNS if column not in artists]
    if missing:
        yield Problem(ARTISTS_FILE, None, f"column {', '.join(missing)} is missing")
        return
    if not len(artists):
        yield Problem(ARTISTS_FILE, None, "there is no artist")
        return
    for column in TEXT_COLUMNS + tuple(c for c in OPTIONAL_TEXT_COLUMNS if artists[c].notna().any()):
        if not pd.api.types.is_string_dtype(artists[column].dropna()):
            yield Problem(ARTISTS_FILE, None, f"{column} must be text")
            return
    for column in TEXT_COLUMNS:
        yield from _first(artists[column].isna(), f"{column} is missing")
    yield from _first(artists["artist_id"] == "", "artist_id is empty")
    yield from _first(artists["artist_id"].duplicated(), "artist_id stands twice")
    yield from _first(~artists["split"].isin(SPLITS), f"split is not one of {', '.join(SPLITS)}")
    for column in LIST_COLUMNS:
        is_list = artists[column].map(lambda value: isinstance(value, list | np.ndarray))
        yield from _first(~is_list, f"{column} must be a list of texts")
    for column in NUMBER_COLUMNS:
        if not pd.api.types.is_numeric_dtype(artists[column]):
            yield Problem(ARTISTS_FILE, None, f"{column} must be a number")
        else:
            yield from _first(artists[column] < 0, f"{column} is negative")
            yield from _first(np.isinf(artists[column].astype(float)), f"{column} is infinite")


def edge_problems(edges: pd.DataFrame, n_artists: int) -> Iterator[Problem]:
    """Everything wrong with an edges table over `n_artists` artists, the first bad row of each kind."""
    missing = [column for column in EDGE_COLUMNS if column not in edges]
    if missing:
        yield Problem(EDGES_FILE, None, f"column {', '.join(missing)} is missing")
        return
    for column in ("source", "target"):
        if len(edges) and not pd.api.types.is_integer_dtype(edges[column]):
            yield Problem(EDGES_FILE, None, f"{column} must be a whole number, the artist's row")
            return
        outside = (edges[column] < 0) | (edges[column] >= n_artists)
        yield from _first(outside, f"{column} is not a row of artists.parquet (0 to {n_artists - 1})", EDGES_FILE)
    yield from _first(edges["source"] == edges["target"], "an artist is tied to itself", EDGES_FILE)
    yield from _first(edges["relation"].isna(), "relation is missing", EDGES_FILE)
    yield from _first(~(edges["weight"] > 0), "weight must be above zero", EDGES_FILE)


def _first(bad: "pd.Series[bool]", reason: str, file: str = ARTISTS_FILE) -> Iterator[Problem]:
    flags = bad.to_numpy(dtype=bool, na_value=False)
    if flags.any():
        others = int(flags.sum()) - 1
        yield Problem(file, int(flags.argmax()), reason + (f" (and {others} more rows)" if others else ""))


def tidy_artists(artists: pd.DataFrame) -> pd.DataFrame:
    """The artists frame with every column of the format, typed, and absent optional columns filled in."""
    tidy = pd.DataFrame(index=pd.RangeIndex(len(artists)))
    source = artists.reset_index(drop=True)
    for column in ARTIST_COLUMNS:
        if column in source:
            tidy[column] = source[column]
        elif column in LIST_COLUMNS:
            tidy[column] = [[] for _ in range(len(source))]
        else:
            tidy[column] = np.nan if column in NUMBER_COLUMNS else None
    for column in TEXT_COLUMNS + OPTIONAL_TEXT_COLUMNS:
        tidy[column] = tidy[column].astype("str")
    for column in NUMBER_COLUMNS:
        tidy[column] = tidy[column].astype("float64")
    for column in OPTIONAL_INTEGER_COLUMNS:
        if column in source:
            tidy[column] = source[column].astype("Int32")
    return tidy


def tidy_edges(edges: pd.DataFrame) -> pd.DataFrame:
    """The edges frame, typed."""
    return pd.DataFrame(
        {
            "source": edges["source"].to_numpy(np.int32),
            "target": edges["target"].to_numpy(np.int32),
            "relation": edges["relation"].astype("str").to_numpy(),
            "weight": edges["weight"].to_numpy(np.float32),
        }
    )
