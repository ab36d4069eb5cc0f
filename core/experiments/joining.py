"""How much of a second ranker is added to a pair ranker's log chances: one weight for queries without edges, one for
all others.

Both are chosen among WEIGHTS by NDCG on validation artists, which are used with all their visible edges and with at
most 0, 1, 2, 3 and 5 of them. All edges come first: of the weights that rank within one standard error of the best
there, the smallest is taken that ranks within one standard error of the best of them with 1, 2, 3 and 5 edges. For
queries without edges it is the smallest within one standard error of the best.
"""

import time
from collections.abc import Callable

import numpy as np

from core.arrays import DoubleArray
from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.evaluation.evaluate import score_candidates
from core.graph.protocols import EvaluationView, check_edges, evaluation_view
from core.search.fusion import DEGREE_KNOTS, FusionWeights
from core.search.spaces import ranker_in_views
from core.similarity import Similarity
from core.space_name import SpaceName

WEIGHTS = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.2, 3.0)
KEPT_EDGES = (0, 1, 2, 3, 5)

Progress = Callable[[str, float, float], None]
"""Receives the stage, "views" or "weights", the share of it that is done, and the seconds left."""


def fit_joined(
    catalogue: Catalogue,
    pairs: SpaceName,
    other: SpaceName,
    on_progress: Progress = lambda stage, done, left: None,
) -> FusionWeights:
    """Weights for adding `other` to the log chances of the pair ranker `pairs`.

    Raises NearfieldError if no two validation artists share an edge.
    """
    check_edges(catalogue)
    views = {kept: evaluation_view(catalogue, "standard", "val", kept_edges=kept) for kept in (None, *KEPT_EDGES)}
    if not len(views[None].queries):
        raise NearfieldError("No two validation artists share an edge, so there is nothing to fit a fusion on.")
    rankers = [ranker_in_views(catalogue, name) for name in (pairs, other)]
    weights = joined_weights(pairs, other, 0.0, 0.0)
    started = time.monotonic()
    found = {}
    for done, (kept, view) in enumerate(views.items(), 1):
        found[kept] = _ndcg(view, [opened(view) for opened in rankers], weights)
        left = (time.monotonic() - started) / done * (len(views) - done)
        on_progress("views", done / len(views), left)
    on_progress("weights", 1.0, 0.0)
    few = np.mean([found[kept] for kept in KEPT_EDGES if kept], axis=0)
    good = _within_error(found[None])
    with_edges = good[_within_error(few[good])[0]]
    without = _within_error(found[0])[0]
    return joined_weights(pairs, other, WEIGHTS[without], WEIGHTS[with_edges])


def joined_weights(pairs: SpaceName, other: SpaceName, without: float, with_edges: float) -> FusionWeights:
    """The fusion that adds `other` with these weights, for queries without edges and with some."""
    flat = (1.0,) * len(DEGREE_KNOTS)
    added = (without, *(with_edges,) * (len(DEGREE_KNOTS) - 1))
    return FusionWeights((pairs, other), (False, other.has_probabilities), (flat, added), calibrated=True)


def _ndcg(view: EvaluationView, parts: list[Similarity], weights: FusionWeights) -> DoubleArray:
    """(weights, q) NDCG of each query of the view for each of WEIGHTS."""
    chances, added = (
        weights.comparable(number, part.scores(view.queries), view.queries)[:, view.candidates]
        for number, part in enumerate(parts)
    )
    each = [score_candidates(chances + np.float32(weight) * added, view.queries, view).ndcg for weight in WEIGHTS]
    return np.stack(each)


def _within_error(ndcg: DoubleArray) -> list[int]:
    """Which of the weights rank within one standard error of the best, paired over the queries of (weights, q)."""
    short = ndcg[np.argmax(ndcg.mean(axis=1))] - ndcg
    error = short.std(axis=1) / np.sqrt(max(ndcg.shape[1] - 1, 1))
    return np.flatnonzero(short.mean(axis=1) <= error).tolist()
