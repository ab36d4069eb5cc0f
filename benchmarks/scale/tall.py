"""Catalogues of many millions, made of variations of a smaller one: a few GB of memory make any number of artists.

Each variation has the artists once more, with ids, names and vectors of their own; a tenth of its edges lead into the
next one.
"""

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.array_files import map_array
from core.catalogue import Manifest
from core.catalogue.catalogue import feature_file, listed_features
from core.catalogue.format import ARTISTS_FILE, EDGES_FILE, MANIFEST_FILE
from core.storage import move_into_place, read_json, sha256_file, temporary_folder, write_json

BINARY = "tags"
_BLOCK = 1 << 16
_NOISE = 0.3
_SHORTER = 2  # characters of an id that the number of the variation takes


def tall_catalogue(path: Path, base: Path, times: int) -> Path:
    """The catalogue `path` of so many variations, at most 99, of the catalogue `base`."""
    old = Manifest.from_dict(read_json(base / MANIFEST_FILE))
    n = pq.read_metadata(base / ARTISTS_FILE).num_rows
    with temporary_folder(path) as building:
        _write_artists(building / ARTISTS_FILE, pq.read_table(base / ARTISTS_FILE), times)
        _write_edges(building / EDGES_FILE, pq.read_table(base / EDGES_FILE), n, times)
        for name in listed_features(old):
            (building / feature_file(name)).parent.mkdir(exist_ok=True)
            shutil.copy(base / feature_file(name, ".json"), building / feature_file(name, ".json"))
            _write_vectors(building / feature_file(name), map_array(base / feature_file(name)), times, name == BINARY)
        files = {file: sha256_file(building / file) for file in old.files}
        title = f"{n * times:,} made-up artists"
        made = Manifest(path.name, title, old.kind, old.source, old.licence, old.citation, files=files)
        write_json(building / MANIFEST_FILE, made.as_dict())
        move_into_place(building, path)
    return path


def _write_artists(file: Path, artists: pa.Table, times: int) -> None:
    with pq.ParquetWriter(file, artists.schema) as writer:
        for number in range(times):
            table = artists
            for column in ("artist_id", "mbid"):
                shorter = pc.utf8_slice_codeunits(artists[column], 0, -_SHORTER)
                table = _with(table, column, _joined(shorter, f"{number:02}", ""))
            if number:
                table = _with(table, "name", _joined(artists["name"], str(number + 1), " "))
            writer.write_table(table)


def _joined(texts: pa.ChunkedArray, end: str, between: str) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(texts, pa.scalar(end, texts.type), pa.scalar(between, texts.type))


def _with(table: pa.Table, column: str, values: pa.ChunkedArray) -> pa.Table:
    place = table.schema.get_field_index(column)
    return table.set_column(place, table.schema.field(place), values.cast(table.schema.field(place).type))


def _write_edges(file: Path, edges: pa.Table, n: int, times: int) -> None:
    source, target = (edges[column].to_numpy().astype(np.int32) for column in ("source", "target"))
    leads_on = np.arange(len(source)) % 10 == 0
    with pq.ParquetWriter(file, edges.schema) as writer:
        for number in range(times):
            table = edges
            further = np.where(leads_on, (number + 1) % times, number) * n
            ends = (source + number * n, target + further)
            for column, rows in zip(("source", "target"), (np.minimum(*ends), np.maximum(*ends)), strict=True):
                table = _with(table, column, pa.chunked_array([pa.array(rows.astype(np.int32))]))
            writer.write_table(table)


def _write_vectors(file: Path, vectors: np.ndarray, times: int, is_binary: bool) -> None:
    rng = np.random.default_rng(len(vectors))
    shape = (len(vectors) * times, vectors.shape[1])
    written = np.lib.format.open_memmap(file, "w+", np.float32, shape)
    for start in range(0, shape[0], _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, shape[0])) % len(vectors)
        block = np.array(vectors[rows])
        if is_binary:
            flipped = rng.random(block.shape, np.float32) < 0.01
            block[flipped] = 1 - block[flipped]
        else:
            block += _NOISE * rng.standard_normal(block.shape, np.float32)
        written[start : start + len(rows)] = block
    written.flush()
