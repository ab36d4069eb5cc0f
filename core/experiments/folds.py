"""Whether the given test split is luck: the same ranking on other test artists, drawn at random.

Disjoint sets of artists, each as large as the test split, take its place in turn; all other artists are train artists,
so that as much is visible as where validation artists are. Rankers that need no training are asked as they are,
continuous content is standardised anew, and a pair ranker is trained anew for each set. Nothing is stored.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.arrays import BoolArray, DoubleArray
from core.catalogue import Catalogue
from core.catalogue.format import ARTISTS_FILE
from core.errors import NearfieldError
from core.evaluation.evaluate import evaluate
from core.graph.protocols import EvaluationView, evaluation_view
from core.pairs.config import EVALUATED_CHOICE, PairConfig
from core.pairs.content import load_content
from core.pairs.ranker import PairRanker
from core.pairs.walks import VisibleGraph
from core.search.spaces import open_ranker
from core.similarity import Similarity
from core.space_name import Kind, SpaceName
from core.storage import sha256_text

FOLDS = 5
NEW_PAIRS = "pairs"
"""The name of a pair ranker that is trained for each set of test artists."""


@dataclass(frozen=True)
class Fold:
    """One set of test artists: the NDCG@200 (q,) of each query by ranker."""

    queries: int
    values: dict[str, DoubleArray]


def measure_folds(
    catalogue: Catalogue,
    rankers: Sequence[str],
    folds: int = FOLDS,
    seed: int = 0,
    config: PairConfig | None = None,
    on_fold: Callable[[int, int, str], None] = lambda done, steps, ranker: None,
) -> list[Fold]:
    """Every ranker on `folds` disjoint sets of test artists, under the standard protocol.

    `rankers` are untrained ones, cosine:FEATURES and NEW_PAIRS, which is trained with `config`. Raises NearfieldError
    for a ranker that was trained on the given split, for too many folds, and where a set has no edge to be found.
    """
    check_rankers(rankers)
    found = []
    for number, tested in enumerate(drawn_folds(catalogue, folds, seed)):
        of_fold = with_test_artists(catalogue, tested, f"{folds} {seed} {number}")
        view = evaluation_view(of_fold, "standard", "test")
        values = {}
        for place, ranker in enumerate(rankers):
            on_fold(number * len(rankers) + place, folds * len(rankers), ranker)
            values[ranker] = evaluate(_opened(of_fold, ranker, view, config or PairConfig()), view).scores.ndcg
        found.append(Fold(len(view.queries), values))
    return found


def check_rankers(rankers: Sequence[str]) -> None:
    """Raise NearfieldError for a ranker that cannot be asked on another split than it was trained on."""
    for ranker in rankers:
        if ranker != NEW_PAIRS and SpaceName.parse_ranker(ranker).kind not in (Kind.UNTRAINED, Kind.COSINE):
            raise NearfieldError(
                f"{ranker} was trained on the given split, so it has seen the test artists of others. Take rankers "
                f"without training, cosine:FEATURES, or {NEW_PAIRS}, which is trained for each."
            )


def drawn_folds(catalogue: Catalogue, folds: int, seed: int) -> list[BoolArray]:
    """`folds` disjoint sets (n,) of artists, each as large as the test split, drawn with `seed`."""
    size = int(catalogue.in_split("test").sum())
    if not size or not 1 <= folds <= len(catalogue) // size:
        most = len(catalogue) // size if size else 0
        raise NearfieldError(f"{catalogue.name} has room for {most} disjoint sets of test artists, not for {folds}.")
    order = np.random.default_rng(seed).permutation(len(catalogue))
    sets = []
    for number in range(folds):
        tested = np.zeros(len(catalogue), dtype=bool)
        tested[order[number * size : (number + 1) * size]] = True
        sets.append(tested)
    return sets


def with_test_artists(catalogue: Catalogue, tested: BoolArray, name: str) -> Catalogue:
    """The catalogue with other test artists `tested` (n,) and all others as train artists, in memory alone.

    `name` tells this split from other ones, so that nothing kept for one is taken for another.
    """
    artists = catalogue.artists.assign(split=np.where(tested, "test", "train"))
    split = sha256_text(catalogue.content_hash, "other test artists", name)
    manifest = replace(catalogue.manifest, files=catalogue.manifest.files | {ARTISTS_FILE: split})
    return replace(catalogue, artists=artists, manifest=manifest)


def _opened(catalogue: Catalogue, ranker: str, view: EvaluationView, config: PairConfig) -> Similarity:
    if ranker != NEW_PAIRS:
        return open_ranker(catalogue, ranker, view)
    from core.experiments.pairs import fit_pairs  # loads torch

    stored = fit_pairs(catalogue, ranker, config)
    content = load_content(catalogue, stored.statistics)
    graph = VisibleGraph.of(view.visible)
    return PairRanker(ranker, stored, graph, content, view.candidates, EVALUATED_CHOICE)
