"""The columns of a pair of artists: what the visible edges and the content say of a query and a candidate.

Ranks and gaps say where the candidate stands among all candidates of the query; those that the query has an edge to do
not count there. Nothing here reads an edge that the graph does not show. A column that cannot be known is NaN.

Columns form groups, by which an answer can be explained (`core.pairs.reasons`): those of `core.pairs.structure`, each
set ("content:NAME"), "profile", "neighbourhood", and each number ("number:decade").
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from core.arrays import BoolArray, FloatArray, IntArray
from core.pairs.asked import Asked, Columns, Pairs
from core.pairs.content import PairContent
from core.pairs.likeness import Likeness, least_of_best
from core.pairs.structure import LEAST_CHANCE, Relations, Walked, add_degrees, add_shared, add_walks
from core.pairs.walks import VisibleGraph

_FEW_EDGES = 5
_FAR, _CONTENT = np.float32(1e-6), np.float32(1e-3)
"""Weights of the longer walk and of content in the order of the pairs without columns: they break ties."""


@dataclass(frozen=True)
class Choice:
    """How many candidates of a query get columns: the first by walks, and the first by content.

    An artist with at most _FEW_EDGES visible edges gets `few` times as many by content.
    """

    walks: int = 60
    content: int = 15
    few: int = 4


@dataclass(frozen=True)
class PairTable:
    """The columns of the chosen pairs of queries and candidates.

    Shapes: `values` (p, columns); `query` and `candidate` (p,) places in the lists of queries and candidates, sorted by
    query; `names` and `groups` (columns,); `base` (q, c) orders the pairs that were not chosen, NaN where nothing is
    known.
    """

    names: tuple[str, ...]
    groups: tuple[str, ...]
    values: FloatArray
    query: IntArray
    candidate: IntArray
    base: FloatArray


class PairColumns:
    """Makes the columns of any queries and candidates on one visible graph.

    `relations` are directed matrices (n, n) by name, for the separate setting that reads other relations.
    """

    def __init__(
        self, graph: VisibleGraph, content: PairContent, relations: Mapping[str, sp.csr_array] | None = None
    ) -> None:
        self.graph, self._content = graph, content
        self._everybody = None if graph.push_error else Likeness(graph, content)
        self._relations = Relations(graph, relations) if relations else None

    def table(self, queries: IntArray, candidates: IntArray | None, choice: Choice) -> PairTable:
        """The columns of the pairs worth ranking. Without `candidates` these are all artists."""
        asked = Asked.of(self.graph, queries, candidates)
        walked = Walked(self.graph, asked)
        likeness = self._likeness_of(asked)
        alike = likeness.alike(asked)
        pairs = Pairs.of(asked, self._chosen(asked, walked.mix, alike, choice))
        found = Columns()
        add_walks(found, pairs, self.graph, walked)
        add_shared(found, pairs, self.graph)
        add_degrees(found, pairs, self.graph)
        likeness.add(found, pairs, alike)
        if self._relations:
            self._relations.add(found, pairs, self.graph)
        names = tuple(found.values)
        values = np.stack([found.values[name] for name in names], axis=1)
        groups = tuple(found.groups[name] for name in names)
        return PairTable(names, groups, values, pairs.query, pairs.candidate, _base(walked, alike))

    def _likeness_of(self, asked: Asked) -> Likeness:
        """That of all artists, or in a graph of millions of those that are asked about."""
        return self._everybody or Likeness(self.graph, self._content, np.union1d(asked.queries, asked.rows))

    def _chosen(self, asked: Asked, mix: FloatArray, alike: FloatArray, choice: Choice) -> BoolArray:
        few = self.graph.degree[asked.queries] <= _FEW_EDGES
        by_walks = least_of_best(np.where(asked.open, mix, 0), np.full(len(few), choice.walks))
        by_content = least_of_best(np.where(asked.open, alike, np.nan), choice.content * np.where(few, choice.few, 1))
        chosen: BoolArray = ((mix >= by_walks[:, None]) & (mix > 0)) | (alike >= by_content[:, None])
        chosen[asked.rows == asked.queries[:, None]] = False
        return chosen


def _base(walked: Walked, alike: FloatArray) -> FloatArray:
    mix, far = walked.mix, walked.totals["far_walk"]
    base = np.log(mix + _FAR * far + np.float32(LEAST_CHANCE)) + _CONTENT * np.nan_to_num(alike, nan=-1.0)
    base[(far == 0) & np.isnan(alike)] = np.nan
    ordered: FloatArray = base
    return ordered
