"""The tags that artists share, by name: those of the catalogue's table, and those of feature sets made of tags."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from core.arrays import BoolArray, IntArray
from core.catalogue import Catalogue
from core.catalogue.format import LIST_COLUMNS
from core.features import load_feature_set
from core.features.audio_sets import MUSICNN_TAGS
from core.features.tag_words import is_telling
from core.search.sound_tags import LEAST


@dataclass(frozen=True)
class TagSource:
    """The tags of one column of the table of artists, or of one feature set of named tags.

    `name` is that of the column or set. Shapes: `tags` (t,); `has` (n, t) sparse, without tags that describe nothing;
    `known` (n,) which artists have the set, or any tag of the column; `artists` (t,) the artists with each tag.
    """

    name: str
    title: str
    tags: tuple[str, ...]
    has: csr_array
    known: BoolArray
    artists: IntArray

    def of(self, row: int) -> list[str]:
        """The artist's tags, the rarest first."""
        return self.named(_places(self.has, row))

    def shared(self, *rows: int) -> list[str]:
        """The tags that all artists have, the rarest first."""
        common = _places(self.has, rows[0])
        for row in rows[1:]:
            common = np.intersect1d(common, _places(self.has, row))
        return self.named(common)

    def named(self, places: IntArray) -> list[str]:
        """The tags in these `places`, the rarest first."""
        return [self.tags[place] for place in places[np.argsort(self.artists[places], kind="stable")]]


def tag_sources(catalogue: Catalogue) -> tuple[TagSource, ...]:
    """The sources of tags: feature sets first, then columns of the table. None says nothing but what others say."""
    columns = [_of_column(catalogue, column) for column in LIST_COLUMNS if column in catalogue.tag_columns]
    sets = [source for name in catalogue.feature_names for source in [tag_source_of_set(catalogue, name)] if source]
    return (*(source for source in sets if not _say_all_of(columns, source)), *columns)


def shared_tags(sources: Sequence[TagSource], *rows: int) -> dict[str, list[str]]:
    """The tags that all artists have, by the name of their source, the rarest first, without empty lists."""
    common = {source.name: source.shared(*rows) for source in sources}
    return {name: tags for name, tags in common.items() if tags}


def number_of_tags(shared: Mapping[str, Sequence[str]]) -> int:
    """How many different tags there are in `shared`. A tag of two sources counts once."""
    return len({_plain(tag) for tags in shared.values() for tag in tags})


def _of_column(catalogue: Catalogue, column: str) -> TagSource:
    lists = catalogue.tag_lists(column)
    lists = lists.only(np.array([is_telling(tag) for tag in lists.tags], dtype=bool))
    return _source(column, column.capitalize(), lists.tags, lists.rows, lists.codes.astype(np.int64), len(catalogue))


def tag_source_of_set(catalogue: Catalogue, name: str) -> TagSource | None:
    """The tags of a feature set; None if its columns are no tags or have no names."""
    info = catalogue.feature_info(name)
    is_heard = name == MUSICNN_TAGS
    if (info.kind != "binary" and not is_heard) or info.columns is None:
        return None
    found = load_feature_set(catalogue, name)
    telling = np.array([is_telling(tag) for tag in info.columns], dtype=bool)
    has = found.values >= LEAST if is_heard else found.values > 0
    rows, codes = np.nonzero(has & telling)
    return _source(name, info.title, info.columns, rows, codes, len(catalogue), found.present)


def _source(
    name: str,
    title: str,
    tags: Sequence[str],
    rows: IntArray,
    codes: IntArray,
    n_artists: int,
    known: BoolArray | None = None,
) -> TagSource:
    has = csr_array((np.ones(len(rows), np.float32), (rows, codes)), shape=(n_artists, len(tags)))
    has.sum_duplicates()
    has.sort_indices()
    artists = np.bincount(has.indices, minlength=len(tags))
    return TagSource(name, title, tuple(tags), has, np.diff(has.indptr) > 0 if known is None else known, artists)


def _places(has: csr_array, row: int) -> IntArray:
    return has.indices[has.indptr[row] : has.indptr[row + 1]].astype(np.int64)


def _say_all_of(columns: Sequence[TagSource], source: TagSource) -> bool:
    """Whether the columns name every tag that the source has of an artist for the same artist."""
    code_of: dict[str, int] = {}
    for tag in (tag for column in columns for tag in column.tags):
        code_of.setdefault(_plain(tag), len(code_of))
    codes = np.array([code_of.get(_plain(tag), -1) for tag in source.tags], np.int64)
    pairs = source.has.tocoo()
    asked = codes[pairs.col]
    if (asked < 0).any():
        return False
    named = np.concatenate([np.empty(0, np.int64), *(_keys(column, code_of) for column in columns)])
    return bool(np.isin(pairs.row.astype(np.int64) * len(code_of) + asked, named).all())


def _keys(source: TagSource, code_of: Mapping[str, int]) -> IntArray:
    """One number for each pair of an artist and a tag."""
    codes = np.array([code_of[_plain(tag)] for tag in source.tags], np.int64)
    pairs = source.has.tocoo()
    keys: IntArray = pairs.row.astype(np.int64) * len(code_of) + codes[pairs.col]
    return keys


def _plain(tag: str) -> str:
    """The tag without the kind of tag that a set may write before it, as in "mood: airy"."""
    return tag.rpartition(": ")[2].casefold()
