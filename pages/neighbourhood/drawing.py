"""A hop graph of rows, as the drawing, its tables and its files want it."""

from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from core.arrays import FloatArray
from core.catalogue import Catalogue
from core.catalogue.genres import GenreClasses
from core.graph.adjacency import degrees, shared_counts
from core.graph.hop_display import hop_name
from core.graph.links import PREDICTED, Links
from core.graph.looks import EDGE_LOOKS, Legend, edge_look
from core.graph.neighbourhood import HopGraph
from core.search.evidence import Answer
from core.search.spaces import Space
from core.text import counted, plain_text
from core.titles import SPLIT_NAMES
from pages.artists.reasons import score_text
from pages.neighbourhood.looks import COLOURS, Looks, Measures, popularity_text, size_legend, tag_name


@dataclass(frozen=True)
class Picture:
    """All that is drawn: the graph, its links, how the artists look, what was measured of them, who predicts."""

    catalogue: Catalogue
    graph: HopGraph
    links: Links
    seen: Measures
    looks: Looks
    tags: Mapping[str, GenreClasses]
    space: Space

    @property
    def ids(self) -> list[str]:
        return [str(artist_id) for artist_id in self.catalogue.artists["artist_id"].iloc[self.graph.rows]]

    @property
    def names(self) -> list[str]:
        return [str(name) for name in self.catalogue.display_names.iloc[self.graph.rows]]


def measured(graph: HopGraph, matrix: csr_array, popularity: FloatArray, answer: Answer | None) -> Measures:
    """What is known of the drawn artists; `answer` is what a space says of the centre, None where it says nothing."""
    rows = graph.rows
    if answer is None:
        place, score = np.zeros(len(rows), np.int64), np.full(len(rows), np.nan, np.float32)
    else:
        place, score = answer.ranks(rows), answer.scores[rows]
    return Measures(rows, graph.hop, degrees(matrix)[rows], popularity[rows], place, score)


def drawn_nodes(picture: Picture, kept: Container[str] = ()) -> list[dict[str, Any]]:
    """The artists of the drawing; names as they are, for those who draw to make harmless. `kept`: ids in the list."""
    catalogue, looks = picture.catalogue, picture.looks
    audible = np.isin(picture.graph.rows, catalogue.tracks["artist"]).tolist()
    return [
        {
            "id": artist_id,
            "label": name,
            "hop": hop,
            "group": looks.groups[place],
            "colour": looks.colours[looks.groups[place]],
            "size": looks.sizes[place],
            "audible": audible[place],
            "kept": artist_id in kept,
            "facts": ", ".join(facts),
            "title": "\n".join([plain_text(name) or "(no name)", *facts]),
        }
        for place, (artist_id, name, hop, facts) in enumerate(
            zip(picture.ids, picture.names, picture.graph.hop.tolist(), _facts(picture), strict=True)
        )
    ]


def drawn_edges(picture: Picture) -> list[dict[str, str]]:
    """The links of the drawing, each with what a tooltip says of it."""
    links = picture.links
    ids = [str(artist_id) for artist_id in picture.catalogue.artists["artist_id"].iloc[links.pairs.ravel()]]
    return [
        {"from": one, "to": other, "kind": str(kind), "title": about}
        for one, other, kind, about in zip(ids[::2], ids[1::2], links.kinds, link_texts(picture), strict=True)
    ]


def link_texts(picture: Picture) -> list[str]:
    """What each link is and rests on, in a line."""
    links = picture.links
    texts = []
    for kind, shared, place, score in zip(
        links.kinds.tolist(), links.shared.tolist(), links.places.tolist(), links.scores.tolist(), strict=True
    ):
        predicted = f", place {place}, score {score_text(picture.space, score)}" if kind == PREDICTED else ""
        texts.append(f"{edge_look(kind).name}{predicted}, {counted(shared, 'shared neighbour')}")
    return texts


def artist_table(picture: Picture, matrix: csr_array) -> pd.DataFrame:
    """One row for each drawn artist, in the order of the graph: the same as the drawing, in words."""
    catalogue, seen, rows = picture.catalogue, picture.seen, picture.graph.rows
    place = pd.Series(seen.place, dtype="Int64").mask(seen.place == 0)
    return pd.DataFrame(
        {
            "Artist": picture.names,
            "Hop": pd.Series(seen.hop, dtype="Int64").mask(seen.hop < 0),
            "Link to the centre": _centre_links(picture),
            "Known edges": seen.degree,
            "Shared neighbours": shared_counts(matrix, int(rows[0]), rows),
            "Genre": [tag_name(picture.tags, "genre", row) for row in rows.tolist()],
            "Mood": [tag_name(picture.tags, "mood", row) for row in rows.tolist()],
            "Split": [SPLIT_NAMES[code] for code in catalogue.split[rows]],
            "More popular than": seen.popularity,
            "Place by similarity": place,
            "Similarity": seen.score,
        }
    )


