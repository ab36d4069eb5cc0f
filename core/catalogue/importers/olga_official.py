"""OLGA as its authors publish it: `olga.csv`, `acousticbrainz.npy` and `artist_connections.npz`.

`olga.csv` has one line per artist with its MusicBrainz id and the split it belongs to; row i of
`acousticbrainz.npy` and row and column i of the CSR matrix in `artist_connections.npz` belong to line i.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from core.arrays import FloatArray
from core.catalogue.format import FeatureInfo, Manifest
from core.catalogue.importers.olga import OLGA_CITATION, OLGA_SPLITS, allmusic_relation
from core.catalogue.importers.registry import Content, Importer, Options
from core.catalogue.importers.sources import check_descriptors, read_csr, read_table
from core.catalogue.relations import SIMILAR, Pipeline
from core.errors import CatalogueError

LICENCE = "As OLGA's authors state; the similarity lists belong to AllMusic and are not for redistribution."

_ID_COLUMNS = ("musicbrainz_id", "mbid", "artist_id")
_SPLIT_COLUMNS = ("partition", "split")
_SPLIT_NAMES = {"train": "train", "val": "val", "valid": "val", "validation": "val", "test": "test"}


def read_olga_official(source: Path, options: Options) -> Content:
    """OLGA in its public layout."""
    table = read_table(source / "olga.csv", [])
    ids = table[_column(table, _ID_COLUMNS)]
    splits = table[_column(table, _SPLIT_COLUMNS)].str.strip().str.lower()
    unknown = ~splits.isin(_SPLIT_NAMES)
    if unknown.any():
        row = int(unknown.to_numpy().argmax())
        raise CatalogueError(f"olga.csv, row {row}: “{splits.iloc[row]}” is not train, val or test.")
    artists = pd.DataFrame(
        {
            "artist_id": ids,
            "name": table.get("name", ids),
            "mbid": ids,
            "split": splits.map(_SPLIT_NAMES),
        }
    )
    matrix = read_csr(source / "artist_connections.npz", len(table)).tocoo()
    if matrix.shape[1] != len(table):
        raise CatalogueError(
            f"artist_connections.npz has {matrix.shape[1]} columns; olga.csv lists {len(table)} artists."
        )
    pairs = np.stack([matrix.row, matrix.col], axis=1)[matrix.row != matrix.col]
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    edges = pd.DataFrame({"source": pairs[:, 0], "target": pairs[:, 1], "relation": SIMILAR, "weight": 1.0})
    values = _acousticbrainz(source / "acousticbrainz.npy", len(table))
    info = FeatureInfo(
        "acousticbrainz",
        "AcousticBrainz",
        "continuous",
        None,
        "AcousticBrainz low-level extractor",
        notes="Low-level descriptors as OLGA ships them.",
        licence="CC0-1.0 (AcousticBrainz)",
        pipeline=Pipeline("AcousticBrainz low-level extractor", pooling="over an artist's tracks, by OLGA's authors"),
    )
    manifest = Manifest(
        "olga-official",
        "OLGA (official files)",
        "real",
        "OLGA, public layout",
        LICENCE,
        OLGA_CITATION,
        "importer olga-official 2",
        relations=[allmusic_relation("2021 or before, as published with OLGA")],
        splits=OLGA_SPLITS,
    )
    return Content(manifest, artists, edges, {"acousticbrainz": (values, info)})


def _column(table: pd.DataFrame, names: tuple[str, ...]) -> str:
    for name in names:
        if name in table:
            return name
    raise CatalogueError(f"olga.csv has no column {' or '.join(names)}. It has: {', '.join(table.columns)}.")


def _acousticbrainz(path: Path, n_artists: int) -> FloatArray:
    try:
        values = np.lib.format.open_memmap(path, mode="r")
    except FileNotFoundError:
        raise CatalogueError(f"{path.name} is missing in {path.parent}.") from None
    except (OSError, ValueError, EOFError) as fault:
        raise CatalogueError(f"{path.name} is not a readable array ({fault}).") from None
    return check_descriptors(values, n_artists, path.name)


IMPORTER = Importer(
    name="olga-official",
    title="OLGA, public layout (olga.csv, acousticbrainz.npy, artist_connections.npz)",
    reads="a folder with olga.csv, acousticbrainz.npy and artist_connections.npz",
    citation=OLGA_CITATION,
    licence=LICENCE,
    read=read_olga_official,
)
