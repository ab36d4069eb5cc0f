"""The invented scenes of the synthetic world and the axes along which they sound different."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

AUDIBLE_AXES: tuple[str, ...] = (
    "tempo",
    "energy",
    "brightness",
    "acousticness",
    "distortion",
    "density",
    "regularity",
    "harmony",
    "voice",
    "space",
    "bass",
    "dynamics",
)


@dataclass(frozen=True)
class Scene:
    """A scene: its broad genre, its sound on each of AUDIBLE_AXES (0 to 10), its place and its era.

    `place` is an angle in degrees on a circle of places, `era` the year around which the scene's artists began. Neither
    is audible; both decide which artists know each other.
    """

    name: str
    genre: str
    sound: tuple[int, ...]
    place: int
    era: int


SCENES: tuple[Scene, ...] = (
    Scene("Glasshouse Techno", "Electronic", (8, 8, 6, 0, 3, 6, 10, 3, 1, 6, 9, 2), 20, 1996),
    Scene("Night Ferry House", "Electronic", (7, 7, 6, 1, 1, 6, 9, 5, 4, 5, 8, 3), 80, 1992),
    Scene("Cathode Synthpop", "Electronic", (6, 6, 8, 1, 2, 6, 9, 5, 7, 5, 5, 3), 150, 1983),
    Scene("Gravel Lane Garage", "Rock", (8, 8, 7, 3, 7, 6, 6, 3, 7, 2, 4, 3), 210, 1968),
    Scene("Tidewater Dream Pop", "Rock", (4, 5, 6, 3, 5, 7, 6, 6, 5, 9, 4, 4), 40, 1991),
    Scene("Lantern Indie", "Rock", (6, 6, 6, 5, 4, 5, 6, 5, 8, 4, 4, 4), 100, 2004),
    Scene("Orbital Road Motorik", "Rock", (7, 7, 5, 2, 5, 6, 9, 4, 2, 5, 6, 3), 330, 1975),
    Scene("Iron Fjord Metal", "Metal", (9, 10, 7, 1, 10, 9, 7, 5, 6, 3, 6, 2), 270, 1994),
    Scene("Slow Quarry Doom", "Metal", (2, 8, 3, 1, 9, 8, 5, 4, 4, 6, 9, 3), 300, 2001),
    Scene("Harbour Folk", "Folk", (4, 3, 5, 10, 0, 3, 4, 5, 8, 3, 2, 6), 50, 1971),
    Scene("High Meadow Stringband", "Folk", (8, 6, 8, 10, 0, 5, 7, 4, 6, 2, 3, 5), 190, 1979),
    Scene("Red Mesa Country", "Folk", (5, 5, 6, 7, 1, 4, 7, 3, 9, 3, 4, 4), 170, 1974),
    Scene("Blue Cellar Jazz", "Jazz", (5, 4, 5, 9, 0, 5, 5, 10, 2, 4, 5, 7), 120, 1962),
    Scene("Copperline Swing", "Jazz", (7, 7, 7, 9, 0, 7, 7, 9, 5, 3, 5, 6), 200, 1960),
    Scene("Free Attic Improvisation", "Jazz", (5, 6, 6, 8, 3, 6, 1, 9, 1, 4, 4, 9), 310, 1976),
    Scene("Tramline Hip-Hop", "Hip-Hop", (5, 7, 5, 1, 2, 5, 9, 3, 10, 2, 9, 3), 25, 1995),
    Scene("Low Battery Beats", "Hip-Hop", (4, 4, 4, 3, 2, 4, 8, 6, 3, 5, 8, 3), 105, 2012),
    Scene("Velvet Avenue Soul", "Soul", (4, 5, 6, 6, 1, 6, 7, 7, 10, 4, 6, 6), 140, 1967),
    Scene("Sunday Engine Funk", "Soul", (6, 8, 7, 4, 2, 7, 9, 6, 7, 2, 8, 4), 220, 1973),
    Scene("Winter Harmonium Drone", "Ambient", (1, 1, 3, 4, 1, 3, 1, 4, 1, 10, 5, 4), 280, 2008),
    Scene("Chalk Room Chamber", "Ambient", (3, 3, 6, 9, 0, 4, 2, 8, 1, 7, 3, 9), 340, 2010),
)

GENRES: tuple[str, ...] = tuple(dict.fromkeys(scene.genre for scene in SCENES))


def sound_matrix() -> np.ndarray:
    """Scene sounds as a (n_scenes, n_axes) float64 array, about -1 to 1 on each axis."""
    return np.array([scene.sound for scene in SCENES], dtype=np.float64) / 5.0 - 1.0


def place_angles() -> np.ndarray:
    """Scene places in radians, shape (n_scenes,)."""
    return np.deg2rad([scene.place for scene in SCENES])


def eras() -> np.ndarray:
    """Scene eras as years, shape (n_scenes,)."""
    return np.array([scene.era for scene in SCENES], dtype=np.float64)


def genre_of_scene() -> np.ndarray:
    """Position in GENRES of every scene's broad genre, shape (n_scenes,)."""
    return np.array([GENRES.index(scene.genre) for scene in SCENES])
