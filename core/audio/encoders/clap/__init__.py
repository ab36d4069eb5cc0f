"""CLAP: sound and words in one space (Wu et al. 2023), from several checkpoints behind one interface."""

from core.audio.encoders.clap.encoders import AudioEmbedding, ClapEncoder
from core.audio.encoders.clap.opening import open_encoder

__all__ = ["AudioEmbedding", "ClapEncoder", "open_encoder"]
