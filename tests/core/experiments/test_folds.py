"""Other test artists, drawn at random: disjoint, as many, and nothing that was trained on the given split."""

from pathlib import Path

import numpy as np
import pytest

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.experiments.folds import NEW_PAIRS, drawn_folds, measure_folds, with_test_artists
from core.graph.protocols import evaluation_view
from core.pairs.config import PairConfig
from tests.support.graphs import random_catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return random_catalogue(tmp_path, 80)


def test_sets_are_disjoint_and_as_large_as_the_test_split(catalogue: Catalogue) -> None:
    sets = drawn_folds(catalogue, 5, seed=3)
    assert [int(tested.sum()) for tested in sets] == [16] * 5
    assert np.sum(sets, axis=0).max() == 1
    again, other = drawn_folds(catalogue, 5, seed=3), drawn_folds(catalogue, 5, seed=4)
    assert all(np.array_equal(one, two) for one, two in zip(sets, again, strict=True))
    assert not np.array_equal(sets[0], other[0])
    with pytest.raises(NearfieldError, match="room for 5 disjoint sets"):
        drawn_folds(catalogue, 6, seed=0)


def test_another_split_hides_the_edges_among_its_own_test_artists(catalogue: Catalogue) -> None:
    tested = drawn_folds(catalogue, 1, seed=0)[0]
    other = with_test_artists(catalogue, tested, "a")
    view = evaluation_view(other, "standard", "test")
    assert set(view.queries.tolist()) <= set(np.flatnonzero(tested).tolist())
    assert not tested[view.visible.edges].all(axis=1).any()
    hashes = {catalogue.content_hash, other.content_hash, with_test_artists(catalogue, tested, "b").content_hash}
    assert len(hashes) == 3
    assert not (catalogue.in_split("test") == tested).all(), "the given split stays as it is"


def test_each_ranker_answers_the_same_queries_and_nothing_is_stored(catalogue: Catalogue) -> None:
    before = sorted(path.name for path in catalogue.path.rglob("*"))
    config = PairConfig(episodes=2, thinned=1, share=0.5, epochs=1, networks=1)
    found = measure_folds(catalogue, ["pagerank", "cosine:clap", NEW_PAIRS], folds=2, config=config)
    assert len(found) == 2
    for fold in found:
        assert {len(values) for values in fold.values.values()} == {fold.queries}
        assert all(np.isfinite(values).all() for values in fold.values.values())
    assert sorted(path.name for path in catalogue.path.rglob("*")) == before


@pytest.mark.parametrize("ranker", ["run:sage2-x", "fusion:recommended", "pairs:recommended"])
def test_what_was_trained_on_the_given_split_is_refused(catalogue: Catalogue, ranker: str) -> None:
    with pytest.raises(NearfieldError, match="trained on the given split"):
        measure_folds(catalogue, [ranker])
