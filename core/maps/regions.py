"""Regions of a map: the hills of its density, each named by the tags that are enriched among its artists.

Every place belongs to the peak that the steepest ascent reaches: clustering by the modes of a density (Fukunaga and
Hostetler, "The estimation of the gradient of a density function", IEEE Transactions on Information Theory 21(1), 1975),
here on the cells of a grid, so that the cost does not depend on the number of artists.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from core.arrays import BoolArray, FloatArray, IntArray
from core.maps.density import CELLS, Density, cells_of, map_density, usual_bandwidth
from core.maps.tag_enrichment import EnrichedTag, TagTable

MOST_REGIONS = 14
MOST_LABELS = 12
LEAST_SHARE = 0.008
FEWEST_ARTISTS = 10
TAGS_IN_NAME = 2
_WIDENING = 1.12
_WIDEST = 40


@dataclass(frozen=True)
class Regions:
    """`codes` (n,) the region of each artist, -1 for none, numbered by size; `peaks` (r, 2) the densest place of each.

    `on_map` (n,) the artists among whom regions were looked for.
    """

    codes: IntArray
    peaks: FloatArray
    on_map: BoolArray

    def __len__(self) -> int:
        return len(self.peaks)

    def members(self, region: int) -> BoolArray:
        """(n,) the artists of a region."""
        inside: BoolArray = self.codes == region
        return inside


@dataclass(frozen=True)
class NamedRegion:
    """A region: its name, "" if no tag stands out, its densest place (2,), and its enriched tags."""

    name: str
    peak: FloatArray
    n_artists: int
    enriched_tags: list[EnrichedTag]


def find_regions(coordinates: FloatArray, most: int = MOST_REGIONS) -> Regions:
    """The hills of a map, at most `most`: the density is smoothed until no more are left.

    `coordinates` (n, 2) within ±10, NaN for artists that are not on the map. Hills with too few artists do not count.
    """
    on_map = ~np.isnan(coordinates[:, 0])
    known = coordinates[on_map]
    if len(known) < FEWEST_ARTISTS:
        return Regions(np.full(len(coordinates), -1), np.empty((0, 2), np.float32), on_map)
    across, up = cells_of(known).T
    cell = up * CELLS + across
    fewest = max(FEWEST_ARTISTS, round(LEAST_SHARE * len(known)))
    bandwidth = usual_bandwidth(coordinates)
    for _ in range(_WIDEST):
        density = map_density(coordinates, bandwidth)
        hills, hill, sizes = np.unique(climb(density.values)[cell], return_inverse=True, return_counts=True)
        large = np.flatnonzero(sizes >= fewest)
        if len(large) <= most:
            break
        bandwidth *= _WIDENING
    order = large[np.argsort(-sizes[large], kind="stable")][:most]
    place = np.full(len(hills), -1)
    place[order] = np.arange(len(order))
    codes = np.full(len(coordinates), -1)
    codes[on_map] = place[hill]
    return Regions(codes, _peaks(hills[order], density), on_map)


def climb(values: FloatArray) -> IntArray:
    """(cells,) for each cell of a density, in row order, the cell of the peak that the steepest climb leads to."""
    n = CELLS
    padded = np.pad(values, 1, constant_values=-1.0)
    steps = [(0, 0), *((i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0))]
    around = np.stack([padded[1 + i : n + 1 + i, 1 + j : n + 1 + j] for i, j in steps])
    moves = np.array([i * n + j for i, j in steps])
    # Staying comes first, so that equal neighbours never form a cycle.
    above = (np.arange(n * n).reshape(n, n) + moves[around.argmax(axis=0)]).ravel()
    while not np.array_equal(further := above[above], above):
        above = further
    return above


def name_regions(regions: Regions, tags: TagTable | None, most: int = MOST_LABELS) -> list[NamedRegion]:
    """The regions, largest first. The `most` regions whose tags stand out most have names; without `tags` none has.

    No two names are of the same tags.
    """
    members = [regions.members(region) for region in range(len(regions))]
    nothing: list[list[EnrichedTag]] = [[] for _ in members]
    enriched = tags.enriched_tags_of_groups(members, regions.on_map, most=8) if members and tags else nothing
    tags_in: list[Sequence[str]] = [()] * len(members)
    for region in sorted((i for i, found in enumerate(enriched) if found), key=lambda i: -enriched[i][0].z)[:most]:
        tags_in[region] = _free_name(enriched[region], tags_in)
    return [
        NamedRegion(" · ".join(name), peak, int(inside.sum()), found)
        for name, peak, inside, found in zip(tags_in, regions.peaks, members, enriched, strict=True)
    ]


def _free_name(enriched: Sequence[EnrichedTag], taken: Collection[Sequence[str]]) -> Sequence[str]:
    """The most enriched tags that make a name which is not taken in any order; none if there are none."""
    tags = list(dict.fromkeys(tag for found in enriched if (tag := found.tag.strip())))
    if not tags:
        return ()
    names = [tags[:TAGS_IN_NAME], *([tags[0], other] for other in tags[TAGS_IN_NAME:]), tags[: TAGS_IN_NAME + 1]]
    used = [set(name) for name in taken]
    return next((name for name in names if set(name) not in used), ())


def _peaks(cells: IntArray, density: Density) -> FloatArray:
    up, across = np.divmod(cells, CELLS)
    peaks: FloatArray = density.centres[np.stack([across, up], axis=1)].astype(np.float32)
    return peaks
