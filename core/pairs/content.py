"""What the pair ranker knows of the artists' content, fitted on train artists only.

Every binary set, and the artists' genres, is a set of tags: its columns are weighted by their rarity (idf) among train
artists. Continuous sets are standardised with the mean and deviation of train artists. All sets of tags together, and
all continuous sets together, have a profile: a few directions (SVD) found among train artists. An artist that lacks a
set has no value there, and none in the profile if it lacks all of its sets.

A profile of fewer sets is shorter, by the square root of their share. With the same length, two artists that lack the
same set would seem alike for that alone: neither has anything in its directions, where others differ.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import svds

from core.arrays import BoolArray, FloatArray, IntArray
from core.catalogue import Catalogue
from core.features import load_feature_set
from core.features.sets import FeatureSet
from core.kept_arrays import KEPT_FROM, scratch_array

PROFILE_COLUMNS = 128
GENRES = "genres"
TAGS, TRAITS = "all tags", "all traits"
"""The profiles. No feature set can have such a name."""
NUMBERS = ("decade", "popularity")
_MOST_DEVIATIONS = 4.0
_LEAST_LENGTH = 1e-9
_BLOCK = 65_536
"""Artists whose values are weighted at once."""

_MOST_FITTED = 200_000
"""Train artists that weights and directions are fitted on, drawn at random where there are more."""


@dataclass(frozen=True)
class ContentStatistics:
    """What was fitted on train artists: weights of columns by set, directions by profile.

    Shapes: `idf` (d,) of a set of tags; `mean` and `deviation` (d,) of a continuous set; `directions` (d of all sets of
    the profile, r). `arrays` names each by its set or profile, as in "clap.mean". `genres` are the columns of the set
    "genres", and `numbers` those of NUMBERS that some artist had.
    """

    arrays: dict[str, FloatArray]
    genres: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class PairContent:
    """The content of all artists, ready to be compared.

    Shapes: `sets` by name, sparse (n, d) or dense, with rows of unit length, zero where the artist lacks the set;
    `present` (n,) by set; `profiles` (n, r) by name, rows of length one where an artist has all sets of the profile;
    `numbers` (n,) by name, NaN where unknown.
    """

    sets: dict[str, sp.csr_array | FloatArray]
    present: dict[str, BoolArray]
    profiles: dict[str, FloatArray]
    numbers: dict[str, FloatArray]
    statistics: ContentStatistics = field(repr=False)

    def cosine(self, name: str, one: IntArray, other: IntArray) -> FloatArray:
        """(p,) cosine of the pairs of rows in a set; NaN where either artist lacks it."""
        known = self.present[name][one] & self.present[name][other]
        cosine = np.full(len(one), np.nan, np.float32)
        rows = self.sets[name]
        if isinstance(rows, np.ndarray):
            cosine[known] = np.einsum("pd,pd->p", rows[one[known]], rows[other[known]])
        else:
            cosine[known] = np.asarray(rows[one[known]].multiply(rows[other[known]]).sum(axis=1)).ravel()
        return cosine


def load_content(catalogue: Catalogue, statistics: ContentStatistics | None = None) -> PairContent:
    """The content of a catalogue, weighted by `statistics` (of a checkpoint) or, without them, fitted on its train
    artists."""
    train = _at_most(catalogue.in_split("train"))
    arrays = {} if statistics is None else dict(statistics.arrays)
    genres = _genre_names(catalogue, train) if statistics is None else statistics.genres
    sets: dict[str, sp.csr_array | FloatArray] = {}
    present: dict[str, BoolArray] = {}
    members: dict[str, list[str]] = {TAGS: [], TRAITS: []}
    for name, found, known in _raw_sets(catalogue, genres):
        profile = TAGS if isinstance(found, sp.csr_array) else TRAITS
        if statistics is None:
            arrays |= _fit_set(name, found, train & known)
        if _has(name, profile, arrays, found.shape[1]):
            sets[name], present[name] = _weighted(name, found, known, arrays), known
            members[profile].append(name)
    profiles: dict[str, FloatArray] = {}
    for profile, names in members.items():
        if not names:
            continue
        members_of = [sets[name] for name in names]
        if statistics is None:
            arrays[f"{profile}.directions"] = _directions(_joined(members_of), train)
        directions = arrays.get(f"{profile}.directions")
        if directions is not None and len(directions) == sum(rows.shape[1] for rows in members_of):
            has = np.stack([present[name] for name in names], axis=1)
            profiles[profile] = _profile(members_of, has, directions)
    numbers = _numbers(catalogue)
    if statistics is not None:
        unknown = np.full(len(catalogue), np.nan, np.float32)
        numbers = {name: numbers.get(name, unknown) for name in statistics.numbers}
    return PairContent(sets, present, profiles, numbers, ContentStatistics(arrays, genres, tuple(numbers)))


def unit_rows(rows: FloatArray) -> FloatArray:
    """The rows with length one; those of length zero stay."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: FloatArray = rows / np.maximum(length, _LEAST_LENGTH)
    return unit


def _raw_sets(
    catalogue: Catalogue, genres: tuple[str, ...]
) -> Iterator[tuple[str, sp.csr_array | FloatArray, BoolArray]]:
    """Name, values and who has it of each set; tags are sparse. Other values of artists without the set are NaN."""
    for name in catalogue.feature_names:
        feature_set = load_feature_set(catalogue, name)
        yield name, _values(feature_set), feature_set.present
    if genres and GENRES not in catalogue.feature_names:
        place = {genre: column for column, genre in enumerate(genres)}
        lists = [[place[genre] for genre in listed if genre in place] for listed in catalogue.artists["genres"]]
        ends = np.cumsum([0, *map(len, lists)])
        columns = np.array([column for listed in lists for column in listed], np.int64)
        shape = (len(catalogue), len(genres))
        tags = sp.csr_array((np.ones(len(columns), np.float32), columns, ends), shape=shape)
        yield GENRES, tags, np.diff(ends) > 0


