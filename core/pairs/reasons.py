"""Why the pair ranker gives a candidate its place: which groups of columns move the score, and what they say.

The contribution of a group is measured, not attributed: the columns of the group take the mean of the query's other
candidates, and the score falls or rises by so much. So a positive contribution lifts this answer above the others, and
the contributions of groups that say the same need not add up to the score.
"""

from dataclasses import dataclass

import numpy as np

from core.arrays import FloatArray, IntArray
from core.pairs.columns import PairTable
from core.pairs.network import PairNetwork
from core.pairs.ranker import PairRanker


@dataclass(frozen=True)
class Contribution:
    """What a group of columns adds to a score, compared with the query's other candidates."""

    group: str
    added: float


@dataclass(frozen=True)
class PairReasons:
    """Why a candidate is an answer.

    `contributions` are sorted, the largest lift first. `values` are the columns that can be told in words, by name; one
    that is unknown is left out. `shared` is the number of artists known to be similar to both. `rank` and `rank_back`
    count from one by walks along known edges: of the candidate for the query, and the other way round.
    """

    score: float
    contributions: tuple[Contribution, ...]
    values: dict[str, float]
    shared: int
    rank: int
    rank_back: int | None


def explain(ranker: PairRanker, query: int, candidate: int) -> PairReasons | None:
    """Why `candidate` has its score for `query`, both rows; None where the network does not score the pair."""
    table = ranker.table(np.array([query]))
    places = _places(ranker, table, candidate)
    if not len(places):
        return None
    place = int(places[0])
    network = ranker.stored.network
    score, added = contributions(network, table, place)
    order = sorted(added.items(), key=lambda entry: -entry[1])
    values = {
        name: float(value) for name, value in zip(table.names, table.values[place], strict=True) if np.isfinite(value)
    }
    back = ranker.table(np.array([candidate]))
    back_places = _places(ranker, back, query)
    return PairReasons(
        score=score,
        contributions=tuple(Contribution(group, value) for group, value in order),
        values=values,
        shared=round(values["shared"]),
        rank=_rank(table, place),
        rank_back=_rank(back, int(back_places[0])) if len(back_places) else None,
    )


def contributions(network: PairNetwork, table: PairTable, place: int) -> tuple[float, dict[str, float]]:
    """The score of the pair at `place`, and by group how much lower it is without the group."""
    own = table.values[place]
    usual = _usual(table.values)
    groups = list(dict.fromkeys(table.groups))
    without = np.repeat(own[None], len(groups) + 1, axis=0)
    for row, group in enumerate(groups, 1):
        columns = np.array([name == group for name in table.groups])
        without[row, columns] = usual[columns]
    scores = network.scores(without)
    return float(scores[0]), {group: float(scores[0] - scores[row]) for row, group in enumerate(groups, 1)}


def _usual(values: FloatArray) -> FloatArray:
    """(columns,) the mean of every column over the pairs (p, columns) where it is known; NaN where it never is."""
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    total = np.where(known, values, 0).sum(axis=0)
    mean: FloatArray = np.where(count > 0, total / np.maximum(count, 1), np.nan).astype(np.float32)
    return mean


def _places(ranker: PairRanker, table: PairTable, row: int) -> IntArray:
    """The places in the table of the candidate in `row`: one or none."""
    rows = table.candidate if ranker.candidates is None else ranker.candidates[table.candidate]
    return np.flatnonzero(rows == row)


def _rank(table: PairTable, place: int) -> int:
    return 1 + round(float(np.expm1(table.values[place, table.names.index("mix_rank")])))
