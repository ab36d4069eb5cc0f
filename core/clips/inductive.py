"""Newcomers behind a graph: nodes that hear artists of the graph and are heard by none.

So neither the artists' own embeddings nor those of other newcomers depend on who else has come.
"""

from dataclasses import dataclass, field

import numpy as np

from core.arrays import IntArray
from core.graph.protocols import GraphView


def _no_ties() -> IntArray:
    return np.empty((0, 2), np.int64)


@dataclass(frozen=True)
class TiedView(GraphView):
    """A view whose last nodes are newcomers. Shapes: `ties` (t, 2) artist and newcomer, messages going that way."""

    ties: IntArray = field(default_factory=_no_ties)

    @property
    def messages(self) -> IntArray:
        return np.concatenate([super().messages, self.ties.T], axis=1)


def with_newcomers(view: GraphView, tied: IntArray) -> TiedView:
    """The view with a newcomer for each row of `tied` (c, k), the artists it hears; k may be 0."""
    count, k = tied.shape
    newcomers = view.n_artists + np.arange(count)
    ties = np.stack([tied.ravel(), np.repeat(newcomers, k)], axis=1).astype(np.int64)
    order = None if view.order is None else np.concatenate([view.order, newcomers])
    return TiedView(view.n_artists + count, view.edges, order, ties)
