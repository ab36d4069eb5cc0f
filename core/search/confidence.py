"""How well the evidence supports an answer: one word, and the reason in plain sentences.

    known    the catalogue has an edge between the two artists
    strong   two points or more
    fair     one point, or more when the evidence is thin
    thin     no points

A pair gets one point for shared known neighbours, or two for MANY_SHARED of them. It gets one more point for each
other kind of space that ranks the answer among its nearest artists. These are the first NEAREST_SHARE of the artists
that the space knows, and at least FEWEST_NEAREST, but never more than a third of the catalogue. Everything that uses
known edges (models, fusions, walks) counts as one kind, because these repeat each other. Each feature set is a kind of
its own. Evidence is thin, and never strong, when one of the two artists has no known edge or when they share only one
feature set.

`benchmarks.confidence` measures these words on artists whose edges are hidden. Among the first ten answers to 500
validation artists of DISCO-OLGA, 2 % of the thin, 13 % of the fair and 35 % of the strong answers of a SIGN model are
hidden neighbours. For the walk these shares are 3, 11 and 31 %.
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
from core.search.evidence import Answer, score_in_place
from core.search.spaces import Space
from core.similarity import most_near
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
    """What is known about p pairs of a query artist and an answer.

    Shapes (p,): `known` says whether the two have an edge. `query_degree` and `degree` count the known edges of each.
    `shared` counts the artists with an edge to both. `comparing` counts the other kinds of space that can compare the
    two, and `agreeing` those that rank the answer among their nearest. `covered` counts the feature sets that both
    have, out of `n_sets`.
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
    """A word from LEVELS and the sentences that explain it."""

    word: str
    reason: str


def kind_of(space: str) -> str:
    """The kind of a space or ranker: "graph" if it uses known edges, otherwise its feature set."""
    name = SpaceName(space)
    if name.is_walk or name.is_run or name.is_fusion or name.is_pairs:
        return _GRAPH
    return audio_set_of(name.id)


def one_space_per_kind(spaces: Sequence[Space]) -> list[Space]:
    """One of `spaces` for each kind: the first of its kind, or the last for the graph."""
    content = [space for space in spaces if kind_of(space.name) != _GRAPH]
    graph = [space for space in spaces if kind_of(space.name) == _GRAPH]
    of_kind = {kind_of(space.name): space for space in [*reversed(content), *graph[-1:]]}
    return list(of_kind.values())


def feature_presence(catalogue: Catalogue) -> BoolArray:
    """(sets, n) which artists have each feature set. A set and its variant of one track count as one."""
    present: dict[str, BoolArray] = {}
    for name in catalogue.feature_names:
        kind = audio_set_of(name)
        present[kind] = present.get(kind, False) | load_feature_set(catalogue, name).present
    return np.array(list(present.values()), dtype=bool).reshape(len(present), len(catalogue))


def near_and_known(scores: FloatArray, queries: IntArray, rows: IntArray) -> tuple[BoolArray, BoolArray]:
    """Whether answers `rows` (p,) are among the nearest to their query, and whether their score is known.

    `queries` (p,) are rows of `scores` (q, n). Equal scores all take the worst of their ranks, so a space in which all
    artists look alike agrees with no answer.
    """
    near = np.zeros(len(rows), dtype=bool)
    for query in np.unique(queries).tolist():
        own, asked = scores[query], queries == query
        beyond = score_in_place(own, n_near(np.count_nonzero(~np.isnan(own)), len(own)) + 1)
        near[asked] = own[rows[asked]] > beyond
    return near, ~np.isnan(scores[queries, rows])


def n_near(n_known: int, n_artists: int) -> int:
    """How many artists count as the nearest of a space that knows `n_known` of `n_artists`."""
    wanted = max(int(np.ceil(NEAREST_SHARE * n_known)), FEWEST_NEAREST)
    return min(wanted, most_near(n_artists, n_artists - 1))


def agreement_by_kind(scores: Mapping[str, FloatArray], own: str, queries: IntArray, rows: IntArray) -> IntArray:
    """(2, p) how many kinds of space other than the kind of `own` can compare each pair, and how many of them agree.

    `scores` maps the name of a space to (q, n), NaN where unknown. A kind agrees if any of its spaces does.
    """
    others = {name: matrix for name, matrix in scores.items() if kind_of(name) != kind_of(own)}
    return _agreement({name: near_and_known(matrix, queries, rows) for name, matrix in others.items()}, len(rows))


