"""Laying out a space of vectors on a plane, with UMAP (McInnes, Healy and Melville, 2018, arXiv:1802.03426).

The seed makes a map repeatable on one machine only: coordinates differ between processors, so a map that others see
must be stored, not computed again.
"""

import atexit
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from io import TextIOBase
from pathlib import Path
from typing import Any

import numpy as np

from core.arrays import BoolArray, FloatArray, IntArray
from core.errors import ConfigError, NearfieldError
from core.kept_arrays import cache_folder
from core.maps.by_sample import placed_by_sample

Progress = Callable[[str, float], None]
"""Called with a stage ("preparing", "neighbours", "layout" or "placing") and the share of it that is done, 0 to 1."""

METRICS = ("cosine", "euclidean")
MAP_EXTENT = 10.0
"""Coordinates lie between minus and plus this, so that maps are drawn to one scale."""

MOST_LAID_OUT = 50_000
"""More artists are placed by a sample of so many: UMAP takes minutes for these, and hours and many GB for a million."""

FEWEST_FOR_UMAP = 16
"""With fewer, everybody is a neighbour of everybody, so that there is nothing for UMAP to find."""

_NUMBA_CACHE = "NUMBA_CACHE_DIR"
_DECIMALS = 5


@dataclass(frozen=True)
class MapSettings:
    """How a map is laid out. `n_neighbours` and `min_dist` are UMAP's; wider spaces than `pca_components` go
    through a PCA to that many first. Of more than `most_laid_out` artists a sample of so many is laid out."""

    n_neighbours: int = 15
    min_dist: float = 0.1
    metric: str = "cosine"
    pca_components: int = 50
    seed: int = 0
    most_laid_out: int = MOST_LAID_OUT

    def __post_init__(self) -> None:
        if not 2 <= self.n_neighbours <= 200:
            raise ConfigError(f"A map needs 2 to 200 neighbours, not {self.n_neighbours}.")
        if not 0 <= self.min_dist <= 1:
            raise ConfigError(f"A map's least distance lies between 0 and 1, not at {self.min_dist}.")
        if self.metric not in METRICS:
            raise ConfigError(f"“{self.metric}” is no metric of a map. There are: {', '.join(METRICS)}.")
        if not 2 <= self.pca_components <= 500:
            raise ConfigError(f"A map needs 2 to 500 principal components, not {self.pca_components}.")
        if not 0 <= self.seed < 2**32:
            raise ConfigError(f"A map's seed lies between 0 and {2**32 - 1}, not at {self.seed}.")
        if self.most_laid_out < FEWEST_FOR_UMAP:
            raise ConfigError(f"A map lays out {FEWEST_FOR_UMAP} artists or more, not {self.most_laid_out}.")

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def project(
    vectors: FloatArray,
    present: BoolArray,
    settings: MapSettings | None = None,
    on_progress: Progress | None = None,
) -> FloatArray:
    """A map of `vectors` (n, d): coordinates float32 (n, 2) within ±10, NaN for artists not in `present` (n,).

    Under "cosine" the vectors are scaled to unit length first, after which Euclidean distance orders pairs as cosine
    does and PCA preserves it. Distinct vectors are laid out once: artists with equal vectors share a place, while UMAP
    would scatter them. Where there are fewer than FEWEST_FOR_UMAP distinct vectors, the map is their first two
    principal components. Of more than `most_laid_out` artists a sample is laid out, and the others are placed among
    them. Takes minutes at OLGA's size; an exception raised by `on_progress` stops it. Raises NearfieldError
    where no artist is present or a present vector is not finite.
    """
    settings = settings or MapSettings()
    report = on_progress or _silent
    if np.count_nonzero(present) > settings.most_laid_out:
        return _project_by_sample(vectors, present, settings, report)
    known = _known_vectors(vectors, present)
    report("preparing", 0.0)
    if settings.metric == "cosine":
        known = unit_length(known)
    first, place_of = distinct_rows(known)
    distinct = known[first]
    if len(distinct) == 1:
        layout = np.zeros((1, 2), np.float32)
    elif len(distinct) < FEWEST_FOR_UMAP:
        layout = _principal_components(distinct, 2, settings.seed)
    else:
        if distinct.shape[1] > settings.pca_components:
            distinct = _principal_components(distinct, settings.pca_components, settings.seed)
        layout = _umap_layout(distinct, settings, report)
    report("layout", 1.0)
    coordinates = np.full((len(vectors), 2), np.nan, np.float32)
    coordinates[present] = _fit_square(layout)[place_of]
    return coordinates


def _project_by_sample(vectors: FloatArray, present: BoolArray, settings: MapSettings, report: Progress) -> FloatArray:
    """The map of a sample, and everybody else by the nearest there. Needs little memory besides `vectors`."""
    known = np.flatnonzero(present)
    chosen = np.sort(np.random.default_rng(settings.seed).choice(len(known), settings.most_laid_out, replace=False))
    sample, others = known[chosen], np.delete(known, chosen)

    def comparable(rows: IntArray) -> FloatArray:
        found = _finite(vectors, rows)
        return unit_length(found) if settings.metric == "cosine" else found

    base = comparable(sample)
    coordinates = np.full((len(vectors), 2), np.nan, np.float32)
    coordinates[sample] = project(base, np.ones(len(sample), bool), settings, report)
    coordinates[others] = placed_by_sample(
        base, coordinates[sample], others, comparable, lambda done: report("placing", done)
    )
    return coordinates


