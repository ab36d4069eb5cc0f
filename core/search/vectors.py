"""Cosine similarity between vectors: raw content features, or the embeddings of a trained model."""

from collections.abc import Callable

import numpy as np

from core.array_files import Array
from core.arrays import BoolArray, DoubleArray, FloatArray, IntArray
from core.catalogue import Catalogue
from core.catalogue.catalogue import feature_file
from core.catalogue.format import ARTISTS_FILE
from core.errors import NearfieldError
from core.features import feature_inputs, load_feature_set, split_feature_names
from core.kept_arrays import KEPT_FROM, kept_arrays
from core.similarity import NeighbourIndex, Neighbours, best_among
from core.storage import sha256_text

_BLOCK = 512  # rows that are held in float64 at once: few enough for a processor's cache
_FEW_SHARE = 0.25  # of all rows: gathering more costs as much as comparing all
_VERSION = "1"  # of what is kept


class CosineSimilarity:
    """Cosine between the rows of a matrix (n, d). All scores of artists that are not `present` (n,) are NaN.

    It is the exact index of its vectors, the NeighbourIndex that others are measured by. `made_from` tells these
    vectors from any others, "" where nothing does; `index` is what `core.search.indexes` has chosen for them.
    """

    made_from = ""
    index: NeighbourIndex | None = None

    def __init__(self, name: str, vectors: FloatArray, present: BoolArray | None = None) -> None:
        self.name = name
        # Vectors that are zero or no numbers are unknown.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            length = np.linalg.norm(vectors, axis=1, keepdims=True)
            self.vectors: FloatArray = vectors / length
        known = (length[:, 0] > 0) & np.isfinite(length[:, 0])
        self.present = known if present is None else present & known
        self.vectors[~self.present] = 0.0

    @classmethod
    def of_units(cls, name: str, vectors: FloatArray, present: BoolArray) -> "CosineSimilarity":
        """The similarity of vectors that another one has made: of unit length, or zero where not present."""
        similarity = cls.__new__(cls)
        similarity.name, similarity.vectors, similarity.present = name, vectors, present
        return similarity

    @property
    def n_artists(self) -> int:
        return len(self.vectors)

    @property
    def coverage(self) -> float:
        """Share of artists that this similarity knows."""
        return float(self.present.mean())

    def scores(self, queries: IntArray) -> FloatArray:
        scores = self.scores_of_vectors(self.vectors[queries])
        scores[~self.present[queries]] = np.nan
        return scores

    def scores_of_vectors(self, vectors: FloatArray) -> FloatArray:
        """Scores (q, n) of vectors (q, d), of any length. Raises NearfieldError for another width, NaN or infinity."""
        scores = _products(self._units(vectors), self.vectors)
        scores[:, ~self.present] = np.nan
        return scores

    def scores_of_rows(self, vector: FloatArray, rows: IntArray) -> FloatArray:
        """Scores (r,) of some rows (r,) with a vector (d,), as by `scores_of_vectors`."""
        scores: FloatArray = _products(self._units(vector[np.newaxis]), self.vectors[rows])[0]
        scores[~self.present[rows]] = np.nan
        return scores

    def search(self, vector: FloatArray, k: int, allowed: BoolArray | None = None) -> Neighbours:
        """As by NeighbourIndex. Where few are allowed, only those are compared."""
        rows = np.flatnonzero(self.present if allowed is None else self.present & allowed)
        if len(rows) > _FEW_SHARE * self.n_artists:
            rows = self.possibly_best(self.rough_scores(vector), rows, k)
        return best_among(rows, self.scores_of_rows(vector, rows), self.n_artists, k)

    def rough_scores(self, vector: FloatArray) -> FloatArray:
        """(n,) the products with a vector (d,) of any length, summed in float32: within `rounding` of the scores, in
        half the time. 0 for unknown artists."""
        unit = self._units(vector[np.newaxis])[0].astype(np.float32)
        rough: FloatArray = self.vectors @ unit
        return rough

    def possibly_best(self, rough: FloatArray, rows: IntArray, k: int) -> IntArray:
        """Those of `rows` (r,) that can be among their k best, or equal the last of these, by rough scores (n,)."""
        if not 0 < k < len(rows):
            return rows
        own = rough[rows]
        return rows[own >= np.partition(own, len(rows) - k)[len(rows) - k] - 2 * self.rounding]

    @property
    def rounding(self) -> float:
        """By how much a sum of products in float32 can differ from the exact one, for vectors of length one."""
        return float((self.vectors.shape[1] + 8) * np.finfo(np.float32).eps)

    def _units(self, vectors: FloatArray) -> DoubleArray:
        if vectors.ndim != 2 or vectors.shape[1] != self.vectors.shape[1]:
            raise NearfieldError(
                f"{self.name} compares vectors of {self.vectors.shape[1]} numbers, not of shape {vectors.shape[1:]}."
            )
        if not np.isfinite(vectors).all():
            raise NearfieldError("The vector holds a value that is not a finite number.")
        wide: DoubleArray = vectors.astype(np.float64)
        wide /= np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), 1e-12)
        return wide


