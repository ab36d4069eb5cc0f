"""How much an answer rests on: one word, and the reason for it in plain sentences.

    known    the catalogue itself lists the two as similar
    strong   two points or more
    fair     one point, or more where the evidence is thin
    thin     none

A point for having known similar artists in common, two for MANY_SHARED of them; and a point for each other kind of
space that has the answer among its nearest, NEAREST_SHARE of the artists it knows, at least FEWEST_NEAREST. All that
rests on known edges (models, fusions, walks) is one kind, since those repeat each other; each feature set is one.
Evidence is thin, and never strong, where one of the two has no known edge or the two have but one feature set in
common. `benchmarks.confidence` measures what the words are worth on artists whose edges are hidden: among the
first ten answers to 500 validation artists of DISCO-OLGA, hidden neighbours are 2 % of the thin, 13 % of the fair and
35 % of the strong ones of a SIGN model, and 3, 11 and 31 % of those of the walk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from core.arrays import BoolArray, FloatArray, IntArray
from core.catalogue import Catalogue
from core.features import load_feature_set
from core.features.audio_sets import audio_set_of
from core.graph.adjacency import degrees
from core.search.evidence import Answer
from core.search.spaces import Space
from core.space_name import SpaceName

LEVELS = ("thin", "fair", "strong", "known")
THIN, FAIR, STRONG, KNOWN = range(len(LEVELS))

MANY_SHARED = 3
NEAREST_SHARE = 0.02
FEWEST_NEAREST = 10
FEWEST_SETS = 2

_GRAPH = "graph"


@dataclass(frozen=True)
class PairFacts:
    """What is known of p pairs of a query artist and an answer.

    Shapes (p,): `known` whether they have an edge; `query_degree`, `degree` known edges of each; `shared` artists tied
    to both; `comparing` other kinds of space that can compare the two, `agreeing` those that have the answer among their
    nearest; `covered` feature sets that both have, of `n_sets`.
    """

    known: BoolArray
    query_degree: IntArray
    degree: IntArray
    shared: IntArray
    comparing: IntArray
    agreeing: IntArray
    covered: IntArray
    n_sets: int


@dataclass(frozen=True)
class Confidence:
    """A word of LEVELS and the sentences that give the reason."""

    word: str
    reason: str


def kind_of(space: str) -> str:
    """The kind of a space or ranker by its name: "graph" for all that rests on known edges, else its feature set."""
    name = SpaceName(space)
    if name.is_walk or name.is_run or name.is_fusion:
        return _GRAPH
    return audio_set_of(name.id)


def one_space_per_kind(spaces: Sequence[Space]) -> list[Space]:
    """What to ask how far the kinds agree on an answer: the first of `spaces` of each kind, of the graph the last."""
    content = [space for space in spaces if kind_of(space.name) != _GRAPH]
    graph = [space for space in spaces if kind_of(space.name) == _GRAPH]
    of_kind = {kind_of(space.name): space for space in [*reversed(content), *graph[-1:]]}
    return list(of_kind.values())


def feature_presence(catalogue: Catalogue) -> BoolArray:
    """(sets, n) which artists have each stored feature set; sets that hear the same, as of one track, count as one."""
    present: dict[str, BoolArray] = {}
    for name in catalogue.feature_names:
        kind = audio_set_of(name)
        present[kind] = present.get(kind, False) | load_feature_set(catalogue, name).present
    return np.array(list(present.values()), dtype=bool).reshape(len(present), len(catalogue))


def near_and_known(scores: FloatArray, queries: IntArray, rows: IntArray) -> tuple[BoolArray, BoolArray]:
    """Whether answers `rows` (p,) are among the nearest of their `query` (p,), a row of `scores` (q, n), and known.

    Equal scores all stand at the last of their places, so a space that cannot tell artists apart agrees with nobody.
    """
    known = ~np.isnan(scores)
    n_known = np.count_nonzero(known, axis=1)
    n_near = np.maximum(np.ceil(NEAREST_SHARE * n_known), FEWEST_NEAREST).astype(np.int64)
    ascending = np.sort(np.where(known, scores, -np.inf), axis=1)
    beyond = ascending[np.arange(len(scores)), np.maximum(scores.shape[1] - 1 - n_near, 0)]
    beyond[n_near >= scores.shape[1]] = -np.inf
    return known[queries, rows] & (scores[queries, rows] > beyond[queries]), known[queries, rows]


def agreement_by_kind(scores: Mapping[str, FloatArray], own: str, queries: IntArray, rows: IntArray) -> IntArray:
    """(2, p) how many kinds of space other than that of `own` can compare each pair, and how many of them agree.

    `scores` (q, n) by name of the space, NaN for what it does not know. A kind agrees when one of its spaces does.
    """
    kinds: dict[str, list[tuple[BoolArray, BoolArray]]] = {}
    for name, matrix in scores.items():
        if kind_of(name) != kind_of(own):
            kinds.setdefault(kind_of(name), []).append(near_and_known(matrix, queries, rows))
    counts = np.zeros((2, len(rows)), np.int64)
    for found in kinds.values():
        near, known = np.any(found, axis=0)
        counts += np.array([known, near])
    return counts


def pair_facts(matrix: csr_array, present: BoolArray, queries: IntArray, rows: IntArray, counts: IntArray) -> PairFacts:
    """The facts of pairs of artists `queries` (p,) and `rows` (p,).

    `matrix` (n, n) of the known edges, `present` (sets, n) as of `feature_presence`, `counts` (2, p) as of
    `agreement_by_kind`.
    """
    degree = degrees(matrix)
    both = matrix[queries].multiply(matrix[rows])
    known = np.asarray(matrix[queries, rows]).ravel() > 0 if len(rows) else np.zeros(0, dtype=bool)
    return PairFacts(
        known=known,
        query_degree=degree[queries],
        degree=degree[rows],
        shared=np.asarray(both.sum(axis=1)).ravel().astype(np.int64),
        comparing=counts[0],
        agreeing=counts[1],
        covered=np.count_nonzero(present[:, queries] & present[:, rows], axis=0),
        n_sets=len(present),
    )


def facts_of_answer(
    matrix: csr_array, present: BoolArray, answers: Sequence[Answer], own: str, rows: IntArray
) -> PairFacts:
    """The facts of artists `rows` (k,), named by the space `own`, when `answers` are what all spaces say of one query.

    Raises ValueError for answers to different queries, or none.
    """
    queries = {found.query_row for found in answers}
    if len(queries) != 1:
        raise ValueError("The answers must be to one query artist.")
    scores: dict[str, FloatArray] = {found.space.name: found.scores[np.newaxis] for found in answers}
    counts = agreement_by_kind(scores, own, np.zeros(len(rows), np.int64), rows)
    return pair_facts(matrix, present, np.full(len(rows), queries.pop()), rows, counts)


def confidence_levels(facts: PairFacts) -> IntArray:
    """(p,) places in LEVELS."""
    points = np.minimum(facts.shared, 1) + (facts.shared >= MANY_SHARED) + facts.agreeing
    level = np.minimum(points, np.where(is_thin(facts), FAIR, STRONG))
    return np.where(facts.known, KNOWN, level).astype(np.int64)


def is_thin(facts: PairFacts) -> BoolArray:
    """(p,) whether one of the two has no known edge, or they have fewer feature sets in common than FEWEST_SETS."""
    no_edge = np.minimum(facts.query_degree, facts.degree) == 0
    thin: BoolArray = no_edge | (facts.covered < min(FEWEST_SETS, facts.n_sets))
    return thin


def confidences(facts: PairFacts) -> list[Confidence]:
    """The word and the reason for each of the p pairs."""
    levels = confidence_levels(facts)
    return [Confidence(LEVELS[level], _reason(facts, pair)) for pair, level in enumerate(levels)]


def _reason(facts: PairFacts, pair: int) -> str:
    sentences = [_edges_sentence(facts, pair), _kinds_sentence(facts, pair), _sets_sentence(facts, pair)]
    return " ".join(sentence for sentence in sentences if sentence)


def _edges_sentence(facts: PairFacts, pair: int) -> str:
    listed = "The catalogue lists the two as similar. " if facts.known[pair] else ""
    one, other = int(facts.query_degree[pair]), int(facts.degree[pair])
    if not one or not other:
        whom = "either artist" if not one and not other else "the artist asked for" if not one else "this artist"
        return f"{listed}No similar artist of {whom} is known."
    shared = int(facts.shared[pair])
    common = f"share {shared:,} of their" if shared else "share none of their"
    return f"{listed}They {common} known similar artists ({one:,} and {other:,})."


def _kinds_sentence(facts: PairFacts, pair: int) -> str:
    comparing, agreeing = int(facts.comparing[pair]), int(facts.agreeing[pair])
    if not comparing:
        return "No other kind of space can compare the two."
    if comparing == 1:
        return f"The one other kind of space that can compare them {'agrees' if agreeing else 'does not agree'}."
    how_many = f"{agreeing} of the {comparing}" if agreeing else f"None of the {comparing}"
    return f"{how_many} other kinds of space that can compare them {'agrees' if agreeing == 1 else 'agree'}."


def _sets_sentence(facts: PairFacts, pair: int) -> str:
    covered = int(facts.covered[pair])
    if covered == facts.n_sets:
        return ""
    if not covered:
        return f"They have none of the catalogue’s {facts.n_sets} feature sets in common."
    return f"Both have {covered} of the catalogue’s {facts.n_sets} feature sets."
