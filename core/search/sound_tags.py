"""Words for sound: which tags musicnn heard in artists, in tracks and in a clip, and what two of them share by name."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.arrays import FloatArray
from core.audio.encoders.musicnn.tags import log_odds
from core.catalogue import Catalogue
from core.catalogue.format import LIST_COLUMNS
from core.features.audio_sets import MUSICNN_TAGS

HEARD = "heard"
TAG_KINDS = (*LIST_COLUMNS, HEARD)
"""The kinds of tags that artists can have: what the catalogue says of them, and what is heard in their music."""

LEAST = 0.1
"""The likelihood from which a tag is named: musicnn is rarely surer than a half, and most tags are near zero."""
MOST = 5
_LARGE_DIFFERENCE = 1.5
"""In log odds: from one in ten to one in three."""


@dataclass(frozen=True)
class DifferentTag:
    """A tag that is much likelier for one of two sounds."""

    tag: str
    first: float
    second: float


@dataclass(frozen=True, eq=False)
class SoundTags:
    """Tags (t,) and their likelihood (n, t) for each artist, with NaN rows for artists of whom no sound was heard."""

    names: tuple[str, ...]
    likelihood: FloatArray

    def of(self, row: int, most: int = MOST) -> list[str]:
        """The tags of an artist, likeliest first."""
        return named(self.names, self.likelihood[row], most)

    def lists(self) -> list[list[str]]:
        """The tags that are heard in each artist, those that set it apart from the others first."""
        odds = log_odds(self.likelihood)
        known = ~np.isnan(odds[:, 0])
        apart = odds - (odds[known].mean(axis=0) if known.any() else 0.0)
        order = np.argsort(-np.nan_to_num(apart, nan=0.0), axis=1, kind="stable")
        heard = self.likelihood >= LEAST
        return [[self.names[at] for at in places if heard[row, at]] for row, places in enumerate(order)]


def tag_lists(catalogue: Catalogue, kind: str) -> pd.Series:
    """The tags of one of TAG_KINDS of each artist (n,), as lists."""
    if kind != HEARD:
        return catalogue.artists[kind]
    tags = sound_tags_of(catalogue)
    return pd.Series(tags.lists() if tags else [[] for _ in range(len(catalogue))], dtype=object)


def tag_kinds(catalogue: Catalogue) -> list[str]:
    """Those of TAG_KINDS of which some artist has a tag."""
    is_heard = MUSICNN_TAGS in catalogue.feature_names and catalogue.feature_info(MUSICNN_TAGS).columns
    return [*catalogue.tag_columns, *([HEARD] if is_heard else [])]


def sound_tags_of(catalogue: Catalogue) -> SoundTags | None:
    """The tags of a catalogue's artists; None if no sound of theirs was heard in words."""
    if MUSICNN_TAGS not in catalogue.feature_names:
        return None
    columns = catalogue.feature_info(MUSICNN_TAGS).columns
    return SoundTags(tuple(columns), catalogue.feature_array(MUSICNN_TAGS)) if columns else None


def tags_of_track(catalogue: Catalogue, track: int, most: int = MOST) -> list[str]:
    """The tags that are heard in the track in a row of the catalogue's tracks, likeliest first."""
    if MUSICNN_TAGS not in catalogue.track_feature_names or not (tags := sound_tags_of(catalogue)):
        return []
    return named(tags.names, catalogue.track_array(MUSICNN_TAGS)[track], most)


def named(names: Sequence[str], likelihood: FloatArray, most: int = MOST) -> list[str]:
    """At most `most` tags with a likelihood (t,) of a tenth or more, likeliest first."""
    order = np.argsort(-np.nan_to_num(likelihood, nan=-1), kind="stable")[:most]
    return [names[at] for at in order if likelihood[at] >= LEAST]


def shared(names: Sequence[str], first: FloatArray, second: FloatArray, most: int = MOST) -> list[str]:
    """The tags that are heard in both of two sounds (t,), those that are likeliest in both first."""
    return named(names, np.minimum(first, second), most)


def different(names: Sequence[str], first: FloatArray, second: FloatArray, most: int = 3) -> list[DifferentTag]:
    """The tags that are heard in one of two sounds (t,) and are much less likely in the other, largest gap first."""
    gaps = log_odds(first) - log_odds(second)
    heard = np.maximum(first, second) >= LEAST
    order = [int(at) for at in np.argsort(-np.abs(gaps), kind="stable") if heard[at]]
    return [
        DifferentTag(names[at], float(first[at]), float(second[at]))
        for at in order[:most]
        if abs(gaps[at]) >= _LARGE_DIFFERENCE
    ]
