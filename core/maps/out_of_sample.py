"""Out-of-sample places: something new is placed on an existing map at the weighted mean of its nearest neighbours.

The neighbours are those in the space itself. A new layout would move every artist, and a projection of a single point
would be a guess. Weights are inverse squared distances (D. Shepard, A two-dimensional interpolation function for
irregularly-spaced data, ACM 1968).
"""

from dataclasses import dataclass

import numpy as np

from core.arrays import FloatArray, IntArray

_CLOSEST = 1e-6
SCATTERED = 0.5
"""Share of the map's own extent above which neighbours lie too far apart for their mean to say much."""


@dataclass(frozen=True)
class OutOfSamplePlace:
    """An estimated place on a map.

    Shapes: `position` (2,); `rows` (k,) the neighbours it rests on, with `weights` (k,) that sum to one. `scatter` is
    how far they lie from it, as a share of how far all artists lie from the middle of the map.
    """

    position: FloatArray
    rows: IntArray
    weights: FloatArray
    scatter: float

    @property
    def is_vague(self) -> bool:
        return self.scatter > SCATTERED


def out_of_sample_place(coordinates: FloatArray, rows: IntArray, cosines: FloatArray) -> OutOfSamplePlace | None:
    """The place of something with the nearest artists `rows` (k,) and their `cosines` (k,) to it in the map's space.

    Shapes: `coordinates` (n, 2), NaN for artists that are not on the map. None if no neighbour is on the map.
    """
    on_map = ~np.isnan(coordinates[rows, 0])
    rows, cosines = rows[on_map], cosines[on_map]
    if not len(rows):
        return None
    # The squared distance of unit vectors is twice one minus their cosine.
    weights = 1 / np.maximum(2 * (1 - cosines.astype(np.float64)), _CLOSEST)
    weights /= weights.sum()
    places = coordinates[rows].astype(np.float64)
    position = weights @ places
    around = np.sqrt(weights @ np.square(places - position).sum(axis=1))
    everybody = coordinates[~np.isnan(coordinates[:, 0])].astype(np.float64)
    extent = np.sqrt(np.square(everybody - everybody.mean(axis=0)).sum(axis=1).mean())
    scatter = float(around / extent) if extent > 0 else 0.0
    return OutOfSamplePlace(position.astype(np.float32), rows, weights.astype(np.float32), scatter)
