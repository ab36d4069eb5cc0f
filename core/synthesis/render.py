"""Rendering of arrangements: the notes of every part become sound, which is mixed, reverberated and mastered."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.arrays import FloatArray
from core.synthesis import effects
from core.synthesis.drums import KITS, hit
from core.synthesis.notes import (
    Note,
    bar_seconds,
    bars_between,
    bass_notes,
    chord_notes,
    drum_hits,
    melody_notes,
    pad_notes,
)
from core.synthesis.recipes import Arrangement, Part, Recipe, arrange
from core.synthesis.tones import RATE, TIMBRES, Timbre, brighter, tone

PIECE_LEVELS = {
    "kick": 0.75,
    "snare": 0.6,
    "clap": 0.55,
    "hat": 0.32,
    "open": 0.3,
    "ride": 0.42,
    "shaker": 0.26,
    "tom": 0.5,
    "rim": 0.3,
}
LONGEST = 600.0
VERSION = "1"
"""The version of the synthesiser; every change of its sound is a new version."""


def render(recipe: Recipe, seconds: float = 10.0, start: float = 0.0) -> FloatArray:
    """Sound of a track from `start` on: float32 (seconds * RATE,), mono, within -1 to 1; the same every time.

    Raises ValueError beyond ten minutes.
    """
    if not (seconds > 0 and start >= 0 and start + seconds <= LONGEST):
        raise ValueError(f"A track lasts {LONGEST:g} seconds; there is nothing from {start:g} to {start + seconds:g}.")
    return play(arrange(recipe), seconds, start)


def play(arrangement: Arrangement, seconds: float, start: float = 0.0) -> FloatArray:
    """Sound of an arrangement; see `render`."""
    n = round(seconds * RATE)
    bars = bars_between(arrangement, start, start + seconds)
    melody = np.random.default_rng([arrangement.artist_seed, 9])
    register = int(melody.integers(-7, 8))

    drums = _drums(arrangement, bars, n, start)
    chords = _part(arrangement, arrangement.chords, chord_notes(arrangement, bars), n, start)
    if arrangement.chord_drive:
        chords = effects.driven(chords, arrangement.chord_drive)
        chords = 0.8 * effects.filtered(chords, effects.low_pass(5200 * 2 ** (0.15 * arrangement.tilt)))
    sustained = np.zeros(n, np.float32)
    bass = np.zeros(n, np.float32)
    solo = np.zeros(n, np.float32)
    if arrangement.pad:
        sustained += _part(arrangement, arrangement.pad, pad_notes(arrangement, bars), n, start)
    if arrangement.bass:
        bass += 0.8 * _part(arrangement, arrangement.bass, bass_notes(arrangement, bars), n, start)
    density = arrangement.lead_density
    if arrangement.lead:
        notes = melody_notes(arrangement, bars, 0, 72 + register // 2, density)
        solo += _part(arrangement, arrangement.lead, notes, n, start)
    if arrangement.voice:
        notes = melody_notes(arrangement, bars, 1, 62 + register, 0.5 + 0.5 * density)
        solo += 1.25 * _part(arrangement, arrangement.voice, notes, n, start)

    if arrangement.echo:
        solo = effects.echoed(solo, 45.0 / arrangement.bpm, arrangement.echo)
    dry = drums + bass + chords + sustained + solo
    send = 0.25 * drums + chords + sustained + solo
    wet = effects.reverb(send, arrangement.reverb_seconds, arrangement.reverb_damping, arrangement.artist_seed)
    return _mastered(arrangement, dry + 1.4 * arrangement.reverb_level * wet, start)


def _mastered(arrangement: Arrangement, mix: FloatArray, start: float) -> FloatArray:
    time = start + np.arange(len(mix), dtype=np.float32) / RATE
    swell = 1 + 0.4 * arrangement.dynamics * np.sin(2 * np.pi * time / (4 * bar_seconds(arrangement)))
    mix = effects.driven(mix * swell, arrangement.drive)
    mix = effects.tilted(mix, arrangement.tilt)
    mix = effects.peaked(mix, arrangement.peak_hertz, arrangement.peak_decibels)
    return effects.loud(mix, arrangement.loudness)


def _drums(arrangement: Arrangement, bars: range, n: int, start: float) -> FloatArray:
    track = np.zeros(n, np.float32)
    kit = KITS[arrangement.kit]
    for piece, hits in drum_hits(arrangement, bars).items():
        sound = (
            PIECE_LEVELS[piece]
            * arrangement.drum_level
            * hit(kit, piece, arrangement.drum_tuning, arrangement.artist_seed)
        )
        for at, loudness in hits:
            _add(track, sound * np.float32(loudness), at - start)
    return track


def _part(arrangement: Arrangement, part: Part, notes: Sequence[Note], n: int, start: float) -> FloatArray:
    """The sound (n,) of a part's notes. Equal notes are made once, so lengths are rounded to a sixtieth of a second."""
    track = np.zeros(n, np.float32)
    timbre = _patch(part)
    made: dict[tuple[int, float], FloatArray] = {}
    for note in notes:
        name = (note.key, round(note.seconds * 60) / 60)
        if name not in made:
            frequency = 440.0 * 2 ** ((note.key - 69) / 12)
            made[name] = tone(timbre, frequency, max(name[1], 0.03), arrangement.artist_seed)
        _add(track, made[name] * np.float32(0.5 * part.level * note.loudness), note.at - start)
    return track


def _patch(part: Part) -> Timbre:
    timbre = brighter(TIMBRES[part.instrument], part.bright)
    low, middle, high = (seconds * part.attack for seconds in timbre.attack)
    return replace(
        timbre, attack=(low, middle, high), vibrato=timbre.vibrato * part.attack, detune=timbre.detune * part.attack
    )


def _add(track: FloatArray, sound: FloatArray, at: float) -> None:
    """Add a sound that begins at `at` seconds; anything outside the track is cut."""
    place = round(at * RATE)
    first, last = max(place, 0), min(place + len(sound), len(track))
    if first < last:
        track[first:last] += sound[first - place : last - place]
