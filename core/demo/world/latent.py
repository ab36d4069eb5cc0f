"""The latent world of the synthetic catalogue: the sound and the social position of each invented artist.

Every random part draws from its own child of one seed sequence (`part_rng`), so that one part can be replaced (feature
vectors by extracted ones, say) without changing the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.synthesis import scenes

# New parts go at the end: a part's random stream is tied to its position.
PARTS = ("latent", "graph", "tags", "names", "split", "features")

CIRCLES_PER_SCENE = 5
SOUND_SPREAD = 0.35
CIRCLE_DIMENSIONS = 6
BETWEEN_SCENES_SHARE = 0.22
ERA_SPREAD_YEARS = 7.0
YEARS_PER_UNIT = 18.0
FIRST_DECADE, LAST_DECADE = 1960, 2020


@dataclass(frozen=True)
class LatentWorld:
    """The latent variables of every artist, drawn before graph, tags and features. Rows are artists.

    scene, second_scene: int (n,), positions in `scenes.SCENES`.
    lean: float (n,), share of the second scene in the artist's sound, 0 for artists of one scene.
    audible: float (n, 12), position on each of `scenes.AUDIBLE_AXES`, about -1 to 1.
    social: float (n, 9), the inaudible factor: place circle (2), era (1), social circle (6).
    fame: float (n,), standard normal; drives degree, popularity and how well documented the artist is.
    decade: int (n,), decade of the first record.
    """

    scene: np.ndarray
    second_scene: np.ndarray
    lean: np.ndarray
    audible: np.ndarray
    social: np.ndarray
    fame: np.ndarray
    decade: np.ndarray

    def __len__(self) -> int:
        return len(self.scene)


def part_rng(seed: int, part: str) -> np.random.Generator:
    """Random generator of one named part of the world; see PARTS."""
    children = np.random.SeedSequence(seed).spawn(len(PARTS))
    return np.random.default_rng(children[PARTS.index(part)])


def latent_world(seed: int, n_artists: int) -> LatentWorld:
    """Draw scenes, sounds, social positions and fame for `n_artists` artists."""
    rng = part_rng(seed, "latent")
    n_scenes = len(scenes.SCENES)
    scene = rng.choice(n_scenes, size=n_artists, p=rng.dirichlet(np.full(n_scenes, 12.0)))
    second_scene = _neighbouring_scene(rng, scene)
    between = rng.random(n_artists) < BETWEEN_SCENES_SHARE
    lean = np.where(between, rng.uniform(0.25, 0.5, n_artists), 0.0)

    sound = scenes.sound_matrix()
    centre = (1 - lean[:, None]) * sound[scene] + lean[:, None] * sound[second_scene]
    audible = centre + rng.normal(0.0, SOUND_SPREAD, centre.shape)

    year = _mixed(scenes.eras(), scene, second_scene, lean) + rng.normal(0.0, ERA_SPREAD_YEARS, n_artists)
    decade = np.clip(year // 10 * 10, FIRST_DECADE, LAST_DECADE).astype(np.int64)
    social = _social_positions(rng, scene, second_scene, lean, year)
    fame = rng.normal(size=n_artists)
    return LatentWorld(scene, second_scene, lean, audible, social, fame, decade)


def _mixed(values: np.ndarray, first: np.ndarray, second: np.ndarray, lean: np.ndarray) -> np.ndarray:
    return (1 - lean) * values[first] + lean * values[second]


def _neighbouring_scene(rng: np.random.Generator, scene: np.ndarray) -> np.ndarray:
    """Another scene for every artist, more likely one that sounds similar."""
    sound = scenes.sound_matrix()
    squared = ((sound[:, None, :] - sound[None, :, :]) ** 2).sum(axis=2)
    np.fill_diagonal(squared, np.inf)
    gumbel = rng.gumbel(size=(len(scene), len(sound)))
    return np.argmax(-1.5 * squared[scene] + gumbel, axis=1)


def _social_positions(
    rng: np.random.Generator,
    scene: np.ndarray,
    second_scene: np.ndarray,
    lean: np.ndarray,
    year: np.ndarray,
) -> np.ndarray:
    """Place circle, era and social circle of every artist, shape (n, 3 + CIRCLE_DIMENSIONS)."""
    angles = scenes.place_angles()
    moved = rng.random(len(scene)) < lean
    home = np.where(moved, second_scene, scene)
    angle = angles[home] + rng.normal(0.0, 0.35, len(scene))
    era = (year - 1990.0) / YEARS_PER_UNIT

    centres = rng.normal(0.0, 0.75, (len(angles), CIRCLES_PER_SCENE, CIRCLE_DIMENSIONS))
    circle = rng.integers(CIRCLES_PER_SCENE, size=len(scene))
    circles = centres[home, circle] + rng.normal(0.0, 0.3, (len(scene), CIRCLE_DIMENSIONS))
    return np.column_stack([np.cos(angle), np.sin(angle), era, circles])
