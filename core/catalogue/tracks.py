"""What tracks.parquet must hold, and the coercion of a frame into that shape.

Columns: `artist`, the artist's row; `track_id`, unique; `title`; `recording_mbid`, which may be missing; `kind`,
whether the sound is rendered ("synthetic") or read ("file"); `recipe`, a JSON object of the renderer's parameters;
optionally `album`, which may be missing, and `path`, the path of the audio file below the manifest's `audio_root`, with
/ between folders. A file outside that folder, and every file in format 1, has its path in `recipe` instead, absolute or
relative to the catalogue.
"""

import json
from collections.abc import Iterator

import numpy as np
import pandas as pd

from core.catalogue.format import ARTISTS_FILE, OPTIONAL_TRACK_COLUMNS, TRACK_COLUMNS, TRACK_KINDS, TRACKS_FILE
from core.catalogue.tables import Problem, first_problem, not_text, texts_only

_REQUIRED_TEXTS = ("track_id", "title", "kind")
_TEXTS = (*_REQUIRED_TEXTS, "recording_mbid", "recipe")
_OUTSIDE = r"/|(?:.*/)?\.\.(?:/|$)|.*\x00"
"""Matches paths that are absolute or lead out of their folder, and those that no file has."""


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
    for column in (*_TEXTS, *(column for column in OPTIONAL_TRACK_COLUMNS if column in tracks)):
        wrong = not_text(tracks[column])
        yield from _first(wrong, f"{column} is not text, or holds half a character")
        texts[column] = texts_only(tracks[column], wrong)
    yield from _first(texts["track_id"] == "", "track_id is empty")
    yield from _first(texts["track_id"].duplicated() & texts["track_id"].notna(), "track_id stands twice")
    yield from _first(~texts["kind"].isin(TRACK_KINDS), f"kind is not one of {', '.join(TRACK_KINDS)}")
    needs_recipe = np.ones(len(tracks), dtype=bool)
    if "path" in tracks:
        path = texts["path"].fillna("").astype("str")
        needs_recipe = ((texts["kind"] != "file") | (path == "")).to_numpy(bool)
        yield from _first(path.str.match(_OUTSIDE), "path must lie below audio_root: relative, without ..")
    yield from _first(needs_recipe & tracks["recipe"].isna().to_numpy(), "recipe is missing")
    yield from _first(needs_recipe & (texts["recipe"] == "").to_numpy(bool), "recipe is empty")


def recipe_problems(tracks: pd.DataFrame) -> Iterator[Problem]:
    """All problems of the recipes in a table without `track_problems`."""
    synthetic = tracks["kind"] == "synthetic"
    unreadable = np.zeros(len(tracks), dtype=bool)
    unreadable[synthetic.to_numpy(bool)] = [not _is_json_object(recipe) for recipe in tracks["recipe"][synthetic]]
    yield from _first(pd.Series(unreadable), "the recipe of a synthetic track must be a JSON object")


def complete_tracks(tracks: pd.DataFrame) -> pd.DataFrame:
    """The tracks frame with exactly the columns of the format, in order.

    A missing recording_mbid is unknown, and tracks that all have a path need no recipe.
    """
    source = tracks.reset_index(drop=True)
    if "recording_mbid" not in source:
        source = source.assign(recording_mbid=None)
    if "recipe" not in source and "path" in source:
        source = source.assign(recipe=None)
    return source[[column for column in (*TRACK_COLUMNS, *OPTIONAL_TRACK_COLUMNS) if column in source]]


def typed_tracks(tracks: pd.DataFrame) -> pd.DataFrame:
    """A complete tracks frame without problems, in the types of the format; its order is kept."""
    return tracks.astype(dict.fromkeys(tracks.columns, "str") | {"artist": "int32"})


def _first(bad: "pd.Series[bool] | np.ndarray", reason: str) -> Iterator[Problem]:
    return first_problem(bad, reason, TRACKS_FILE)


def _is_json_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):  # also a number of thousands of digits
        return False
