"""The tables of the synthetic catalogue, in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.catalogue.format import SPLITS, FeatureInfo
from core.demo.world import graph, names, tags
from core.demo.world.latent import LatentWorld, latent_world, part_rng
from core.errors import ConfigError

DEFAULT_SEED = 2024
DEFAULT_ARTISTS = 1500
FEWEST_ARTISTS = 100
SPLIT_SHARES = (0.8, 0.1, 0.1)


@dataclass(frozen=True)
class SyntheticWorld:
    """A generated catalogue in memory.

    artists, edges: the tables of the catalogue format.
    features: name -> (float32 (n, d) with NaN rows where absent, FeatureInfo): the set that needs no sound.
    latent: what everything was drawn from, for renderers and tests; it is not stored.
    """

    artists: pd.DataFrame
    edges: pd.DataFrame
    features: dict[str, tuple[np.ndarray, FeatureInfo]]
    latent: LatentWorld


def generate(seed: int = DEFAULT_SEED, n_artists: int = DEFAULT_ARTISTS) -> SyntheticWorld:
    """Generate a synthetic catalogue; the same arguments give the same bytes.

    Raises ConfigError below 100 artists, or where there are more artists than names.
    """
    if n_artists < FEWEST_ARTISTS:
        raise ConfigError(f"A synthetic catalogue needs at least {FEWEST_ARTISTS} artists, not {n_artists}.")
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
    return SyntheticWorld(artists, edges, {"moods_themes": tags.moods_themes_set(moods, themes)}, world)


def _split(seed: int, n_artists: int) -> np.ndarray:
    """'train', 'val' or 'test' per artist, shape (n,), shares 80/10/10 exactly up to rounding."""
    ends = np.round(np.cumsum(SPLIT_SHARES)[:-1] * n_artists).astype(np.int64)
    in_order = np.array(SPLITS, dtype=object)[np.searchsorted(ends, np.arange(n_artists), side="right")]
    return in_order[part_rng(seed, "split").permutation(n_artists)]
