"""Graph neural networks that embed artists."""

import warnings

from torch import Tensor

from core.models.backbones import BACKBONES
from core.models.blocks import BlockGraph, in_blocks
from core.models.embedder import ArtistEmbedder, Embedder
from core.models.lightgcn import UNSEEN, LightGCN
from core.models.messages import MessageGraph
from core.models.sign import SIGN
from core.runs.config import LIGHTGCN_NAME, SIGN_NAME, ModelConfig

# PyTorch prints this once per process; full-batch training needs this sparse format.
warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta state")

CLASSES: dict[str, type[ArtistEmbedder] | type[SIGN] | type[LightGCN]] = {
    **dict.fromkeys(BACKBONES, ArtistEmbedder),
    SIGN_NAME: SIGN,
    LIGHTGCN_NAME: LightGCN,
}


def make_model(columns: int, config: ModelConfig) -> Embedder:
    """A model for `columns` input columns, its weights drawn from PyTorch's generator."""
    return CLASSES[config.backbone](columns, config)


def columns_of(weights: dict[str, Tensor], config: ModelConfig) -> int:
    """The number of input columns of saved weights. Raises KeyError if they belong to another model."""
    return CLASSES[config.backbone].columns_of(weights)


__all__ = [
    "SIGN",
    "UNSEEN",
    "ArtistEmbedder",
    "BlockGraph",
    "Embedder",
    "MessageGraph",
    "columns_of",
    "in_blocks",
    "make_model",
]
