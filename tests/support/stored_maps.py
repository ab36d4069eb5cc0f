"""A stored map for tests that need one, whatever it shows."""

from __future__ import annotations

import numpy as np

from core.catalogue import Catalogue
from core.maps import Fidelity, MapSettings, StoredMap, save_map
from core.maps.build import vectors_fingerprint
from core.search.spaces import space_vectors


def scattered(catalogue: Catalogue, space: str = "clap") -> StoredMap:
    """A stored map without UMAP, which takes too long to compile for a test."""
    vectors, present = space_vectors(catalogue, space)
    coordinates = np.random.default_rng(0).uniform(-10, 10, (len(catalogue), 2)).astype(np.float32)
    coordinates[~present] = np.nan
    stored = StoredMap(
        space,
        coordinates,
        np.where(present, 0.4, np.nan).astype(np.float32),
        MapSettings(),
        Fidelity((5,), (0.62,), (0.05,), int(present.sum()), int(present.sum())),
        vectors_fingerprint(catalogue, space),
        {},
        "2026-01-01T00:00:00+00:00",
    )
    save_map(catalogue, stored)
    return stored
