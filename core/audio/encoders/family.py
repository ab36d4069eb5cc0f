"""The family of encoders: each turns sound into the vectors of one feature set.

A module of this package that has an `ENCODER` is a member; nothing else has to know of it. Several members can share a
listener, such as the two models of musicnn, and a sound is then heard once for all of them.
"""

import importlib
import pkgutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from core.arrays import FloatArray
from core.errors import NearfieldError


@dataclass(frozen=True)
class Making:
    """How vectors are made, for the record of a feature set: the model, what it is fed with, how the parts of a track
    are pooled, the precision, and what else identifies the extractor. Sets that differ in it are never mixed."""

    model: str
    front_end: str
    pooling: str
    precision: str
    extractor: str
    version: str = ""
    checkpoint_hash: str | None = None


class Listener(Protocol):
    """What hears for one or more encoders, with or without weights. It loads them when it first hears."""

    def making(self, feature_set: str) -> Making:
        """How the vectors of a set are made. Raises NearfieldError where the checkpoint is missing."""

    def vectors(self, samples: FloatArray, rate: int, wanted: Collection[str]) -> Mapping[str, FloatArray]:
        """The vector (width,) of mono samples (n,) for each of the `wanted` feature sets.

        The same samples give the same vectors. Raises AudioError for sound that cannot be described.
        """


@dataclass(frozen=True)
class Encoder:
    """One way to hear. `checkpoint` is the name of its weights, "" if it has none; `rate` is in Hz, and `window` says
    how much it hears at a time. `open` gets the name or path of a checkpoint and gives what hears; encoders with the
    same `listener` share it."""

    name: str
    title: str
    feature_set: str
    set_title: str
    gives: str
    checkpoint: str
    licence: str
    rate: int
    window: str
    width: int
    listener: str
    open: Callable[[str | Path | None], Listener]
    reads_words: bool = False
    columns: Callable[[], list[str]] | None = None
    """Gives the names of the vector's numbers, if they have names."""


@cache
def encoders() -> Mapping[str, Encoder]:
    """Name -> encoder, in the order of the modules' names."""
    package = importlib.import_module(__package__)
    found = (
        getattr(importlib.import_module(f"{__package__}.{module.name}"), "ENCODER", None)
        for module in pkgutil.iter_modules(package.__path__)
        if not module.ispkg
    )
    return {encoder.name: encoder for encoder in found if isinstance(encoder, Encoder)}


def feature_sets() -> tuple[str, ...]:
    """The names of the feature sets that encoders fill."""
    return tuple(dict.fromkeys(encoder.feature_set for encoder in encoders().values()))


def encoder_of_set(feature_set: str, checkpoint: str | Path | None = None) -> Encoder:
    """The encoder that fills a set; the one with this checkpoint, where several can.

    Raises NearfieldError, which lists the sets, where there is none.
    """
    fitting = [encoder for encoder in encoders().values() if encoder.feature_set == feature_set]
    if not fitting:
        raise NearfieldError(f"“{feature_set}” cannot be extracted from audio. There are: {', '.join(feature_sets())}.")
    return next((encoder for encoder in fitting if encoder.checkpoint == checkpoint), fitting[0])
