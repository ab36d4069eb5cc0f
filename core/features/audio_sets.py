"""The feature sets that are extracted from sound, by name."""

CLAP, ACOUSTICBRAINZ = "clap", "acousticbrainz"
AUDIO_SETS = (CLAP, ACOUSTICBRAINZ)
ONE_TRACK = "_one_track"


def audio_set_of(name: str) -> str:
    """The set whose extractor also makes the set `name`: "clap_one_track" -> "clap"."""
    return name.removesuffix(ONE_TRACK)
