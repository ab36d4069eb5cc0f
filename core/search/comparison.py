"""Artists side by side: the traits of their sound on one scale, and the tags and known neighbours they share."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from core.arrays import FloatArray, IntArray
from core.catalogue import Catalogue
from core.catalogue.format import LIST_COLUMNS
from core.graph.adjacency import neighbours_of
from core.search.evidence import neighbours_in_common, shared_tags
from core.search.traits import ArtistTraits

FEWEST, MOST = 2, 3
"""How many artists can be compared at once."""


@dataclass(frozen=True)
class Comparison:
    """What two or three artists, `rows` (r,), have in common, and what only one of them has.

    `traits` (r, t) are deviations from the catalogue's average, with NaN rows for artists without descriptors; None
    when fewer than two of the artists have descriptors. `labels` (t,) are the names of the traits. `common` holds the
    tags that all artists have, by column, and `own` the remaining tags of each artist. `neighbours` are artists with a
    known edge to all of them, and `degrees` the number of known edges of each.
    """

    rows: tuple[int, ...]
    traits: FloatArray | None
    labels: tuple[str, ...]
    common: dict[str, list[str]]
    own: tuple[dict[str, list[str]], ...]
    neighbours: IntArray
    degrees: tuple[int, ...]


def compare_artists(
    catalogue: Catalogue, matrix: csr_array, rows: Sequence[int], traits: ArtistTraits | None
) -> Comparison:
    """Compare two or three artists. `matrix` (n, n) holds the known edges. Raises ValueError for any other number."""
    if not FEWEST <= len(set(rows)) == len(rows) <= MOST:
        raise ValueError(f"Compare {FEWEST} to {MOST} different artists.")
    common = shared_tags(catalogue, *rows)
    return Comparison(
        rows=tuple(rows),
        traits=_known_places(traits, rows),
        labels=tuple(trait.label for trait in traits.traits) if traits else (),
        common=common,
        own=tuple(_own_tags(catalogue, row, common) for row in rows),
        neighbours=neighbours_in_common(matrix, rows),
        degrees=tuple(len(neighbours_of(matrix, row)) for row in rows),
    )


def _known_places(traits: ArtistTraits | None, rows: Sequence[int]) -> FloatArray | None:
    places = traits.places(rows) if traits else np.empty((0, 0), np.float32)
    return places if np.count_nonzero(np.isfinite(places).all(axis=1)) >= FEWEST else None


def _own_tags(catalogue: Catalogue, row: int, common: dict[str, list[str]]) -> dict[str, list[str]]:
    own = {
        column: [tag for tag in catalogue.artists[column].iloc[row] if tag not in common.get(column, [])]
        for column in LIST_COLUMNS
    }
    return {column: tags for column, tags in own.items() if tags}
