"""A hop graph of rows, as the drawing and its table want it."""

from typing import Any

import pandas as pd
from scipy.sparse import csr_array

from core.catalogue import Catalogue
from core.catalogue.format import SIMILAR
from core.graph.adjacency import degrees, shared_counts
from core.graph.hop_display import plain_text
from core.graph.neighbourhood import HopGraph
from pages.shell.genres import GenreClasses
from pages.shell.text import counted


def drawn_nodes(catalogue: Catalogue, graph: HopGraph, genres: GenreClasses, matrix: csr_array) -> list[dict[str, Any]]:
    """The nodes of `hop_graph`, coloured by genre; names as they are, for those who draw to make harmless."""
    ids = catalogue.artists["artist_id"].iloc[graph.rows].tolist()
    names = catalogue.display_names.iloc[graph.rows].tolist()
    known = degrees(matrix)[graph.rows].tolist()
    return [
        {
            "id": artist_id,
            "label": name,
            "hop": hop,
            "group": genres.name_of(row),
            "colour": genres.colour_of(row),
            "title": f"{plain_text(name)}\n{genres.name_of(row)}, {counted(degree, 'known similar artist')}",
        }
        for row, artist_id, name, hop, degree in zip(
            graph.rows.tolist(), ids, names, graph.hop.tolist(), known, strict=True
        )
    ]


def drawn_edges(catalogue: Catalogue, graph: HopGraph) -> list[dict[str, str]]:
    """The edges of `hop_graph`."""
    ids = [str(artist_id) for artist_id in catalogue.artists["artist_id"].iloc[graph.edges.ravel()]]
    return [{"from": one, "to": other, "kind": SIMILAR} for one, other in zip(ids[::2], ids[1::2], strict=True)]


def artist_table(catalogue: Catalogue, graph: HopGraph, genres: GenreClasses, matrix: csr_array) -> pd.DataFrame:
    """One row for each drawn artist, in the order of `graph.rows`: the same as the drawing, in words."""
    centre = int(graph.rows[0])
    return pd.DataFrame(
        {
            "Artist": catalogue.display_names.iloc[graph.rows].tolist(),
            "Hop": graph.hop,
            "Known edges": degrees(matrix)[graph.rows],
            "Shared neighbours": shared_counts(matrix, centre, graph.rows),
            "Genre": [genres.name_of(row) for row in graph.rows.tolist()],
        }
    )


def summary(graph: HopGraph, hops: int) -> str:
    """How much of the neighbourhood is drawn."""
    reached = graph.n_reached - 1
    drawn = len(graph) - 1
    within = f"{counted(reached, 'artist')} within {counted(hops, 'hop')}"
    shown = "all are drawn" if drawn >= reached else f"the {drawn:,} nearest and best connected are drawn"
    return f"{within}; {shown}, with {counted(len(graph.edges), 'edge')} among them."
