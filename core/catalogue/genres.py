"""Genre classes that are few enough to draw: the commonest genres of a catalogue, the others, and none known."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.arrays import IntArray
from core.palette import OKABE_ITO
from core.text import shown_name

OTHER, UNKNOWN = "Other genres", "No genre known"


@dataclass(frozen=True)
class GenreClasses:
    """`codes` (n,) points each artist to one of `names`, -1 where no genre is known; at most eight names."""

    codes: IntArray
    names: list[str]


def genre_classes(genres: pd.Series, most: int = len(OKABE_ITO)) -> GenreClasses:
    """Classes by each artist's first genre: all of up to `most`, otherwise the commonest and the others."""
    first = genres.str[0]
    counts = first.value_counts()
    order = sorted(counts.index, key=lambda name: (-counts[name], str(name)))
    named = order if len(order) <= most else order[: most - 1]
    codes = pd.Categorical(first.where(first.isin(named)), categories=named).codes.astype(np.int64)
    names = [shown_name(str(name), 30) for name in named]
    if len(order) > most:
        codes[(codes < 0) & first.notna().to_numpy()] = len(named)
        names.append(OTHER)
    return GenreClasses(codes, names)
