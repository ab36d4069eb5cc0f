"""Classes of tags that are few enough to draw: those tags of a source that together say something of most artists."""

import numpy as np

from core.arrays import BoolArray, IntArray
from core.catalogue.genres import GenreClasses
from core.features.tag_words import without_kind
from core.palette import OKABE_ITO
from core.search.tag_sources import TagSource
from core.text import shown_name

OTHER_TAGS, NO_TAGS = "Other tags", "No tags known"
MOST_COMMON = 1 / 3
"""A tag of more than a third of the artists tells few of them apart."""


def telling_classes(source: TagSource, among: BoolArray | None = None) -> GenreClasses:
    """At most seven tags, the commonest first, and the others; `among` (n,) whom they are to say something of.

    Each tag is the one that most artists without any of those before have. An artist with several is in the class of
    the rarest, and one of whom no tags are known in none.
    """
    known = source.known if among is None else source.known & among
    counts = _artists(source, known)
    places = sorted(_telling_most(source, known, counts), key=lambda at: -counts[at])
    codes = np.where(source.known, len(places), -1).astype(np.int64)
    for code, at in enumerate(places):
        codes[_having(source, at)] = code
    return GenreClasses(codes, [*(shown_name(without_kind(source.tags[at]), 30) for at in places), OTHER_TAGS])


def _telling_most(source: TagSource, known: BoolArray, counts: IntArray) -> list[int]:
    """The tags that are classes of their own."""
    offered = (counts > 0) & (counts <= max(1.0, MOST_COMMON * known.sum()))
    left = known.copy()
    chosen: list[int] = []
    while len(chosen) < len(OKABE_ITO) - 1 and offered.any():
        further = np.where(offered, _artists(source, left), 0)
        best = int(further.argmax())
        if not further[best]:
            break
        chosen.append(best)
        offered[best] = False
        left[_having(source, best)] = False
    return chosen


def _artists(source: TagSource, among: BoolArray) -> IntArray:
    """(t,) how many of the artists `among` (n,) have each tag."""
    return np.asarray(among.astype(np.float32) @ source.has).ravel().astype(np.int64)


def _having(source: TagSource, tag: int) -> IntArray:
    found: IntArray = np.flatnonzero(source.has[:, [tag]].toarray().ravel())
    return found
