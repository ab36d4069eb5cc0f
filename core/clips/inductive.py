"""Newcomers behind a graph: nodes that hear artists of the graph and are heard by none.

So neither the artists' own embeddings nor those of other newcomers depend on who else has come.
"""

from dataclasses import dataclass, field

import numpy as np

from core.arrays import IntArray
from core.graph.protocols import GraphView


def _no_edges() -> IntArray:
    return np.empty((0, 2), np.int64)


@dataclass(frozen=True)
class InductiveView(GraphView):
    """A view whose last nodes are newcomers. Shapes: `inductive_edges` (t, 2) artist and newcomer, messages going that way."""

    inductive_edges: IntArray = field(default_factory=_no_edges)

    @property
    def messages(self) -> IntArray:
        return np.concatenate([super().messages, self.inductive_edges.T], axis=1)


def with_inductive_nodes(view: GraphView, linked: IntArray) -> InductiveView:
    """The view with a newcomer for each row of `linked` (c, k), the artists it hears; k may be 0."""
    count, k = linked.shape
    nodes = view.n_artists + np.arange(count)
    inductive_edges = np.stack([linked.ravel(), np.repeat(nodes, k)], axis=1).astype(np.int64)
    order = None if view.order is None else np.concatenate([view.order, nodes])
    return InductiveView(view.n_artists + count, view.edges, order, inductive_edges)
