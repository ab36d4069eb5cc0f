"""Where to begin in a catalogue nobody has looked at yet."""

import numpy as np
import pandas as pd

from core.arrays import IntArray
from core.catalogue import Catalogue

_CANDIDATES = 300


def starting_artists(catalogue: Catalogue, count: int = 3) -> IntArray:
    """Rows of at most `count` well-known, well-connected artists of different genres.

    Artists are ordered by the product of their percentiles in popularity (unknown: the lowest) and in known edges.
    Each genre, the first an artist has, is taken once while there are others. Artists without a name are left out.
    """
    degree = pd.Series(np.bincount(catalogue.similar_edges.ravel(), minlength=len(catalogue)))
    popularity = catalogue.artists["popularity"].fillna(-1.0)
    standing = popularity.rank(pct=True) * degree.rank(pct=True)
    named = catalogue.artists["name"].str.strip() != ""
    candidates = standing[named].nlargest(_CANDIDATES).index
    genres = catalogue.artists["genres"].iloc[candidates].str[0].fillna("")
    again = genres.duplicated()
    return np.concatenate([candidates[~again], candidates[again]])[:count].astype(np.int64)
