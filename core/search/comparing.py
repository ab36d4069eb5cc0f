"""Artists side by side: the traits of their sound on one scale, and the tags and known neighbours that all share."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from core.audio.acousticbrainz import DESCRIPTOR_NAMES, Reference, common_traits
from core.catalogue import Catalogue
from core.catalogue.format import LIST_COLUMNS
from core.features.clips import ACOUSTICBRAINZ
from core.graph.adjacency import neighbours_of
from core.search.evidence import neighbours_in_common, shared_tags
from core.similarity import FloatArray, IntArray

FEWEST, MOST = 2, 3
"""Artists that can be read side by side."""


@dataclass(frozen=True)
class Comparison:
    """What `rows` (r,), two or three artists, have in common, and what is each one's own.

    `traits` (r, t) deviations from what is usual in the catalogue, in the order of TRAITS, NaN rows for artists
    without descriptors; None where the catalogue has none or fewer than two of the artists have. `common` tags of all
    by column; `own` per artist the tags that are not of all; `neighbours` artists known as similar to all; `degrees`
    known similar artists of each.
    """

    rows: tuple[int, ...]
    traits: FloatArray | None
    common: dict[str, list[str]]
    own: tuple[dict[str, list[str]], ...]
    neighbours: IntArray
    degrees: tuple[int, ...]


def has_traits(catalogue: Catalogue) -> bool:
    """Whether the catalogue's AcousticBrainz set holds the descriptors that traits are read from."""
    if ACOUSTICBRAINZ not in catalogue.feature_names:
        return False
    return bool(catalogue.feature_array(ACOUSTICBRAINZ).shape[1] == len(DESCRIPTOR_NAMES))


def compare_artists(catalogue: Catalogue, matrix: csr_array, rows: Sequence[int], reference: Reference) -> Comparison:
    """Compare two or three artists; `matrix` (n, n) of the known edges. Raises ValueError for another number."""
    if not FEWEST <= len(set(rows)) == len(rows) <= MOST:
        raise ValueError(f"Compare {FEWEST} to {MOST} different artists.")
    common = shared_tags(catalogue, *rows)
    return Comparison(
        rows=tuple(rows),
        traits=_traits(catalogue, rows, reference),
        common=common,
        own=tuple(_own_tags(catalogue, row, common) for row in rows),
        neighbours=neighbours_in_common(matrix, rows),
        degrees=tuple(len(neighbours_of(matrix, row)) for row in rows),
    )


def traits_in_common(catalogue: Catalogue, one: int, other: int, reference: Reference) -> list[str]:
    """In words, the traits in which two artists are close, most telling first; none where one has no descriptors."""
    if not has_traits(catalogue):
        return []
    first, second = np.asarray(catalogue.feature_array(ACOUSTICBRAINZ)[[one, other]], np.float32)
    if np.isnan(first).any() or np.isnan(second).any():
        return []
    return [str(trait) for trait in common_traits(first, second, reference)]


def _traits(catalogue: Catalogue, rows: Sequence[int], reference: Reference) -> FloatArray | None:
    if not has_traits(catalogue):
        return None
    vectors = np.asarray(catalogue.feature_array(ACOUSTICBRAINZ)[list(rows)], np.float32)
    places = reference.places(vectors).astype(np.float32)
    known = np.isfinite(places).all(axis=1)
    places[~known] = np.nan
    return places if np.count_nonzero(known) >= FEWEST else None


def _own_tags(catalogue: Catalogue, row: int, common: dict[str, list[str]]) -> dict[str, list[str]]:
    own = {
        column: [tag for tag in catalogue.artists[column].iloc[row] if tag not in common.get(column, [])]
        for column in LIST_COLUMNS
    }
    return {column: tags for column, tags in own.items() if tags}
