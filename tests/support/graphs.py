"""Small catalogues with graphs that can be reasoned about by hand."""

from pathlib import Path
from typing import Any

import numpy as np

from core.catalogue import Catalogue
from tests.support.catalogues import tiny_catalogue


def graph_catalogue(
    folder: Path,
    splits: list[str],
    edges: list[tuple[int, int]],
    features: dict[str, Any] | None = None,
    **columns: Any,
) -> Catalogue:
    """A catalogue of len(splits) artists named "artist 0", … with these undirected edges."""
    return tiny_catalogue(folder / "tiny", len(splits), edges, features, split=splits, **columns)


def six_artists(folder: Path, **columns: Any) -> Catalogue:
    """Train 0, 1; validation 2, 3; test 4, 5; a path with a branch."""
    splits = ["train", "train", "val", "val", "test", "test"]
    edges = [(0, 1), (0, 2), (2, 3), (1, 4), (3, 4), (4, 5)]
    return graph_catalogue(folder, splits, edges, **columns)


def random_catalogue(folder: Path, n: int = 60, seed: int = 0, with_features: bool = True) -> Catalogue:
    """About 7 edges an artist, some isolated, content that follows the graph's two halves, two absent rows."""
    rng = np.random.default_rng(seed)
    splits = rng.permutation(["train"] * (n - 2 * (n // 5)) + ["val"] * (n // 5) + ["test"] * (n // 5)).tolist()
    side = rng.integers(0, 2, n)
    pairs = rng.integers(0, n - 2, (8 * n, 2))
    pairs = pairs[(pairs[:, 0] < pairs[:, 1]) & (side[pairs[:, 0]] == side[pairs[:, 1]])]
    edges = [(int(a), int(b)) for a, b in np.unique(pairs, axis=0)]
    clap = rng.normal(size=(n, 8)).astype(np.float32) + 2 * side[:, None]
    clap[[3, 7]] = np.nan
    return graph_catalogue(folder, splits, edges, {"clap": clap} if with_features else None)


def random_edges(n_artists: int, n_edges: int, seed: int = 0) -> np.ndarray:
    """(n_edges, 2) undirected edges of a random graph, each once, lower row first."""
    rng = np.random.default_rng(seed)
    low, high = np.sort(rng.integers(0, n_artists, (2, n_edges + n_edges // 8 + n_artists)), axis=0)
    keys = np.unique((low * n_artists + high)[low < high])
    chosen = np.sort(rng.choice(keys, n_edges, replace=False))
    return np.stack(np.divmod(chosen, n_artists), axis=1)


def both_directions(edges: np.ndarray) -> np.ndarray:
    """(2, 2 m) messages along undirected edges (m, 2)."""
    return np.concatenate([edges, edges[:, ::-1]]).T
