"""Artists to start with in a catalogue that is new to the visitor."""

import numpy as np
import pandas as pd

from core.arrays import IntArray
from core.catalogue import Catalogue

_CANDIDATES = 300


def starting_artists(catalogue: Catalogue, count: int = 3) -> IntArray:
    """Rows of at most `count` well-known, well-connected artists of different genres.

    Artists are sorted by the product of their percentiles in popularity (unknown counts as lowest) and in known edges.
    Each artist counts for its first genre, and a genre repeats only after all others. Artists without a name are left
    out.
    """
    degree = pd.Series(np.bincount(catalogue.learned_edges.ravel(), minlength=len(catalogue)))
    popularity = catalogue.artists["popularity"].fillna(-1.0)
    standing = popularity.rank(pct=True) * degree.rank(pct=True)
    named = catalogue.artists["name"].str.strip() != ""
    candidates = standing[named].nlargest(_CANDIDATES).index
    genres = [listed[0] if len(listed) else "" for listed in catalogue.artists["genres"].iloc[candidates]]
    again = pd.Series(genres, dtype=object).duplicated().to_numpy()
    return np.concatenate([candidates[~again], candidates[again]])[:count].astype(np.int64)