def _agreement(found_by: Mapping[str, tuple[BoolArray, BoolArray]], n_pairs: int) -> IntArray:
    """(2, p) how many kinds of space know each pair, and how many find it near, from both by space."""
    kinds: dict[str, list[tuple[BoolArray, BoolArray]]] = {}
    for name, near_known in found_by.items():
        kinds.setdefault(kind_of(name), []).append(near_known)
    counts = np.zeros((2, n_pairs), np.int64)
    for found in kinds.values():
        near, known = np.any(found, axis=0)
        counts += np.array([known, near])
    return counts


def pair_facts(matrix: csr_array, present: BoolArray, queries: IntArray, rows: IntArray, counts: IntArray) -> PairFacts:
    """The facts about pairs of artists, `queries` (p,) and `rows` (p,).

    `matrix` (n, n) holds the known edges, `present` (sets, n) comes from `feature_presence`, and `counts` (2, p) from
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
    """The facts about artists `rows` (k,), which the space `own` returned.

    `answers` are the answers of all spaces to the same query artist. Raises ValueError if there are none, or if they
    answer different queries.
    """
    queries = {found.query_row for found in answers}
    if len(queries) != 1:
        raise ValueError("The answers must be to one query artist.")
    others = [found for found in answers if kind_of(found.space.name) != kind_of(own)]
    counts = _agreement({str(found.space.name): _near_and_known_in(found, rows) for found in others}, len(rows))
    return pair_facts(matrix, present, np.full(len(rows), queries.pop()), rows, counts)


def _near_and_known_in(found: Answer, rows: IntArray) -> tuple[BoolArray, BoolArray]:
    return found.above(n_near_in(found) + 1, rows), found.known[rows]


def n_near_in(found: Answer) -> int:
    """How many artists count as the nearest of an answer."""
    known = found.known  # unlike scores, which may take long, this is at hand
    return n_near(int(np.count_nonzero(known)), len(known))


def agreeing_spaces(answers: Sequence[Answer], own: str, row: int) -> dict[str, bool]:
    """Whether each space that counts for artist `row` as an answer of `own` agrees, by its name.

    `answers` has one answer of each kind of space. The kind of `own` does not count, nor does a space that cannot
    compare the two. `facts_of_answer` counts the same.
    """
    rows = np.array([row])
    others = {str(found.space.name): found for found in answers if kind_of(found.space.name) != kind_of(own)}
    found_by = {name: _near_and_known_in(found, rows) for name, found in others.items()}
    return {name: bool(near[0]) for name, (near, known) in found_by.items() if known[0]}


def confidence_levels(facts: PairFacts) -> IntArray:
    """(p,) positions in LEVELS."""
    points = np.minimum(facts.shared, 1) + (facts.shared >= MANY_SHARED) + facts.agreeing
    level = np.minimum(points, np.where(is_thin(facts), FAIR, STRONG))
    return np.where(facts.known, KNOWN, level).astype(np.int64)


def is_thin(facts: PairFacts) -> BoolArray:
    """(p,) whether one of the two has no known edge, or they share fewer feature sets than FEWEST_SETS."""
    no_edge = np.minimum(facts.query_degree, facts.degree) == 0
    thin: BoolArray = no_edge | (facts.covered < min(FEWEST_SETS, facts.n_sets))
    return thin


def confidences(facts: PairFacts) -> list[Confidence]:
    """The word and the reason for each pair."""
    levels = confidence_levels(facts)
    return [Confidence(LEVELS[level], _reason(facts, pair)) for pair, level in enumerate(levels)]


def _reason(facts: PairFacts, pair: int) -> str:
    sentences = [_edges_sentence(facts, pair), _kinds_sentence(facts, pair), _sets_sentence(facts, pair)]
    return " ".join(sentence for sentence in sentences if sentence)


def _edges_sentence(facts: PairFacts, pair: int) -> str:
    listed = "The catalogue has an edge between the two. " if facts.known[pair] else ""
    one, other = int(facts.query_degree[pair]), int(facts.degree[pair])
    if not one or not other:
        which = "either artist" if not one and not other else "the artist asked for" if not one else "this artist"
        return f"{listed}No edge of {which} is known."
    shared = int(facts.shared[pair])
    common = f"{shared:,} artists have" if shared > 1 else "1 artist has" if shared else "No artist has"
    return f"{listed}{common} a known edge to both (known edges: {one:,} and {other:,})."


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
    return f"They have {covered} of the catalogue’s {facts.n_sets} feature sets in common."
