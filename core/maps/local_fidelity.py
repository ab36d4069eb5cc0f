"""Artists whose place on a map is doubtful, because their local fidelity is no better than chance."""

import numpy as np

from core.arrays import BoolArray
from core.maps.fidelity import LOCAL_K
from core.maps.store import StoredMap


def most_kept_by_chance(stored: StoredMap) -> int:
    """How many of its 10 nearest an artist keeps on a map drawn at random, rounded.

    Zero at OLGA's size, where chance keeps 0.006 of 10: there a place is doubtful if none of the ten is near.
    """
    chance = dict(zip(stored.fidelity.k, stored.fidelity.chance, strict=True))
    return round(chance.get(LOCAL_K, 0.0) * LOCAL_K)


def doubtful(stored: StoredMap) -> BoolArray:
    """(n,) the artists on the map whose neighbours there are no better than chance; none if that is unknown."""
    kept = np.round(np.nan_to_num(stored.local_fidelity, nan=np.inf) * LOCAL_K)
    in_doubt: BoolArray = stored.present & (kept <= most_kept_by_chance(stored))
    return in_doubt
