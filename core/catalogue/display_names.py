"""Names to show: none is empty, and namesakes are told apart by a hint."""

from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.arrays import IntArray
from core.catalogue.ids import texts_of

NAMING = "1"
"""Of the rules below, for names that are kept: raise it with any."""

_INVISIBLE = "[\\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff]*"
"""Matches names that consist of spaces, joiners and direction marks, and so show nothing."""


def display_names(artists: pd.DataFrame) -> pd.Series:
    """(n,) display names: an empty name becomes its id, and namesakes get genre, decade or id as a hint."""
    names = artists["name"].str.strip()
    invisible = names.str.fullmatch(_INVISIBLE).to_numpy(bool)
    if invisible.any():
        names = names.where(~invisible, "Unnamed artist " + artists["artist_id"].str[:8])
    for hints_of in _HINTS:
        again = _repeated(names)
        hints = hints_of(artists.iloc[again])
        rows, hints = again[hints != ""], hints[hints != ""]
        if len(rows):
            names.iloc[rows] = names.iloc[rows].to_numpy(object) + " (" + hints + ")"
    return names


def _repeated(names: pd.Series) -> IntArray:
    """The rows of the names that stand more than once."""
    codes = texts_of(names).dictionary_encode().indices.to_numpy()
    return np.flatnonzero(np.bincount(codes)[codes] > 1)


def _genre_hints(artists: pd.DataFrame) -> npt.NDArray[np.object_]:
    return np.array([str(genres[0]) if len(genres) else "" for genres in artists["genres"]], object)


def _decade_hints(artists: pd.DataFrame) -> npt.NDArray[np.object_]:
    decades = artists["decade"] if "decade" in artists else [pd.NA] * len(artists)
    return np.array(["" if pd.isna(decade) else f"{int(decade)}s" for decade in decades], object)


def _id_hints(length: int | None, artists: pd.DataFrame) -> npt.NDArray[np.object_]:
    return np.array([artist_id[:length] for artist_id in artists["artist_id"]], object)


_HINTS = (_genre_hints, _decade_hints, partial(_id_hints, 13), partial(_id_hints, None))
"""Each next hint is for those that the hints before leave alike."""
