"""Columns of the visible edges: chances and numbers of walks, shared neighbours, and degrees."""

from collections.abc import Mapping

import numpy as np
import scipy.sparse as sp

from core.arrays import FloatArray, IntArray
from core.graph.rankers import SHORT_WALK
from core.pairs.asked import Asked, Columns, Pairs
from core.pairs.walks import VisibleGraph, Walks, dense, ends_of

WALKS, SHARED, STANDING, DEGREES, RELATIONS = "walks", "shared", "standing", "degrees", "relations"
GROUPS = (WALKS, SHARED, STANDING, DEGREES, RELATIONS)
LEAST_CHANCE = 1e-8
_CONTINUE = {"pagerank": 0.5, "far_walk": 0.75}
_RELATION_WEIGHT = 0.25


class Walked:
    """The walks from the queries to all candidates.

    Shapes: `chances` (q, c) by number of steps; `totals` (q, c) by name: "mix" is the short walk, the others go on with
    the probabilities of _CONTINUE.
    """

    def __init__(self, graph: VisibleGraph, asked: Asked) -> None:
        self.chances = graph.walks.chances(asked.queries, asked.candidates)
        weights = {name: {length: share**length for length in self.chances} for name, share in _CONTINUE.items()}
        self.totals = {
            name: asked.without_self(_weighted(self.chances, by_length))
            for name, by_length in ({"mix": SHORT_WALK} | weights).items()
        }

    @property
    def mix(self) -> FloatArray:
        return self.totals["mix"]


def add_walks(found: Columns, pairs: Pairs, graph: VisibleGraph, walked: Walked) -> None:
    """Chances of walks of each length and in total, and where the candidate stands by them."""
    for length, chance in walked.chances.items():
        found.add(WALKS, **{f"steps_{length}": _logarithm(pairs.at(chance))})
    for name, total in walked.totals.items():
        logged = np.log(total + LEAST_CHANCE)
        found.add(WALKS, **{name: pairs.at(logged)})
        found.add(STANDING, **{f"{name}_gap": pairs.gaps(logged, np.log(LEAST_CHANCE))})
    for name in ("mix", "pagerank"):
        found.add(STANDING, **{f"{name}_rank": pairs.ranks(walked.totals[name])})
    # The chances of a walk there and back differ by the ratio of the degrees.
    mutual = pairs.at(walked.chances[3]) * np.sqrt(graph.divisor[pairs.one] / graph.divisor[pairs.other])
    found.add(WALKS, mutual_steps_3=_logarithm(mutual))


def add_shared(found: Columns, pairs: Pairs, graph: VisibleGraph) -> None:
    """Shared neighbours, and numbers of walks over edges that are embedded among others."""
    divisor = graph.divisor
    of_query, of_candidate = divisor[pairs.one], divisor[pairs.other]
    shared = pairs.between(graph.links, graph.links)
    found.add(
        SHARED,
        shared=shared,
        resource=pairs.between(graph.resource, graph.links),
        rarity=pairs.between(graph.rarity, graph.links),
        shared_cosine=shared / np.sqrt(of_query * of_candidate),
        shared_of_query=shared / of_query,
        shared_of_candidate=shared / of_candidate,
        embedded_shared=np.log1p(pairs.between(graph.embedded, graph.embedded)),
    )
    threes, embedded = _threes(pairs, graph, graph.links), _threes(pairs, graph, graph.embedded)
    found.add(
        WALKS,
        walks_3=np.log1p(threes),
        walks_3_share=threes / (of_query * of_candidate),
        embedded_walks_3=np.log1p(embedded),
        embedded_mix=_short_walk(pairs, graph.embedded_walks),
    )


def add_degrees(found: Columns, pairs: Pairs, graph: VisibleGraph) -> None:
    """How many neighbours each of the two has, and of what kind."""
    for name, values in (
        ("degree", np.log1p(graph.degree)),
        ("clustering", graph.clustering),
        ("neighbour_degree", graph.neighbour_degree),
        ("neighbour_rarity", graph.neighbour_rarity),
    ):
        found.add(DEGREES, **{f"{name}_of_query": values[pairs.one], f"{name}_of_candidate": values[pairs.other]})


class Relations:
    """Other relations than the one that is ranked: directed matrices (n, n) by name, for a separate setting."""

    def __init__(self, graph: VisibleGraph, by_name: Mapping[str, sp.csr_array]) -> None:
        self._by_name = dict(by_name)
        self._any = sp.csr_array(sum(((one + one.T) > 0).astype(np.float32) for one in self._by_name.values()))
        self._walks = Walks(sp.csr_array(graph.links + _RELATION_WEIGHT * self._any), graph.push_error)

    def add(self, found: Columns, pairs: Pairs, graph: VisibleGraph) -> None:
        """Relations between the two, paths over a relation and an edge, and walks over both."""
        for name, matrix in self._by_name.items():
            there, back = _entries(matrix, pairs.one, pairs.other), _entries(matrix, pairs.other, pairs.one)
            found.add(RELATIONS, **{f"{name}_there": there, f"{name}_back": back})
        found.add(
            RELATIONS,
            related_then_similar=pairs.between(self._any, graph.links),
            similar_then_related=pairs.between(graph.links, self._any),
            related_twice=pairs.between(self._any, self._any),
            related_mix=_short_walk(pairs, self._walks),
        )


def _entries(matrix: sp.csr_array, rows: IntArray, columns: IntArray) -> FloatArray:
    """(p,) the entries at these places. For no places scipy answers with a sparse array."""
    return np.asarray(matrix[rows, columns], np.float32) if len(rows) else np.empty(0, np.float32)


def _threes(pairs: Pairs, graph: VisibleGraph, ends: sp.csr_array) -> FloatArray:
    """(p,) ends · links · ends, both symmetric."""
    asked = pairs.asked
    return pairs.at(dense((ends[asked.queries] @ graph.links) @ ends_of(ends, asked.candidates)))


def _short_walk(pairs: Pairs, walks: Walks) -> FloatArray:
    chances = walks.chances(pairs.asked.queries, pairs.asked.candidates, longest=max(SHORT_WALK))
    return _logarithm(pairs.at(_weighted(chances, SHORT_WALK)))


def _weighted(chances: Mapping[int, FloatArray], weights: Mapping[int, float]) -> FloatArray:
    total: FloatArray = sum(np.float32(weight) * chances[length] for length, weight in weights.items())  # type: ignore[assignment]
    return total


def _logarithm(chance: FloatArray) -> FloatArray:
    logged: FloatArray = np.log(chance + np.float32(LEAST_CHANCE))
    return logged
