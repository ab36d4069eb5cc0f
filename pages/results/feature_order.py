"""The place that each feature set has in every figure, so that it keeps its colour and symbol."""

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
    """Each feature set once: the paper's in its order, so that they keep their colour everywhere, then the others."""
    named = set(features)
    return [name for name in _FIRST if name in named] + sorted(named - set(_FIRST))


def place_in_order(features: str, order: list[str]) -> int:
    """The place that fixes a feature set's colour and symbol."""
    if features in _FIRST:
        return _FIRST.index(features)
    return len(_FIRST) + [name for name in order if name not in _FIRST].index(features)
