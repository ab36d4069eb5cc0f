"""Which edges carry messages in a training step, and which are to be predicted.

Without hiding, every edge does both, as in the seed paper. In an episode the edges among a random share of the train
artists are hidden and predicted, as the edges among evaluated artists are later.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.errors import ConfigError
from core.models import MessageGraph
from core.training.objectives import Objective, ObjectiveConfig

_DRAWS = 20


@dataclass(frozen=True)
class Step:
    """One step: the messages, the artists to look at (None: all), and the loss of their embeddings."""

    graph: MessageGraph
    artists: Tensor | None
    objective: Objective

    def loss(self, embeddings: Tensor) -> Tensor:
        """Shapes: embeddings (n, d) of all train artists."""
        return self.objective(embeddings if self.artists is None else embeddings[self.artists])


class Episodes:
    """Steps on a train graph.

    Shapes: `messages` (2, e) source and target; `edges` (m, 2) undirected; both among `n_artists`.
    """

    def __init__(
        self,
        messages: npt.NDArray[np.int64],
        edges: npt.NDArray[np.int64],
        n_artists: int,
        config: ObjectiveConfig,
        margin: float,
        device: torch.device,
    ) -> None:
        self._messages, self._edges, self._n_artists = messages, edges, n_artists
        self._config, self._margin, self._device = config, margin, device
        graph = MessageGraph.from_messages(messages, n_artists).to(device)
        self._whole = Step(graph, None, Objective(config, edges, n_artists, margin, device))

    def draw(self) -> Step:
        """The next step. Its randomness comes from PyTorch's generator, so that a resumed run goes on alike."""
        if not self._config.hidden_share and not self._config.connection_dropout:
            return self._whole
        messages, artists, objective = self._messages, None, self._whole.objective
        if self._config.hidden_share:
            inside, objective = self._episode()
            messages = messages[:, ~inside[messages].all(axis=0)]
            artists = torch.from_numpy(np.flatnonzero(inside)).to(self._device)
        kept = torch.rand(messages.shape[1]).numpy() >= self._config.connection_dropout
        graph = MessageGraph.from_messages(messages[:, kept], self._n_artists).to(self._device)
        return Step(graph, artists, objective)

    def _episode(self) -> tuple[npt.NDArray[np.bool_], Objective]:
        """Who is looked at (n,), and the objective on the edges among them; drawn again until there are some, and
        everybody has a stranger."""
        for _ in range(_DRAWS):
            inside = torch.rand(self._n_artists).numpy() < self._config.hidden_share
            edges = self._edges[inside[self._edges].all(axis=1)]
            place, count = np.cumsum(inside) - 1, int(inside.sum())
            if len(edges) and np.bincount(edges.ravel()).max() < count - 1:
                return inside, Objective(self._config, place[edges], count, self._margin, self._device)
        raise ConfigError("The hidden share is too small for this graph: no edge lies among so few artists. Raise it.")