def distinct_rows(vectors: FloatArray) -> tuple[IntArray, IntArray]:
    """The first row (m,) of each distinct vector of (n, d), and for each row (n,) the number of its distinct vector.

    Vectors are equal if they differ by no more than rounding, relative to the largest number among all.
    """
    scale = float(np.abs(vectors).max()) or 1.0
    rounded = np.round(vectors / scale, _DECIMALS) + 0.0  # -0.0 becomes 0.0
    _, first, number = np.unique(rounded, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    return first[order], np.argsort(order)[number]


def unit_length(vectors: FloatArray) -> FloatArray:
    """Rows scaled to length one; a row of zeros stays as it is."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def _known_vectors(vectors: FloatArray, present: BoolArray) -> FloatArray:
    if vectors.ndim != 2 or present.shape != vectors.shape[:1]:
        raise ValueError(f"vectors (n, d) and present (n,) do not fit: {vectors.shape} and {present.shape}")
    rows = np.flatnonzero(present)
    if not len(rows) or not vectors.shape[1]:
        raise NearfieldError("No artist has a vector in this space, so there is no map. Choose another space.")
    return _finite(vectors, rows)


def _finite(vectors: FloatArray, rows: IntArray) -> FloatArray:
    """The vectors of some rows. Raises NearfieldError where one is not finite."""
    known = np.asarray(vectors[rows], np.float32)
    finite = np.isfinite(known).all(axis=1)
    if not finite.all():
        row = int(rows[finite.argmin()])
        raise NearfieldError(
            f"The vector of the artist in row {row} holds NaN or infinity. Check the catalogue, or compute it again."
        )
    return known


def _principal_components(known: FloatArray, n_components: int, seed: int) -> FloatArray:
    """The first `n_components` (zeros beyond the rank the data can have), each with a fixed sign."""
    from sklearn.decomposition import PCA

    possible = min(n_components, *known.shape)
    components = np.zeros((len(known), n_components), np.float32)
    if len(known) > 1:
        solver = "randomized" if possible < min(known.shape) else "full"
        components[:, :possible] = PCA(possible, svd_solver=solver, random_state=seed).fit_transform(known)
    return components


def give_numba_a_cache() -> None:
    """Tell numba where to keep what it compiles, if it cannot write beside the packages, where it does by default.

    Without any place that it can write, it refuses to import UMAP.
    """
    if _NUMBA_CACHE not in os.environ and not all(map(is_writable, _default_numba_caches())):
        own = cache_folder() / "numba"
        os.environ[_NUMBA_CACHE] = str(own if is_writable(own) else _temporary_folder())


def is_writable(folder: Path) -> bool:
    """Whether files can be made in a folder, which is made itself if it can be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _default_numba_caches() -> list[Path]:
    """Where numba keeps by default what UMAP and its neighbour search compile."""
    specs = (find_spec(name) for name in ("umap", "pynndescent"))
    return [Path(spec.origin).with_name("__pycache__") for spec in specs if spec and spec.origin]


def _temporary_folder() -> Path:
    """A folder that only this process uses and that goes with it: what lies in it is run as code."""
    folder = tempfile.mkdtemp(prefix="nearfield-numba-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _umap_layout(known: FloatArray, settings: MapSettings, report: Progress) -> FloatArray:
    give_numba_a_cache()
    import umap

    report("neighbours", 0.0)
    mapper = umap.UMAP(
        n_neighbors=min(settings.n_neighbours, len(known) - 1),
        min_dist=settings.min_dist,
        metric="euclidean",
        init=_starting_layout(known, settings.seed),
        random_state=settings.seed,
        n_jobs=1,
        tqdm_kwds={
            "disable": False,
            "file": _EpochReporter(report),
            "bar_format": "{n_fmt}/{total_fmt}",
            "miniters": 1,
            "mininterval": 0.2,
        },
    )
    return np.asarray(mapper.fit_transform(known), np.float32)


def _starting_layout(known: FloatArray, seed: int) -> FloatArray:
    """Principal components with a little noise: repeatable, and keeps large-scale structure as well as UMAP's slower
    spectral start does (Kobak and Linderman, Nature Biotechnology 39, 2021)."""
    start = _fit_square(_principal_components(known, 2, seed))
    return start + np.random.default_rng(seed).normal(0, 1e-3, start.shape).astype(np.float32)


def _fit_square(layout: FloatArray) -> FloatArray:
    """Centred on the middle of its extent, the longer side from -10 to 10."""
    centred = layout - (layout.max(axis=0) + layout.min(axis=0)) / 2
    reach = np.abs(centred).max()
    return centred * np.float32(MAP_EXTENT / reach) if reach > 0 else centred


def _silent(stage: str, done: float) -> None:
    """Ignore progress."""


class _EpochReporter(TextIOBase):
    """The file that UMAP's progress bar is written to; UMAP reports its epochs in no other way."""

    _COUNT = re.compile(r"(\d+)/(\d+)")

    def __init__(self, report: Progress) -> None:
        self._report = report

    def write(self, text: str) -> int:
        if counted := self._COUNT.search(text):
            self._report("layout", int(counted[1]) / max(int(counted[2]), 1))
        return len(text)