class MissingFeatures:
    """In how many feature sets two artists agree on having the set or lacking it.

    A control: a model that ranks like it has learned which sets are missing, not what the music is like.
    """

    name = "missing-features"

    def __init__(self, catalogue: Catalogue) -> None:
        self.n_artists = len(catalogue)
        present = [load_feature_set(catalogue, name).present for name in catalogue.feature_names]
        self._signs = np.array([np.where(each, 1, -1) for each in present], np.float32).reshape(-1, len(catalogue)).T

    def scores(self, queries: IntArray) -> FloatArray:
        return self._signs[queries] @ self._signs.T


def _products(queries: DoubleArray, vectors: FloatArray) -> FloatArray:
    """queries @ vectors.T, float32 (q, n), summed in float64.

    Tags give many artists the same cosine. In float32 each processor's kernel would round, and so rank, them otherwise.
    """
    products = np.empty((len(queries), len(vectors)), np.float32)
    for start in range(0, len(vectors), _BLOCK):
        block = slice(start, start + _BLOCK)
        products[:, block] = queries @ vectors[block].astype(np.float64).T
    return products


def kept_similarity(
    name: str, n_artists: int, made_from: tuple[str, ...], make: Callable[[], CosineSimilarity]
) -> CosineSimilarity:
    """The similarity that `make` makes, its vectors memory-mapped from the cache folder where there are many artists.

    `made_from` is as in `kept_arrays`.
    """
    similarity = make() if n_artists < KEPT_FROM else _from_cache(name, made_from, make)
    similarity.made_from = sha256_text(name, *made_from, _VERSION)
    return similarity


def _from_cache(name: str, made_from: tuple[str, ...], make: Callable[[], CosineSimilarity]) -> CosineSimilarity:
    def arrays() -> dict[str, Array]:
        made = make()
        return {"vectors": made.vectors, "present": made.present}

    kept = kept_arrays("space", (name, *made_from, _VERSION), arrays)
    return CosineSimilarity.of_units(name, np.asarray(kept["vectors"]), np.asarray(kept["present"]))


def content_similarity(catalogue: Catalogue, features: str) -> CosineSimilarity:
    """Cosine of raw content features. `features` names one or more sets, joined by "+", which stand side by side.

    Continuous sets are standardised on train artists. An artist that lacks all sets is unknown.
    """
    names = [name for name in split_feature_names(features) if name in catalogue.feature_infos]
    made_from = catalogue.stamps(ARTISTS_FILE, *map(feature_file, names))
    return kept_similarity(features, len(catalogue), made_from, lambda: _content_similarity(catalogue, features))


def _content_similarity(catalogue: Catalogue, features: str) -> CosineSimilarity:
    inputs = feature_inputs(catalogue, features)
    width = len(inputs.scaling.mean)
    # Only sets that some artist lacks have a column of `unknown`.
    some_are_whole = inputs.unknown.shape[1] < len(inputs.names)
    present = np.full(len(catalogue), some_are_whole) | ~inputs.unknown.all(axis=1)
    return CosineSimilarity(features, inputs.values[:, :width], present)
