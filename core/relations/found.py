"""What a source of relations comes to: edges by row, links to artists known elsewhere, and what was left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from core.catalogue import Relation
from core.relations.mbids import NO_ARTISTS, Known

MOST_ELSEWHERE = 25
"""How many artists that the catalogue lacks are kept for each of its artists: the nearest."""

ITSELF = "an artist and itself"
REPEATED = "repeated"
NO_ARTIST = "with “Various Artists”, “[unknown]” and other credits that name nobody"
NO_MBID = "without the MBID of an artist"
NO_NAME = "with an artist that the catalogue lacks and whose name is not known"
FARTHER = f"beyond the {MOST_ELSEWHERE} nearest artists that the catalogue lacks"

LINK_COLUMNS = ("artist", "mbid", "name", "weight", "reverse")
EDGE_COLUMNS = ("source", "target", "weight")
ELSEWHERE_COLUMNS = ("mbid", "name", "artist", "weight")


@dataclass(frozen=True)
class Found:
    """One relation from one source.

    `edges` has the columns source, target (rows of the catalogue) and weight; `elsewhere` the columns mbid, name,
    artist (the row of the artist that it is near) and weight. `dropped` counts links that were left out, by reason, and
    `notes` says what else should be known.
    """

    relation: Relation
    edges: pd.DataFrame
    elsewhere: pd.DataFrame
    dropped: Mapping[str, int] = field(default_factory=dict)
    notes: Sequence[str] = ()

    @property
    def is_empty(self) -> bool:
        return not len(self.edges) and not len(self.elsewhere)

    def counts(self, known: Known) -> dict[str, int]:
        """The figures of a report."""
        touched = np.union1d(self.edges[["source", "target"]].to_numpy().ravel(), self.elsewhere["artist"].to_numpy())
        return {
            "artists with an MBID": len(known.row_of),
            "artists without one, which cannot be matched": known.without,
            "artists with a link": len(touched),
            "edges": len(self.edges),
            "artists known elsewhere": self.elsewhere.drop_duplicates(["mbid", "name"]).shape[0],
            "links to them": len(self.elsewhere),
        }


def found_links(
    relation: Relation,
    links: pd.DataFrame,
    known: Known,
    dropped: Mapping[str, int] | None = None,
    notes: Sequence[str] = (),
) -> Found:
    """Sort links into edges and artists known elsewhere.

    `links` has the columns artist (a row of the catalogue), mbid ("" where the other artist has none), name ("" where
    it is not known), weight, and reverse: whether an edge runs to `artist` and not from it. An edge of a symmetric
    relation and a link elsewhere count once, with their highest weight.
    """
    counts = dict(dropped or {})

    def keep(frame: pd.DataFrame, kept: pd.Series, reason: str) -> pd.DataFrame:
        counts[reason] = counts.get(reason, 0) + int((~kept).sum())
        return frame[kept]

    links = keep(links, ~links["mbid"].isin(NO_ARTISTS), NO_ARTIST)
    other = links["mbid"].map(known.row_of)
    edges = _edges(links[other.notna()], other.dropna().astype(np.int64), relation.symmetric)
    edges = keep(edges, edges["source"] != edges["target"], ITSELF)
    edges = keep(edges, ~edges.duplicated(["source", "target"]), REPEATED)
    away = links.loc[other.isna(), list(ELSEWHERE_COLUMNS)]
    away = keep(away, away["name"].str.strip() != "", NO_NAME)
    away = away.sort_values(["artist", "weight", "mbid", "name"], ascending=[True, False, True, True])
    away = keep(away, ~away.duplicated(["artist", "mbid", "name"]), REPEATED)
    away = keep(away, away.groupby("artist").cumcount() < MOST_ELSEWHERE, FARTHER)
    return Found(
        relation,
        edges.sort_values(["source", "target"], ignore_index=True),
        away.reset_index(drop=True),
        {reason: number for reason, number in counts.items() if number},
        tuple(notes),
    )


def no_links() -> pd.DataFrame:
    """An empty frame of links."""
    return links_frame([])


def links_frame(rows: Sequence[tuple[int, str, str, float, bool]]) -> pd.DataFrame:
    """Links as `found_links` takes them."""
    frame = pd.DataFrame(list(rows), columns=list(LINK_COLUMNS))
    return frame.astype({"artist": "int64", "mbid": "str", "name": "str", "weight": "float64", "reverse": "bool"})


def _edges(links: pd.DataFrame, other: pd.Series, symmetric: bool) -> pd.DataFrame:
    """Edges by row, the heaviest of each pair first."""
    source = links["artist"].to_numpy(np.int64)
    target = other.to_numpy(np.int64)
    turned = source > target if symmetric else links["reverse"].to_numpy(bool)
    edges = pd.DataFrame(
        {
            "source": np.where(turned, target, source),
            "target": np.where(turned, source, target),
            "weight": links["weight"].to_numpy(np.float64),
        }
    )
    return edges.sort_values(["source", "target", "weight"], ascending=[True, True, False])
