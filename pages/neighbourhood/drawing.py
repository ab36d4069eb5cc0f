"""Turns a hop graph of rows into the drawing, its tables and its files."""

from collections import Counter
from collections.abc import Mapping
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
from core.graph.drawing import Drawing, NodeEncodings, NodeStates, drawn_edges, drawn_nodes, legend_of
from core.graph.encodings import EDGE_ENCODINGS, hop_name
from core.graph.links import PREDICTED, Links
from core.graph.neighbourhood import HopGraph
from core.search.evidence import Answer
from core.search.spaces import Space
from core.text import plain_text, shown_name
from core.titles import SPLIT_NAMES
from pages.artists.texts import score_text
from pages.neighbourhood import texts
from pages.neighbourhood.encodings import Measures, tag_name


@dataclass(frozen=True)
class Picture:
    """Everything to draw: the graph, its links, measures and encodings of the artists, and the predicting space."""

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
    """The measures of the drawn artists. `answer` is a space's answer for the centre, None if it has none."""
    rows = graph.rows
    if answer is None:
        place, score = np.zeros(len(rows), np.int64), np.full(len(rows), np.nan, np.float32)
    else:
        place, score = answer.ranks(rows), answer.scores[rows]
    return Measures(rows, graph.hop, degrees(matrix)[rows], popularity[rows], place, score)


def draw(picture: Picture, size: str, colour: str, states: NodeStates) -> Drawing:
    """The drawing of `picture`. `size` and `colour` are keys of SIZES and COLOURS in `texts`."""
    catalogue, graph, links = picture.catalogue, picture.graph, picture.links
    nodes = drawn_nodes(catalogue, graph.rows, graph.hop.tolist(), _facts(picture), picture.encodings, states)
    edges = drawn_edges(catalogue, links.pairs, links.kinds, link_texts(picture))
    name, known_edges = shown_name(picture.names[0]), picture.seen.degree
    by = plain_text(picture.space.title)
    legend = legend_of(
        nodes,
        edges,
        picture.encodings.colours,
        colour=texts.colour_legend(colour, by),
        size=texts.size_legend(size, int(known_edges.min()), int(known_edges.max()), by),
        predicted_by=by,
        relation=texts.relation_label(catalogue),
    )
    source = texts.source_line(catalogue, texts.around(name), date.today())
    return Drawing(texts.drawing_title(name), nodes, edges, legend, source)


def link_texts(picture: Picture) -> list[str]:
    """For each link a line on its kind and its evidence."""
    links = picture.links
    lines = []
    for kind, shared, place, score in zip(
        links.kinds.tolist(), links.shared.tolist(), links.places.tolist(), links.scores.tolist(), strict=True
    ):
        scored = score_text(picture.space, score) if kind == PREDICTED else ""
        lines.append(texts.link_text(kind, shared, place, scored))
    return lines


def artist_table(picture: Picture, matrix: csr_array) -> pd.DataFrame:
    """One row for each drawn artist, in the order of the graph: the same content as the drawing.

    Columns of which the catalogue knows nothing are left out.
    """
    catalogue, seen, rows = picture.catalogue, picture.seen, picture.graph.rows
    place = pd.Series(seen.place, dtype="Int64").mask(seen.place == 0)
    table: dict[str, Any] = {"Artist": picture.names}
    if matrix.nnz:
        table["Hop"] = pd.Series(seen.hop, dtype="Int64").mask(seen.hop < 0)
    table["Link to the centre"] = _centre_links(picture)
    if matrix.nnz:
        table |= {"Known edges": seen.degree, "Shared neighbours": shared_counts(matrix, int(rows[0]), rows)}
    for kind in picture.tags:
        table[kind.capitalize()] = [tag_name(picture.tags, kind, row) for row in rows.tolist()]
    table["Split"] = [SPLIT_NAMES[code] for code in catalogue.split[rows]]
    if catalogue.has_popularity:
        table[texts.MORE_POPULAR] = seen.popularity
    return pd.DataFrame(table | {"Place by similarity": place, "Similarity": seen.score})


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


def _facts(picture: Picture) -> list[list[str]]:
    """Short facts about each drawn artist."""
    counts: dict[int, Counter[str]] = {row: Counter() for row in picture.graph.rows.tolist()}
    for (one, other), kind in zip(picture.links.pairs.tolist(), picture.links.kinds.tolist(), strict=True):
        counts[one][kind] += 1
        counts[other][kind] += 1
    catalogue, seen, facts = picture.catalogue, picture.seen, []
    for place, row in enumerate(picture.graph.rows.tolist()):
        links = texts.links_shown(counts[row])
        parts = [hop_name(int(seen.hop[place]))]
        parts += [links] if links else []
        parts += [tag_name(picture.tags, "genre", row)] if "genre" in picture.tags else []
        parts += [texts.known_edges(int(seen.degree[place]))]
        parts += [texts.popularity_text(float(seen.popularity[place]))] if catalogue.has_popularity else []
        if place and seen.place[place]:
            parts.append(texts.place_by_similarity(int(seen.place[place])))
        if picture.encodings.groups[place] not in " ".join(parts):
            parts.append(picture.encodings.groups[place])
        facts.append(parts)
    return facts


def _centre_links(picture: Picture) -> list[str]:
    centre = int(picture.graph.rows[0])
    pairs, found = picture.links.pairs, {centre: texts.THE_CENTRE}
    for (one, other), kind in zip(pairs.tolist(), picture.links.kinds.tolist(), strict=True):
        if centre in (one, other):
            found[other if one == centre else one] = EDGE_ENCODINGS[kind].name
    return [found.get(row, texts.NO_LINK) for row in picture.graph.rows.tolist()]
