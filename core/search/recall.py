"""How many of the exact nearest an index finds. Exact search is the reference."""

from dataclasses import dataclass

import numpy as np

from core.arrays import BoolArray, FloatArray, IntArray
from core.search.vectors import CosineSimilarity
from core.similarity import NeighbourIndex, best_among

NEAREST = 10
TOLERANCE = 1e-6
"""Two scores that differ by less are one: sums of the same numbers in another order."""

FILTER_SHARE = 0.1
_QUERIES = 200
_AT_ONCE = 8
_SEED = 20


@dataclass(frozen=True)
class RecallSample:
    """Artists to ask for (q,), who is `allowed` (n,), None for all, and the exact scores of their nearest (q, k).

    Where fewer than k are known the last scores are NaN.
    """

    rows: IntArray
    vectors: FloatArray
    allowed: BoolArray | None
    scores: FloatArray


def recall_sample(similarity: CosineSimilarity, rows: IntArray, allowed: BoolArray | None) -> RecallSample:
    """What exact search finds for these artists (q,), themselves left out."""
    scores = np.full((len(rows), NEAREST), np.nan, np.float32)
    passing = similarity.present if allowed is None else similarity.present & allowed
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        for place, found in enumerate(similarity.scores(some), start):
            others = passing.copy()
            others[rows[place]] = False
            candidates = np.flatnonzero(others)
            nearest = best_among(candidates, found[candidates], len(passing), NEAREST).scores
            scores[place, : len(nearest)] = nearest
    return RecallSample(rows, np.asarray(similarity.vectors[rows]), allowed, scores)


def recall_samples(similarity: CosineSimilarity) -> list[RecallSample]:
    """Artists drawn at random, asked for without a filter, and with one that a tenth of all artists pass."""
    rng = np.random.default_rng(_SEED)
    known = np.flatnonzero(similarity.present)
    rows = rng.choice(known, min(_QUERIES, len(known)), replace=False)
    allowed = rng.random(similarity.n_artists) < FILTER_SHARE
    return [recall_sample(similarity, rows, None), recall_sample(similarity, rows, allowed)]


def measured_recall(index: NeighbourIndex, sample: RecallSample) -> float:
    """The mean share of the exact nearest that the index finds; 1 where nobody is to be found.

    An answer counts if it scores no less than the last of the exact ones: with equal scores there are many exact lists.
    """
    shares = []
    for row, vector, exact in zip(sample.rows.tolist(), sample.vectors, sample.scores, strict=True):
        wanted = int(np.count_nonzero(~np.isnan(exact)))
        if wanted:
            found = index.search(vector, NEAREST + 1, sample.allowed)
            scores = found.scores[found.rows != row][:NEAREST]
            shares.append(np.count_nonzero(scores >= exact[wanted - 1] - TOLERANCE) / wanted)
    return float(np.mean(shares)) if shares else 1.0
