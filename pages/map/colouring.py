"""What the points of a map can be coloured by: classes with a sign each, or a number on a scale."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.catalogue import Catalogue
from core.graph.adjacency import IntArray
from pages.shell.genres import UNKNOWN, genre_classes

FINEST_DECADE = 1900


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
    """`position` (n,) float32 is where an artist stands on the colour scale, NaN unknown; `ticks` say what it means."""

    title: str
    position: npt.NDArray[np.float32]
    shown: list[str]
    ticks: dict[float, str]
    unknown: str

    def values(self) -> list[str]:
        return self.shown


Colouring = Classes | Scale


def colouring_names(catalogue: Catalogue) -> list[str]:
    """What this catalogue knows enough about."""
    artists = catalogue.artists
    names = ["Split", "Known edges"]
    if artists["genres"].str.len().gt(0).any():
        names.insert(0, "Genre")
    if "decade" in artists and artists["decade"].notna().any():
        names.append("Decade")
    if artists["popularity"].notna().any():
        names.append("Popularity")
    return names


def colouring(catalogue: Catalogue, name: str, degree: IntArray) -> Colouring:
    """The colouring called `name`; `degree` (n,) is the number of known edges of each artist."""
    match name:
        case "Genre":
            genres = genre_classes(catalogue.artists["genres"])
            return Classes(name, genres.codes, genres.names, UNKNOWN)
        case "Split":
            return Classes(name, catalogue.split.astype(np.int64), ["Train", "Validation", "Test"], "")
        case "Decade":
            return _decades(catalogue.artists["decade"])
        case "Popularity":
            return _popularity(catalogue.artists["popularity"])
    return _degrees(name, degree)


def _degrees(title: str, degree: IntArray) -> Scale:
    """Logarithmic: most artists have few edges."""
    most = int(degree.max(initial=1))
    ticks = [edges for edges in (0, 1, 3, 10, 30, 100, 300, 1000, 3000) if edges <= most]
    return Scale(
        title,
        np.log1p(degree).astype(np.float32),
        [f"{edges:,}" for edges in degree.tolist()],
        {float(np.log1p(edges)): f"{edges:,}" for edges in ticks},
        "",
    )


def _decades(decade: pd.Series) -> Scale:
    """Decades before 1900 are few and far between: they share the scale's lower end."""
    position = decade.astype("Float64").to_numpy(np.float32, na_value=np.nan).clip(FINEST_DECADE)
    first, last = int(np.nanmin(position)), int(np.nanmax(position))
    step = 10 if last - first <= 60 else 20
    return Scale(
        "Decade",
        position,
        ["" if pd.isna(value) else f"{value}s" for value in decade],
        {float(value): f"{value}s" for value in range(last, first - 1, -step)},
        "Decade unknown",
    )


def _popularity(popularity: pd.Series) -> Scale:
    """By rank: how much a step of popularity means differs from source to source."""
    share = (popularity.rank(pct=True) * 100).to_numpy(np.float32)
    ticks = {0.0: "least", 50.0: "median", 100.0: "most"}
    shown = ["" if np.isnan(value) else f"above {value:.0f} %" for value in share]
    return Scale("Popularity", share, shown, ticks, "Popularity unknown")
