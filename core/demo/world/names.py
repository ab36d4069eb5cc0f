"""Invented artist names, composed of the words in words.toml; they refer to no real act."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd

from core.demo.world.latent import LatentWorld, part_rng
from core.errors import ConfigError
from core.synthesis import scenes

NAMESAKE_PAIRS = 4
ROUNDS = 50

_LISTS = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))

WORDS: dict[str, tuple[str, ...]] = {slot: tuple(words) for slot, words in _LISTS["words"].items()}
BLOCKED = frozenset(_LISTS["blocked"]["names"])

COMMON = (
    "{given} {family}",
    "{adjective} {noun}",
    "The {adjective} {plural}",
    "{noun} & {noun}",
    "{head}{middle}{tail}",
)
BY_GENRE: dict[str, tuple[str, ...]] = {
    "Electronic": (
        "{head}{middle}{tail}",
        "{head}{tail}",
        "{adjective} {noun}",
        "{noun} {initial}",
        "{family} & {family}",
    ),
    "Rock": ("The {place} {plural}", "The {adjective} {plural}", "{adjective} {noun}", "{noun} {plural}", "{place}"),
    "Metal": ("{heavy} {doom}", "{doom} of the {heavy} {doom}", "{heavy}{tail}", "{heavy} {noun}"),
    "Folk": ("{given} {family}", "{given} & the {plural}", "The {place} {group}", "{given} {initial} {family}"),
    "Jazz": ("The {given} {family} {ensemble}", "{given} {family}", "The {place} {orchestra}", "{family} {ensemble}"),
    "Hip-Hop": ("{title} {noun}", "{place} {crew}", "{adjective} {family}", "{title} {given}", "{head}{middle} {noun}"),
    "Soul": ("{given} {family}", "The {adjective} {plural}", "{given} & the {adjective} {plural}", "{place} {group}"),
    "Ambient": (
        "{given} {family}",
        "{adjective} {noun}",
        "{place} {chamber}",
        "{head}{middle}{tail}",
        "{noun} for {noun}",
    ),
}
GENRE_PATTERN_SHARE = 0.75

_SLOT = re.compile(r"(\{\w+\})")


def artist_names(world: LatentWorld, seed: int) -> np.ndarray:
    """Names (n,) as strings: unique except for NAMESAKE_PAIRS deliberate pairs from different genres."""
    rng = part_rng(seed, "names")
    genre = scenes.genre_of_scene()[world.scene]
    names = np.full(len(world), "", dtype=object)
    wanted = np.arange(len(world))
    for _ in range(ROUNDS):
        names[wanted] = _compose(rng, genre[wanted])
        wanted = np.flatnonzero(_unusable(names))
        if not len(wanted):
            return _with_namesakes(rng, names, genre)
    raise ConfigError(f"The word lists cannot name {len(world)} artists apart: ask for fewer artists.")


def _unusable(names: np.ndarray) -> np.ndarray:
    series = pd.Series(names).str.lower()
    words = series.str.replace("&", "").str.replace(" for ", " ").str.split()
    repeating = words.map(lambda parts: len(set(parts)) < len(parts))
    return (series.duplicated() | series.isin(BLOCKED) | repeating).to_numpy()


def _compose(rng: np.random.Generator, genre: np.ndarray) -> np.ndarray:
    """A new name for each artist, with a pattern of the genre or one of the common patterns."""
    patterns = list(dict.fromkeys(COMMON + sum(BY_GENRE.values(), ())))
    names = np.empty(len(genre), dtype=object)
    in_style = rng.random(len(genre)) < GENRE_PATTERN_SHARE
    pick = rng.random(len(genre))
    chosen = np.empty(len(genre), dtype=np.int64)
    for position, name in enumerate(scenes.GENRES):
        for styled, options in ((True, BY_GENRE[name]), (False, COMMON)):
            rows = (genre == position) & (in_style == styled)
            codes = np.array([patterns.index(option) for option in options])
            chosen[rows] = codes[(pick[rows] * len(options)).astype(np.int64)]
    for code, pattern in enumerate(patterns):
        rows = np.flatnonzero(chosen == code)
        names[rows] = _fill(rng, pattern, len(rows))
    return names


def _fill(rng: np.random.Generator, pattern: str, count: int) -> np.ndarray:
    filled = np.full(count, "", dtype=object)
    for piece in _SLOT.split(pattern):
        if piece.startswith("{"):
            words = np.array(WORDS[piece[1:-1]], dtype=object)
            filled = filled + words[rng.integers(len(words), size=count)]
        else:
            filled = filled + piece
    return filled


def _with_namesakes(rng: np.random.Generator, names: np.ndarray, genre: np.ndarray) -> np.ndarray:
    """Give NAMESAKE_PAIRS artists the name of an artist of another genre."""
    order = rng.permutation(len(names))
    first = order[:NAMESAKE_PAIRS]
    shares = np.array_split(order[NAMESAKE_PAIRS:], NAMESAKE_PAIRS)
    apart = [share[genre[share] != genre[row]][0] for row, share in zip(first, shares, strict=True)]
    named = names.copy()
    named[apart] = names[first]
    return named
