"""LightGCN: learned artist vectors, propagated along the edges without weights or nonlinearities.

He et al., SIGIR 2020 (arXiv:2002.02126), equations 7 and 8, on a graph of artists alone, made inductive: an artist's
embedding is what arrives from others over 1 to `layers` hops and never its own vector, so that an artist whose vector
was never learned is embedded like any other.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.models.embedder import Embedder
from core.models.messages import MessageGraph
from core.runs.config import ModelConfig

UNSEEN = -1.0
"""The index of an artist whose vector was never learned, or is treated as such."""

_SPREAD = 0.1


class LightGCN(Embedder):
    """Sum of the mean messages over 1 to `layers` hops, L2 norm.

    Shapes: the features are indices (n, 1), each artist's row in the table of `columns` learned vectors or UNSEEN. An
    artist that receives no message gets zeros.
    """

    def __init__(self, columns: int, config: ModelConfig) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.randn(columns, config.embedding) * _SPREAD)
        self._layers = config.layers

    def forward(self, features: Tensor, graph: MessageGraph, rows: Tensor | None = None) -> Tensor:
        place = features[:, 0].long()
        x = self.table[place.clamp_min(0)] * (place >= 0)[:, None]
        reached = torch.zeros_like(x)
        for _ in range(self._layers):
            x = graph.means(x)
            reached = reached + x
        return F.normalize(reached if rows is None else reached[rows], dim=-1)

    @staticmethod
    def columns_of(weights: dict[str, Tensor]) -> int:
        return weights["table"].shape[0]
