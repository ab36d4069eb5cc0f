"""What tracks.parquet must hold, and the coercion of a frame into that shape.

Columns: `artist`, the artist's row; `track_id`, unique; `title`; `recording_mbid`, which may be missing; `kind`,
whether the sound is rendered ("synthetic") or read ("file"); `recipe`, a JSON object of the renderer's parameters, or
the path of the audio file, relative to the catalogue's folder or absolute.
"""

import json
from collections.abc import Iterator

import numpy as np
import pandas as pd

from core.catalogue.format import ARTISTS_FILE, TRACK_COLUMNS, TRACK_KINDS, TRACKS_FILE
from core.catalogue.tables import Problem, first_problem, not_text, texts_only

_REQUIRED_TEXTS = ("track_id", "title", "kind", "recipe")
_FILLED_TEXTS = ("track_id", "recipe")


def no_tracks() -> pd.DataFrame:
    """The table of a catalogue without tracks."""
    return typed_tracks(pd.DataFrame(columns=list(TRACK_COLUMNS)))


def track_problems(tracks: pd.DataFrame, n_artists: int) -> Iterator[Problem]:
    """All problems of a tracks table over `n_artists` artists: the first bad row of each kind."""
    missing = [column for column in TRACK_COLUMNS if column not in tracks]
    if missing:
        yield Problem(TRACKS_FILE, None, f"column {', '.join(missing)} is missing")
        return
    if not len(tracks):
        return
    artist = tracks["artist"]
    if not pd.api.types.is_integer_dtype(artist):
        yield Problem(TRACKS_FILE, None, "artist must be a whole number, the artist's row")
        return
    outside = ~((artist >= 0) & (artist < n_artists)).fillna(False)
    yield from _first(outside, f"artist is not a row of {ARTISTS_FILE} (0 to {n_artists - 1})")
    for column in _REQUIRED_TEXTS:
        yield from _first(tracks[column].isna(), f"{column} is missing")
    texts = {}
    for column in (*_REQUIRED_TEXTS, "recording_mbid"):
        wrong = not_text(tracks[column])
        yield from _first(wrong, f"{column} is not text, or holds half a character")
        texts[column] = texts_only(tracks[column], wrong)
    for column in _FILLED_TEXTS:
        yield from _first(texts[column] == "", f"{column} is empty")
    yield from _first(texts["track_id"].duplicated() & texts["track_id"].notna(), "track_id stands twice")
    yield from _first(~texts["kind"].isin(TRACK_KINDS), f"kind is not one of {', '.join(TRACK_KINDS)}")


def recipe_problems(tracks: pd.DataFrame) -> Iterator[Problem]:
    """All problems of the recipes in a table without `track_problems`."""
    synthetic = tracks["kind"] == "synthetic"
    unreadable = np.zeros(len(tracks), dtype=bool)
    unreadable[synthetic.to_numpy(bool)] = [not _is_json_object(recipe) for recipe in tracks["recipe"][synthetic]]
    yield from _first(pd.Series(unreadable), "the recipe of a synthetic track must be a JSON object")


def complete_tracks(tracks: pd.DataFrame) -> pd.DataFrame:
    """The tracks frame with exactly the columns of the format, in order; a missing recording_mbid is unknown."""
    source = tracks.reset_index(drop=True)
    if "recording_mbid" not in source:
        source = source.assign(recording_mbid=None)
    return source[[column for column in TRACK_COLUMNS if column in source]]


def typed_tracks(tracks: pd.DataFrame) -> pd.DataFrame:
    """A complete tracks frame without problems, in the types of the format; its order is kept."""
    return tracks.astype(dict.fromkeys(TRACK_COLUMNS, "str") | {"artist": "int32"})


def _first(bad: "pd.Series[bool] | np.ndarray", reason: str) -> Iterator[Problem]:
    return first_problem(bad, reason, TRACKS_FILE)


def _is_json_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):  # also a number of thousands of digits
        return False
