"""Drums: each hit is made of a swept sine, modes and filtered noise; a kit is a set of such parameters."""

from dataclasses import dataclass

import numpy as np

from core.arrays import FloatArray
from core.synthesis.effects import high_pass, passed
from core.synthesis.tones import RATE


@dataclass(frozen=True)
class Kit:
    """A drum kit.

    kick: (end frequency in Hz, sweep ratio, decay in seconds, click); snare: (tone in Hz, tone share, decay, noise
    high-pass in Hz); hat: (high-pass in Hz, closed decay, open decay, metal 0 to 1).
    """

    kick: tuple[float, float, float, float]
    snare: tuple[float, float, float, float]
    hat: tuple[float, float, float, float]


KITS: dict[str, Kit] = {
    "acoustic drums": Kit((58, 3.0, 0.16, 0.5), (190, 0.45, 0.13, 900), (6500, 0.05, 0.30, 0.4)),
    "heavy drums": Kit((52, 4.0, 0.14, 1.0), (170, 0.4, 0.18, 700), (5500, 0.07, 0.40, 0.6)),
    "loose drums": Kit((65, 2.2, 0.22, 0.2), (210, 0.5, 0.2, 600), (5000, 0.08, 0.45, 0.3)),
    "brushes": Kit((55, 1.8, 0.18, 0.05), (180, 0.12, 0.22, 1500), (7500, 0.06, 0.25, 0.2)),
    "hand drums": Kit((85, 1.6, 0.18, 0.1), (330, 0.85, 0.12, 1200), (8000, 0.05, 0.12, 0.0)),
    "drum machine": Kit((48, 6.0, 0.32, 0.3), (185, 0.3, 0.16, 1400), (8000, 0.03, 0.22, 0.8)),
    "deep drum machine": Kit((42, 5.0, 0.55, 0.2), (200, 0.5, 0.2, 1600), (8500, 0.025, 0.18, 0.9)),
    "dusty breakbeat": Kit((60, 2.6, 0.15, 0.3), (200, 0.4, 0.15, 500), (4500, 0.04, 0.18, 0.2)),
}


def hit(kit: Kit, piece: str, tuning: float, seed: int) -> FloatArray:
    """One hit (n,): kick, snare, clap, hat, open, ride, shaker, tom or rim. `tuning` is a ratio near 1."""
    rng = np.random.default_rng([seed, sum(map(ord, piece))])
    match piece:
        case "kick":
            return _kick(kit, tuning)
        case "snare":
            return _snare(kit, tuning, rng)
        case "clap":
            return _clap(rng)
        case "tom":
            return _swept(110 * tuning, 1.6, 0.22, 0.35)
        case "rim":
            return _swept(820 * tuning, 1.1, 0.03, 0.06)
        case "shaker":
            return _noise(rng, 0.12, 0.035, 6000, 0.02)
        case "ride":
            return 0.55 * _cymbal(kit, tuning, rng, 0.5)
        case "hat":
            return _cymbal(kit, tuning, rng, kit.hat[1])
        case "open":
            return _cymbal(kit, tuning, rng, kit.hat[2])
    raise ValueError(f"“{piece}” is no drum.")


def _time(seconds: float) -> FloatArray:
    return np.arange(int(seconds * RATE), dtype=np.float32) / RATE


def _swept(frequency: float, sweep: float, decay: float, seconds: float) -> FloatArray:
    time = _time(seconds)
    turns = frequency * (time + (sweep - 1) * 0.03 * (1 - np.exp(-time / 0.03)))
    body = np.sin(2 * np.pi * turns) * np.exp(-time / decay) * np.minimum(time / 0.001, 1)
    return (body * np.minimum((seconds - time) / 0.01, 1)).astype(np.float32)


def _noise(rng: np.random.Generator, seconds: float, decay: float, above: float, attack: float = 0.001) -> FloatArray:
    time = _time(seconds)
    white = rng.standard_normal(len(time), dtype=np.float32)
    shaped = passed(white, high_pass(above)) * np.exp(-time / decay) * np.minimum(time / attack, 1)
    return (0.5 * shaped * np.minimum((seconds - time) / 0.005, 1)).astype(np.float32)


def _kick(kit: Kit, tuning: float) -> FloatArray:
    end, sweep, decay, click = kit.kick
    body = 1.2 * _swept(end * tuning, sweep, decay, min(4 * decay, 1.2))
    snap = _swept(2600.0, 1.0, 0.004, 0.03)
    body[: len(snap)] += 0.5 * click * snap
    return body


def _snare(kit: Kit, tuning: float, rng: np.random.Generator) -> FloatArray:
    frequency, share, decay, above = kit.snare
    rattle = _noise(rng, 4 * decay, decay, above)
    body = _swept(frequency * tuning, 1.4, 0.6 * decay, 4 * decay)[: len(rattle)]
    rattle[: len(body)] = (1 - share) * 1.5 * rattle[: len(body)] + share * body
    return rattle


def _clap(rng: np.random.Generator) -> FloatArray:
    clap = _noise(rng, 0.3, 0.07, 900)
    for delay in (0.011, 0.023):
        start = int(delay * RATE)
        clap[start:] += 0.7 * _noise(rng, 0.3, 0.05, 900)[: len(clap) - start]
    return clap


def _cymbal(kit: Kit, tuning: float, rng: np.random.Generator, decay: float) -> FloatArray:
    above, _, _, metal = kit.hat
    noise = _noise(rng, min(5 * decay, 1.5), decay, above * tuning)
    time = _time(min(5 * decay, 1.5))[: len(noise)]
    ringing = sum(np.sign(np.sin(2 * np.pi * f * tuning * time)) for f in (3070.0, 4170.0, 5630.0, 8210.0))
    return ((1 - metal) * noise + metal * 0.1 * ringing * np.exp(-time / decay)).astype(np.float32)
