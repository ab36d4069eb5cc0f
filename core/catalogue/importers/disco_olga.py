"""DISCO-OLGA (Grötschla et al., 2024), prepared layout: OLGA's artists that were found again in 2024, with the
similarity lists of that year.

The source folder holds OLGA's prepared files, `relations_2024.npz` and `disco_published_row.npz`.
"""

from pathlib import Path

import numpy as np

from core.catalogue.format import Manifest
from core.catalogue.importers.allmusic_relations import RELATIONS_OPTION, asked_relations
from core.catalogue.importers.olga import (
    LICENCE,
    OLGA_SPLITS,
    artists_of,
    edges_of,
    features_of,
    read_nodes,
    relations_of,
    with_relations,
)
from core.catalogue.importers.registry import Content, Importer, Options
from core.catalogue.importers.sources import check_pairs, read_arrays
from core.errors import CatalogueError

DISCO_CITATION = (
    "F. Grötschla, L. Strässle, L. Lanzendörfer, R. Wattenhofer: Towards Leveraging Contrastively Pretrained "
    "Neural Audio Embeddings for Recommender Tasks, MuRS at RecSys 2024, arXiv:2409.09026"
)


def read_disco_olga(source: Path, options: Options) -> Content:
    """DISCO-OLGA: 16,864 artists, 99,121 undirected edges, with the published row order as a column."""
    nodes = read_nodes(source)
    relations = read_arrays(source / "relations_2024.npz", "similar_to", "in_disco")
    kept = np.flatnonzero(relations["in_disco"])
    published = read_arrays(source / "disco_published_row.npz", "published_row")["published_row"]
    if relations["in_disco"].shape != (len(nodes),) or published.shape != kept.shape:
        raise CatalogueError("relations_2024.npz, disco_published_row.npz and nodes.csv do not belong together.")
    if not np.array_equal(np.sort(published), np.arange(len(kept))):
        raise CatalogueError(f"disco_published_row.npz must hold every row from 0 to {len(kept) - 1} once.")
    new_row = np.full(len(nodes), -1)
    new_row[kept] = np.arange(len(kept))
    pairs = new_row[check_pairs(relations["similar_to"], len(nodes), "similar_to of relations_2024.npz")]
    others = asked_relations(options)
    edges = with_relations(edges_of(pairs[(pairs >= 0).all(axis=1)]), source, others, new_row)
    artists = artists_of(nodes, source).iloc[kept].assign(published_row=published)
    manifest = Manifest(
        "disco-olga",
        "DISCO-OLGA",
        "real",
        "OLGA's artists with AllMusic's lists of 2024, prepared layout",
        LICENCE,
        DISCO_CITATION,
        "importer disco-olga 2",
        relations=relations_of("2024", others),
        splits=OLGA_SPLITS,
    )
    features = {name: (values[kept], info) for name, (values, info) in features_of(source, len(nodes)).items()}
    return Content(manifest, artists, edges, features)


IMPORTER = Importer(
    name="disco-olga",
    title="DISCO-OLGA (16,864 artists, similarity lists of 2024), prepared layout",
    reads="OLGA's prepared files with relations_2024.npz and disco_published_row.npz",
    citation=DISCO_CITATION,
    licence=LICENCE,
    read=read_disco_olga,
    options=(RELATIONS_OPTION,),
)
