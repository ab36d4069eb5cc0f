"""Colouring the points of a map by tags.

By one tag: how likely it is where it was heard, or who has it where that is said. Or by the few tags of a set that
together say something of most artists.
"""

import numpy as np

from core.arrays import FloatArray
from core.audio.encoders.musicnn.tags import log_odds
from core.catalogue import Catalogue
from core.features.audio_sets import MUSICNN_TAGS
from core.maps.colouring import Classes, Colouring, Scale, colouring_names, scale_of
from core.search.sound_tags import LEAST, sound_tags_of
from core.search.tag_classes import NO_TAGS, telling_classes
from core.search.tag_sources import tag_source_of_set

MOST_TAGS = 100
"""Of one set: those that most artists have."""
_HEARD = "Heard"
_LOWEST, _NEAR = 0.01, 1e-6
_TICKS = (0.01, 0.03, 0.1, 0.3, 0.6, 0.9)


def tag_colourings(catalogue: Catalogue) -> dict[str, tuple[str, int]]:
    """Name of a colouring -> its feature set and column, in the order of the sets, the most frequent tags first.

    The sets are those of named tags: what was heard, and sets in which an artist has a tag or not.
    """
    found: dict[str, tuple[str, int]] = {}
    for name in catalogue.feature_names:
        info = catalogue.feature_info(name)
        if info.columns is None or not (info.kind == "binary" or name == MUSICNN_TAGS):
            continue
        counts = (np.nan_to_num(catalogue.feature_array(name)) >= LEAST).sum(axis=0)
        order = [int(at) for at in np.argsort(-counts, kind="stable")[:MOST_TAGS] if counts[at]]
        title = _HEARD if name == MUSICNN_TAGS else info.title
        found |= {f"{title}: {info.columns[at]}": (name, at) for at in order}
    return found


def set_colourings(catalogue: Catalogue) -> dict[str, str]:
    """Name of a colouring by the tags of a whole set -> that set, in the order of the sets."""
    found: dict[str, str] = {}
    for name in catalogue.feature_names:
        info = catalogue.feature_info(name)
        if info.kind == "binary" and info.columns and info.title not in colouring_names(catalogue):
            found.setdefault(info.title, name)
    return found


def set_colouring(catalogue: Catalogue, name: str, feature_set: str) -> Classes:
    """The colouring called `name` by the tags of a set, as `set_colourings` gives them; see `telling_classes`."""
    source = tag_source_of_set(catalogue, feature_set)
    if source is None:
        return Classes(name, np.full(len(catalogue), -1, np.int64), [], NO_TAGS)
    classes = telling_classes(source)
    return Classes(name, classes.codes, classes.names, NO_TAGS)


def tag_colouring(catalogue: Catalogue, name: str, feature_set: str, column: int) -> Colouring:
    """The colouring called `name` by a column of a feature set, as `tag_colourings` gives them."""
    values: FloatArray = catalogue.feature_array(feature_set)[:, column]
    if feature_set == MUSICNN_TAGS and sound_tags_of(catalogue):
        return _likelihood(name, values)
    tag = name.partition(": ")[2]
    codes = np.where(np.isnan(values), -1, np.where(values > 0, 0, 1)).astype(np.int64)
    return Classes(name, codes, [tag, f"without “{tag}”"], "Nothing known")


def _likelihood(title: str, likelihood: FloatArray) -> Scale:
    """A scale of log odds, since most tags are unlikely; in whole percent."""
    percent = np.clip(np.round(likelihood, 2), _LOWEST, 1 - _LOWEST)
    known = percent[~np.isnan(percent)]
    low, high = (known.min(), known.max()) if len(known) else (0.0, 0.0)
    labels = {np.float32(level): f"{share:.0%}" for share, level in _places(np.unique(known))}
    ticks = {
        level: f"{share:.0%}" for share, level in _places(np.array(_TICKS)) if low - _NEAR <= share <= high + _NEAR
    }
    return scale_of(title, log_odds(percent), lambda level: labels[np.float32(level)], ticks, "No sound heard")


def _places(shares: FloatArray) -> list[tuple[float, float]]:
    """Each share with its place on the scale."""
    return list(zip(shares.tolist(), log_odds(shares).tolist(), strict=True))
