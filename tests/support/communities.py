"""Catalogues whose artists form communities: most edges and most content stay within one."""

from pathlib import Path
from typing import Any

import numpy as np

from core.catalogue import Catalogue, FeatureInfo
from tests.support.graphs import graph_catalogue

TAGS = 24


def community_catalogue(
    folder: Path, n: int = 240, communities: int = 8, seed: int = 0, degree: float = 8.0, lacking: float = 0.2
) -> Catalogue:
    """Edges, tags, sound, genres, decades and popularity that follow communities; a share lacks each kind of content.

    Three in five artists are train artists, one in five validation, one in five test.
    """
    rng = np.random.default_rng(seed)
    community = rng.integers(0, communities, n)
    chance = np.where(community[:, None] == community, degree * communities / n * 0.9, degree / n * 0.1)
    edges = np.argwhere(np.triu(rng.random((n, n)) < chance, 1)).tolist()
    tags = (rng.random((n, TAGS)) < np.where(community[:, None] == np.arange(TAGS) % communities, 0.6, 0.08)) * 1.0
    tags[rng.random(n) < lacking] = np.nan
    sound = rng.normal(size=(n, 6)) + 1.5 * rng.normal(size=(communities, 6))[community]
    sound[rng.random(n) < lacking] = np.nan
    columns: dict[str, Any] = {
        "genres": [
            [f"genre {one}"] if known else [] for one, known in zip(community, rng.random(n) > lacking, strict=True)
        ],
        "decade": np.where(rng.random(n) < lacking, np.nan, 1950 + 10 * (community % 7)),
        "popularity": np.where(rng.random(n) < lacking, np.nan, rng.integers(1, 1000, n)),
    }
    info = FeatureInfo("tags", "Tags", "binary", [f"tag {number}" for number in range(TAGS)])
    features = {"tags": (tags.astype(np.float32), info), "sound": sound.astype(np.float32)}
    split = np.array(["train", "train", "train", "val", "test"])[np.arange(n) % 5].tolist()
    return graph_catalogue(folder, split, [tuple(edge) for edge in edges], features, **columns)
