"""Inductive nodes: new nodes that receive messages from artists of the graph and send none.

So neither the artists' embeddings nor those of other inductive nodes depend on them.
"""

from dataclasses import dataclass, field

import numpy as np

from core.arrays import IntArray
from core.graph.protocols import GraphView


def _no_edges() -> IntArray:
    return np.empty((0, 2), np.int64)


@dataclass(frozen=True)
class InductiveView(GraphView):
    """A view whose last nodes are inductive. `inductive_edges` (t, 2) lead from an artist to such a node."""

    inductive_edges: IntArray = field(default_factory=_no_edges)

    @property
    def messages(self) -> IntArray:
        return np.concatenate([super().messages, self.inductive_edges.T], axis=1)


def with_inductive_nodes(view: GraphView, linked: IntArray) -> InductiveView:
    """The view with an inductive node for each row of `linked` (c, k), the artists that send to it. k may be 0."""
    count, k = linked.shape
    nodes = view.n_artists + np.arange(count)
    inductive_edges = np.stack([linked.ravel(), np.repeat(nodes, k)], axis=1).astype(np.int64)
    order = None if view.order is None else np.concatenate([view.order, nodes])
    return InductiveView(view.n_artists + count, view.edges, order, inductive_edges)
