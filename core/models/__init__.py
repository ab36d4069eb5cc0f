"""Graph neural networks that embed artists."""

from core.models.embedder import ArtistEmbedder, ModelConfig
from core.models.messages import MessageGraph

__all__ = ["ArtistEmbedder", "MessageGraph", "ModelConfig"]
