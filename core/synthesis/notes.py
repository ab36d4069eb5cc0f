"""The notes of an arrangement: what every part plays, bar by bar."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.synthesis.recipes import MODES, Arrangement

STEPS = 16
LOUDNESS = {"X": 1.0, "x": 0.78, "o": 0.4}

COMPING: dict[str, tuple[str, float]] = {
    "held": ("x...............", 16.0),
    "stabs": ("x..x..x...x.....", 1.6),
    "offbeats": ("..x...x...x...x.", 1.2),
    "syncopated": ("x..x..x...x.x...", 1.6),
    "strum": ("X...x.xo..xox.x.", 2.2),
    "eighths": ("X.x.x.x.X.x.x.x.", 1.9),
    "comp": ("x......x..x.....", 2.5),
    "fours": ("x...x...x...x...", 2.4),
    "gallop": ("X.xxX.xxX.xxX.xx", 0.9),
    "tremolo": ("xoxoxoxoxoxoxoxo", 0.9),
    "chug": ("X.x.x.x.X.x.x...", 1.5),
    "scratch": ("x.xo.xox.xo.x.xo", 0.5),
    "scattered": ("x....o...x..o...", 2.0),
}
"""The rhythm of the chords, and the length of each in sixteenths."""

PICKING: dict[str, tuple[str, tuple[int, ...]]] = {
    "arpeggio": ("x.x.x.x.x.x.x.x.", (0, 1, 2, 3, 2, 1)),
    "fingerpicked": ("X.xxx.x.X.xxx.x.", (0, 2, 1, 3, 0, 3, 1, 2)),
    "rolls": ("XoxoXoxoXoxoXoxo", (0, 2, 3, 1, 3, 2, 0, 3)),
}
"""The rhythm of the notes, and the order in which they run through the chord."""

BASS_LINES: dict[str, tuple[str, tuple[int, ...], float]] = {
    "offbeat": ("..x...x...x...x.", (0,), 1.6),
    "sixteenths": ("XoxoXoxoXoxoXoxo", (0,), 0.9),
    "pulse": ("x.x.x.x.x.x.x.x.", (0,), 1.4),
    "eighths": ("X.x.x.x.X.x.x.x.", (0, 0, 0, 0, 0, 0, 4, 2), 1.9),
    "octaves": ("x.x.x.x.x.x.x.x.", (0, 7), 1.4),
    "syncopated": ("X..x..x.....x...", (0, 0, 4, 6), 2.4),
    "roots": ("X.......x.....x.", (0, 0, 4), 5.0),
    "melodic": ("X..x..x.x...x.x.", (0, 2, 4, 0, 5, 4), 2.4),
    "long": ("X...............", (0,), 15.0),
    "two beat": ("X.......x.......", (0, 4), 5.0),
    "walking": ("X...x...x...x...", (0, 2, 4, 5), 3.8),
    "gallop": ("X.xxX.xxX.xxX.xx", (0,), 0.9),
    "funk": ("X..x.o...xx..x.o", (0, 7, 0, 6, 0, 4, 7), 1.1),
    "wandering": ("x..x...x.x...x..", (0, 5, 1, 6, 3), 2.6),
}
"""The rhythm, the steps of the scale above the chord's root, and the length in sixteenths."""


@dataclass(frozen=True)
class Note:
    """When (seconds from the start of the track), which key (MIDI number), how long (seconds), how loud (0 to 1)."""

    at: float
    key: int
    seconds: float
    loudness: float


def bar_seconds(arrangement: Arrangement) -> float:
    """Seconds of a bar of four beats."""
    return 240.0 / arrangement.bpm


def bars_between(arrangement: Arrangement, start: float, end: float) -> range:
    """The numbers of the bars that sound between two times in seconds."""
    bar = bar_seconds(arrangement)
    return range(int(start / bar), int(np.ceil(end / bar)))


def drum_hits(arrangement: Arrangement, bars: range) -> dict[str, list[tuple[float, float]]]:
    """Time and loudness of the hits of every piece of the kit."""
    hits: dict[str, list[tuple[float, float]]] = {piece: [] for piece in arrangement.groove}
    for bar in bars:
        if bar in arrangement.breaks:
            continue
        rng = _bar_rng(arrangement, bar, 1)
        for piece, rhythm in arrangement.groove.items():
            for step, loudness in _struck(rhythm):
                if rng.random() < 0.35 * arrangement.looseness * (loudness < 1):
                    continue
                hits[piece].append((_time(arrangement, bar, step, rng), loudness * _feel(arrangement, rng)))
    return hits


def chord_notes(arrangement: Arrangement, bars: range) -> list[Note]:
    """The chords as the arrangement comps, picks or holds them."""
    return [note for bar in bars for note in _chord_bar(arrangement, bar)]


def pad_notes(arrangement: Arrangement, bars: range) -> list[Note]:
    """The chords held for the whole bar."""
    length = bar_seconds(arrangement)
    return [Note(bar * length, key, length, 0.7) for bar in bars for key in _voicing(arrangement, bar)[:4]]


