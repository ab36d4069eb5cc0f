"""The synthetic catalogue: generate it in memory, or build it as a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from core.catalogue.format import SPLITS, Manifest
from core.catalogue.synthetic import features, graph, names, tags
from core.catalogue.synthetic.world import LatentWorld, latent_world, part_rng
from core.catalogue.writing import write_catalogue

DEFAULT_SEED = 2024
DEFAULT_ARTISTS = 1500
FEWEST_ARTISTS = 100
SPLIT_SHARES = (0.8, 0.1, 0.1)


@dataclass(frozen=True)
class SyntheticWorld:
    """A generated catalogue in memory.

    artists, edges: the tables of the catalogue format.
    features: name -> (float32 (n, d) with NaN rows where absent, FeatureInfo).
    latent: what everything was drawn from, for renderers and tests; it is not stored.
    """

    artists: pd.DataFrame
    edges: pd.DataFrame
    features: features.FeatureSets
    latent: LatentWorld


def generate(
    seed: int = DEFAULT_SEED, n_artists: int = DEFAULT_ARTISTS, feature_seed: int | None = None
) -> SyntheticWorld:
    """Generate a synthetic catalogue; the same arguments give the same bytes.

    `feature_seed` redraws the feature sets alone (default: `seed`); artists, names, tags, edges
    and splits depend on `seed` only. Raises ValueError below 100 artists, or where there are
    more artists than names.
    """
    if n_artists < FEWEST_ARTISTS:
        raise ValueError(f"A synthetic catalogue needs at least {FEWEST_ARTISTS} artists, not {n_artists}.")
    world = latent_world(seed, n_artists)
    edges, popularity = graph.similar_edges(world, seed)
    moods, themes = tags.mood_and_theme_matrices(world, seed)
    artists = pd.DataFrame(
        {
            "artist_id": [f"syn-{number:04d}" for number in range(1, n_artists + 1)],
            "name": names.artist_names(world, seed),
            "mbid": pd.Series([None] * n_artists, dtype=object),
            "allmusic_id": pd.Series([None] * n_artists, dtype=object),
            "split": _split(seed, n_artists),
            "genres": tags.genre_lists(world),
            "moods": tags.tag_lists(moods, list(tags.MOODS)),
            "themes": tags.tag_lists(themes, list(tags.THEMES)),
            "popularity": popularity,
            "decade": pd.array(world.decade, dtype="Int64"),
        }
    )
    sets = features.feature_sets(world, moods, themes, seed if feature_seed is None else feature_seed)
    return SyntheticWorld(artists, edges, sets, world)


def build(dest: Path | str, seed: int = DEFAULT_SEED, n_artists: int = DEFAULT_ARTISTS) -> SyntheticWorld:
    """Generate the demo catalogue and write it to the folder `dest`; returns what was written."""
    made = generate(seed, n_artists)
    write_catalogue(Path(dest), _manifest(seed, n_artists), made.artists, made.edges, made.features)
    return made


def _split(seed: int, n_artists: int) -> np.ndarray:
    """'train', 'val' or 'test' per artist, shape (n,), shares 80/10/10 exactly up to rounding."""
    ends = np.round(np.cumsum(SPLIT_SHARES)[:-1] * n_artists).astype(np.int64)
    in_order = np.array(SPLITS, dtype=object)[np.searchsorted(ends, np.arange(n_artists), side="right")]
    return in_order[part_rng(seed, "split").permutation(n_artists)]


def _manifest(seed: int, n_artists: int) -> Manifest:
    made_by = f"Nearfield's own generator (core.catalogue.synthetic), seed {seed}, {n_artists} artists"
    return Manifest(
        name="nearfield-demo",
        title="Nearfield demo (synthetic)",
        kind="synthetic",
        source=f"Made by {made_by}.",
        licence="CC0-1.0",
        citation=f"None needed. Everything in it was invented by {made_by}.",
        created_by="core.catalogue.synthetic",
        notes=[
            "Every artist, name, tag and edge is invented; likeness to a real act is coincidence.",
            "Feature values are synthetic numbers, not extracted from audio.",
            "Scores on this catalogue say nothing about real music.",
        ],
    )
