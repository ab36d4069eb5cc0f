"""What the points of a map can be coloured by: classes with a symbol each, or numbers on a scale."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.arrays import FloatArray, IntArray
from core.catalogue import Catalogue
from core.catalogue.genres import OTHER, UNKNOWN, genre_classes, one_covers_most
from core.maps import StoredMap
from core.maps.fidelity import LOCAL_K
from core.search.sound_tags import HEARD, tag_kinds, tag_lists
from core.text import decade_name

FINEST_DECADE = 1900
SPLIT = "Split"
LOCAL_FIDELITY, SCORE = "Faithfulness", "Similarity to the chosen artist"
OWN_TO_A_MAP = (LOCAL_FIDELITY, SCORE)
"""Colourings that differ from map to map."""

_LEVELS = 255
_LOWEST_SHOWN = 0.01
"""Share of the scores below the scale's lower end; otherwise a few outliers would take up half of the scale."""

_TAGS = {"Genre": "genres", "Mood": "moods", "Theme": "themes", "Sound": HEARD}


@dataclass(frozen=True)
class Classes:
    """`codes` (n,) points to one of `names`, -1 for `unknown`."""

    title: str
    codes: IntArray
    names: list[str]
    unknown: str

    def values(self) -> list[str]:
        return [self.names[code] if code >= 0 else "" for code in self.codes]


@dataclass(frozen=True)
class Scale:
    """`codes` (n,) points to one of `levels` (m,), increasing positions on the colour scale, -1 unknown; `labels` name
    every level, and `ticks` name some positions."""

    title: str
    codes: IntArray
    levels: FloatArray
    labels: list[str]
    ticks: dict[float, str]
    unknown: str

    def values(self) -> list[str]:
        return [self.labels[code] if code >= 0 else "" for code in self.codes]


Colouring = Classes | Scale


def colouring_names(catalogue: Catalogue) -> list[str]:
    """The colourings for which the catalogue has data; splits that were made up come last."""
    names = [name for name, column in _TAGS.items() if column in tag_kinds(catalogue)]
    split = [SPLIT]
    if not catalogue.manifest.splits.are_made:
        names += split
        split = []
    if len(catalogue.learned_edges):
        names.append("Known edges")
    if catalogue.has_decades:
        names.append("Decade")
    if catalogue.has_popularity:
        names.append("Popularity")
    return [*names, *split]


def colouring(catalogue: Catalogue, name: str, degree: IntArray) -> Colouring:
    """The colouring called `name`; `degree` (n,) is the number of known edges of each artist."""
    match name:
        case "Genre" | "Mood" | "Theme" | "Sound":
            return _first_tags(name, tag_lists(catalogue, _TAGS[name]))
        case "Split":
            return Classes(name, catalogue.split.astype(np.int64), ["Train", "Validation", "Test"], "")
        case "Decade":
            return _decades(catalogue.artists["decade"])
        case "Popularity":
            return _popularity(catalogue.artists["popularity"])
    return _degrees(name, degree)


def local_fidelity_colouring(stored: StoredMap) -> Scale:
    """Local fidelity: how many of each artist's nearest neighbours stay near on the map."""
    kept = np.round(stored.local_fidelity * LOCAL_K)
    ticks = {0.0: "0", LOCAL_K / 2: str(LOCAL_K // 2), float(LOCAL_K): str(LOCAL_K)}
    return scale_of(
        LOCAL_FIDELITY, kept, lambda level: f"{level:.0f} of its {LOCAL_K} nearest are near it here", ticks, ""
    )


def score_colouring(scores: FloatArray) -> Scale:
    """Similarity (n,) to the chosen artist. NaN is unknown: everywhere if no artist is chosen or nothing is known about
    it."""
    known = scores[np.isfinite(scores)]
    if not len(known):
        return Scale(SCORE, np.full(len(scores), -1), np.empty(0, np.float32), [], {}, "No artist to compare with")
    low, high = (float(end) for end in np.quantile(known, (_LOWEST_SHOWN, 1)))
    step = max(high - low, 1e-6) / _LEVELS
    level = low + np.round((np.maximum(scores, low) - low) / step) * step
    ticks = {end: f"{end:.2f}" for end in (low, (low + high) / 2, high)}
    return scale_of(SCORE, level, lambda place: f"{place:.2f}", ticks, "")


def is_mostly_one(found: Colouring) -> bool:
    """Whether one class holds more than half of the artists that have any, and so tells few of them apart."""
    return isinstance(found, Classes) and one_covers_most(found.codes)


def _first_tags(title: str, tags: pd.Series) -> Classes:
    classes = genre_classes(tags)
    kind = title.lower()
    names = [f"Other {kind}s" if name == OTHER else name for name in classes.names]
    return Classes(title, classes.codes, names, UNKNOWN if title == "Genre" else f"No {kind} known")


def _degrees(title: str, degree: IntArray) -> Scale:
    """A logarithmic scale, because most artists have few edges."""
    most = int(degree.max(initial=1))
    ticks = [edges for edges in (0, 1, 3, 10, 30, 100, 300, 1000, 3000) if edges <= most]
    shown = {float(np.log1p(edges)): f"{edges:,}" for edges in ticks}
    return scale_of(title, np.log1p(degree), lambda level: f"{np.expm1(level):,.0f}", shown, "")


def _decades(decade: pd.Series) -> Scale:
    """Decades before 1900 have few artists, so they share the scale's lower end."""
    position = decade.astype("Float64").to_numpy(np.float32, na_value=np.nan).clip(FINEST_DECADE)
    first, last = int(np.nanmin(position)), int(np.nanmax(position))
    step = 10 if last - first <= 60 else 20
    ticks = {float(value): decade_name(value) for value in range(last, first - 1, -step)}
    earliest = int(decade.min())
    lowest = f"{FINEST_DECADE}s or before" if earliest < FINEST_DECADE else decade_name(earliest)
    return scale_of(
        "Decade", position, lambda level: decade_name(level) if level > first else lowest, ticks, "Decade unknown"
    )


def _popularity(popularity: pd.Series) -> Scale:
    """A scale of ranks, because sources measure popularity differently."""
    share = np.round((popularity.rank(pct=True) * 100).to_numpy(np.float32))
    ticks = {0.0: "least", 50.0: "median", 100.0: "most"}
    return scale_of("Popularity", share, lambda level: f"above {level:.0f} %", ticks, "Popularity unknown")


def scale_of(
    title: str, position: npt.NDArray[np.floating], label: Callable[[float], str], ticks: dict[float, str], unknown: str
) -> Scale:
    """`position` (n,) with few different values, NaN unknown."""
    levels, codes = np.unique(position.astype(np.float32), return_inverse=True)
    known = int(np.isfinite(levels).sum())
    codes = np.where(codes < known, codes, -1).astype(np.int64)
    return Scale(title, codes, levels[:known], [label(float(level)) for level in levels[:known]], ticks, unknown)
