"""Tiny catalogues for tests: as frames, for writing what must be refused, and on disk."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.catalogue import Catalogue, FeatureInfo, Manifest, open_catalogue, write_catalogue

MANIFEST = Manifest("tiny", "Tiny", "synthetic", "made by a test", "CC0-1.0", "none")
SPLITS = ("train", "train", "val", "test")


def tiny_artists(n: int, **columns: Any) -> pd.DataFrame:
    """Artists "artist 0", "artist 1", … with ids "id-0", …, every third and fourth of four val and test."""
    filled = {
        "artist_id": [f"id-{row}" for row in range(n)],
        "name": [f"artist {row}" for row in range(n)],
        "split": [SPLITS[row % len(SPLITS)] for row in range(n)],
    }
    return pd.DataFrame(filled | columns)


def tiny_edges(pairs: Sequence[Sequence[int]], **columns: Any) -> pd.DataFrame:
    """Similar edges of weight one between these pairs of rows."""
    source, target = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return pd.DataFrame({"source": source, "target": target, "relation": "similar", "weight": 1.0} | columns)


def tiny_catalogue(
    path: Path,
    n: int = 8,
    edges: Sequence[Sequence[int]] = (),
    features: dict[str, Any] | None = None,
    **columns: Any,
) -> Catalogue:
    """A catalogue in the new folder `path`. A feature set is a matrix, or a matrix and its FeatureInfo."""
    described = {
        name: entry if isinstance(entry, tuple) else describe(name, entry) for name, entry in (features or {}).items()
    }
    return open_catalogue(write_catalogue(path, MANIFEST, tiny_artists(n, **columns), tiny_edges(edges), described))


def describe(name: str, values: Any) -> tuple[np.ndarray, FeatureInfo]:
    """A continuous feature set under its own name."""
    return np.asarray(values, np.float32), FeatureInfo(name, name.title())


def trainable(path: Path, n: int = 40) -> Catalogue:
    """A ring with chords, so that every split has edges of its own, and a `clap` that two artists lack."""
    ring = [(row, (row + step) % n) for row in range(n) for step in (1, 4)]
    clap = np.random.default_rng(0).normal(size=(n, 6)).astype(np.float32)
    clap[[1, 2]] = np.nan
    return tiny_catalogue(path, n, ring, {"clap": clap})
