"""CLAP as it hears a track: one vector from its windows, for feature sets."""

from collections.abc import Collection, Mapping
from pathlib import Path

from core.arrays import FloatArray
from core.audio.encoders.clap.encoders import ClapEncoder
from core.audio.encoders.clap.opening import open_encoder
from core.audio.encoders.family import Making

CLAP_SET, CLAP_TITLE = "clap", "Character (CLAP)"
WINDOW = "10 s"


class ClapListener:
    """A CLAP encoder as one of the family."""

    def __init__(self, encoder: ClapEncoder) -> None:
        self.encoder = encoder

    def making(self, feature_set: str) -> Making:
        """How the encoder's vectors are made."""
        encoder = self.encoder
        return Making(
            f"{encoder.title}, sha256 {encoder.checkpoint_hash}",
            encoder.front_end,
            "mean over the windows of a track, as unit vectors",
            "float32 on one thread",
            encoder.title,
            checkpoint_hash=encoder.checkpoint_hash,
        )

    def vectors(self, samples: FloatArray, rate: int, wanted: Collection[str]) -> Mapping[str, FloatArray]:
        """The mean of the windows of mono samples (n,)."""
        return {CLAP_SET: self.encoder.embed_audio(samples, rate).mean}


def open_clap(checkpoint: str | Path | None) -> ClapListener:
    """The encoder of a checkpoint by its name or path; the bundled one without."""
    from core.audio.encoders.checkpoints import BUNDLED

    return ClapListener(open_encoder(BUNDLED if checkpoint is None else checkpoint))