def _genre_names(catalogue: Catalogue, train: BoolArray) -> tuple[str, ...]:
    listed = catalogue.artists["genres"][train]
    return tuple(sorted({str(genre) for genres in listed for genre in genres}))


def _at_most(train: BoolArray) -> BoolArray:
    rows = np.flatnonzero(train)
    if len(rows) <= _MOST_FITTED:
        return train
    chosen = np.zeros_like(train)
    chosen[np.random.default_rng(0).choice(rows, _MOST_FITTED, replace=False)] = True
    return chosen


def _values(feature_set: FeatureSet) -> sp.csr_array | FloatArray:
    if feature_set.kind != "binary":
        return feature_set.values
    parts = [
        sp.csr_array(np.nan_to_num(feature_set.values[block], nan=0.0)) for block in _blocks(len(feature_set.values))
    ]
    return parts[0] if len(parts) == 1 else sp.csr_array(sp.vstack(parts, format="csr"))


def _fit_set(name: str, values: sp.csr_array | FloatArray, rows: BoolArray) -> dict[str, FloatArray]:
    known = values[np.flatnonzero(rows)]
    count = known.shape[0]
    if isinstance(known, np.ndarray):
        deviation = known.std(axis=0, dtype=np.float64) if count else np.zeros(values.shape[1])
        mean = known.mean(axis=0, dtype=np.float64) if count else np.zeros(values.shape[1])
        deviation[deviation <= 1e-6 * np.abs(known).max(axis=0, initial=0)] = 1.0
        return {f"{name}.mean": mean.astype(np.float32), f"{name}.deviation": deviation.astype(np.float32)}
    holders = np.asarray((known > 0).sum(axis=0)).ravel()
    return {f"{name}.idf": np.log((count + 1) / (holders + 1)).astype(np.float32)}


def _has(name: str, profile: str, arrays: dict[str, FloatArray], width: int) -> bool:
    """Whether the statistics know this set, in this width."""
    return len(arrays.get(f"{name}.idf" if profile == TAGS else f"{name}.mean", ())) == width


def _weighted(
    name: str, values: sp.csr_array | FloatArray, known: BoolArray, arrays: dict[str, FloatArray]
) -> sp.csr_array | FloatArray:
    if isinstance(values, np.ndarray):
        rows = _room(values.shape)
        for block in _blocks(len(values)):
            scaled = (values[block] - arrays[f"{name}.mean"]) / arrays[f"{name}.deviation"]
            scaled = np.clip(scaled, -_MOST_DEVIATIONS, _MOST_DEVIATIONS).astype(np.float32)
            scaled[~known[block]] = 0
            rows[block] = unit_rows(scaled)
        return rows
    weighted = (values @ sp.diags_array(arrays[f"{name}.idf"])).tocsr()
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    scale = (1 / np.maximum(length, _LEAST_LENGTH)).astype(np.float32)
    return sp.csr_array(sp.diags_array(scale) @ weighted, dtype=np.float32)


def _joined(sets: list[sp.csr_array | FloatArray]) -> sp.csr_array | FloatArray:
    if len(sets) == 1:
        return sets[0]
    dense = [rows for rows in sets if isinstance(rows, np.ndarray)]
    if len(dense) == len(sets):
        return np.concatenate(dense, axis=1)
    return sp.csr_array(sp.hstack([sp.csr_array(rows) for rows in sets], format="csr"))


def _profile(sets: list[sp.csr_array | FloatArray], has: BoolArray, directions: FloatArray) -> FloatArray:
    """(n, r) the profile of these sets, of which the artists have those that `has` (n, sets) says."""
    rows = _room((len(has), directions.shape[1]))
    for block in _blocks(len(has)):
        weight = np.sqrt(has[block].mean(axis=1, dtype=np.float32, keepdims=True))
        joined = _joined([each[block] for each in sets])
        rows[block] = weight * unit_rows(np.asarray(joined @ directions, np.float32))
    return rows


def _room(shape: tuple[int, ...]) -> FloatArray:
    """Room for the rows of all artists, memory-mapped where they are many."""
    room: FloatArray = scratch_array(shape, np.float32) if shape[0] >= KEPT_FROM else np.empty(shape, np.float32)
    return room


def _blocks(n_rows: int) -> Iterator[slice]:
    for start in range(0, max(1, n_rows), _BLOCK):
        yield slice(start, start + _BLOCK)


def _directions(joined: sp.csr_array | FloatArray, train: BoolArray) -> FloatArray:
    """(d, r) the strongest directions among train artists; the products with them are the profile."""
    rows = joined[np.flatnonzero(train)]
    width = min(PROFILE_COLUMNS, min(rows.shape) - 1)
    if width < 1:
        return np.eye(joined.shape[1], min(1, joined.shape[1]), dtype=np.float32)
    _, _, found = svds(rows.astype(np.float64), k=width, v0=np.ones(min(rows.shape)))
    return np.ascontiguousarray(found.T).astype(np.float32)


def _numbers(catalogue: Catalogue) -> dict[str, FloatArray]:
    """The decade, and the logarithm of the popularity; a column that nobody has is left out."""
    numbers = {}
    for name in NUMBERS:
        if name in catalogue.artists:
            values = catalogue.artists[name].astype("Float64").to_numpy(np.float64, na_value=np.nan)
            values = np.log1p(np.maximum(values, 0)) if name == "popularity" else values
            if not np.isnan(values).all():
                numbers[name] = values.astype(np.float32)
    return numbers
