"""The feature sets that are extracted from sound, by name."""

CLAP, ACOUSTICBRAINZ = "clap", "acousticbrainz"
HEARD = (CLAP, ACOUSTICBRAINZ)
"""The sets that are extracted from sound."""
ONE_TRACK = "_one_track"


def heard_as(name: str) -> str:
    """The extracted set that fills the set `name`: "clap_one_track" -> "clap"."""
    return name.removesuffix(ONE_TRACK)
