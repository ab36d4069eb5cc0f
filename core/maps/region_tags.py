"""What the regions of a map are named by: the columns of the map's own space, as far as they have names.

Where they have none, as in CLAP's vectors or those of a graph model, it is what the catalogue says of its artists; and
where it says nothing, the named columns of all its feature sets.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from core.catalogue import Catalogue
from core.features import split_feature_names
from core.features.tag_words import without_kind
from core.maps.tag_enrichment import TagGroup, TagTable, tag_table
from core.search.sound_tags import tag_kinds
from core.search.tag_sources import tag_source_of_set
from core.search.traits import ArtistTraits, traits_of_set
from core.space_name import Kind, SpaceName


@dataclass(frozen=True, eq=False)
class RegionTags:
    """The `table` of what regions are named by. `sets` are the titles of the feature sets it comes from, empty if it
    comes from the catalogue's table of artists; `are_own` says whether they are those that the map was made of."""

    table: TagTable
    sets: tuple[str, ...] = ()
    are_own: bool = False


def region_tags(catalogue: Catalogue, space: str) -> RegionTags | None:
    """What the regions of the map of `space` are named by; None if nothing in the catalogue has a name."""
    own = _groups(catalogue, _sets_of(space))
    if own:
        return RegionTags(TagTable(own), _titles(catalogue, own), are_own=True)
    if tag_kinds(catalogue):
        return RegionTags(tag_table(catalogue))
    others = _groups(catalogue, catalogue.feature_names)
    return RegionTags(TagTable(others), _titles(catalogue, others)) if others else None


def can_name_regions(catalogue: Catalogue) -> bool:
    """Whether anything in the catalogue has a name that regions of some map can have."""
    return bool(tag_kinds(catalogue) or _groups(catalogue, catalogue.feature_names))


def _sets_of(space: str) -> tuple[str, ...]:
    name = SpaceName(space)
    return split_feature_names(name.id) if name.kind is Kind.FEATURES else ()


def _groups(catalogue: Catalogue, names: Sequence[str]) -> list[TagGroup]:
    return [group for name in names for group in [_group_of(catalogue, name)] if group]


def _group_of(catalogue: Catalogue, name: str) -> TagGroup | None:
    if source := tag_source_of_set(catalogue, name):
        return TagGroup(name, [without_kind(tag) for tag in source.tags], source.has, source.known)
    traits = traits_of_set(catalogue, name)
    return _words_of(traits) if traits and traits.traits else None


def _words_of(traits: ArtistTraits) -> TagGroup:
    """The words for what is unusual: in each trait, those of the lowest and of the highest fifth."""
    low, high = traits.values < traits.reference.low, traits.values > traits.reference.high
    words = [word for trait in traits.traits for word in (trait.low, trait.high)]
    has = np.stack([low, high], axis=-1).reshape(len(traits.values), -1)
    known = np.isfinite(traits.values).all(axis=1)
    return TagGroup(traits.features, words, sp.csr_array(has.astype(np.float32)), known)


def _titles(catalogue: Catalogue, groups: Sequence[TagGroup]) -> tuple[str, ...]:
    return tuple(catalogue.feature_info(group.kind).title for group in groups)