def bass_notes(arrangement: Arrangement, bars: range) -> list[Note]:
    """The bass line, below the chords."""
    rhythm, walk, length = BASS_LINES[arrangement.bass_line]
    step_seconds = bar_seconds(arrangement) / STEPS
    notes = []
    for bar in bars:
        rng = _bar_rng(arrangement, bar, 2)
        for place, (step, loudness) in enumerate(_struck(rhythm)):
            degree = _degree(arrangement, bar) + walk[place % len(walk)]
            key = _key(arrangement, degree, -24)
            while key > 50:
                key -= 12
            at = _time(arrangement, bar, step, rng)
            notes.append(Note(at, key, length * step_seconds, loudness * _feel(arrangement, rng)))
    return notes


def melody_notes(arrangement: Arrangement, bars: range, line: int, centre: int, density: float) -> list[Note]:
    """A motif of two bars that follows the chords; `line` 0 is the lead and 1 the voice, which take turns."""
    rng = np.random.default_rng([arrangement.track_seed, 40 + line])
    strong = np.where(np.arange(2 * STEPS) % 4 == 0, 1.0, np.where(np.arange(2 * STEPS) % 2 == 0, 0.55, 0.12))
    onsets = np.flatnonzero(rng.random(2 * STEPS) < density * strong)
    contour = np.cumsum(rng.choice([-2, -1, -1, 0, 1, 1, 2], size=len(onsets)))
    contour -= int(np.round(contour.mean())) if len(onsets) else 0
    step_seconds = bar_seconds(arrangement) / STEPS
    notes = []
    for bar in bars:
        resting = (bar // 2) % 2 != line and arrangement.lead is not None and arrangement.voice is not None
        if resting or (bar // 2) % 4 == 3 - 2 * line:
            continue
        timing = _bar_rng(arrangement, bar, 3 + line)
        for place, onset in enumerate(onsets):
            if onset // STEPS != bar % 2:
                continue
            until = onsets[place + 1] if place + 1 < len(onsets) else 2 * STEPS
            degree = _degree(arrangement, bar) * (onset % 8 == 0) + int(contour[place])
            key = _key(arrangement, degree, 12)
            key += 12 * round((centre - key) / 12)
            seconds = min(until - onset, 6) * 0.95 * step_seconds
            at = _time(arrangement, bar, onset % STEPS, timing)
            notes.append(Note(at, key, seconds, 0.8 * _feel(arrangement, timing)))
    return notes


def _chord_bar(arrangement: Arrangement, bar: int) -> Iterator[Note]:
    step_seconds = bar_seconds(arrangement) / STEPS
    voicing = _voicing(arrangement, bar)
    rng = _bar_rng(arrangement, bar, 5)
    if arrangement.comping in PICKING:
        rhythm, order = PICKING[arrangement.comping]
        for place, (step, loudness) in enumerate(_struck(rhythm)):
            key = voicing[order[place % len(order)] % len(voicing)]
            yield Note(_time(arrangement, bar, step, rng), key, 3 * step_seconds, loudness * _feel(arrangement, rng))
        return
    boom_chick = arrangement.comping == "boom chick"
    rhythm, length = ("x...X...x...X...", 1.8) if boom_chick else COMPING[arrangement.comping]
    for step, loudness in _struck(rhythm):
        keys = voicing[:1] if boom_chick and step % 8 == 0 else voicing
        at, loud = _time(arrangement, bar, step, rng), loudness * _feel(arrangement, rng)
        for number, key in enumerate(keys):
            yield Note(at + 0.012 * number * (length < 4), key, length * step_seconds, loud)


def _voicing(arrangement: Arrangement, bar: int) -> list[int]:
    """The keys of the bar's chord: the root at the bottom, the others close together."""
    degree = _degree(arrangement, bar)
    root = _key(arrangement, degree, 0)
    root -= 12 * (root > 57)
    if arrangement.chord_size == 2:
        return [root - 12, root - 5, root]
    above = [_key(arrangement, degree + 2 * place, 0) for place in range(1, arrangement.chord_size)]
    return [root, *sorted(key - 12 * (key > 67) for key in above)]


def _degree(arrangement: Arrangement, bar: int) -> int:
    return arrangement.progression[bar % len(arrangement.progression)]


def _key(arrangement: Arrangement, degree: int, above: int) -> int:
    """The MIDI number of a degree of the scale (0 the tonic)."""
    octave, place = divmod(degree, 7)
    return arrangement.root + above + 12 * octave + MODES[arrangement.mode][place]


def _struck(rhythm: str) -> list[tuple[int, float]]:
    return [(step, LOUDNESS[mark]) for step, mark in enumerate(rhythm) if mark in LOUDNESS]


def _time(arrangement: Arrangement, bar: int, step: int, rng: np.random.Generator) -> float:
    late = arrangement.swing if step % 2 else 0.0
    wobble = rng.normal(0, 0.004 + 0.016 * arrangement.looseness)
    return max(0.0, (bar + (step + late) / STEPS) * bar_seconds(arrangement) + wobble)


def _feel(arrangement: Arrangement, rng: np.random.Generator) -> float:
    return float(np.clip(1 + (0.06 + 0.22 * arrangement.dynamics) * rng.normal(), 0.3, 1.4))


def _bar_rng(arrangement: Arrangement, bar: int, part: int) -> np.random.Generator:
    return np.random.default_rng([arrangement.track_seed, bar, part])
