"""One feature set: a matrix with a row per artist, and which artists have it."""

from dataclasses import dataclass

import numpy as np

from core.arrays import BoolArray, FloatArray
from core.catalogue import Catalogue
from core.catalogue.catalogue import feature_file
from core.catalogue.identity import LEARNED as LEARNED
from core.catalogue.validation import feature_problems
from core.errors import CatalogueError

RANDOM = "random"
RANDOM_COLUMNS = 2613
RANDOM_SEED = 20240914


@dataclass(frozen=True)
class FeatureSet:
    """A feature set of a catalogue.

    Shapes: `values` (n, d) float32, NaN in the rows of artists without the set; `present` (n,) bool.
    """

    name: str
    title: str
    kind: str
    values: FloatArray
    present: BoolArray
    columns: list[str] | None = None

    @property
    def coverage(self) -> float:
        """Share of artists that have the set."""
        return float(self.present.mean())


def load_feature_set(catalogue: Catalogue, name: str) -> FeatureSet:
    """A stored set, or "random".

    Raises CatalogueError for an unknown name, listing the known sets, and for a value that is infinite or missing
    alone, naming its row.
    """
    if name == RANDOM:
        values = random_features(len(catalogue))
        return FeatureSet(RANDOM, "Random", "binary", values, np.ones(len(catalogue), dtype=bool))
    info = catalogue.feature_info(name)
    values = catalogue.feature_array(name)
    for problem in feature_problems(feature_file(name), values, info.columns):
        raise CatalogueError(f"{catalogue.path.name}: {problem}")
    return FeatureSet(name, info.title, info.kind, values, ~np.isnan(values[:, 0]), info.columns)


def random_features(n_artists: int, seed: int = RANDOM_SEED) -> FloatArray:
    """The Random baseline: uniform on [0, 1), one fixed vector of 2,613 numbers per artist.

    As wide as OLGA's AcousticBrainz vector, so that a model has the same capacity but no information (Korzeniowski et
    al., ISMIR 2021; Grötschla et al., 2024). The first m rows do not depend on n_artists.
    """
    return np.random.default_rng(seed).random((n_artists, RANDOM_COLUMNS), dtype=np.float32)
