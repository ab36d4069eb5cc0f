"""Pitched instruments: harmonic spectra in three bands, each with its own envelope, read from wavetables.

One engine makes plucked strings (high bands die first), brass (high bands come later), pads, voices and basses;
inharmonic partials add bells, bars and hammers, noise adds breath and picks (additive synthesis; Smith, "Spectral
Audio Signal Processing", 2011).
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from core.arrays import FloatArray

RATE = 48_000
TABLE = 2048
HARMONICS = 48
BAND_ENDS = (3, 10, HARMONICS)
HIGHEST = 0.42 * RATE


@dataclass(frozen=True)
class Timbre:
    """An instrument.

    tilt: harmonic k has amplitude k ** -tilt; odd: share by which even harmonics are weakened; comb: place (0 to 0.5)
    where a string is excited, which notches its spectrum (0 for none); formants: peaks in Hz.
    attack, decay (seconds, low to high band), sustain (0 to 1) and release shape the three bands.
    partials: (ratio, amplitude, decay in seconds) of inharmonic ones; noise, noise_decay: breath or pick.
    detune: cents between `voices` copies; vibrato: cents; tremolo: depth 0 to 1.
    """

    tilt: float = 1.0
    odd: float = 0.0
    comb: float = 0.0
    formants: tuple[float, ...] = ()
    attack: tuple[float, float, float] = (0.005, 0.005, 0.005)
    decay: tuple[float, float, float] = (1.0, 0.5, 0.2)
    sustain: float = 0.0
    release: float = 0.08
    partials: tuple[tuple[float, float, float], ...] = ()
    noise: float = 0.0
    noise_decay: float = 0.03
    detune: float = 0.0
    voices: int = 1
    vibrato: float = 0.0
    tremolo: float = 0.0


TIMBRES: dict[str, Timbre] = {
    "nylon guitar": Timbre(1.5, comb=0.2, decay=(0.9, 0.35, 0.1), noise=0.05),
    "steel guitar": Timbre(1.05, comb=0.14, decay=(1.4, 0.7, 0.3), noise=0.08),
    "banjo": Timbre(0.75, comb=0.1, decay=(0.28, 0.18, 0.1), noise=0.12),
    "harp": Timbre(1.8, comb=0.4, decay=(1.6, 0.6, 0.15)),
    "clean guitar": Timbre(1.2, comb=0.3, decay=(1.3, 0.6, 0.2), detune=6, voices=2),
    "muted guitar": Timbre(1.3, comb=0.22, decay=(0.14, 0.08, 0.04), noise=0.2),
    "distorted guitar": Timbre(0.8, comb=0.16, decay=(3.0, 1.8, 1.0), sustain=0.4, detune=9, voices=2),
    "fuzz guitar": Timbre(0.6, odd=0.5, decay=(3.0, 2.0, 1.2), sustain=0.5),
    "piano": Timbre(1.35, decay=(1.6, 0.8, 0.3), partials=((8.13, 0.05, 0.12),), noise=0.06, detune=2, voices=2),
    "felt piano": Timbre(2.1, decay=(1.3, 0.5, 0.15), noise=0.1, noise_decay=0.02, detune=3, voices=2),
    "electric piano": Timbre(
        2.4, decay=(1.4, 0.6, 0.3), partials=((14.0, 0.09, 0.25), (1.003, 0.3, 1.4)), tremolo=0.35
    ),
    "vibraphone": Timbre(4.0, decay=(1.8, 0.9, 0.4), partials=((3.98, 0.25, 0.8), (10.1, 0.06, 0.2)), tremolo=0.4),
    "glass bells": Timbre(4.0, decay=(1.5, 0.7, 0.3), partials=((2.76, 0.4, 0.9), (5.4, 0.22, 0.5), (8.93, 0.1, 0.2))),
    "kalimba": Timbre(3.2, decay=(0.5, 0.2, 0.1), partials=((5.8, 0.18, 0.08),), noise=0.08),
    "organ": Timbre(1.3, odd=0.2, attack=(0.01, 0.01, 0.01), decay=(9, 9, 9), sustain=1.0, vibrato=7, release=0.05),
    "harmonium": Timbre(
        0.8,
        attack=(0.25, 0.3, 0.4),
        decay=(9, 9, 9),
        sustain=1.0,
        detune=7,
        voices=3,
        noise=0.02,
        noise_decay=9,
        release=0.5,
    ),
    "strings": Timbre(
        1.05,
        attack=(0.12, 0.14, 0.2),
        decay=(9, 9, 9),
        sustain=1.0,
        detune=9,
        voices=3,
        vibrato=9,
        release=0.3,
        formants=(450, 1500, 3000),
    ),
    "solo violin": Timbre(
        0.95,
        attack=(0.07, 0.08, 0.12),
        decay=(9, 9, 9),
        sustain=1.0,
        vibrato=22,
        release=0.15,
        formants=(500, 1100, 2600),
        noise=0.03,
        noise_decay=9,
    ),
    "fiddle": Timbre(
        0.8,
        attack=(0.02, 0.02, 0.03),
        decay=(4, 4, 3),
        sustain=0.8,
        vibrato=8,
        release=0.06,
        formants=(550, 1300, 2900),
        noise=0.07,
        noise_decay=0.1,
    ),
    "brass": Timbre(0.85, attack=(0.02, 0.05, 0.1), decay=(3, 2, 1.2), sustain=0.6, detune=6, voices=2, release=0.08),
    "saxophone": Timbre(
        0.9,
        odd=0.25,
        attack=(0.03, 0.04, 0.06),
        decay=(5, 4, 3),
        sustain=0.8,
        vibrato=14,
        release=0.08,
        formants=(600, 1400),
        noise=0.06,
        noise_decay=4,
    ),
    "clarinet": Timbre(1.2, odd=0.95, attack=(0.04, 0.05, 0.06), decay=(9, 9, 9), sustain=1.0, vibrato=6, release=0.1),
    "flute": Timbre(
        2.6,
        attack=(0.06, 0.06, 0.08),
        decay=(9, 9, 9),
        sustain=1.0,
        vibrato=15,
        noise=0.12,
        noise_decay=9,
        release=0.1,
    ),
    "saw pad": Timbre(
        1.15,
        attack=(0.3, 0.5, 0.8),
        decay=(9, 9, 9),
        sustain=1.0,
        detune=14,
        voices=3,
        release=0.6,
    ),
    "warm pad": Timbre(1.9, attack=(0.4, 0.6, 0.9), decay=(9, 9, 9), sustain=1.0, detune=10, voices=3, release=0.8),
    "choir pad": Timbre(
        1.0,
        attack=(0.25, 0.3, 0.4),
        decay=(9, 9, 9),
        sustain=1.0,
        detune=12,
        voices=3,
        vibrato=12,
        release=0.5,
        formants=(650, 1080, 2650),
    ),
    "synth stab": Timbre(0.95, attack=(0.002,) * 3, decay=(0.25, 0.16, 0.1), detune=12, voices=3),
    "pluck synth": Timbre(1.0, odd=0.4, attack=(0.002,) * 3, decay=(0.3, 0.12, 0.06), detune=5, voices=2),
    "square lead": Timbre(1.0, odd=1.0, decay=(3, 3, 2), sustain=0.8, vibrato=10),
    "saw lead": Timbre(0.9, decay=(3, 3, 2), sustain=0.8, detune=10, voices=2, vibrato=8),
    "whistle lead": Timbre(3.5, attack=(0.05,) * 3, decay=(9, 9, 9), sustain=1.0, vibrato=20),
    "voice": Timbre(
        0.75,
        attack=(0.05, 0.06, 0.09),
        decay=(9, 9, 9),
        sustain=1.0,
        vibrato=24,
        release=0.12,
        formants=(700, 1150, 2700),
        noise=0.03,
        noise_decay=9,
    ),
    "spoken voice": Timbre(
        0.7,
        attack=(0.015, 0.02, 0.02),
        decay=(0.5, 0.4, 0.3),
        sustain=0.3,
        release=0.05,
        formants=(560, 1600, 2500),
        noise=0.15,
        noise_decay=0.06,
    ),
    "growl": Timbre(
        0.4,
        odd=0.3,
        attack=(0.02,) * 3,
        decay=(1.5, 1.5, 1.2),
        sustain=0.6,
        detune=60,
        voices=3,
        release=0.06,
        formants=(480, 1000, 2300),
        noise=0.7,
        noise_decay=1.0,
    ),
    "upright bass": Timbre(1.9, comb=0.3, decay=(0.6, 0.25, 0.08), noise=0.08),
    "electric bass": Timbre(1.35, comb=0.2, decay=(1.2, 0.5, 0.2), noise=0.03),
    "slap bass": Timbre(0.9, comb=0.1, decay=(0.5, 0.25, 0.12), noise=0.25),
    "sub bass": Timbre(4.0, decay=(2.0, 0.5, 0.2), sustain=0.6),
    "saw bass": Timbre(1.0, decay=(0.6, 0.2, 0.1), sustain=0.25, detune=7, voices=2),
    "square bass": Timbre(1.2, odd=0.9, decay=(0.8, 0.3, 0.15), sustain=0.3),
    "fuzz bass": Timbre(0.7, decay=(2.5, 1.8, 1.0), sustain=0.5),
}


def brighter(timbre: Timbre, by: float) -> Timbre:
    """The instrument made brighter; `by` is about -1 to 1."""
    low, middle, high = timbre.decay
    decay = (low, middle * 2 ** (0.5 * by), high * 2**by)
    return replace(timbre, tilt=timbre.tilt * 2 ** (-0.5 * by), decay=decay)


def tone(timbre: Timbre, frequency: float, seconds: float, seed: int = 0) -> FloatArray:
    """One note (n,) with a peak of about 1, as long as `seconds` and the release together; always the same."""
    n = int((seconds + timbre.release) * RATE)
    time = np.arange(n, dtype=np.float32) / RATE
    rng = np.random.default_rng([seed, int(frequency * 10)])
    envelopes = [_envelope(timbre, band, time, seconds) for band in range(3)]
    note = np.zeros(n, np.float32)
    tables = _tables(timbre, round(frequency, 2))
    for copy in range(timbre.voices):
        cents = timbre.detune * (copy - (timbre.voices - 1) / 2)
        index = _phase(frequency * 2 ** (cents / 1200), time, timbre.vibrato, rng.random())
        for table, envelope in zip(tables, envelopes, strict=True):
            if envelope is not None and table.any():
                note += table[index] * envelope
    note /= timbre.voices**0.5
    for ratio, amplitude, decay in timbre.partials:
        if ratio * frequency < HIGHEST:
            note += (amplitude * np.sin(2 * np.pi * ratio * frequency * time) * np.exp(-time / decay)).astype(
                np.float32
            )
    if timbre.noise:
        breath = rng.standard_normal(n, dtype=np.float32)
        note += timbre.noise * 0.3 * breath * np.exp(-time / timbre.noise_decay)
    if timbre.tremolo:
        note *= 1 - timbre.tremolo * (0.5 - 0.5 * np.cos(2 * np.pi * 5.2 * time)).astype(np.float32)
    fade = min(n, max(1, int(timbre.release * RATE)))
    note[n - fade :] *= np.linspace(1, 0, fade, dtype=np.float32) ** 2
    return note


def _phase(frequency: float, time: FloatArray, vibrato: float, start: float) -> npt.NDArray[np.int32]:
    """Positions in the wavetable: the phase of a note with a vibrato of `vibrato` cents, five times a second."""
    turns = time.astype(np.float64) * frequency + start
    if vibrato:
        depth = vibrato / 1200 * np.log(2) * frequency / (2 * np.pi * 5.3)
        turns += depth * np.minimum(time / 0.35, 1) * (1 - np.cos(2 * np.pi * 5.3 * time))
    return (turns * TABLE).astype(np.int64).astype(np.int32) & (TABLE - 1)


def _envelope(timbre: Timbre, band: int, time: FloatArray, seconds: float) -> FloatArray:
    rise = np.minimum(time / max(timbre.attack[band], 0.001), 1)
    fall = timbre.sustain + (1 - timbre.sustain) * np.exp(-time / timbre.decay[band])
    return (rise * fall).astype(np.float32)


@lru_cache(maxsize=256)
def _tables(timbre: Timbre, frequency: float) -> tuple[FloatArray, ...]:
    """One period of each band, (TABLE,) float32 each, with harmonics below HIGHEST only."""
    k = np.arange(1, HARMONICS + 1)
    amplitude = k ** -float(timbre.tilt)
    amplitude[1::2] *= 1 - timbre.odd
    if timbre.comb:
        amplitude *= np.abs(np.sin(np.pi * k * timbre.comb)) + 0.02
    if timbre.formants:
        hertz = k * frequency
        peaks = sum(np.exp(-(((hertz - peak) / (0.16 * peak + 60)) ** 2)) for peak in timbre.formants)
        amplitude *= 0.12 + peaks
    amplitude /= max(np.abs(amplitude).sum() ** 0.5, 1e-9)
    amplitude[k * frequency > HIGHEST] = 0
    phases = np.exp(1j * 2.4 * k * k)
    tables = []
    for first, last in zip((0, *BAND_ENDS[:-1]), BAND_ENDS, strict=True):
        spectrum = np.zeros(TABLE // 2 + 1, np.complex128)
        spectrum[1 + first : 1 + last] = (amplitude * phases)[first:last] * TABLE / 2
        tables.append(np.fft.irfft(spectrum).astype(np.float32))
    return tuple(tables)
