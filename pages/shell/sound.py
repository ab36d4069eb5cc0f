"""The sound of a track for players, made once for all visitors."""

from core.audio.decoding import wav_bytes
from core.catalogue import Catalogue
from core.catalogue.recordings import recording
from pages.shell import texts
from pages.shell.caching import cached_per_catalogue


@cached_per_catalogue(32, spinner=texts.PREPARING_SOUND)
def beginning(catalogue: Catalogue, track: int) -> bytes:
    """The first seconds of the track in row `track` as a WAV file. Raises NearfieldError if there is no sound."""
    return wav_bytes(*recording(catalogue, track))
