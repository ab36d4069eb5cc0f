"""OLGA (Korzeniowski, Oramas, Gouyon, ISMIR 2021), prepared layout.

The source folder holds `nodes.csv`, `edges.npz` and feature files whose rows follow OLGA's own row order.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp

from core.arrays import FloatArray, IntArray
from core.catalogue.format import SPLITS, FeatureInfo, Manifest
from core.catalogue.importers.allmusic_relations import (
    RELATIONS_OPTION,
    asked_relations,
    edges_of_relation,
    other_relation,
)
from core.catalogue.importers.registry import Content, Importer, Options
from core.catalogue.importers.sources import (
    check_descriptors,
    check_pairs,
    read_arrays,
    read_csr,
    read_table,
    read_vocabulary,
)
from core.catalogue.relations import SIMILAR, Relation, Splits
from core.errors import CatalogueError

LICENCE = (
    "For research on this machine only, not for redistribution: similarity lists and themes belong to AllMusic, "
    "MusicBrainz tags are CC BY-NC-SA 3.0, Last.fm tags are for non-commercial research, the terms of the audio "
    "descriptors are unverified."
)
OLGA_CITATION = (
    "F. Korzeniowski, S. Oramas, F. Gouyon: Artist Similarity with Graph Neural Networks, ISMIR 2021, "
    "and Artist Similarity for Everyone, TISMIR 5(1), 2022, doi:10.5334/tismir.143"
)
ALLMUSIC_TERMS = "All rights reserved by AllMusic. For research on this machine, not for redistribution."


def allmusic_relation(date: str) -> Relation:
    """AllMusic's lists of similar artists, as they were in `date`."""
    return Relation(
        SIMILAR,
        "listed as similar",
        "AllMusic's lists of similar artists",
        ALLMUSIC_TERMS,
        date,
        "Chosen by AllMusic's editors. Either artist of a pair lists the other; order and direction are dropped.",
        redistributable=False,
    )


OLGA_SPLITS = Splits("given", "By OLGA's authors.")

Features = dict[str, tuple[FloatArray, FeatureInfo]]


def read_olga(source: Path, options: Options) -> Content:
    """OLGA: 17,673 artists, 101,029 undirected edges."""
    nodes = read_nodes(source)
    parts = read_arrays(source / "edges.npz", "edges", "split")
    pairs, split = check_pairs(parts["edges"], len(nodes), "edges of edges.npz"), parts["split"]
    if split.shape != (len(nodes),):
        raise CatalogueError(f"edges.npz splits {split.shape} artists; nodes.csv has {len(nodes)}.")
    if not np.isin(split, range(len(SPLITS))).all():
        raise CatalogueError("split of edges.npz must hold 0 for train, 1 for validation and 2 for test only.")
    artists = artists_of(nodes, source).assign(split=np.asarray(SPLITS)[split.astype(np.intp)])
    others = asked_relations(options)
    edges = with_relations(edges_of(pairs), source, others, np.arange(len(nodes)))
    manifest = Manifest(
        "olga",
        "OLGA",
        "real",
        "OLGA, prepared layout",
        LICENCE,
        OLGA_CITATION,
        "importer olga 2",
        relations=relations_of("2021 or before, as published with OLGA", others),
        splits=OLGA_SPLITS,
    )
    return Content(manifest, artists, edges, features_of(source, len(nodes)))


def read_nodes(source: Path) -> pd.DataFrame:
    """The table of OLGA's artists, in OLGA's own order."""
    columns = ["row", "split", "musicbrainz_id", "name", "allmusic_id", "allmusic_genre", "earliest_decade"]
    nodes = read_table(source / "nodes.csv", [*columns, "lastfm_listeners"])
    if not (nodes["row"] == pd.RangeIndex(len(nodes)).astype("str")).all():
        raise CatalogueError("nodes.csv must list its rows in order, 0, 1, 2, …")
    return nodes


_NO_GENRE = ("", "NA")


def artists_of(nodes: pd.DataFrame, source: Path) -> pd.DataFrame:
    """The artists as a catalogue holds them."""
    themes, names = _themes(source, len(nodes))
    return pd.DataFrame(
        {
            "artist_id": nodes["musicbrainz_id"],
            "name": nodes["name"],
            "mbid": nodes["musicbrainz_id"].replace("", None),
            "allmusic_id": nodes["allmusic_id"].replace("", None),
            "split": nodes["split"].replace({"validation": "val"}),
            "genres": nodes["allmusic_genre"].map(lambda genre: [genre] if genre not in _NO_GENRE else []),
            "themes": [list(chosen) for chosen in np.split(names[themes.indices], themes.indptr[1:-1])],
            "popularity": pd.to_numeric(nodes["lastfm_listeners"], errors="coerce").replace(0, np.nan),
            "decade": pd.to_numeric(nodes["earliest_decade"], errors="coerce"),
        }
    )


