"""From feature sets to a model's input matrix.

Continuous sets are standardised with the mean and deviation of train artists only; binary sets and Random are used
unchanged. An artist without a set gets zeros there *and* a one in an extra column, so that the model learns a vector
for "unknown" instead of mistaking it for an average artist. "learned" stands for no content at all: its one column is
the index of each train artist in the model's table of vectors, -1 for the others.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from core.arrays import BoolArray, FloatArray, IntArray
from core.catalogue import Catalogue
from core.errors import ConfigError
from core.features.sets import LEARNED, RANDOM, FeatureSet, load_feature_set

Room: TypeAlias = Callable[[tuple[int, ...], npt.DTypeLike], npt.NDArray[Any]]

_BLOCK = 4096
"""Artists whose values are looked at at once: few enough for a processor's cache."""

_SMALLEST_DEVIATION = 1e-6
"""Share of a column's largest value below which its deviation counts as rounding."""


@dataclass(frozen=True)
class InputScaling:
    """Per input column of the combined sets, before the columns for unknown: (d,) mean and (d,) deviation."""

    mean: FloatArray
    deviation: FloatArray


@dataclass(frozen=True)
class FeatureInputs:
    """A model's input.

    Shapes: `values` (n, d + u) float32 without NaN, where u counts the sets that some artist lacks; `unknown` (n, u)
    is its last u columns, one where an artist lacks the set. `lackable` has, for each of these sets, its first column,
    the column after its last, and its column of `unknown` within `values`.
    """

    names: tuple[str, ...]
    values: FloatArray
    unknown: FloatArray
    scaling: InputScaling
    lackable: tuple[tuple[int, int, int], ...] = ()


def split_feature_names(features: str) -> tuple[str, ...]:
    """ "clap+moods_themes" -> ("clap", "moods_themes"). Raises ConfigError for none or one named twice."""
    names = tuple(name.strip() for name in features.split("+"))
    if not all(names):
        raise ConfigError(f"“{features}” is not a list of feature sets. Write them as clap or clap+moods_themes.")
    if len(set(names)) != len(names):
        raise ConfigError(f"“{features}” names a feature set twice.")
    if LEARNED in names and len(names) > 1:
        raise ConfigError("Learned vectors stand alone: they cannot be combined with feature sets.")
    return names


def check_features(catalogue: Catalogue, features: str) -> None:
    """Raise NearfieldError, which lists the known sets, unless the catalogue has every set in `features`."""
    for name in split_feature_names(features):
        if name not in (RANDOM, LEARNED):
            catalogue.feature_info(name)


def feature_inputs(
    catalogue: Catalogue, features: str, scaling: InputScaling | None = None, room: Room = np.empty
) -> FeatureInputs:
    """The combined input of the sets in `features`, joined by "+", for every artist of the catalogue.

    `scaling` (from a checkpoint) is applied if given; otherwise it is fitted on the train artists. `room` makes the
    array that is filled, of a shape and a type.
    """
    names = split_feature_names(features)
    if names == (LEARNED,):
        return _places(catalogue)
    sets = [load_feature_set(catalogue, name) for name in names]
    if scaling is None:
        train = catalogue.in_split("train")
        parts = [_fit(feature_set, train) for feature_set in sets]
        scaling = InputScaling(
            np.concatenate([part.mean for part in parts]), np.concatenate([part.deviation for part in parts])
        )
    widths = [feature_set.values.shape[1] for feature_set in sets]
    if sum(widths) != len(scaling.mean):
        raise ConfigError(
            f"The model was trained on {len(scaling.mean)} columns of {features}; this catalogue has {sum(widths)}."
        )
    lacking = [~feature_set.present for feature_set in sets if not feature_set.present.all()]
    ends = np.cumsum([0, *widths]).tolist()
    spans = [(ends[place], ends[place + 1]) for place, each in enumerate(sets) if not each.present.all()]
    unknown = np.stack(lacking, axis=1).astype(np.float32) if lacking else np.empty((len(catalogue), 0), np.float32)
    width = len(scaling.mean)
    values: FloatArray = room((len(catalogue), width + unknown.shape[1]), np.float32)
    for start in range(0, len(values), _BLOCK):
        block = slice(start, start + _BLOCK)
        np.concatenate(
            [*(feature_set.values[block] for feature_set in sets), unknown[block]], axis=1, out=values[block]
        )
        values[block, :width] -= scaling.mean
        values[block, :width] /= scaling.deviation
        np.nan_to_num(values[block], copy=False, nan=0.0)
    lackable = tuple((first, end, width + number) for number, (first, end) in enumerate(spans))
    return FeatureInputs(names, values, unknown, scaling, lackable)


def _places(catalogue: Catalogue) -> FeatureInputs:
    train = catalogue.in_split("train")
    places = np.where(train, np.cumsum(train) - 1, -1).astype(np.float32)
    untouched = InputScaling(np.zeros(1, np.float32), np.ones(1, np.float32))
    return FeatureInputs((LEARNED,), places[:, None], np.empty((len(catalogue), 0), np.float32), untouched)


def _fit(feature_set: FeatureSet, train: BoolArray) -> InputScaling:
    width = feature_set.values.shape[1]
    known = np.flatnonzero(train & feature_set.present)
    if feature_set.kind == "binary" or not len(known):
        return InputScaling(np.zeros(width, np.float32), np.ones(width, np.float32))
    mean, square = np.zeros((2, width))
    largest = np.zeros(width, np.float32)
    for values in _blocks(feature_set, known):
        mean += values.sum(axis=0, dtype=np.float64)
    mean /= len(known)
    for values in _blocks(feature_set, known):
        distance = values - mean
        square += np.einsum("ij,ij->j", distance, distance)
        largest = np.maximum(largest, np.maximum(values.max(axis=0), -values.min(axis=0)))
    deviation = np.sqrt(square / len(known))
    deviation[deviation <= _SMALLEST_DEVIATION * largest] = 1.0
    return InputScaling(mean.astype(np.float32), deviation.astype(np.float32))


def _blocks(feature_set: FeatureSet, rows: IntArray) -> Iterator[FloatArray]:
    values = np.asarray(feature_set.values)
    for start in range(0, len(rows), _BLOCK):
        yield values[rows[start : start + _BLOCK]]
