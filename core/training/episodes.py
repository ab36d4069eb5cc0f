"""The edges that carry messages in a training step, and the edges that are predicted.

Without hidden edges, every edge carries messages and is predicted, as in the seed paper. In an episode the edges among
a random share of the train artists are hidden and predicted, like the edges among evaluated artists later.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from core.arrays import BoolArray, FloatArray, IntArray
from core.errors import ConfigError
from core.models import BlockGraph, MessageGraph
from core.runs.config import ObjectiveConfig
from core.training.objectives import Objective

_DRAWS = 20


@dataclass(frozen=True)
class Step:
    """One step: the messages, the artists whose embeddings enter the loss (None: all), the loss, and whether the edges
    among these artists are hidden."""

    graph: MessageGraph | BlockGraph
    artists: Tensor | None
    objective: Objective
    hides_edges: bool = False


class _Draws:
    """Draws the artists of steps.

    Shapes: `edges` (m, 2) undirected among `n_artists`.
    """

    def __init__(
        self, edges: IntArray, n_artists: int, config: ObjectiveConfig, margin: float, device: torch.device
    ) -> None:
        self._ends, self._n_artists = np.ascontiguousarray(edges.T), n_artists
        self._config, self._margin, self._device = config, margin, device

    def _draw_artists(self) -> tuple[BoolArray, Objective]:
        """The artists (n,) of a step and the objective on the edges among them. The draw is repeated until there are
        edges and every artist has a possible negative."""
        for _ in range(_DRAWS):
            inside = self._batch() if self._config.batch else _uniform(self._n_artists) < self._config.hidden_share
            one, other = self._ends
            edges = self._ends[:, inside[one] & inside[other]].T
            place, count = np.cumsum(inside) - 1, int(inside.sum())
            if len(edges) and np.bincount(edges.ravel()).max() < count - 1:
                return inside, Objective(self._config, place[edges], count, self._margin, self._device)
        raise ConfigError("A step looks at too few artists of this graph: raise the hidden share, or the batch.")

    def _batch(self) -> BoolArray:
        inside = np.zeros(self._n_artists, dtype=bool)
        inside[self._ends[:, torch.randint(self._ends.shape[1], (self._config.batch,)).numpy()]] = True
        return inside


class Batches(_Draws):
    """Steps on batches of edges, for which all messages of a graph are sent, whatever the step.

    Raises ConfigError where there are no edges.
    """

    def __init__(
        self,
        graph: BlockGraph,
        edges: IntArray,
        n_artists: int,
        config: ObjectiveConfig,
        margin: float,
        device: torch.device,
    ) -> None:
        super().__init__(edges, n_artists, config, margin, device)
        if not len(edges):
            raise ConfigError("There is no edge among the train artists, so there is nothing to learn from.")
        self._graph = graph

    def draw(self) -> Step:
        """As by Episodes."""
        in_step, objective = self._draw_artists()
        return Step(self._graph, torch.from_numpy(np.flatnonzero(in_step)), objective)


class Episodes(_Draws):
    """Steps on a train graph.

    Shapes: `messages` (2, e) source and target; `edges` (m, 2) undirected; both among `n_artists`.
    """

    def __init__(
        self,
        messages: IntArray,
        edges: IntArray,
        n_artists: int,
        config: ObjectiveConfig,
        margin: float,
        device: torch.device,
    ) -> None:
        super().__init__(edges, n_artists, config, margin, device)
        self._messages = messages
        graph = MessageGraph.from_messages(messages, n_artists).to(device)
        self._whole = Step(graph, None, Objective(config, edges, n_artists, margin, device))

    @cached_property
    def _connections(self) -> tuple[int, IntArray]:
        """The number of connections, and the connection of each message: both directions of an edge have the same."""
        pairs = np.sort(self._messages, axis=0)
        keys, connection = np.unique(pairs[0] * self._n_artists + pairs[1], return_inverse=True)
        return len(keys), connection

    def draw(self) -> Step:
        """Draw the next step. Its randomness comes from PyTorch's generator, so that a resumed run continues
        identically."""
        config, in_step, objective = self._config, None, self._whole.objective
        if config.hidden_share or config.batch:
            in_step, objective = self._draw_artists()
        artists = None if in_step is None else torch.from_numpy(np.flatnonzero(in_step)).to(self._device)
        graph = self._whole.graph
        if not config.sends_all:
            kept = self._kept(np.ones(self._n_artists, dtype=bool) if in_step is None else in_step)
            if not kept.all():
                graph = MessageGraph.from_messages(self._messages[:, kept], self._n_artists).to(self._device)
        return Step(graph, artists, objective, hides_edges=config.hidden_share > 0)

    def _kept(self, in_step: BoolArray) -> BoolArray:
        """(e,) the messages that are sent; the two directions of an edge are sent or dropped together."""
        config = self._config
        source, target = self._messages
        kept = np.ones(len(source), dtype=bool)
        if config.hidden_share:
            kept &= ~(in_step[source] & in_step[target])
        if config.connection_dropout:
            n_connections, connection = self._connections
            kept &= (_uniform(n_connections) >= config.connection_dropout)[connection]
        if config.thinning:
            n_connections, connection = self._connections
            thinned = in_step & (_uniform(self._n_artists) < config.thinning)
            share = np.where(thinned, _uniform(self._n_artists) ** 2, 1.0)
            kept &= _uniform(n_connections)[connection] < np.minimum(share[source], share[target])
        return kept


def _uniform(count: int) -> FloatArray:
    drawn: FloatArray = torch.rand(count).numpy()
    return drawn
