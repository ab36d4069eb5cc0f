"""SIGN: an MLP on an artist's features and their means over 1 to `layers` hops, computed once before training.

Frasca et al., 2020 (arXiv:2004.11198), equation 4, with mean propagation. A training step needs the rows of its own
artists and no graph at all, so its cost does not grow with the number of artists. On a BlockGraph all rows are
memory-mapped, so that its memory does not grow either.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.models.blocks import BlockGraph
from core.models.embedder import Embedder, mlp_head
from core.models.messages import MessageGraph
from core.runs.config import ModelConfig

_ROWS_AT_ONCE = 65_536


class SIGN(Embedder):
    """A linear layer and batch normalisation per hop, side by side, then MLP, linear, L2 norm.

    With 0 layers it is the paper's MLP baseline. During training the propagated features are kept as long as the
    features and the graph are the same objects.
    """

    def __init__(self, columns: int, config: ModelConfig) -> None:
        super().__init__()
        self.encode = nn.ModuleList(nn.Linear(columns, config.hidden) for _ in range(config.layers + 1))
        self.norm = nn.ModuleList(nn.BatchNorm1d(config.hidden) for _ in range(config.layers + 1))
        self.head = mlp_head(config.hidden * (config.layers + 1), config)
        self._width = config.embedding
        self._kept: tuple[Tensor, MessageGraph | BlockGraph, list[Tensor]] | None = None

    def forward(self, features: Tensor, graph: MessageGraph | BlockGraph, rows: Tensor | None = None) -> Tensor:
        hops = self._hops(features, graph)
        return self._embedded(hops if rows is None else [hop[rows] for hop in hops])

    def propagate(self, features: Tensor, graph: MessageGraph | BlockGraph) -> list[Tensor]:
        """The features and their means over 1 to `layers` hops, each (n, columns)."""
        hops = [features]
        for _ in self.encode[1:]:
            hops.append(graph.means(hops[-1]))
        return hops

    @torch.no_grad()
    def embed(self, features: Tensor, graph: MessageGraph | BlockGraph) -> Tensor:
        return self.embed_hops(self.propagate(features, graph), graph.room(self._width))

    @torch.no_grad()
    def embed_hops(self, hops: list[Tensor], room: Tensor) -> Tensor:
        """Embeddings as by `embed` of artists whose propagated features are known, written into `room` (n, width)."""
        training = self.training
        self.eval()
        for start in range(0, len(room), _ROWS_AT_ONCE):
            block = slice(start, start + _ROWS_AT_ONCE)
            room[block] = self._embedded([hop[block] for hop in hops])
        self.train(training)
        return room

    @staticmethod
    def columns_of(weights: dict[str, Tensor]) -> int:
        return weights["encode.0.weight"].shape[1]

    def _embedded(self, hops: list[Tensor]) -> Tensor:
        device = next(self.parameters()).device
        encoded = [norm(encode(hop.to(device))) for hop, encode, norm in zip(hops, self.encode, self.norm, strict=True)]
        return F.normalize(self.head(torch.cat(encoded, dim=1)), dim=-1)

    def _hops(self, features: Tensor, graph: MessageGraph | BlockGraph) -> list[Tensor]:
        if not self.training:
            return self.propagate(features, graph)
        if self._kept is None or self._kept[0] is not features or self._kept[1] is not graph:
            self._kept = features, graph, self.propagate(features, graph)
        return self._kept[2]
