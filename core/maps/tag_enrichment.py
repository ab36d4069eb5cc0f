"""Tag enrichment: the tags that some artists have more often than the others do, not their most frequent ones.

Log-odds ratios with an informative Dirichlet prior (Monroe, Colaresi and Quinn, "Fightin' Words", Political Analysis
16(4), 2008, eq. 15-22), applied to tags that an artist has or lacks: the prior holds back tags with little data.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from core.arrays import BoolArray, DoubleArray, IntArray
from core.catalogue import Catalogue
from core.search.sound_tags import TAG_KINDS, tag_lists

PRIOR_ARTISTS = 50.0
"""The weight of the prior in artists, who have each tag as often as all artists do."""

LEAST_Z = 3.0
FEWEST_ARTISTS = 3
LEAST_SHARE = 0.1
"""A tag that nine of ten artists lack does not count, however rare it is elsewhere."""


@dataclass(frozen=True)
class EnrichedTag:
    """A tag of a `kind` (one of TAG_KINDS, or the name of a feature set) that `n_artists` of a group have.

    `share` is that of its artists with any known tag of that kind, and `share_elsewhere` of such artists elsewhere.
    `z` is the log-odds ratio in standard deviations.
    """

    kind: str
    tag: str
    n_artists: int
    share: float
    share_elsewhere: float
    z: float


@dataclass(frozen=True, eq=False)
class TagGroup:
    """The tags of one kind: `has` (n, t) sparse, 1 where an artist has a tag; `known` (n,) the artists of whom it is
    known which they have."""

    kind: str
    tags: Sequence[str]
    has: sp.csr_array
    known: BoolArray


class TagTable:
    """The tags of all artists, prepared for counting; build it once per catalogue."""

    def __init__(self, groups: Sequence[TagGroup]) -> None:
        self.kinds = [group.kind for group in groups for _ in group.tags]
        self.tags = [str(tag) for group in groups for tag in group.tags]
        self._has = sp.hstack([group.has for group in groups], format="csr")
        self._known = np.array([group.known for group in groups])
        self._kind_code = np.repeat(np.arange(len(groups)), [len(group.tags) for group in groups])

    def __len__(self) -> int:
        return len(self.tags)

    def having(self, kind: str, tag: str) -> BoolArray:
        """(n,) the artists with a tag; none if there is no such tag."""
        places = [place for place, named in enumerate(zip(self.kinds, self.tags, strict=True)) if named == (kind, tag)]
        having: BoolArray = np.asarray(self._has[:, places].sum(axis=1)).ravel() > 0
        return having

    def counts(self) -> IntArray:
        """(tags,) artists with each tag."""
        return np.asarray(self._has.sum(axis=0)).ravel().astype(np.int64)

    def enriched_tags(self, inside: BoolArray, among: BoolArray | None = None, most: int = 5) -> list[EnrichedTag]:
        """The tags that are enriched in the artists `inside` (n,) against the others of `among` (n,), most enriched
        first.

        A tag stands out by at least three standard deviations, in at least three artists and a tenth of the group.
        """
        return self.enriched_tags_of_groups([inside], among, most)[0]

    def enriched_tags_of_groups(
        self, groups: Sequence[BoolArray], among: BoolArray | None = None, most: int = 5
    ) -> list[list[EnrichedTag]]:
        """The same for several groups at once, each against all other artists."""
        everybody = np.ones(self._has.shape[0], bool) if among is None else among
        members = np.array([group & everybody for group in groups], np.float32).reshape(len(groups), -1)
        has = np.asarray(members @ self._has, np.float64)
        of = (members @ self._known.T.astype(np.float32))[:, self._kind_code].astype(np.float64)
        has_any = np.asarray(everybody.astype(np.float32) @ self._has, np.float64)
        of_any = (self._known[:, everybody].sum(axis=1))[self._kind_code].astype(np.float64)
        z = log_odds_z(has, of, has_any - has, of_any - of)
        elsewhere = _share(has_any - has, of_any - of)
        return [self._best(*row, most) for row in zip(has, _share(has, of), elsewhere, z, strict=True)]

    def _best(
        self,
        has: DoubleArray,
        share: DoubleArray,
        elsewhere: DoubleArray,
        z: DoubleArray,
        most: int,
    ) -> list[EnrichedTag]:
        fits = np.flatnonzero((z >= LEAST_Z) & (has >= FEWEST_ARTISTS) & (share >= LEAST_SHARE))
        best = fits[np.argsort(-z[fits], kind="stable")][:most]
        return [
            EnrichedTag(self.kinds[i], self.tags[i], int(has[i]), float(share[i]), float(elsewhere[i]), float(z[i]))
            for i in best.tolist()
        ]


def tag_table(catalogue: Catalogue) -> TagTable:
    """The tags of TAG_KINDS: what the catalogue says of its artists, and what is heard in their music."""
    return TagTable([_group_of(catalogue, kind) for kind in TAG_KINDS])


def _group_of(catalogue: Catalogue, kind: str) -> TagGroup:
    exploded = tag_lists(catalogue, kind).explode().dropna()
    codes, tags = exploded.factorize(sort=True)
    ones = np.ones(len(codes), np.float32)
    has = sp.csr_array((ones, (exploded.index.to_numpy(), codes)), shape=(len(catalogue), len(tags))).sign()
    return TagGroup(kind, list(tags), has, np.diff(has.indptr) > 0)


def log_odds_z(
    has: DoubleArray,
    of: DoubleArray,
    has_elsewhere: DoubleArray,
    of_elsewhere: DoubleArray,
    prior: float = PRIOR_ARTISTS,
) -> DoubleArray:
    """By how many standard deviations a tag is likelier in a group than elsewhere (eq. 15, 20 and 22).

    `has` of the `of` artists of the group have the tag, `has_elsewhere` of `of_elsewhere` others; any shapes that fit
    each other. 0 where nobody has the tag.
    """
    total = np.maximum(of + of_elsewhere, 1)
    expected = prior * (has + has_elsewhere) / total
    nobody = expected <= 0
    expected = np.where(nobody, prior / 2, expected)
    with_tag, with_elsewhere = has + expected, has_elsewhere + expected
    # If everybody has the tag, nothing is left on the other side of the odds.
    without = np.maximum(of + prior - with_tag, 0.5)
    without_elsewhere = np.maximum(of_elsewhere + prior - with_elsewhere, 0.5)
    difference = np.log(with_tag / without) - np.log(with_elsewhere / without_elsewhere)
    z = difference / np.sqrt(1 / with_tag + 1 / with_elsewhere)
    scores: DoubleArray = np.where(nobody, 0.0, z)
    return scores


def _share(part: DoubleArray, whole: DoubleArray) -> DoubleArray:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
