"""Fitting the weights of a fusion on validation artists.

Each validation artist is used with all its visible edges and with only 0, 1, 2, 3 and 5 of them. So the weights for
artists with few edges are fitted on hundreds of queries, not only on the few artists that have few edges.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from scipy.optimize import minimize
from torch import Tensor

from core.arrays import DoubleArray
from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.evaluation.evaluate import relevance
from core.experiments.joining import KEPT_EDGES, fit_joined
from core.graph.protocols import EvaluationView, check_edges, evaluation_view
from core.search.fusion import DEGREE_KNOTS, FusionWeights, PairKnots, adds_to_chances, standardise
from core.search.spaces import ranker_in_views
from core.similarity import Similarity
from core.space_name import SpaceName

PENALTY = 1e-3
MOST_ITERATIONS = 100

Progress = Callable[[str, float, float], None]
"""Receives the stage, "views" or "weights", the share of it that is done, and the seconds left in all, at most."""


def fit_fusion(
    catalogue: Catalogue, parts: Sequence[str], on_progress: Progress = lambda stage, done, left: None
) -> FusionWeights:
    """Non-negative weights that rank the hidden neighbours of validation artists highest among validation artists.

    A pair ranker and one other part are joined as `core.experiments.joining` says. For any other parts, the fit
    minimises the listwise softmax loss (Cao et al., ICML 2007, with every positive as its own list) over all views,
    plus PENALTY times the squared differences between neighbouring knots and the squared weights. Raises NearfieldError
    for no parts or repeated parts, or if no two validation artists share an edge.
    """
    if not parts or len(set(parts)) != len(parts):
        raise NearfieldError("A fusion needs at least one part, and each only once.")
    names = tuple(map(SpaceName, parts))
    if adds_to_chances(names):
        return fit_joined(catalogue, names[0], names[1], on_progress)
    check_edges(catalogue)
    views = [evaluation_view(catalogue, "standard", "val", kept_edges=kept) for kept in (None, *KEPT_EDGES)]
    if not len(views[0].queries):
        raise NearfieldError("No two validation artists share an edge, so there is nothing to fit a fusion on.")
    logarithmic = tuple(name.has_probabilities for name in names)
    started = time.monotonic()
    rankers = [ranker_in_views(catalogue, name) for name in names]
    tables: list[_Table] = []
    once = 0.0
    for done, view in enumerate(views, 1):
        tables.append(_Table.of(view, [opened(view) for opened in rankers], logarithmic))
        # What one iteration takes is measured, so that the time left does not forget the weights.
        before = time.monotonic()
        _loss_and_slope(tables[-1:], np.full((len(names), len(DEGREE_KNOTS)), 0.5))
        once += time.monotonic() - before
        scored = time.monotonic() - started
        left = scored / done * (len(views) - done) + MOST_ITERATIONS * once / done * len(views)
        on_progress("views", done / len(views), left)
    weights = _minimise(tables, len(names), on_progress)
    return FusionWeights(names, logarithmic, tuple(tuple(map(float, row)) for row in weights))


class _Table:
    """The standardised scores of one view among its candidates, ready for the loss.

    Shapes: `scores` (parts, q, c); `below` and `share` (q, c), see PairKnots; `positive` (q, c), with rows that sum to
    one; `itself` (q, c), True where the candidate is the query.
    """

    def __init__(self, scores: Tensor, below: Tensor, share: Tensor, positive: Tensor, itself: Tensor) -> None:
        self._scores, self._below, self._share, self._positive = scores, below, share, positive
        self._itself = itself

    @classmethod
    def of(cls, view: EvaluationView, parts: Sequence[Similarity], logarithmic: Sequence[bool]) -> "_Table":
        scores = np.stack(
            [
                standardise(part.scores(view.queries), view.queries, log)[:, view.candidates]
                for part, log in zip(parts, logarithmic, strict=True)
            ]
        )
        positive = relevance(view, view.queries).toarray().astype(np.float32)
        positive /= positive.sum(axis=1, keepdims=True)
        degree = view.visible.degree
        knots = PairKnots.of(degree[view.queries], degree[view.candidates])
        itself = view.candidates == view.queries[:, None]
        return cls(*(torch.from_numpy(array) for array in (scores, knots.below, knots.share, positive, itself)))

    def loss(self, weights: Tensor) -> Tensor:
        """The mean loss of this view for weights (parts, knots)."""
        total = sum(
            torch.lerp(row[self._below], row[self._below + 1], self._share) * part
            for row, part in zip(weights, self._scores, strict=True)
        )
        log_chance = total.masked_fill(self._itself, -torch.inf).log_softmax(dim=1)
        return -(self._positive * log_chance.masked_fill(self._itself, 0)).sum(dim=1).mean()


def _minimise(tables: Sequence[_Table], n_parts: int, on_progress: Progress) -> DoubleArray:
    shape = (n_parts, len(DEGREE_KNOTS))
    started, done = time.monotonic(), 0

    def objective(flat: DoubleArray) -> tuple[float, npt.NDArray[Any]]:
        nonlocal done
        loss, slope = _loss_and_slope(tables, flat.reshape(shape))
        done += 1
        # An iteration looks at the loss once or a little more.
        to_do = max(MOST_ITERATIONS - done, 1)
        on_progress("weights", done / (done + to_do), (time.monotonic() - started) / done * to_do)
        return loss, slope.ravel()

    found = minimize(
        objective,
        np.full(shape, 0.5).ravel(),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, None)] * n_parts * len(DEGREE_KNOTS),
        options={"maxiter": MOST_ITERATIONS},
    )
    on_progress("weights", 1.0, 0.0)
    return found.x.reshape(shape)


def _loss_and_slope(tables: Sequence[_Table], weights: DoubleArray) -> tuple[float, DoubleArray]:
    """The loss over the views, penalty included, and its derivative by the weights (parts, knots)."""
    fitted = torch.from_numpy(weights.astype(np.float32)).requires_grad_()
    loss = torch.stack([table.loss(fitted) for table in tables]).mean()
    loss = loss + PENALTY * (fitted.diff(dim=1).square().sum() + fitted.square().sum())
    loss.backward()
    assert fitted.grad is not None
    return loss.item(), fitted.grad.numpy().astype(np.float64)