def edges_of(pairs: npt.NDArray[np.integer]) -> pd.DataFrame:
    """Pairs of rows as edges, each once."""
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    return pd.DataFrame({"source": pairs[:, 0], "target": pairs[:, 1], "relation": SIMILAR, "weight": 1.0})


def with_relations(edges: pd.DataFrame, source: Path, others: list[str], new_row: IntArray) -> pd.DataFrame:
    """The edges, and those of other relations between artists that `new_row` (n,) gives a row."""
    return pd.concat([edges, *(edges_of_relation(source, name, new_row) for name in others)], ignore_index=True)


def relations_of(date: str, others: list[str]) -> list[Relation]:
    """The records of the similar artists, as they were in `date`, and of other relations."""
    return [allmusic_relation(date), *(other_relation(name, ALLMUSIC_TERMS) for name in others)]


def _themes(source: Path, n_artists: int) -> tuple[sp.csr_array, npt.NDArray[np.object_]]:
    themes = read_csr(source / "allmusic_themes.npz", n_artists)
    return themes, np.array(read_vocabulary(source / "themes_vocab.csv", "name", themes.shape[1]), object)


@dataclass(frozen=True)
class _TagSource:
    """A sparse artist-by-tag matrix with its vocabulary file."""

    name: str
    title: str
    stem: str
    vocabulary: str
    label: str
    origin: str
    notes: str
    licence: str


_TAG_SOURCES = (
    _TagSource(
        "moods_themes",
        "Moods & themes",
        "allmusic_themes",
        "themes_vocab.csv",
        "name",
        "AllMusic",
        "Themes only: the moods half of the paper's Moods-Themes set is not in this source.",
        ALLMUSIC_TERMS,
    ),
    _TagSource(
        "musicbrainz_tags",
        "MusicBrainz tags",
        "musicbrainz_tags",
        "musicbrainz_tags_vocab.csv",
        "tag",
        "MusicBrainz",
        "Listener tags.",
        "CC BY-NC-SA 3.0",
    ),
    _TagSource(
        "lastfm_tags",
        "Last.fm tags",
        "lastfm_tags",
        "lastfm_tags_vocab.csv",
        "tag",
        "Last.fm (HetRec 2011)",
        "Listener tags.",
        "For non-commercial research only",
    ),
)


def features_of(source: Path, n_artists: int) -> Features:
    """The feature sets of all of OLGA's artists."""
    loaded = {}
    for tags in _TAG_SOURCES:
        loaded[tags.name] = _tag_features(source, tags, n_artists)
    loaded["audio_descriptors"] = _audio_descriptors(source, n_artists)
    return loaded


def _tag_features(source: Path, tags: _TagSource, n_artists: int) -> tuple[FloatArray, FeatureInfo]:
    matrix = read_csr(source / f"{tags.stem}.npz", n_artists)
    values = (matrix.toarray() > 0).astype(np.float32)
    values[np.diff(matrix.indptr) == 0] = np.nan
    columns = read_vocabulary(source / tags.vocabulary, tags.label, matrix.shape[1])
    coverage = f"{int((np.diff(matrix.indptr) > 0).sum()):,} of {n_artists:,} source artists have at least one. "
    info = FeatureInfo(
        tags.name, tags.title, "binary", columns, tags.origin, notes=coverage + tags.notes, licence=tags.licence
    )
    return values, info


def _audio_descriptors(source: Path, n_artists: int) -> tuple[FloatArray, FeatureInfo]:
    parts = read_arrays(source / "spotify_audio.npz", "X", "columns")
    values = check_descriptors(parts["X"], n_artists, "X of spotify_audio.npz")
    columns = [str(column) for column in parts["columns"]]
    some, whole = (~np.isnan(parts["X"])).any(axis=1).sum(), (~np.isnan(values)).all(axis=1).sum()
    notes = (
        "Eleven hand-crafted descriptors per artist from pooled public tables; a stand-in, not AcousticBrainz. "
        f"{whole:,} of {n_artists:,} source artists have all eleven; {some - whole:,} have some and count as without."
    )
    info = FeatureInfo(
        "audio_descriptors", "Audio descriptors", "continuous", columns, "Spotify", notes=notes, licence="not verified"
    )
    return values, info


IMPORTER = Importer(
    name="olga",
    title="OLGA (17,673 artists), prepared layout",
    reads="a folder with nodes.csv, edges.npz and feature files in OLGA's row order",
    citation=OLGA_CITATION,
    licence=LICENCE,
    read=read_olga,
    options=(RELATIONS_OPTION,),
)
