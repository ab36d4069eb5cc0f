"""Genres, moods and themes of the synthetic artists.

A mood is defined by directions on the audible axes. Themes are what songs are about; they are not audible and follow
the scene and the social circle.
"""

from __future__ import annotations

import numpy as np

from core.catalogue.format import FeatureInfo
from core.demo.world.latent import LatentWorld, part_rng
from core.synthesis import scenes

MOODS: dict[str, str] = {
    "aggressive": "+energy +distortion",
    "airy": "+space -density +brightness",
    "anthemic": "+energy +voice +density",
    "anxious": "+tempo -regularity +distortion",
    "atmospheric": "+space -voice",
    "austere": "-density -energy +dynamics",
    "autumnal": "+acousticness -brightness -tempo",
    "bittersweet": "+voice +harmony -energy",
    "bleak": "-brightness -energy +space",
    "brash": "+energy +brightness +distortion",
    "breezy": "+brightness +acousticness -distortion",
    "brooding": "-brightness +bass -tempo",
    "bustling": "+tempo +density",
    "calm": "-energy -tempo",
    "carefree": "+tempo +brightness -distortion",
    "cerebral": "+harmony -voice",
    "confident": "+voice +regularity +bass",
    "cosy": "+acousticness -space -energy",
    "defiant": "+distortion +voice +energy",
    "delicate": "-density -distortion +acousticness",
    "driving": "+tempo +regularity +energy",
    "dreamy": "+space -tempo +harmony",
    "earthy": "+acousticness +bass",
    "eccentric": "-regularity +harmony",
    "elegant": "+harmony +dynamics -distortion",
    "euphoric": "+energy +brightness +regularity",
    "feverish": "+tempo +density +distortion",
    "gentle": "-energy -distortion",
    "gritty": "+distortion -space +bass",
    "hazy": "+space +distortion -brightness",
    "hushed": "-energy -density +voice",
    "hypnotic": "+regularity -voice -dynamics",
    "icy": "+brightness -acousticness +space",
    "intimate": "+voice +acousticness -space",
    "jaunty": "+tempo +acousticness +brightness",
    "laid-back": "-tempo +bass -distortion",
    "lively": "+tempo +energy +brightness",
    "lush": "+density +space +harmony",
    "majestic": "+density +dynamics +space",
    "meditative": "-tempo -energy +space",
    "menacing": "+distortion -brightness +bass",
    "nocturnal": "-brightness +bass +space",
    "pensive": "-energy +harmony +acousticness",
    "playful": "+tempo +harmony +brightness",
    "raucous": "+energy +distortion -harmony",
    "refined": "+harmony +acousticness -distortion",
    "restless": "+tempo -regularity",
    "rolling": "+regularity +bass -distortion",
    "rustic": "+acousticness -harmony -bass",
    "sensual": "+voice +bass +harmony",
    "sleek": "+regularity -acousticness -distortion",
    "smouldering": "-tempo +voice +bass",
    "solemn": "-tempo +dynamics -regularity",
    "sparse": "-density -bass",
    "stormy": "+dynamics +energy +density",
    "sunlit": "+brightness +acousticness +tempo",
    "tender": "+voice -energy +harmony",
    "unsettled": "-regularity +dynamics +distortion",
    "warm": "+acousticness +bass -brightness",
    "wistful": "+acousticness +voice -energy",
}

THEMES: tuple[str, ...] = (
    "after the party",
    "ancestry",
    "big city",
    "borders",
    "childhood",
    "city at night",
    "coming home",
    "courage",
    "dancing",
    "driving",
    "exile",
    "factory work",
    "faith",
    "family",
    "farewell",
    "first love",
    "forests",
    "friendship",
    "future machines",
    "grief",
    "harvest",
    "heartbreak",
    "hometown",
    "justice",
    "leaving",
    "letters",
    "long winters",
    "memory",
    "money",
    "mountains",
    "myth and legend",
    "outsiders",
    "railways",
    "rain",
    "rivers",
    "school days",
    "solitude",
    "space travel",
    "summer",
    "the sea",
)

MAX_MOODS, MAX_THEMES = 8, 6
SOCIAL_THEMES, SCENE_THEMES = 0.8, 0.7
MOOD_COVERAGE, THEME_COVERAGE = 0.72, 0.63


