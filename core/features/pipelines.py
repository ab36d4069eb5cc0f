"""How the vectors of the sets that are extracted from sound are made, as records of their descriptions."""

from core.audio.clap.checkpoints import KNOWN
from core.audio.clap.encoders import ClapEncoder
from core.catalogue import Pipeline

_DESCRIBED = "mono at 44.1 kHz as a float WAV; silent frames kept, digital silence filled with fixed noise"


def clap_pipeline(encoder: ClapEncoder, tracks: str) -> Pipeline:
    """The pipeline of vectors by `encoder`, which are pooled over an artist's tracks as `tracks` says."""
    return Pipeline(
        f"{encoder.title}, sha256 {encoder.checkpoint_hash}",
        encoder.front_end,
        f"mean over the windows of a track, as unit vectors; {tracks}",
        "float32 on one thread",
    )


def clap_licence(encoder: ClapEncoder) -> str:
    """The licence of the checkpoint, if Nearfield knows it."""
    known = next((one for one in KNOWN.values() if encoder.title == one.title), None)
    return f"Checkpoint: {known.licence}" if known else ""


def descriptor_pipeline(extractor: str, version: str, tracks: str) -> Pipeline:
    """The pipeline of AcousticBrainz descriptors, which are pooled over an artist's tracks as `tracks` says."""
    return Pipeline(
        f"{extractor}, essentia {version}",
        _DESCRIBED,
        f"statistics over the frames of a track; {tracks}",
        "float32",
    )
