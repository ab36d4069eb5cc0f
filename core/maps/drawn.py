"""Who is drawn of a map with more artists than a browser can take: those of the part in view, or a sample of them.

The sample of a part are the first of its artists in one order at random, so whoever is drawn stays when a visitor zooms
in, and others join them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from core.arrays import BoolArray, FloatArray, IntArray
from core.maps.density import REACH
from core.maps.store import StoredMap
from core.storage import sha256_arrays

MOST_DRAWN = 50_000
"""Points of all maps of a page together."""

Box = tuple[tuple[float, float], tuple[float, float]]
"""Left and right, bottom and top."""

WHOLE: Box = ((-REACH, REACH), (-REACH, REACH))
_ROOM = 1.5
_SEED = 20


@dataclass(frozen=True)
class Part:
    """A part of a map, how many artists are inside, and how many of these are drawn."""

    box: Box
    n_inside: int
    n_drawn: int


@dataclass(frozen=True, eq=False)
class Drawn:
    """The drawn artists `rows` (m,) of all maps of a page, ascending, None for everybody, and the part of each map that
    they were looked for in. `key` tells them from any others."""

    rows: IntArray | None = None
    parts: Mapping[str, Part] = field(default_factory=dict)
    key: str = ""

    def of(self, stored: StoredMap) -> IntArray:
        """The drawn artists that are on a map."""
        rows = np.arange(len(stored.coordinates)) if self.rows is None else self.rows
        return rows[stored.present[rows]]


EVERYBODY = Drawn()


def drawn_artists(maps: Mapping[str, StoredMap], seen: Mapping[str, Box], first: BoolArray | None = None) -> Drawn:
    """Who is drawn on the `maps` of a page, by name, of which the boxes `seen` are in view; else the whole of a map.

    At most MOST_DRAWN points: each map has the artists of the other too, so that they are seen in both. Those of
    `first` (n,) go before others.
    """
    share = MOST_DRAWN // max(1, len(maps))
    if all(np.count_nonzero(stored.present) <= share for stored in maps.values()):
        return EVERYBODY
    order = _order(max(len(stored.coordinates) for stored in maps.values()))
    if first is not None:
        order = np.where(first, order - len(order), order)
    most = share // len(maps)
    parts, chosen = {}, []
    for name, stored in maps.items():
        box = _part_around(seen[name]) if name in seen else WHOLE
        inside = np.flatnonzero(_within(stored.coordinates, box))
        rows = inside if len(inside) <= most else inside[np.argpartition(order[inside], most)[:most]]
        parts[name] = Part(box, len(inside), len(rows))
        chosen.append(rows)
    rows = np.unique(np.concatenate(chosen))
    return Drawn(rows, parts, sha256_arrays(rows)[:16])


def _part_around(seen: Box) -> Box:
    """The square around what is seen, half as wide again, so that a small move needs nobody else."""
    half = _ROOM * max(high - low for low, high in seen) / 2
    across, up = ((max((low + high) / 2 - half, -REACH), min((low + high) / 2 + half, REACH)) for low, high in seen)
    return across, up


def _within(coordinates: FloatArray, box: Box) -> BoolArray:
    """(n,) who lies in a box; nobody without a place does."""
    (left, right), (bottom, top) = box
    across, up = coordinates[:, 0], coordinates[:, 1]
    inside: BoolArray = (across >= left) & (across <= right) & (up >= bottom) & (up <= top)
    return inside


@lru_cache(maxsize=4)
def _order(n_artists: int) -> IntArray:
    order = np.random.default_rng(_SEED).permutation(n_artists)
    order.setflags(write=False)  # it is everybody's
    return order
