"""The descriptors of AcousticBrainz, by essentia's MusicExtractor: no weights, and each number has a name."""

from collections.abc import Collection, Mapping
from pathlib import Path

from core.arrays import FloatArray
from core.audio.encoders.family import Encoder, Making

FEATURE_SET = "acousticbrainz"
_FRONT_END = "mono at 44.1 kHz as a float WAV; silent frames kept, digital silence filled with fixed noise"


class Descriptors:
    """MusicExtractor in this process, made when it first hears. It is for workers, not for untrusted files."""

    def __init__(self) -> None:
        from core.audio.encoders.acousticbrainz import DescriptorExtractor

        self._extract = DescriptorExtractor()

    def making(self, feature_set: str) -> Making:
        """How descriptors are made."""
        from core.audio.encoders.acousticbrainz import EXTRACTOR

        version = self._extract.version
        return Making(
            f"{EXTRACTOR}, essentia {version}",
            _FRONT_END,
            "statistics over the frames of a track",
            "float32",
            EXTRACTOR,
            version,
        )

    def vectors(self, samples: FloatArray, rate: int, wanted: Collection[str]) -> Mapping[str, FloatArray]:
        """The descriptors of mono samples (n,)."""
        return {FEATURE_SET: self._extract(samples, rate)}


def _open(checkpoint: str | Path | None) -> Descriptors:
    return Descriptors()


def _columns() -> list[str]:
    from core.audio.encoders.acousticbrainz import DESCRIPTOR_NAMES

    return list(DESCRIPTOR_NAMES)


ENCODER = Encoder(
    name="acousticbrainz",
    title="AcousticBrainz descriptors",
    feature_set=FEATURE_SET,
    set_title="Traits (AcousticBrainz)",
    gives="tempo, key, loudness, timbre and more as named numbers",
    checkpoint="",
    licence="",
    rate=44_100,
    window="the whole track",
    width=916,
    listener="essentia",
    open=_open,
    columns=_columns,
)
