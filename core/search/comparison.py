"""Artists side by side: the traits of their sound on one scale, and the tags and known neighbours that all share."""

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
"""Artists that can be read side by side."""


@dataclass(frozen=True)
class Comparison:
    """What `rows` (r,), two or three artists, have in common, and what is each one's own.

    `traits` (r, t) deviations from what is usual in the catalogue, NaN rows for artists without descriptors; None where
    the catalogue has none or fewer than two of the artists have. `labels` (t,) what the traits are called. `common`
    tags of all by column; `own` per artist the tags that are not of all; `neighbours` artists known as similar to all;
    `degrees` known similar artists of each.
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
    """Compare two or three artists; `matrix` (n, n) of the known edges. Raises ValueError for another number."""
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
