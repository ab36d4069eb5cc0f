"""Which index answers for a space: exact search, or an approximate index where one is chosen and was built."""

import math
import os
from importlib.util import find_spec

from core.errors import NearfieldError
from core.kept_arrays import cache_folder
from core.search.lance_index import LANCE_FAULTS, LanceIndex
from core.search.recall import NEAREST
from core.search.vectors import CosineSimilarity
from core.similarity import NeighbourIndex, Neighbours
from core.text import short_label

INDEX_VARIABLE, PLACE_VARIABLE = "NEARFIELD_INDEX", "NEARFIELD_INDEX_PLACE"
EXACT, LANCE = "exact", "lance"

EXACT_UP_TO = 2_000_000
"""Artists up to which search is exact unless NEARFIELD_INDEX says otherwise."""

NEAR_FROM = 500_000
"""Artists from which walks and pair rankers look around an artist alone, unless NEARFIELD_INDEX is EXACT."""

LEAST_RECALL = 0.98
"""An index that finds less is not used."""


def chosen_engine(n_artists: int) -> str:
    """EXACT or LANCE: what NEARFIELD_INDEX says, else by the number of artists. Raises NearfieldError for another."""
    return _chosen() or (EXACT if n_artists <= EXACT_UP_TO or find_spec("lancedb") is None else LANCE)


def searches_near(n_artists: int) -> bool:
    """Whether walks and pair rankers of so many artists search around an artist alone. Raises as `chosen_engine`."""
    return _chosen() != EXACT and n_artists >= NEAR_FROM


def _chosen() -> str:
    chosen = os.environ.get(INDEX_VARIABLE, "").strip()
    if chosen not in ("", EXACT, LANCE):
        raise NearfieldError(f"{INDEX_VARIABLE} is {chosen!r}. Set it to {EXACT} or {LANCE}, or not at all.")
    return chosen


def index_place() -> str:
    """Where indexes are: NEARFIELD_INDEX_PLACE, a folder or an object store's address, else in the cache folder."""
    return os.environ.get(PLACE_VARIABLE, "").strip() or str(cache_folder() / "indexes")


def index_of(similarity: CosineSimilarity) -> NeighbourIndex:
    """The index that answers for these vectors: they themselves, or an approximate one, if it is chosen and built.

    It is looked for once. Where Lance or its store is away, search is exact. Raises as `chosen_engine`, and
    NearfieldError where NEARFIELD_INDEX asks for Lance and it is not installed.
    """
    if similarity.index is None:
        similarity.index = _opened(similarity)
    return similarity.index


def built_index(similarity: CosineSimilarity) -> LanceIndex | None:
    """The approximate index of these vectors, None if there is none. Raises NearfieldError where Lance or its store
    cannot be used."""
    try:
        return LanceIndex.open(index_place(), similarity)
    except LANCE_FAULTS as fault:
        raise _away(fault) from None


def build_index(similarity: CosineSimilarity, owner: str) -> LanceIndex:
    """Build the approximate index of these vectors, of a space of the catalogue `owner`. Raises as `built_index`."""
    try:
        return LanceIndex.build(index_place(), similarity, owner)
    except LANCE_FAULTS as fault:
        raise _away(fault) from None


def _away(fault: Exception) -> NearfieldError:
    reason = short_label(str(fault).partition("\n")[0], 200)
    place = f"The place that {PLACE_VARIABLE} names" if os.environ.get(PLACE_VARIABLE) else "The cache folder"
    return NearfieldError(f"{place} cannot be used for indexes: {reason}")


def approximate(found: Neighbours) -> str:
    """That an answer is approximate, and how near it comes to the exact one, in a sentence; "" where it is exact."""
    if found.recall is not None:
        share = "all" if found.recall == 1 else f"{math.floor(1000 * found.recall) / 10:g} %"
        return f"An approximate search found these. In trials it found {share} of the {NEAREST} nearest."
    if found.error is not None:
        return (
            "An approximate walk found these: it stops where little is left to find. No score is too high, and none is "
            f"too low by more than {found.error:.6f} for each known edge of the artist."
        )
    if found.compared is not None:
        return (
            f"An approximate search found these: the best of {found.compared:,} that the walk and the content suggest."
        )
    return ""


def worth(found: Neighbours) -> dict[str, float]:
    """What `approximate` says, by name; empty where the answer is exact."""
    figures = {"recall_at_10": found.recall, "error_per_edge": found.error, "compared": found.compared}
    return {name: figure for name, figure in figures.items() if figure is not None}


def _opened(similarity: CosineSimilarity) -> NeighbourIndex:
    if not similarity.made_from or chosen_engine(similarity.n_artists) == EXACT:
        return similarity
    try:
        index = LanceIndex.open(index_place(), similarity)
    except LANCE_FAULTS:
        return similarity
    return index if index and index.recall >= LEAST_RECALL else similarity
