"""Artists side by side: the traits of their sound on one scale, and the tags and known neighbours they share."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from core.arrays import FloatArray, IntArray
from core.catalogue import Catalogue
from core.catalogue.format import LIST_COLUMNS
from core.graph.adjacency import neighbours_of
from core.search.evidence import neighbours_in_common
from core.search.tag_sources import TagSource, shared_tags
from core.search.traits import ArtistTraits

FEWEST, MOST = 2, 3
"""How many artists can be compared at once."""

MOST_TRAITS = 15
"""How many traits are compared: those of a longer list that are most unusual in one of the artists."""


@dataclass(frozen=True)
class Comparison:
    """What two or three artists, `rows` (r,), have in common, and what only one of them has.

    `traits` (r, t) are deviations from the catalogue's average, with NaN rows for artists without descriptors; None
    when fewer than two of the artists have descriptors. `labels` (t,) are the names of the traits. `common` holds the
    tags that all artists have, by their source, and `own` the remaining tags of each artist, by column. `neighbours`
    are artists with a known edge to all of them, and `degrees` the number of known edges of each.
    """

    rows: tuple[int, ...]
    traits: FloatArray | None
    labels: tuple[str, ...]
    common: dict[str, list[str]]
    own: tuple[dict[str, list[str]], ...]
    neighbours: IntArray
    degrees: tuple[int, ...]


def compare_artists(
    catalogue: Catalogue,
    matrix: csr_array,
    rows: Sequence[int],
    traits: Sequence[ArtistTraits] = (),
    sources: Sequence[TagSource] = (),
) -> Comparison:
    """Compare two or three artists. `matrix` (n, n) holds the known edges. Raises ValueError for any other number.

    Of several sets of traits, the first that two of the artists have is compared.
    """
    if not FEWEST <= len(set(rows)) == len(rows) <= MOST:
        raise ValueError(f"Compare {FEWEST} to {MOST} different artists.")
    common = shared_tags(sources, *rows)
    labels, places = next(filter(None, (_known_places(each, rows) for each in traits)), ((), None))
    return Comparison(
        rows=tuple(rows),
        traits=places,
        labels=labels,
        common=common,
        own=tuple(_own_tags(catalogue, row, common) for row in rows),
        neighbours=neighbours_in_common(matrix, rows),
        degrees=tuple(len(neighbours_of(matrix, row)) for row in rows),
    )


def _known_places(traits: ArtistTraits, rows: Sequence[int]) -> tuple[tuple[str, ...], FloatArray] | None:
    places = traits.places(rows)
    known = np.isfinite(places).all(axis=1)
    if np.count_nonzero(known) < FEWEST:
        return None
    most_unusual = np.argsort(-np.abs(places[known]).max(axis=0), kind="stable")[:MOST_TRAITS]
    shown = np.sort(most_unusual)
    return tuple(traits.traits[place].label for place in shown), places[:, shown]


def _own_tags(catalogue: Catalogue, row: int, common: dict[str, list[str]]) -> dict[str, list[str]]:
    own = {
        column: [tag for tag in catalogue.artists[column].iloc[row] if tag not in common.get(column, [])]
        for column in LIST_COLUMNS
    }
    return {column: tags for column, tags in own.items() if tags}
