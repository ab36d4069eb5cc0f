"""Feature sets of the synthetic world: arithmetic on the latent world, not extracted from audio."""

from __future__ import annotations

import numpy as np

from core.catalogue.format import FeatureInfo
from core.catalogue.synthetic import scenes, tags
from core.catalogue.synthetic.world import LatentWorld, part_rng

EXTRACTOR = "nearfield synthetic generator"
VERSION = "1"
NOTES = "Synthetic numbers computed from an invented artist's latent position; not extracted from any audio."

CLAP_COLUMNS = 512
CLAP_ABSENT = 0.01
CLAP_TRACKS = 3
CLAP_TRACK_NOISE = 0.45
DESCRIPTORS = 200
DESCRIPTORS_ABSENT = 0.03
UNINFORMATIVE_DESCRIPTORS = 40
RECORDING_NOISE = 0.1
DESCRIBED_AXES = ("tempo", "energy", "brightness", "density", "regularity", "harmony", "bass", "dynamics")

CLAP_ACUITY = {
    "tempo": 0.3, "energy": 0.8, "brightness": 0.9, "acousticness": 1.3, "distortion": 1.2, "density": 0.8,
    "regularity": 0.4, "harmony": 0.9, "voice": 1.4, "space": 1.2, "bass": 0.5, "dynamics": 0.4,
}  # fmt: skip
"""How well the stand-in embedding hears each axis: timbre and voice well, rhythm poorly."""

FeatureSets = dict[str, tuple[np.ndarray, FeatureInfo]]


def feature_sets(world: LatentWorld, moods: np.ndarray, themes: np.ndarray, seed: int) -> FeatureSets:
    """All stored sets: name -> (float32 (n, d) with NaN rows where absent, FeatureInfo).

    moods, themes: binary (n, 60) and (n, 40) from `tags.mood_and_theme_matrices`.
    """
    rng = part_rng(seed, "features")
    return {
        "clap": _clap(rng, world),
        "acousticbrainz": _acousticbrainz(rng, world),
        "moods_themes": _moods_themes(moods, themes),
    }


def _info(name: str, title: str, kind: str, columns: list[str] | None, notes: str) -> FeatureInfo:
    return FeatureInfo(
        name=name,
        title=title,
        kind=kind,
        columns=columns,
        extractor=EXTRACTOR,
        version=VERSION,
        notes=f"{NOTES} {notes}",
    )


def _clap(rng: np.random.Generator, world: LatentWorld) -> tuple[np.ndarray, FeatureInfo]:
    """A smooth random map of the audible position (one hidden tanh layer), averaged over tracks, unit length."""
    n_axes = world.audible.shape[1]
    first = rng.normal(0.0, 1.0 / np.sqrt(n_axes), (n_axes, 128))
    shift = rng.normal(0.0, 0.5, 128)
    second = rng.normal(0.0, 1.0 / np.sqrt(128), (128, CLAP_COLUMNS))
    common = rng.normal(0.0, 0.5, CLAP_COLUMNS)
    noise = rng.normal(0.0, CLAP_TRACK_NOISE, (CLAP_TRACKS, *world.audible.shape))
    heard = 1.6 * world.audible * np.array([CLAP_ACUITY[axis] for axis in scenes.AUDIBLE_AXES])
    tracks = np.tanh((heard + noise) @ first + shift) @ second + common
    tracks /= np.linalg.norm(tracks, axis=2, keepdims=True)
    values = tracks.mean(axis=0)
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    notes = "Stands in for a 512-d audio embedding."
    info = _info("clap", "Character (CLAP, synthetic)", "continuous", None, notes)
    return _with_absent(rng, values, CLAP_ABSENT), info


def _acousticbrainz(rng: np.random.Generator, world: LatentWorld) -> tuple[np.ndarray, FeatureInfo]:
    """Descriptors that follow one audible axis each, bent monotonically, with shared and own noise."""
    n_artists = len(world)
    axes = np.array([scenes.AUDIBLE_AXES.index(axis) for axis in DESCRIBED_AXES])
    followed = axes[rng.integers(len(axes), size=DESCRIPTORS)]
    informative = rng.permutation(DESCRIPTORS) >= UNINFORMATIVE_DESCRIPTORS
    position = world.audible / world.audible.std(axis=0)
    recording = rng.normal(size=(n_artists, 8)) @ rng.normal(0.0, RECORDING_NOISE, (8, DESCRIPTORS))
    noise = rng.normal(size=(n_artists, DESCRIPTORS)) * rng.uniform(0.5, 1.5, DESCRIPTORS)
    sign = rng.choice([-1.0, 1.0], DESCRIPTORS)
    raw = sign * informative * position[:, followed] + recording + noise
    bend = rng.integers(3, size=DESCRIPTORS)
    bent = np.choose(bend, [raw, np.exp(0.5 * raw), 1 / (1 + np.exp(-raw))])
    values = bent * 10 ** rng.uniform(-1, 2, DESCRIPTORS)
    leads = np.where(informative, np.array(scenes.AUDIBLE_AXES)[followed], "nothing")
    columns = [f"synthetic descriptor {number:03d}: follows {lead}" for number, lead in enumerate(leads)]
    notes = "Stands in for AcousticBrainz low-level descriptors; columns are in arbitrary units."
    info = _info("acousticbrainz", "Traits (AcousticBrainz, synthetic)", "continuous", columns, notes)
    return _with_absent(rng, values, DESCRIPTORS_ABSENT), info


def _moods_themes(moods: np.ndarray, themes: np.ndarray) -> tuple[np.ndarray, FeatureInfo]:
    """Binary columns; artists without any mood or theme are absent."""
    values = np.concatenate([moods, themes], axis=1).astype(np.float32)
    values[~values.any(axis=1)] = np.nan
    columns = [f"mood: {mood}" for mood in tags.MOODS] + [f"theme: {theme}" for theme in tags.THEMES]
    notes = "The invented moods and themes of the artists table as binary columns."
    return values, _info("moods_themes", "Moods & themes (synthetic)", "binary", columns, notes)


def _with_absent(rng: np.random.Generator, values: np.ndarray, share: float) -> np.ndarray:
    """float32 copy of values with a random share of rows (at least one) set to NaN."""
    absent = rng.permutation(len(values))[: max(1, round(share * len(values)))]
    with_gaps = values.astype(np.float32)
    with_gaps[absent] = np.nan
    return with_gaps
