"""Which artists several lists share: what different spaces, asked the same, agree on."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.similarity import IntArray


@dataclass(frozen=True)
class SharedResults:
    """The artists that at least two of l lists name, those in the most lists first, then by their mean place.

    Shapes: `rows` (m,); `places` (m, l) each one's place in each list, 1 the first, 0 where it is not in it; `lists`
    the names of the lists.
    """

    rows: IntArray
    places: IntArray
    lists: tuple[str, ...]

    @property
    def counts(self) -> IntArray:
        """(m,) number of lists that name each artist."""
        return np.count_nonzero(self.places, axis=1)

    def of(self, row: int) -> dict[str, int]:
        """The lists that name the artist `row`, with its place in them; empty where fewer than two do."""
        found = np.flatnonzero(self.rows == row)
        places = self.places[found[0]].tolist() if len(found) else []
        return {name: place for name, place in zip(self.lists, places, strict=False) if place}


def shared_results(lists: Mapping[str, IntArray]) -> SharedResults:
    """What lists of artist rows, each best first and without repetition, have in common."""
    named = np.concatenate([np.empty(0, np.int64), *lists.values()]).astype(np.int64)
    rows, counts = np.unique(named, return_counts=True)
    rows = rows[counts > 1]
    places = np.zeros((len(rows), len(lists)), np.int64)
    for column, listed in enumerate(lists.values()):
        _, here, there = np.intersect1d(rows, listed, assume_unique=True, return_indices=True)
        places[here, column] = there + 1
    count: npt.NDArray[np.int64] = np.count_nonzero(places, axis=1)
    order = np.lexsort((places.sum(axis=1) / np.maximum(count, 1), -count))
    return SharedResults(rows[order], places[order], tuple(lists))
