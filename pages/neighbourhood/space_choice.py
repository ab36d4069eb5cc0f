"""The default spaces of Neighbourhood."""

from collections.abc import Sequence

from core.catalogue import Catalogue
from core.search.fusions import load_fusion
from core.search.spaces import Space
from core.space_name import Kind


def usual_space(spaces: Sequence[Space]) -> Space:
    """The default space for predictions: a fusion, else the newest graph model, else the first space."""
    ordered = [space for kind in (Kind.FUSION, Kind.RUN) for space in spaces if space.name.kind is kind]
    return next(iter(ordered), spaces[0])


def spaces_for_paths(catalogue: Catalogue, spaces: Sequence[Space], wanted: str) -> list[Space]:
    """The spaces with vectors, the default first: the one `wanted`, else a model of the default fusion.

    A model has a vector for every artist, even for those without the features of a content space.
    """
    usual = usual_space(spaces).name
    parts = load_fusion(catalogue, usual.id)[0].parts if usual.is_fusion else ()
    order = [wanted, *(part for part in parts if part.is_run)]
    placing = [space for space in spaces if space.has_vectors]
    return sorted(placing, key=lambda space: order.index(space.name) if space.name in order else len(order))
