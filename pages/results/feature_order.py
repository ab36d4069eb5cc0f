"""Fixed places of feature sets and of similarities, so that each has the same colour and symbol in every figure."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count

from core.experiments.standings import KINDS, TRAINED, kind_of
from core.space_name import SpaceName

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
_OF_REAL_MUSIC = {
    "audio_descriptors": 9,
    "audio_descriptors+lastfm_tags+moods_themes+musicbrainz_tags": 11,
    "musicbrainz_tags": 12,
    "lastfm_tags": 13,
}
"""Places whose colours neither one another nor Random or Moods-Themes have, which are drawn beside them."""
_OF_MODELS = {"sign": 5, "lightgcn": 6}
_COLOURS = 8


def feature_order(features: Iterable[str]) -> list[str]:
    """All feature sets: first the paper's in its order, then the others."""
    named = set(features)
    return [name for name in _FIRST if name in named] + sorted(named - set(_FIRST))


def place_in_order(features: str, order: list[str]) -> int:
    """The place of a feature set, which determines its colour and symbol."""
    if features in _FIRST:
        return _FIRST.index(features)
    if (place := _of_real_music(features)) is not None:
        return place
    others = [name for name in order if name not in _FIRST and _of_real_music(name) is None]
    return dict(zip(others, _free_places(), strict=False))[features]


def _of_real_music(features: str) -> int | None:
    return _OF_REAL_MUSIC.get("+".join(sorted(features.split("+"))))


def _free_places() -> Iterator[int]:
    return (place for place in count(len(_FIRST)) if place not in _OF_REAL_MUSIC.values())


def similarity_places(rankers: Sequence[str]) -> list[int]:
    """The places of similarities that are drawn beside each other, which determine their colours and symbols.

    The first of a kind has the kind's own colour, as in the list of all similarities; SIGN and LightGCN have theirs.
    """
    taken: list[int] = []
    for ranker in rankers:
        place = _usual_place(SpaceName(ranker))
        free = (other for other in chain(reversed(range(_COLOURS)), count(_COLOURS)) if other not in taken)
        taken.append(next(free) if place in taken else place)
    return taken


def _usual_place(name: SpaceName) -> int:
    if name.is_run:
        return next((place for model, place in _OF_MODELS.items() if name.id.startswith(model)), KINDS.index(TRAINED))
    return KINDS.index(kind_of(name))
