"""Whose place on a map is not to be trusted."""

import numpy as np

from core.arrays import BoolArray
from core.maps.fidelity import TRUST_LEVEL
from core.maps.store import StoredMap


def most_kept_by_chance(stored: StoredMap) -> int:
    """How many of its 10 nearest an artist keeps on a map drawn at random, to the nearest whole one.

    None at OLGA's size, where chance keeps 0.006 of 10: there a place is doubtful when not one of the ten is near.
    """
    chance = dict(zip(stored.fidelity.k, stored.fidelity.chance, strict=True))
    return round(chance.get(TRUST_LEVEL, 0.0) * TRUST_LEVEL)


def doubtful(stored: StoredMap) -> BoolArray:
    """(n,) the artists on the map whose neighbours there are no better than chance's; nobody where that is unknown."""
    kept = np.round(np.nan_to_num(stored.trust, nan=np.inf) * TRUST_LEVEL)
    in_doubt: BoolArray = stored.present & (kept <= most_kept_by_chance(stored))
    return in_doubt
