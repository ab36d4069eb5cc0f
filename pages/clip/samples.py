"""Clips to try: unseen tracks by artists of a synthetic catalogue, from scenes that sound different."""

from dataclasses import dataclass, replace

import numpy as np

from core.audio import wav_bytes
from core.catalogue import Catalogue
from core.synthesis import RATE, Recipe, recipe_from_text, render
from core.synthesis.recipes import track_title
from core.synthesis.scenes import SCENES

SECONDS = 24.0


@dataclass(frozen=True)
class Sample:
    """A track that is not in the catalogue, by the artist in row `artist`, who has other tracks in it."""

    artist: int
    recipe: Recipe

    @property
    def title(self) -> str:
        return track_title(self.recipe)

    @property
    def scene(self) -> str:
        return SCENES[self.recipe.scene].name

    def sound(self) -> bytes:
        """The first part of the track as a WAV file."""
        return wav_bytes(render(self.recipe, SECONDS), RATE)


def samples_of(catalogue: Catalogue, most: int = 6) -> list[Sample]:
    """Up to `most` samples, each from another scene and by an artist typical of it. Empty without rendered tracks."""
    rendered = catalogue.tracks[catalogue.tracks["kind"] == "synthetic"]
    numbers = rendered.groupby("artist")["recipe"].agg(["first", "size"])
    by_scene: dict[int, Sample] = {}
    lean: dict[int, float] = {}
    for artist, text, count in numbers.itertuples():
        recipe = recipe_from_text(text)
        if recipe.lean < lean.get(recipe.scene, np.inf):
            lean[recipe.scene] = recipe.lean
            by_scene[recipe.scene] = Sample(int(artist), replace(recipe, track=int(count)))
    scenes = sorted(by_scene)
    places = np.linspace(0, len(scenes) - 1, min(most, len(scenes))).round().astype(int)
    return [by_scene[scenes[place]] for place in places]
