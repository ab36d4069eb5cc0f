"""The tracks of the bundled catalogue's artists, as recipes for the renderer."""

from collections.abc import Sequence

import numpy as np

from core.demo.world.build import SyntheticWorld
from core.demo.world.latent import LatentWorld, part_rng
from core.synthesis.recipes import Recipe

TRACKS = 3
SILENT_SHARE = 0.016
"""The share of artists without recordings, so that every page meets artists without sound."""


def demo_recipes(world: SyntheticWorld, seed: int, tracks: Sequence[int]) -> list[tuple[int, Recipe]]:
    """(artist, recipe) of these track numbers of every artist that has recordings, artist by artist."""
    rng = part_rng(seed, "features")
    silent = rng.permutation(len(world.artists))[: round(SILENT_SHARE * len(world.artists))]
    recorded = np.setdiff1d(np.arange(len(world.artists)), silent)
    return [(int(artist), recipe_of(world.latent, int(artist), track, seed)) for artist in recorded for track in tracks]


def recipe_of(world: LatentWorld, artist: int, track: int, seed: int) -> Recipe:
    """The recipe of an artist's track number `track` (from 0) in the world drawn from `seed`."""
    sound = tuple(round(float(value), 3) for value in world.audible[artist])
    lean = round(float(world.lean[artist]), 3)
    return Recipe(int(world.scene[artist]), int(world.second_scene[artist]), lean, sound, seed * 10_000 + artist, track)
