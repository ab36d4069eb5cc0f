"""Recipes and arrangements of tracks: a recipe is a few numbers, and the arrangement follows from it.

An artist's own taste (instruments, grooves, patches, room, tuning of the drums) is drawn from the artist's seed; key,
progression, melody and variation are drawn from the track's. Tracks of one artist therefore share more than a scene,
and one in six departs from the artist's usual sound.
"""

import json
from dataclasses import asdict, dataclass, replace

import numpy as np

from core.errors import CatalogueError
from core.synthesis.scenes import AUDIBLE_AXES, SCENES
from core.synthesis.styles import STYLES, Groove, Style

MODES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "whole tone": (0, 2, 4, 6, 8, 10, 10),
    "octatonic": (0, 1, 3, 4, 6, 7, 9),
}
TRACK_SPREAD = 0.13
DEPARTURE_SHARE = 1 / 6
DEPARTURE_SPREAD = 0.55
DEPARTING_AXES = ("tempo", "energy", "density", "space", "distortion", "brightness")
TITLE_FIRST = ("Slow", "Blue", "Paper", "Second", "Night", "Glass", "North", "Open", "Last", "Salt", "Early", "Low")
TITLE_SECOND = ("Harbour", "Signal", "Window", "Season", "Letter", "Engine", "Garden", "Weather", "Bridge", "Hours")


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a track: the artist's scene(s), sound on each audible axis and seed, and the track's
    number."""

    scene: int
    second_scene: int
    lean: float
    sound: tuple[float, ...]
    artist_seed: int
    track: int

    def as_text(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))


@dataclass(frozen=True)
class Part:
    """An instrument of the arrangement: its name, brightness, factor on attack times and level."""

    instrument: str
    bright: float
    attack: float
    level: float


@dataclass(frozen=True)
class Arrangement:
    """How a track is played; every field is read by the renderer, most by the captions."""

    scene: str
    genre: str
    bpm: float
    root: int
    mode: str
    progression: tuple[int, ...]
    chord_size: int
    groove: Groove
    kit: str
    drum_level: float
    drum_tuning: float
    bass: Part | None
    bass_line: str
    chords: Part
    comping: str
    pad: Part | None
    lead: Part | None
    lead_density: float
    voice: Part | None
    swing: float
    looseness: float
    drive: float
    chord_drive: float
    reverb_seconds: float
    reverb_level: float
    reverb_damping: float
    echo: float
    tilt: float
    peak_hertz: float
    peak_decibels: float
    dynamics: float
    loudness: float
    energy: float
    density: float
    breaks: tuple[int, ...]
    artist_seed: int
    track_seed: int


def recipe_from_text(text: str) -> Recipe:
    """Read `Recipe.as_text`. Raises CatalogueError for anything else."""
    try:
        content = json.loads(text)
        recipe = Recipe(**(content | {"sound": tuple(float(value) for value in content["sound"])}))
        whole = (recipe.scene, recipe.second_scene, recipe.artist_seed, recipe.track)
        sound = len(recipe.sound) == len(AUDIBLE_AXES) and np.abs(recipe.sound).max() < 10
        known = 0 <= recipe.scene < len(SCENES) and 0 <= recipe.second_scene < len(SCENES)
        if not (all(type(value) is int for value in whole) and sound and known and 0 <= float(recipe.lean) <= 1):
            raise ValueError("a value is out of range")
        if min(recipe.artist_seed, recipe.track) < 0:
            raise ValueError("a seed is negative")
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as fault:
        raise CatalogueError(f"This track's recipe cannot be played: {fault}. Build the catalogue again.") from None
    return recipe


def track_title(recipe: Recipe) -> str:
    """An invented title."""
    rng = np.random.default_rng([recipe.artist_seed, recipe.track, 3])
    return f"{rng.choice(TITLE_FIRST)} {rng.choice(TITLE_SECOND)}"


def arrange(recipe: Recipe) -> Arrangement:
    """Decide everything about a track; the same recipe gives the same arrangement."""
    own = np.random.default_rng([recipe.artist_seed, 1])
    now = np.random.default_rng([recipe.artist_seed, recipe.track, 2])
    sound = _track_sound(recipe, now)
    scene = SCENES[recipe.scene]
    style = _style(recipe, own)
    tempo, energy, bright, acoustic, distortion, density, regular, harmony, voice, space, bass, dynamics = sound

    kit = _pick(own, style.kits, acoustic)
    groove = dict(style.grooves[own.integers(len(style.grooves))])
    if density < -0.3 and groove and own.random() < 0.35:
        groove.pop(sorted(groove)[0])
    groove = _individual(groove, own)
    chord_instrument = _pick(own, style.chords, acoustic)
    lead_instrument = style.leads[own.integers(len(style.leads))]
    pad_instrument = style.pads[own.integers(len(style.pads))] if style.pads else None
    bass_instrument = _pick(own, style.basses, acoustic)
    taste = own.normal(0, 0.35, 5)
    attack = 2.0 ** own.normal(0, 0.5, 5)
    modes = [style.modes[own.integers(len(style.modes))], style.modes[own.integers(len(style.modes))]]
    usual_root = int(own.integers(12))
    usual_bpm = 2 ** own.normal(0, 0.06)
    progressions = [style.progressions[own.integers(len(style.progressions))] for _ in range(2)]
    comping = style.comping[own.integers(len(style.comping))]
    bass_line = style.bass_lines[own.integers(len(style.bass_lines))]
    echo = float(own.uniform(0.25, 0.5)) if own.random() < 0.25 + 0.2 * space else 0.0

    bpm = 108 * 2 ** (0.6 * tempo) * usual_bpm
    singing = 0.5 + 0.5 * voice
    voice_part = Part(style.voice, bright * 0.3 + taste[4], attack[4], 0.85 * singing) if singing > 0.55 else None
    has_lead = lead_instrument not in ("voice", "growl", "spoken voice")
    return Arrangement(
        scene=scene.name,
        genre=scene.genre,
        bpm=float(np.clip(bpm, 56, 190)),
        root=int(48 + (usual_root + now.choice([0, 0, 5, 7, 2, 10])) % 12),
        mode=str(modes[0] if now.random() < 0.7 else modes[1]),
        progression=tuple(progressions[0] if now.random() < 0.6 else progressions[1]),
        chord_size=2
        if chord_instrument in ("distorted guitar", "fuzz guitar")
        else int(np.clip(3.2 + 1.3 * harmony, 3, 5)),
        groove=groove,
        kit=kit,
        drum_level=float(np.clip(0.75 + 0.3 * energy, 0.25, 1.2)),
        drum_tuning=float(2 ** own.normal(0, 0.22)),
        bass=Part(bass_instrument, 0.4 * bright + taste[0], attack[0], float(np.clip(0.75 + 0.4 * bass, 0.15, 1.2))),
        bass_line=bass_line,
        chords=Part(chord_instrument, 0.5 * bright + taste[1], attack[1], 0.75),
        comping=comping,
        pad=Part(pad_instrument, 0.5 * bright + taste[2], attack[2], float(np.clip(0.35 + 0.3 * density, 0.1, 0.7)))
        if pad_instrument and density + own.normal(0, 0.5) > -0.3
        else None,
        lead=Part(lead_instrument, 0.5 * bright + taste[3], attack[3], 0.6) if has_lead else None,
        lead_density=float(np.clip(0.45 + 0.3 * density + 0.15 * energy, 0.12, 0.95)),
        voice=voice_part,
        swing=float(np.clip(style.swing + own.normal(0, 0.04), 0, 0.36)),
        looseness=float(np.clip(0.5 - 0.5 * regular, 0, 1)),
        drive=float(np.clip(0.35 * (distortion + 0.1), 0, 0.5)),
        chord_drive=float(np.clip(style.chord_drive + 0.3 * distortion, 0, 0.95)) if style.chord_drive else 0.0,
        reverb_seconds=float(np.clip(1.1 * 2 ** (1.3 * space) * 2 ** own.normal(0, 0.3), 0.2, 4.0)),
        reverb_level=float(np.clip(0.28 + 0.28 * space, 0.03, 0.75)),
        reverb_damping=float(2500 * 2 ** own.uniform(0, 2)),
        echo=echo,
        tilt=float(2.5 * bright + own.normal(0, 0.8)),
        peak_hertz=float(250 * 2 ** own.uniform(0, 4)),
        peak_decibels=float(own.normal(0, 3.5)),
        dynamics=float(np.clip(0.5 + 0.5 * dynamics, 0, 1)),
        loudness=float(-17 + 4 * np.clip(energy, -1, 1)),
        energy=float(energy),
        density=float(density),
        breaks=tuple(int(bar) for bar in np.flatnonzero(now.random(16) < 0.06 + 0.1 * np.clip(dynamics, 0, 1))),
        artist_seed=recipe.artist_seed,
        track_seed=recipe.artist_seed * 64 + recipe.track,
    )


def _track_sound(recipe: Recipe, rng: np.random.Generator) -> np.ndarray:
    """The artist's position, moved a little, and far on some axes in a departure; shape (12,)."""
    sound = np.array(recipe.sound) + rng.normal(0, TRACK_SPREAD, len(recipe.sound))
    if rng.random() < DEPARTURE_SHARE:
        axes = [AUDIBLE_AXES.index(axis) for axis in DEPARTING_AXES]
        sound[axes] += rng.normal(0, DEPARTURE_SPREAD, len(axes))
    return np.clip(sound, -1.4, 1.4)


