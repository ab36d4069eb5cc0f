"""The interface of every CLAP encoder: it turns sound and words into unit vectors of one space."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.arrays import FloatArray
from core.errors import NearfieldError


@dataclass(frozen=True)
class AudioEmbedding:
    """A clip in CLAP space: windows (w, d) of length 1, their starts (w,) in seconds, and their mean (d,), length 1."""

    windows: FloatArray
    starts: FloatArray
    mean: FloatArray


class ClapEncoder(Protocol):
    """An encoder with its weights loaded.

    The same input gives the same vectors, bit for bit on one machine, whatever was embedded before: windows and
    texts are embedded one at a time, on one thread.
    """

    name: str
    title: str
    checkpoint_hash: str
    front_end: str
    """What the model is fed with, in words, for the record of a feature set."""
    width: int
    has_text: bool

    def embed_audio(self, waveform: FloatArray, rate: int) -> AudioEmbedding:
        """Embed mono audio (n,) of `rate` Hz. Raises AudioError where it is empty or not finite."""

    def embed_text(self, texts: Sequence[str]) -> FloatArray:
        """Embed texts as (t, d) rows of length 1. Raises NearfieldError where the encoder has no text side."""


def embedding_of(vectors: FloatArray, starts: FloatArray) -> AudioEmbedding:
    """Normalise window vectors (w, d) and take their mean."""
    vectors = normalised(vectors)
    return AudioEmbedding(vectors, starts, normalised(vectors.mean(axis=0, keepdims=True))[0])


def normalised(vectors: FloatArray) -> FloatArray:
    """Rows (n, d) divided by their lengths. Raises NearfieldError for a row that has no direction."""
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    if not (np.isfinite(lengths) & (lengths > 0)).all():
        raise NearfieldError("The checkpoint gave no usable vector; its file is damaged. Download it again.")
    return (vectors / lengths).astype(np.float32)


def plain_texts(texts: Sequence[str]) -> list[str]:
    """Texts without surrounding space. Raises NearfieldError for an empty one."""
    stripped = [text.strip() for text in texts]
    if not all(stripped):
        raise NearfieldError("Type a few words that describe the music.")
    return stripped
