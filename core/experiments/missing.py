"""Whether a missing feature is what makes two artists alike.

Asked for artists without edges that lack a feature set: how many of their ten nearest lack it too? By chance it would
be the share of all artists that do. A ranker far above chance has learned the mask, not the music.
"""

from dataclasses import dataclass

import numpy as np

from core.arrays import BoolArray
from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.graph.protocols import evaluation_view
from core.search.spaces import open_ranker
from core.similarity import best

NEAREST = 10
_QUERIES_AT_ONCE = 64


@dataclass(frozen=True)
class LackingShare:
    """`share` of the nearest of `queries` artists that lack a set too; `chance` is the share of all artists."""

    queries: int
    share: float
    chance: float


def lacking_share(catalogue: Catalogue, ranker: str, lacking: BoolArray, split: str = "val") -> LackingShare:
    """How a ranker treats artists of `split` that are `lacking` (n,) something, when they have no visible edge.

    All artists are candidates. Raises NearfieldError where no artist of the split lacks it.
    """
    view = evaluation_view(catalogue, "everybody", split, kept_edges=0)
    queries = np.flatnonzero(lacking & catalogue.in_split(split))
    if not len(queries):
        raise NearfieldError(f"No {split} artist of {catalogue.name} lacks this, so there is nothing to measure.")
    opened = open_ranker(catalogue, ranker, view)
    found, counted = 0, 0
    for start in range(0, len(queries), _QUERIES_AT_ONCE):
        block = queries[start : start + _QUERIES_AT_ONCE]
        for query, scores in zip(block.tolist(), opened.scores(block).copy(), strict=True):
            scores[query] = np.nan
            rows = best(scores, NEAREST).rows
            found, counted = found + int(lacking[rows].sum()), counted + len(rows)
    return LackingShare(len(queries), found / max(counted, 1), float(lacking.mean()))
