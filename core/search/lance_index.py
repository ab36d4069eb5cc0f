"""An approximate index of vectors in Lance tables: in a folder, or at an object store's address (s3://BUCKET/PATH).

Vectors are sorted into cells, each around a centre, and rounded to a byte a number (Lance's IVF_SQ). A search looks
into the cells nearest to its vector, and scores what it finds there anew from the exact vectors. How many cells that
takes is measured when the index is built, against exact search. Lance is an extra: `lancedb` in requirements-scale.txt.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from core.arrays import BoolArray, FloatArray, IntArray
from core.errors import NearfieldError
from core.search.recall import RecallSample, measured_recall, recall_samples
from core.search.vectors import CosineSimilarity
from core.similarity import Neighbours, best_among

NEEDED_RECALL = 0.99
"""What is aimed at on the artists that are tried: those that are not may do a little worse."""

LANCE_FAULTS = (OSError, RuntimeError, ValueError)
"""What Lance raises where a table or its store cannot be used."""

_CELL = 4096  # vectors
_FEWEST_CELLS = 8
_FEW = 200_000  # allowed artists: an index takes as long as comparing them one by one
_BATCH = 65_536
_MORE = 4
"""Candidates for each answer, since rounding may put some in a wrong order."""

_AWAY_SECONDS = 60.0
_VERSION = "1"  # of what a table holds
_PATIENCE = {"connect_timeout": "5s", "timeout": "20s", "client_max_retries": "2", "client_retry_timeout": "10"}


class LanceIndex:
    """The index `table` of the vectors of a similarity. A search looks into `cells` cells, or more where many artists
    are not allowed. Where Lance cannot answer, exact search does, and Lance is left alone for a while."""

    def __init__(self, table: Any, similarity: CosineSimilarity, cells: int, recall: float) -> None:
        self._table, self._similarity, self.cells, self.recall = table, similarity, cells, recall
        self._n_known = int(np.count_nonzero(similarity.present))
        self._away_until = 0.0

    def search(self, vector: FloatArray, k: int, allowed: BoolArray | None = None) -> Neighbours:
        """As by NeighbourIndex."""
        exact = self._similarity
        passing = exact.present if allowed is None else exact.present & allowed
        n_passing = self._n_known if allowed is None else int(np.count_nonzero(passing))
        if (allowed is None or n_passing > _FEW) and time.monotonic() >= self._away_until:
            more = self._n_known / max(1, n_passing)
            try:
                rows = self._candidates(vector, int(_MORE * k * more), int(self.cells * min(more, 8)))
            except LANCE_FAULTS:
                self._away_until = time.monotonic() + _AWAY_SECONDS
                return exact.search(vector, k, allowed)
            rows = rows[passing[rows]]
            if len(rows) >= min(k, n_passing):
                return replace(
                    best_among(rows, exact.scores_of_rows(vector, rows), exact.n_artists, k), recall=self.recall
                )
        return exact.search(vector, k, allowed)

    def _candidates(self, vector: FloatArray, count: int, cells: int) -> IntArray:
        asked = self._table.search(vector.astype(np.float32)).distance_type("dot").nprobes(cells).limit(count)
        rows: IntArray = asked.select(["row", "_distance"]).to_arrow()["row"].to_numpy()
        return rows

    @classmethod
    def open(cls, place: str, similarity: CosineSimilarity) -> "LanceIndex | None":
        """The index of these very vectors at `place`, None if none was built. Raises one of LANCE_FAULTS, or
        NearfieldError where Lance is not installed."""
        database = _connected(place)
        if _about(similarity) not in database.list_tables(limit=10_000).tables:
            return None
        about = database.open_table(_about(similarity)).to_arrow().to_pylist()[0]
        return cls(database.open_table(_name(similarity)), similarity, about["cells"], about["recall"])

    @classmethod
    def build(cls, place: str, similarity: CosineSimilarity, owner: str) -> "LanceIndex":
        """Build the index at `place`, measure it, and drop earlier ones of this space of the catalogue `owner`.

        Its description is written last: without it there is no index. Raises as `open`, and NearfieldError for vectors
        of which nobody is known.
        """
        if not similarity.present.any():
            raise NearfieldError(f"{similarity.name} knows no artist, so there is nothing to index.")
        database = _connected(place)
        from lancedb.index import IvfSq

        table = database.create_table(_name(similarity), _batches(similarity), mode="overwrite")
        n_cells = -(-int(np.count_nonzero(similarity.present)) // _CELL)
        table.create_index("vector", config=IvfSq(distance_type="dot", num_partitions=n_cells))
        index = cls(table, similarity, min(_FEWEST_CELLS, n_cells), 0.0)
        index._candidates(similarity.vectors[np.argmax(similarity.present)], 1, 1)  # raises where search would not
        index._find_cells(n_cells, recall_samples(similarity))
        content = {"owner": owner, "space": similarity.name, "cells": index.cells, "recall": index.recall}
        about = {name: [value] for name, value in content.items()}
        database.create_table(_about(similarity), pa.table(about), mode="overwrite")
        _drop_earlier(database, similarity, owner)
        return index

    def _find_cells(self, n_cells: int, samples: list[RecallSample]) -> None:
        """Look into twice as many cells until enough is found, with a filter and without."""
        while True:
            self.recall = min(measured_recall(self, sample) for sample in samples)
            if self.recall >= NEEDED_RECALL or self.cells >= n_cells:
                return
            self.cells = min(2 * self.cells, n_cells)


def _connected(place: str) -> Any:
    os.environ.setdefault("LANCEDB_LOG", "error")
    try:
        import lancedb
    except ImportError:
        raise NearfieldError(
            "Lance is not installed. Install it: sh scripts/environment.sh requirements.txt requirements-scale.txt"
        ) from None
    return lancedb.connect(place, storage_options=_PATIENCE if "://" in place else None)


def _name(similarity: CosineSimilarity) -> str:
    return f"vectors-{similarity.made_from[:32]}-v{_VERSION}"


def _about(similarity: CosineSimilarity) -> str:
    return f"about-{similarity.made_from[:32]}-v{_VERSION}"


def _batches(similarity: CosineSimilarity) -> pa.RecordBatchReader:
    """The known artists' rows and vectors, some at a time."""
    width = similarity.vectors.shape[1]
    schema = pa.schema([("row", pa.int64()), ("vector", pa.list_(pa.float32(), width))])

    def batches() -> Iterator[pa.RecordBatch]:
        known = np.flatnonzero(similarity.present)
        for start in range(0, len(known), _BATCH):
            rows = known[start : start + _BATCH]
            flat = pa.array(np.asarray(similarity.vectors[rows], np.float32).ravel())
            yield pa.record_batch([pa.array(rows), pa.FixedSizeListArray.from_arrays(flat, width)], schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


def _drop_earlier(database: Any, similarity: CosineSimilarity, owner: str) -> None:
    """Drop what was built for other versions of a space of this catalogue."""
    for name in database.list_tables(limit=10_000).tables:
        if name.startswith("about-") and name != _about(similarity):
            about = database.open_table(name).to_arrow().to_pylist()[0]
            if (about["owner"], about["space"]) == (owner, similarity.name):
                database.drop_table(name)
                database.drop_table(name.replace("about-", "vectors-", 1), ignore_missing=True)
