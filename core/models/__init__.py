"""Graph neural networks that embed artists."""

import warnings

from core.models.embedder import ArtistEmbedder, ModelConfig
from core.models.messages import MessageGraph

# PyTorch says so once per process, on standard error, of the one sparse form that full-batch training needs.
warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta state")

__all__ = ["ArtistEmbedder", "MessageGraph", "ModelConfig"]