def link_table(picture: Picture) -> pd.DataFrame:
    """One row for each drawn link."""
    links, names = picture.links, picture.catalogue.display_names
    return pd.DataFrame(
        {
            "From": names.iloc[links.pairs[:, 0]].tolist(),
            "To": names.iloc[links.pairs[:, 1]].tolist(),
            "Link": [edge_look(kind).name for kind in links.kinds],
            "Shared neighbours": links.shared,
            "Place predicted": pd.Series(links.places, dtype="Int64").mask(links.places == 0),
            "Score predicted": links.scores,
        }
    )


def source_line(catalogue: Catalogue, what: str) -> str:
    """Where a drawing comes from, for the files it is saved in."""
    kind = "invented artists" if catalogue.manifest.kind == "synthetic" else "real artists"
    return f"Nearfield, {plain_text(catalogue.manifest.title)}, {kind}, {what}, {date.today().isoformat()}"


def legend(picture: Picture, size: str, colour: str) -> Legend:
    """What the drawing's files and its foot say of it, with where it comes from."""
    catalogue = picture.catalogue
    source = source_line(catalogue, f"around {plain_text(picture.names[0]) or '(no name)'}")
    by = plain_text(picture.space.title)
    in_space = f" in {by}" if colour == "similarity" else ""
    return Legend(
        COLOURS[colour].lower() + in_space,
        picture.looks.colours,
        size_legend(picture.seen, size).replace("the space", by),
        by,
        source,
    )


def summary(graph: HopGraph, hops: int, links: Links, hidden: int = 0) -> str:
    """How much of the neighbourhood is drawn; `hidden` is how many links are left out."""
    reached = graph.n_reached - 1
    within = int(np.count_nonzero((graph.hop > 0) & (graph.hop <= hops)))
    artists = f"{counted(reached, 'artist')} within {counted(hops, 'hop')}"
    shown = "all are drawn" if within >= reached else f"{within:,} of them are drawn"
    beside = len(graph) - 1 - within
    more = f", and {beside:,} further ones" if beside else ""
    kinds = Counter(links.kinds.tolist())
    counts = [f"{number:,} {edge_look(kind).name.lower()}" for kind, number in sorted(kinds.items(), key=_in_order)]
    drawn = f"{counted(len(links), 'link')}" + (f" ({', '.join(counts)})" if counts else "")
    left_out = f"; {counted(hidden, 'link')} not drawn, to declutter" if hidden else ""
    return f"{artists}; {shown}{more}. {drawn}{left_out}."


def _in_order(item: tuple[str, int]) -> int:
    return list(EDGE_LOOKS).index(item[0])


def _facts(picture: Picture) -> list[list[str]]:
    """What is said of each drawn artist, in short parts."""
    counts: dict[int, Counter[str]] = {row: Counter() for row in picture.graph.rows.tolist()}
    for (one, other), kind in zip(picture.links.pairs.tolist(), picture.links.kinds.tolist(), strict=True):
        counts[one][kind] += 1
        counts[other][kind] += 1
    seen, said = picture.seen, []
    for place, row in enumerate(picture.graph.rows.tolist()):
        links = [
            f"{number} {edge_look(kind).name.lower()}" for kind, number in sorted(counts[row].items(), key=_in_order)
        ]
        degree = int(seen.degree[place])
        parts = [hop_name(int(seen.hop[place]))]
        parts += [f"links shown: {' and '.join(links)}"] if links else []
        parts += [tag_name(picture.tags, "genre", row), SPLIT_NAMES[picture.catalogue.split[row]].lower()]
        parts += [counted(degree, "known similar artist"), popularity_text(float(seen.popularity[place]))]
        if place and seen.place[place]:
            parts.append(f"place {seen.place[place]:,} by similarity to the centre")
        if picture.looks.groups[place] not in " ".join(parts):
            parts.append(picture.looks.groups[place])
        said.append(parts)
    return said


def _centre_links(picture: Picture) -> list[str]:
    centre = int(picture.graph.rows[0])
    pairs, found = picture.links.pairs, {centre: "the centre"}
    for (one, other), kind in zip(pairs.tolist(), picture.links.kinds.tolist(), strict=True):
        if centre in (one, other):
            found[other if one == centre else one] = edge_look(kind).name
    return [found.get(row, "–") for row in picture.graph.rows.tolist()]
