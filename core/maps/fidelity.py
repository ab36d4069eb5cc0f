"""The fidelity of a map: how many of an artist's nearest neighbours in the space are also its nearest on the map.

The share kept at k is the neighbourhood preservation of the literature on dimension reduction (Venna and Kaski, 2001;
Lee and Verleysen, 2009). Where others tie with the k-th nearest, all of them count as nearest, and as many are taken on
the map: 500 artists with equal vectors are faithful only if all 500 lie together.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.spatial import KDTree

from core.arrays import BoolArray, FloatArray, IntArray
from core.maps.projection import unit_length

LEVELS = (10, 50)
LOCAL_K = 10
"""The number of nearest neighbours that local fidelity counts."""

LOCAL_UP_TO = 50_000
"""Artists on a map up to which the local fidelity of each is measured: all are compared with all."""

SAMPLE_SIZE = 2000
_BLOCK_ENTRIES = 8_000_000
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Fidelity:
    """A map's neighbourhood preservation.

    `preserved[i]` is the mean share, 0 to 1, of the `k[i]` nearest that stay nearest on the map, over `n_sampled` of
    the `n_artists` on it, each against all; `chance[i]` is what a map drawn at random would keep: k / (n - 1), or more
    where others tie with the k-th. A k is left out if an artist has no more than k others.
    """

    k: tuple[int, ...]
    preserved: tuple[float, ...]
    chance: tuple[float, ...]
    n_artists: int
    n_sampled: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Fidelity":
        lists = {name: tuple(content[name]) for name in ("k", "preserved", "chance")}
        return cls(**lists, n_artists=content["n_artists"], n_sampled=content["n_sampled"])


def measure_fidelity(
    vectors: FloatArray, coordinates: FloatArray, sample_size: int = SAMPLE_SIZE, seed: int = 0
) -> Fidelity:
    """The fidelity of map `coordinates` (n, 2) to `vectors` (n, d) under cosine, at 10 and 50 nearest.

    Artists whose coordinates are NaN are not on the map. At most `sample_size` artists are drawn, by `seed`.
    """
    on_map = np.flatnonzero(~np.isnan(coordinates[:, 0]))
    drawn = np.random.default_rng(seed).permutation(len(on_map))[:sample_size]
    levels = tuple(k for k in LEVELS if k < len(on_map) - 1)
    kept, by_chance = _shares(vectors[on_map], coordinates[on_map], np.sort(drawn), levels)
    preserved = tuple(float(share) for share in kept.mean(axis=0)) if levels else ()
    chance = tuple(float(share) for share in by_chance.mean(axis=0)) if levels else ()
    return Fidelity(levels, preserved, chance, len(on_map), len(drawn))


def preservation(vectors: FloatArray, coordinates: FloatArray, k: int = LOCAL_K) -> FloatArray:
    """Local fidelity (n,), float32 from 0 to 1: the share of each artist's k nearest in `vectors` that stay nearest on
    the map.

    NaN for artists that are not on the map, and for all artists if there are no more than k others or more than
    LOCAL_UP_TO in all.
    """
    shares = np.full(len(vectors), np.nan, np.float32)
    on_map = np.flatnonzero(~np.isnan(coordinates[:, 0]))
    if k + 1 < len(on_map) <= LOCAL_UP_TO:
        everyone = np.arange(len(on_map))
        shares[on_map] = _shares(vectors[on_map], coordinates[on_map], everyone, (k,))[0][:, 0]
    return shares


def _shares(
    vectors: FloatArray, coordinates: FloatArray, rows: IntArray, levels: tuple[int, ...]
) -> tuple[FloatArray, FloatArray]:
    """Two (len(rows), len(levels)) matrices: the share kept on the map, and the share that chance would keep."""
    kept = np.zeros((len(rows), len(levels)), np.float32)
    by_chance = np.zeros_like(kept)
    if not levels:
        return kept, by_chance
    unit = unit_length(np.asarray(vectors, np.float32))
    tree = KDTree(coordinates)
    others = len(unit) - 1
    block = max(1, _BLOCK_ENTRIES // len(unit))
    for start in range(0, len(rows), block):
        part = rows[start : start + block]
        near_on_map = _nearest_on_map(tree, coordinates, part, max(levels))
        cosine = unit[part] @ unit.T
        cosine[np.arange(len(part)), part] = -np.inf
        on_map_cosine = np.take_along_axis(cosine, near_on_map, axis=1)
        bounds = [others + 1 - k for k in levels]
        partitioned = np.partition(cosine, bounds, axis=1)
        for column, (k, bound) in enumerate(zip(levels, bounds, strict=True)):
            threshold = partitioned[:, bound, None] - _ROUNDING
            nearest = cosine >= threshold
            share = (on_map_cosine[:, :k] >= threshold).mean(axis=1)
            tied = np.flatnonzero(nearest.sum(axis=1) > k)
            share[tied] = _share_of_all_tied(nearest[tied], coordinates, part[tied])
            kept[start : start + block, column] = share
            by_chance[start : start + block, column] = nearest.sum(axis=1) / others
    return kept, by_chance


def _share_of_all_tied(nearest: BoolArray, coordinates: FloatArray, rows: IntArray) -> FloatArray:
    """(len(rows),) the share of each row's `nearest` (len(rows), n), however many, among as many nearest on the map.

    Where places on the map tie too, the nearest in the space are taken first.
    """
    apart = np.square(coordinates[rows, None] - coordinates).sum(axis=2)
    apart[np.arange(len(rows)), rows] = np.inf
    wanted = nearest.sum(axis=1)
    farthest = np.take_along_axis(np.sort(apart, axis=1), wanted[:, None] - 1, axis=1)
    found = (nearest & (apart <= farthest)).sum(axis=1)
    shares: FloatArray = (found / wanted).astype(np.float32)
    return shares


def _nearest_on_map(tree: KDTree, coordinates: FloatArray, rows: IntArray, k: int) -> IntArray:
    """(len(rows), k) the nearest on the map, nearest first, without the artist itself."""
    near = np.asarray(tree.query(coordinates[rows], k=k + 1)[1])
    itself = near == rows[:, None]
    itself[~itself.any(axis=1), -1] = True
    return near[~itself].reshape(len(rows), k)
