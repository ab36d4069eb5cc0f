"""The artist embedder of the seed paper: content features in, a point on the unit sphere out.

Grötschla et al., 2024 (arXiv:2409.09026), section 3: a linear layer with batch normalisation, 0 to 4 graph layers,
an MLP, a linear layer to 100 dimensions and L2 normalisation. With 0 graph layers it is the paper's MLP baseline.
"""

from dataclasses import asdict, dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.errors import ConfigError
from core.models.backbones import BACKBONES
from core.models.messages import MessageGraph

MAX_LAYERS = 8


@dataclass(frozen=True)
class ModelConfig:
    """Shape of an ArtistEmbedder. Widths are numbers of units."""

    backbone: str = "sage"
    layers: int = 2
    hidden: int = 256
    embedding: int = 100

    def __post_init__(self) -> None:
        if self.backbone not in BACKBONES:
            raise ConfigError(f"“{self.backbone}” is no backbone. There are: {', '.join(BACKBONES)}.")
        if not 0 <= self.layers <= MAX_LAYERS:
            raise ConfigError(f"The number of graph layers must lie between 0 and {MAX_LAYERS}, not {self.layers}.")
        if not (1 <= self.hidden <= 4096 and 1 <= self.embedding <= 4096):
            raise ConfigError("Hidden and embedding widths must lie between 1 and 4096.")

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class ArtistEmbedder(nn.Module):
    """Linear + BatchNorm, `layers` graph layers, MLP, linear, L2 norm.

    Shapes: features (n, columns) and a MessageGraph over the same n artists to embeddings (n, config.embedding) of
    unit length.
    """

    def __init__(self, columns: int, config: ModelConfig) -> None:
        super().__init__()
        self.encode = nn.Linear(columns, config.hidden)
        self.norm = nn.BatchNorm1d(config.hidden)
        self.layers = nn.ModuleList(BACKBONES[config.backbone](config.hidden) for _ in range(config.layers))
        self.head = nn.Sequential(
            nn.Linear(config.hidden, config.hidden),
            nn.ReLU(),
            nn.Linear(config.hidden, config.hidden),
            nn.ReLU(),
            nn.Linear(config.hidden, config.embedding),
        )

    def forward(self, features: Tensor, graph: MessageGraph) -> Tensor:
        x = self.norm(self.encode(features))
        for layer in self.layers:
            x = layer(x, graph)
        return F.normalize(self.head(x), dim=-1)

    @torch.no_grad()
    def embed(self, features: Tensor, graph: MessageGraph) -> Tensor:
        """Embeddings in evaluation mode, without gradients; the mode is restored."""
        training = self.training
        self.eval()
        embeddings = self(features, graph)
        self.train(training)
        return embeddings
