"""The one interface of every model, and the artist embedder of the seed paper."""

from abc import ABC, abstractmethod

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.models.backbones import BACKBONES
from core.models.blocks import BlockGraph
from core.models.messages import MessageGraph
from core.runs.config import ModelConfig


class Embedder(nn.Module, ABC):
    """Maps content features to points on the unit sphere.

    Shapes: features (n, columns) and a MessageGraph over the same n artists to embeddings (n, config.embedding) of unit
    length; with `rows` (r,) only the embeddings of those artists, (r, config.embedding).
    """

    @abstractmethod
    def forward(self, features: Tensor, graph: MessageGraph, rows: Tensor | None = None) -> Tensor: ...

    @staticmethod
    @abstractmethod
    def columns_of(weights: dict[str, Tensor]) -> int:
        """The number of input columns that saved weights belong to. Raises KeyError where they are not this model's."""

    @torch.no_grad()
    def embed(self, features: Tensor, graph: MessageGraph | BlockGraph) -> Tensor:
        """Embeddings in evaluation mode, without gradients; the mode is restored."""
        training = self.training
        self.eval()
        embeddings: Tensor = self(features, graph)
        self.train(training)
        return embeddings


class ArtistEmbedder(Embedder):
    """Linear + BatchNorm, `layers` graph layers, MLP, linear, L2 norm.

    Grötschla et al., 2024 (arXiv:2409.09026), section 3. With 0 graph layers it is the paper's MLP baseline.
    """

    def __init__(self, columns: int, config: ModelConfig) -> None:
        super().__init__()
        self.encode = nn.Linear(columns, config.hidden)
        self.norm = nn.BatchNorm1d(config.hidden)
        self.layers = nn.ModuleList(BACKBONES[config.backbone](config.hidden) for _ in range(config.layers))
        self.head = mlp_head(config.hidden, config)

    def forward(self, features: Tensor, graph: MessageGraph, rows: Tensor | None = None) -> Tensor:
        x = self.norm(self.encode(features))
        for layer in self.layers:
            x = layer(x, graph)
        return F.normalize(self.head(x if rows is None else x[rows]), dim=-1)

    @staticmethod
    def columns_of(weights: dict[str, Tensor]) -> int:
        return weights["encode.weight"].shape[1]


def mlp_head(width: int, config: ModelConfig) -> nn.Module:
    """The paper's MLP and last linear layer: (n, width) to (n, config.embedding)."""
    return nn.Sequential(
        nn.Linear(width, config.hidden),
        nn.ReLU(),
        nn.Linear(config.hidden, config.hidden),
        nn.ReLU(),
        nn.Linear(config.hidden, config.embedding),
    )