def _style(recipe: Recipe, rng: np.random.Generator) -> Style:
    """The scene's style; artists between two scenes borrow some of the second one's habits."""
    first, second = (STYLES[SCENES[number].name] for number in (recipe.scene, recipe.second_scene))
    borrowed = [
        name
        for name in ("grooves", "basses", "chords", "comping", "leads", "modes", "pads")
        if rng.random() < recipe.lean
    ]
    if "grooves" in borrowed:
        borrowed.append("kits")
    if "basses" in borrowed:
        borrowed.append("bass_lines")
    return replace(first, **{name: getattr(second, name) for name in borrowed})


def _pick(rng: np.random.Generator, options: tuple[str, ...], acoustic: float) -> str:
    """One of the options, earlier ones for acoustic artists."""
    place = (0.5 - 0.5 * np.clip(acoustic, -1, 1)) * (len(options) - 1)
    return options[int(np.clip(round(place + rng.normal(0, 0.8)), 0, len(options) - 1))]


def _individual(groove: Groove, rng: np.random.Generator) -> Groove:
    """The groove with a few steps changed for this artist."""
    own = dict(groove)
    for piece in sorted(groove):
        steps = list(groove[piece])
        for place in rng.choice(16, size=2, replace=False):
            if rng.random() < 0.5:
                steps[place] = "." if steps[place] in "xo" else ("o" if steps[place] == "." else steps[place])
        own[piece] = "".join(steps)
    return own
