"""The feature sets that are extracted from sound, by name."""

from core.audio.encoders.checkpoints import is_installed, known
from core.audio.encoders.family import encoders, feature_sets
from core.audio.encoders.musicnn.listening import MSD_SET, MTT_SET, TAG_SET

CLAP, ACOUSTICBRAINZ = "clap", "acousticbrainz"
MUSICNN_MSD, MUSICNN_MTT, MUSICNN_TAGS = MSD_SET, MTT_SET, TAG_SET
MUSICNN_SETS = (MUSICNN_MSD, MUSICNN_MTT, MUSICNN_TAGS)
AUDIO_SETS = tuple(dict.fromkeys((CLAP, ACOUSTICBRAINZ, *feature_sets())))
ONE_TRACK = "_one_track"


def audio_set_of(name: str) -> str:
    """The set whose extractor also makes the set `name`: "clap_one_track" -> "clap"."""
    return name.removesuffix(ONE_TRACK)


def sets_at_hand() -> tuple[str, ...]:
    """The sets that can be extracted now, since what their encoders need is on this machine."""
    able = {
        encoder.feature_set
        for encoder in encoders().values()
        if not encoder.checkpoint or is_installed(known(encoder.checkpoint))
    }
    return tuple(name for name in AUDIO_SETS if name in able)
