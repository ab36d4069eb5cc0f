"""Genre classes that are few enough to draw: the commonest genres of a catalogue, the others, and none known."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.arrays import IntArray
from core.palette import OKABE_ITO
from core.text import shown_name

OTHER, UNKNOWN = "Other genres", "No genre known"
MISSING_WORDS = frozenset(("", "-", "n/a", "na", "nan", "none", "null", "unknown"))
"""What tables write where a tag is missing, in small letters."""


@dataclass(frozen=True)
class GenreClasses:
    """`codes` (n,) points each artist to one of `names`, -1 where no genre is known; at most eight names."""

    codes: IntArray
    names: list[str]


def genre_classes(genres: pd.Series, most: int = len(OKABE_ITO)) -> GenreClasses:
    """Classes of genres: all of up to `most`, otherwise the commonest and the others.

    An artist with several genres is in the class of the rarest of them that has a class: it tells most. Words for
    missing data, such as "NA", are no genre.
    """
    each = genres.explode().dropna()
    rows = genres.index.get_indexer(each.index)
    mentioned, found = each.factorize()
    told = np.array([str(name).strip().casefold() not in MISSING_WORDS for name in found], bool)
    counts = np.bincount(mentioned, minlength=len(found))
    order = sorted(np.flatnonzero(told).tolist(), key=lambda at: (-counts[at], str(found[at])))
    named = order if len(order) <= most else order[: most - 1]
    class_of = np.full(len(found), -1)
    class_of[named] = np.arange(len(named))
    codes = np.full(len(genres), -1, np.int64)
    np.maximum.at(codes, rows, class_of[mentioned])
    names = [shown_name(str(found[at]), 30) for at in named]
    if len(order) > most:
        has = np.zeros(len(genres), bool)
        has[rows[told[mentioned]]] = True
        codes[has & (codes < 0)] = len(named)
        names.append(OTHER)
    return GenreClasses(codes, names)


def one_covers_most(codes: IntArray) -> bool:
    """Whether one class of `codes` (n,) holds more than half of the artists that have any."""
    sizes = np.bincount(codes[codes >= 0])
    return bool(sizes.max(initial=0) > sizes.sum() / 2)
