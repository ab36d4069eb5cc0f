"""A hop graph of rows, as the drawing, its tables and its files want it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from core.arrays import FloatArray
from core.catalogue import Catalogue
from core.catalogue.genres import GenreClasses
from core.graph.adjacency import degrees, shared_counts
from core.graph.drawing import Drawing, NodeEncodings, NodeStates, drawn_edges, drawn_nodes, legend_of
from core.graph.encodings import EDGE_ENCODINGS, hop_name
from core.graph.links import PREDICTED, Links
from core.graph.neighbourhood import HopGraph
from core.search.evidence import Answer
from core.search.spaces import Space
from core.text import counted, plain_text, shown_name
from core.titles import SPLIT_NAMES
from pages.artists.texts import score_text
from pages.neighbourhood.encodings import COLOURS, Measures, popularity_text, size_legend, tag_name


@dataclass(frozen=True)
class Picture:
    """All that is drawn: the graph, its links, how the artists are drawn, what was measured of them, who predicts."""

    catalogue: Catalogue
    graph: HopGraph
    links: Links
    seen: Measures
    encodings: NodeEncodings
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


def draw(picture: Picture, size: str, colour: str, states: NodeStates) -> Drawing:
    """The drawing of `picture` where size and colour stand for what is named, keys of SIZES and COLOURS."""
    catalogue, graph, links = picture.catalogue, picture.graph, picture.links
    nodes = drawn_nodes(catalogue, graph.rows, graph.hop.tolist(), _facts(picture), picture.encodings, states)
    edges = drawn_edges(catalogue, links.pairs, links.kinds, link_texts(picture))
    around = f"around {shown_name(picture.names[0])}"
    by = plain_text(picture.space.title)
    legend = legend_of(
        nodes,
        edges,
        picture.encodings.colours,
        colour=COLOURS[colour].lower() + (f" in {by}" if colour == "similarity" else ""),
        size=size_legend(picture.seen, size).replace("the space", by),
        predicted_by=by,
    )
    return Drawing(f"Artists {around}", nodes, edges, legend, source_line(catalogue, around))


def link_texts(picture: Picture) -> list[str]:
    """What each link is and rests on, in a line."""
    links = picture.links
    texts = []
    for kind, shared, place, score in zip(
        links.kinds.tolist(), links.shared.tolist(), links.places.tolist(), links.scores.tolist(), strict=True
    ):
        predicted = f", place {place}, score {score_text(picture.space, score)}" if kind == PREDICTED else ""
        texts.append(f"{EDGE_ENCODINGS[kind].name}{predicted}, {counted(shared, 'shared neighbour')}")
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
            "Link": [EDGE_ENCODINGS[kind].name for kind in links.kinds],
            "Shared neighbours": links.shared,
            "Place predicted": pd.Series(links.places, dtype="Int64").mask(links.places == 0),
            "Score predicted": links.scores,
        }
    )


def source_line(catalogue: Catalogue, what: str) -> str:
    """Where a drawing comes from, for the files it is saved in."""
    kind = "invented artists" if catalogue.manifest.kind == "synthetic" else "real artists"
    return f"Nearfield, {plain_text(catalogue.manifest.title)}, {kind}, {what}, {date.today().isoformat()}"


def summary(graph: HopGraph, hops: int, links: Links, hidden: int = 0) -> str:
    """How much of the neighbourhood is drawn; `hidden` is how many links are left out."""
    reached = graph.n_reached - 1
    within = int(np.count_nonzero((graph.hop > 0) & (graph.hop <= hops)))
    artists = f"{counted(reached, 'artist')} within {counted(hops, 'hop')}"
    shown = "all are drawn" if within >= reached else f"{within:,} of them are drawn"
    beside = len(graph) - 1 - within
    more = f", and {beside:,} further ones" if beside else ""
    kinds = Counter(links.kinds.tolist())
    counts = [
        f"{number:,} {EDGE_ENCODINGS[kind].name.lower()}" for kind, number in sorted(kinds.items(), key=_in_order)
    ]
    drawn = f"{counted(len(links), 'link')}" + (f" ({', '.join(counts)})" if counts else "")
    left_out = f"; {counted(hidden, 'link')} not drawn, to declutter" if hidden else ""
    return f"{artists}; {shown}{more}. {drawn}{left_out}."


def _in_order(item: tuple[str, int]) -> int:
    return list(EDGE_ENCODINGS).index(item[0])


def _facts(picture: Picture) -> list[list[str]]:
    """What is said of each drawn artist, in short parts."""
    counts: dict[int, Counter[str]] = {row: Counter() for row in picture.graph.rows.tolist()}
    for (one, other), kind in zip(picture.links.pairs.tolist(), picture.links.kinds.tolist(), strict=True):
        counts[one][kind] += 1
        counts[other][kind] += 1
    seen, said = picture.seen, []
    for place, row in enumerate(picture.graph.rows.tolist()):
        links = [
            f"{number} {EDGE_ENCODINGS[kind].name.lower()}"
            for kind, number in sorted(counts[row].items(), key=_in_order)
        ]
        degree = int(seen.degree[place])
        parts = [hop_name(int(seen.hop[place]))]
        parts += [f"links shown: {' and '.join(links)}"] if links else []
        parts += [tag_name(picture.tags, "genre", row), SPLIT_NAMES[picture.catalogue.split[row]].lower()]
        parts += [counted(degree, "known similar artist"), popularity_text(float(seen.popularity[place]))]
        if place and seen.place[place]:
            parts.append(f"place {seen.place[place]:,} by similarity to the centre")
        if picture.encodings.groups[place] not in " ".join(parts):
            parts.append(picture.encodings.groups[place])
        said.append(parts)
    return said


def _centre_links(picture: Picture) -> list[str]:
    centre = int(picture.graph.rows[0])
    pairs, found = picture.links.pairs, {centre: "the centre"}
    for (one, other), kind in zip(pairs.tolist(), picture.links.kinds.tolist(), strict=True):
        if centre in (one, other):
            found[other if one == centre else one] = EDGE_ENCODINGS[kind].name
    return [found.get(row, "–") for row in picture.graph.rows.tolist()]
