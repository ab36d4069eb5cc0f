"""The vectors of clips as feature sets of a catalogue: which sets they fill, and their rows in a model's input.

A clip is a recording of an artist that need not be in the catalogue. Its vectors fill the sets `clap` and
`acousticbrainz`, and the variants of these sets from one track. Sets that are not extracted from sound, such as tags,
stay unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from core.arrays import FloatArray
from core.audio.encoders.musicnn.listening import HeardTags
from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.features.audio_sets import audio_set_of
from core.features.inputs import FeatureInputs, split_feature_names
from core.features.sets import LEARNED, RANDOM

Clips: TypeAlias = Mapping[str, FloatArray]
"""Several clips: set -> (c, d), with a row for each clip."""


@dataclass(frozen=True)
class ClipAnalysis:
    """The vectors extracted from one clip.

    Shapes: `vectors` maps a set to (d,); `windows` (w, d) are the CLAP vectors of the clip's windows, which start at
    `starts` (w,) seconds. Both are empty without CLAP. `tags` are what musicnn heard from moment to moment, if it is on
    this machine.
    """

    vectors: Mapping[str, FloatArray]
    windows: FloatArray = field(default_factory=lambda: np.empty((0, 0), np.float32))
    starts: FloatArray = field(default_factory=lambda: np.empty(0, np.float32))
    tags: HeardTags | None = None

    def as_clips(self) -> dict[str, FloatArray]:
        """The clip as the only row of Clips."""
        return {name: vector[np.newaxis] for name, vector in self.vectors.items()}


def sets_of_clips(catalogue: Catalogue, clips: Clips) -> dict[str, FloatArray]:
    """The catalogue's feature sets that `clips` fill, each with values (c, d).

    A vector of another width comes from another extractor and fills nothing.
    """
    filled = {}
    for name in catalogue.feature_names:
        values = clips.get(audio_set_of(name))
        if values is not None and values.shape[1] == catalogue.feature_array(name).shape[1]:
            filled[name] = values
    return filled


def suits_clips(catalogue: Catalogue, features: str, filled: Mapping[str, FloatArray]) -> bool:
    """Whether a model on `features` can take clips that fill the sets `filled`.

    Each of its sets must be filled, or be one that some artist lacks, because the model has then learned to do without.
    At least one set must be filled.
    """
    names = split_feature_names(features)
    if RANDOM in names or LEARNED in names or not set(names) & set(filled):
        return False
    return all(name in filled or (name in catalogue.feature_names and _is_lacking(catalogue, name)) for name in names)


def append_clips(catalogue: Catalogue, inputs: FeatureInputs, clips: Clips, n_clips: int) -> FeatureInputs:
    """A model's input with `n_clips` rows added after those of the artists.

    Shapes: values (n, d + u) become (n + c, d + u). Raises NearfieldError for a set that the clips do not fill and
    that no artist lacks.
    """
    filled = sets_of_clips(catalogue, clips)
    if inputs.names == (LEARNED,):
        return _with_rows(inputs, np.full((n_clips, 1), -1, np.float32))
    known, unknown = [], []
    for name in inputs.names:
        if name not in filled and not (name in catalogue.feature_names and _is_lacking(catalogue, name)):
            raise NearfieldError(f"A clip has no {name}, and this model has not learned to do without.")
        width = catalogue.feature_array(name).shape[1]
        known.append(filled.get(name, np.full((n_clips, width), np.nan, np.float32)))
        if _is_lacking(catalogue, name):
            unknown.append(np.isnan(known[-1]).any(axis=1, keepdims=True).astype(np.float32))
    scaled = (np.concatenate(known, axis=1) - inputs.scaling.mean) / inputs.scaling.deviation
    return _with_rows(inputs, np.concatenate([np.nan_to_num(scaled, nan=0.0), *unknown], axis=1))


def _with_rows(inputs: FeatureInputs, rows: FloatArray) -> FeatureInputs:
    columns = inputs.unknown.shape[1]
    unknown = np.concatenate([inputs.unknown, rows[:, rows.shape[1] - columns :]])
    return FeatureInputs(inputs.names, np.concatenate([inputs.values, rows]), unknown, inputs.scaling)


def _is_lacking(catalogue: Catalogue, name: str) -> bool:
    """Whether some artist lacks the set. A model's input then has a column that marks unknown values."""
    return bool(np.isnan(catalogue.feature_array(name)[:, 0]).any())