def genre_lists(world: LatentWorld) -> list[list[str]]:
    """One or two strings per artist: the broad genre, then the scene or the other broad genre.

    Artists of one scene carry the scene's name; those between scenes of two genres carry both
    genres; those between scenes of one genre carry that genre alone.
    """
    genre = np.array(scenes.GENRES, dtype=object)[scenes.genre_of_scene()]
    scene_name = np.array([scene.name for scene in scenes.SCENES], dtype=object)
    first, other = genre[world.scene], genre[world.second_scene]
    second = np.where(world.lean == 0, scene_name[world.scene], np.where(first == other, "", other))
    return [[a, b] if b else [a] for a, b in zip(first, second, strict=True)]


def mood_and_theme_matrices(world: LatentWorld, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Binary matrices (n, 60) of MOODS and (n, 40) of THEMES; famous artists are tagged more often."""
    rng = part_rng(seed, "tags")
    mood_score = 1.6 * _standardised(world.audible) @ _mood_directions()
    theme_score = _theme_scores(rng, world)
    documented = world.fame + rng.normal(0.0, 0.6, len(world))
    moods = _top_tags(rng, mood_score, documented, MOOD_COVERAGE, MAX_MOODS)
    themes = _top_tags(rng, theme_score, documented, THEME_COVERAGE, MAX_THEMES)
    return moods, themes


def tag_lists(matrix: np.ndarray, vocabulary: list[str]) -> list[list[str]]:
    """The names of the set columns of every row of a binary matrix (n, len(vocabulary))."""
    words = np.array(vocabulary, dtype=object)
    return [words[row].tolist() for row in matrix.astype(bool)]


def moods_themes_set(moods: np.ndarray, themes: np.ndarray) -> tuple[np.ndarray, FeatureInfo]:
    """Both matrices side by side as a binary feature set; artists without any mood or theme are absent."""
    values = np.concatenate([moods, themes], axis=1).astype(np.float32)
    values[~values.any(axis=1)] = np.nan
    info = FeatureInfo(
        name="moods_themes",
        title="Moods & themes (synthetic)",
        kind="binary",
        columns=[f"mood: {mood}" for mood in MOODS] + [f"theme: {theme}" for theme in THEMES],
        extractor="nearfield synthetic generator",
        version="1",
        notes="The invented moods and themes of the artists table as binary columns; not heard in any sound.",
        licence="CC0-1.0",
    )
    return values, info


def _standardised(values: np.ndarray) -> np.ndarray:
    return (values - values.mean(axis=0)) / values.std(axis=0)


def _mood_directions() -> np.ndarray:
    """Unit directions (n_axes, n_moods) in the audible space."""
    directions = np.array(
        [[f"+{axis}" in spec.split() for spec in MOODS.values()] for axis in scenes.AUDIBLE_AXES], dtype=float
    ) - np.array([[f"-{axis}" in spec.split() for spec in MOODS.values()] for axis in scenes.AUDIBLE_AXES])
    return directions / np.linalg.norm(directions, axis=0)


def _theme_scores(rng: np.random.Generator, world: LatentWorld) -> np.ndarray:
    social = _standardised(world.social) @ rng.normal(0.0, 1.0, (world.social.shape[1], len(THEMES)))
    by_scene = rng.normal(0.0, 1.0, (len(scenes.SCENES), len(THEMES)))[world.scene]
    return SOCIAL_THEMES * social + SCENE_THEMES * by_scene


def _top_tags(
    rng: np.random.Generator, score: np.ndarray, documented: np.ndarray, coverage: float, most: int
) -> np.ndarray:
    """Keep 1 to `most` tags for the best documented share of artists, sampled by score (Gumbel top-k)."""
    covered = documented > np.quantile(documented, 1 - coverage)
    thoroughness = 1 / (1 + np.exp(-(documented - 0.3)))
    count = np.where(covered, 1 + rng.binomial(most - 1, thoroughness), 0)
    order = np.argsort(-(score + rng.gumbel(size=score.shape)), axis=1)
    rank = np.argsort(order, axis=1)
    return (rank < count[:, None]).astype(np.uint8)
