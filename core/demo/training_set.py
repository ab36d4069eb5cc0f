"""The training set of the small CLAP: spectrograms of rendered tracks, and captions of the same tracks.

Its artists come from a separate world, so that every artist of the bundled catalogue is new to the model.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.arrays import FloatArray, IntArray
from core.demo.captions import captions
from core.demo.recipes import recipe_of
from core.demo.world import latent_world
from core.jobs.pools import worker_pool
from core.storage import atomic_path, write_array
from core.synthesis.recipes import Recipe, arrange
from core.synthesis.render import VERSION, render

BLOCK = 250
WORLD = 3000
"""The number of artists in the world of the training set."""
CAPTIONS_PER_TRACK = 6
LATEST_START = 40.0


@dataclass(frozen=True)
class TrainingSet:
    """Rendered tracks of `artists` artists, `tracks` each.

    Shapes: `spectrograms` blocks of (BLOCK, 1001, 64) float16 in decibels, in the order artist by artist;
    `captions` a list of CAPTIONS_PER_TRACK texts per track.
    """

    artists: int
    tracks: int
    spectrograms: list[npt.NDArray[np.float16]]
    captions: list[list[str]]

    def __len__(self) -> int:
        return self.artists * self.tracks

    def sounds(self, rows: IntArray) -> FloatArray:
        """Spectrograms (b, 1, 1001, 64) of these tracks."""
        found = [self.spectrograms[row // BLOCK][row % BLOCK] for row in rows]
        return np.stack(found).astype(np.float32)[:, None]


def training_recipes(seed: int, artists: int, tracks: int) -> list[Recipe]:
    """The recipes of the first artists of the world drawn from `seed`, artist by artist."""
    world = latent_world(seed, WORLD)
    return [recipe_of(world, artist, track, seed) for artist in range(artists) for track in range(tracks)]


def prepare_training_set(
    folder: Path, seed: int, artists: int, tracks: int, workers: int, on_block: Callable[[int, int], None]
) -> TrainingSet:
    """Render all tracks into `folder` in `workers` processes; existing blocks are kept.

    `on_block(done, all)` is called after every block of BLOCK tracks.
    """
    recipes = training_recipes(seed, artists, tracks)
    starts = range(0, len(recipes), BLOCK)
    files = [folder / f"lessons-{VERSION}-{seed}x{tracks}-{start}.npy" for start in starts]
    missing = [
        (file, recipes[start : start + BLOCK]) for file, start in zip(files, starts, strict=True) if not file.exists()
    ]
    on_block(len(files) - len(missing), len(files))
    with worker_pool(workers) as pool:
        for done, _ in enumerate(pool.map(_render_block, *zip(*missing, strict=True)) if missing else (), 1):
            on_block(len(files) - len(missing) + done, len(files))
    words = [captions(arrange(recipe), CAPTIONS_PER_TRACK) for recipe in recipes]
    return TrainingSet(artists, tracks, [np.load(file, mmap_mode="r", allow_pickle=False) for file in files], words)


def clip_start(recipe: Recipe) -> float:
    """Where the clip begins in its track, in seconds: anywhere, like a visitor's clip."""
    return float(np.random.default_rng([recipe.artist_seed, recipe.track, 5]).uniform(0, LATEST_START))


def _render_block(file: Path, recipes: list[Recipe]) -> None:
    import torch

    from core.audio.encoders.clap.mel import mel_features

    torch.set_num_threads(1)
    sounds = (render(recipe, start=clip_start(recipe)) for recipe in recipes)
    block = np.stack([mel_features(sound[None])[0, 0].numpy().astype(np.float16) for sound in sounds])
    with atomic_path(file) as temporary:
        write_array(temporary, block)
