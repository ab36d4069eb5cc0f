"""The default spaces of Neighbourhood."""

from collections.abc import Mapping, Sequence

from core.search.evidence import best_first
from core.search.spaces import Space


def usual_space(spaces: Sequence[Space], measured: Mapping[str, float]) -> Space:
    """The default space for predictions: the one that was `measured` best, else a model."""
    return best_first(spaces, measured)[0]


def spaces_for_paths(spaces: Sequence[Space], wanted: str, measured: Mapping[str, float]) -> list[Space]:
    """The spaces with vectors, the default first: the one `wanted`, else the one that was `measured` best."""
    placing = best_first([space for space in spaces if space.has_vectors], measured)
    return sorted(placing, key=lambda space: space.name != wanted)
