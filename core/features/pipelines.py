"""How the vectors of the sets that are extracted from sound are made, as records of their descriptions."""

from core.audio.encoders.checkpoints import KNOWN
from core.audio.encoders.family import Encoder, Making
from core.catalogue import FeatureInfo, Pipeline


def pipeline(making: Making, tracks: str) -> Pipeline:
    """The pipeline of vectors that are pooled over an artist's tracks as `tracks` says."""
    return Pipeline(making.model, making.front_end, f"{making.pooling}; {tracks}", making.precision)


def licence_of(encoder: Encoder, making: Making) -> str:
    """The licence of the checkpoint that was used, if Nearfield knows it."""
    if encoder.reads_words:  # several checkpoints can fill the set, and one may be the user's own file
        known = next((one for one in KNOWN.values() if making.extractor == one.title), None)
        return f"Checkpoint: {known.licence}" if known else ""
    return f"Checkpoint: {encoder.licence}" if encoder.licence else ""


def same_pipeline(info: FeatureInfo, described: FeatureInfo) -> bool:
    """Whether two descriptions are of vectors that can be compared. What one of them does not say is not compared."""
    if described.checkpoint_hash:
        if info.checkpoint_hash != described.checkpoint_hash:
            return False
    elif info.columns != described.columns:
        return False
    one, other = info.pipeline, described.pipeline
    if one is None or other is None:
        return True
    return _of_tracks(one) == _of_tracks(other)


def _of_tracks(made: Pipeline) -> tuple[str, ...]:
    """How the vector of a track is made; tracks of an artist may be pooled in other ways."""
    return made.model, made.front_end, made.pooling.rpartition(";")[0], made.precision
