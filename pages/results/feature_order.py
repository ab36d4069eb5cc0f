"""A fixed order of feature sets, so that each has the same colour and symbol in every figure."""

from collections.abc import Iterable

_FIRST = (
    "random",
    "acousticbrainz",
    "moods_themes",
    "clap",
    "acousticbrainz+moods_themes",
    "acousticbrainz+clap",
    "clap+moods_themes",
    "acousticbrainz+clap+moods_themes",
)


def feature_order(features: Iterable[str]) -> list[str]:
    """All feature sets: first the paper's in its order, then the others."""
    named = set(features)
    return [name for name in _FIRST if name in named] + sorted(named - set(_FIRST))


def place_in_order(features: str, order: list[str]) -> int:
    """The place of a feature set, which determines its colour and symbol."""
    if features in _FIRST:
        return _FIRST.index(features)
    return len(_FIRST) + [name for name in order if name not in _FIRST].index(features)
