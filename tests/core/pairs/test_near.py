"""The pair ranker over suggested artists: the same functions over a slice, and nearly the same answers."""

from pathlib import Path

import numpy as np
import pytest

from core.catalogue import Catalogue
from core.experiments.measure import fit_and_save_fusion
from core.experiments.pairs import train_pairs
from core.graph.protocols import serving_view
from core.pairs import content as contents
from core.pairs import near, walks
from core.pairs.asked import Asked
from core.pairs.config import PairConfig
from core.pairs.content import load_content
from core.pairs.likeness import Likeness
from core.pairs.near import NearPairRanker
from core.pairs.ranker import PairRanker
from core.pairs.reasons import explain
from core.pairs.store import load_pairs
from core.pairs.walks import VisibleGraph, Walks
from core.search import indexes
from core.search.exploration import Query
from core.search.indexed import NearAnswer, nearest_artists
from core.search.query import SearchRequest, run_query
from core.search.spaces import Space, open_space
from core.similarity import similar
from core.space_name import SpaceName
from tests.support.communities import community_catalogue

NAME = "pairs:some"
SPACE = Space(SpaceName(NAME), "Pairs", False)
QUERIES = range(0, 240, 12)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    made = community_catalogue(tmp_path_factory.mktemp("near"))
    train_pairs(made, "some", PairConfig(episodes=3, thinned=2, share=0.3, epochs=2, networks=1))
    return made


@pytest.fixture
def ranker(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> NearPairRanker:
    """The pair ranker of a catalogue that counts as large."""
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path))
    monkeypatch.setattr(indexes, "NEAR_FROM", 0)
    opened = open_space(catalogue, NAME)
    assert isinstance(opened, NearPairRanker)
    return opened


def test_content_of_a_slice_is_that_of_all_bit_for_bit(catalogue: Catalogue) -> None:
    graph, content = VisibleGraph.of(serving_view(catalogue)), load_content(catalogue)
    rows = np.array([3, 4, 50, 51, 120, 239])
    whole, part = Likeness(graph, content), Likeness(graph, content, rows)
    for key, found in whole._rows.items():
        np.testing.assert_array_equal(part._rows[key], found[rows])
    for name, found in whole._near_numbers.items():
        np.testing.assert_array_equal(part._near_numbers[name], found[rows])
    asked = Asked.of(graph, np.array([50]), rows)
    np.testing.assert_allclose(part.alike(asked), whole.alike(asked), atol=1e-6)


def test_content_by_blocks_is_that_of_all(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = load_content(catalogue)
    monkeypatch.setattr(contents, "_BLOCK", 37)
    monkeypatch.setattr(contents, "KEPT_FROM", 0)
    parts = load_content(catalogue, whole.statistics)
    for name, rows in whole.profiles.items():
        np.testing.assert_allclose(parts.profiles[name], rows, atol=1e-6)
    np.testing.assert_array_equal(parts.sets["sound"], whole.sets["sound"])
    assert not (parts.sets["tags"] != whole.sets["tags"]).nnz


def test_edges_by_blocks_are_those_of_all(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = VisibleGraph.of(serving_view(catalogue))
    monkeypatch.setattr(walks, "_PRODUCTS_AT_ONCE", 300)
    parts = VisibleGraph.of(serving_view(catalogue))
    np.testing.assert_array_equal(parts.embedded.data, whole.embedded.data)
    shared = whole.links.multiply(whole.links @ whole.links)
    assert not (whole.embedded != whole.links + shared).nnz


def test_pushed_chances_are_those_of_walks(catalogue: Catalogue) -> None:
    graph = VisibleGraph.of(serving_view(catalogue))
    queries, candidates = np.array([5, 120]), np.array([1, 2, 3, 5, 60, 200])
    for links in (graph.links, graph.embedded):
        exact = Walks(links).chances(queries, candidates)
        pushed = Walks(links, 1e-5).chances(queries, candidates)
        allowed = np.asarray(links.sum(axis=1)).ravel()[candidates] * 1e-5
        for length, chances in exact.items():
            missing = chances - pushed[length]
            assert (missing >= -1e-6).all()
            assert (missing <= (length - 1) * allowed + 1e-6).all()


def test_answers_are_nearly_those_of_all(catalogue: Catalogue, ranker: NearPairRanker) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexes, "NEAR_FROM", 10**9)
        everybody = open_space(catalogue, NAME)
    assert type(everybody) is PairRanker
    shares = []
    for row in QUERIES:
        exact, found = similar(everybody, row, 10), nearest_artists(ranker, row, 10)
        assert found.compared is not None
        shares.append(len(np.intersect1d(exact.rows, found.rows)) / len(exact))
    assert np.mean(shares) > 0.9


def test_nobody_but_the_suggested_is_known(ranker: NearPairRanker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near, "BY_WALK", 12)
    monkeypatch.setattr(near, "BY_CONTENT", 5)
    found = ranker.near(7)
    assert 12 <= len(found.rows) <= 12 + 2 * 5
    scores = ranker.scores(np.array([7]))[0]
    np.testing.assert_array_equal(np.flatnonzero(~np.isnan(scores)), found.rows)
    np.testing.assert_array_equal(scores[found.rows], found.scores)


def test_answers_say_how_many_were_compared(ranker: NearPairRanker) -> None:
    plain = run_query(ranker, SPACE, SearchRequest(Query((7,)))).answer
    assert isinstance(plain, NearAnswer)
    assert plain.nearest.compared == plain.n_known == np.count_nonzero(~np.isnan(plain.scores))
    assert indexes.worth(plain.nearest) == {"compared": plain.n_known}
    assert "suggest" in indexes.approximate(plain.nearest)
    joined = run_query(ranker, SPACE, SearchRequest(Query((7, 19)))).answer
    assert joined.nearest.compared == joined.n_known
    allowed = np.zeros(ranker.n_artists, bool)
    allowed[plain.nearest.rows[:3]] = True
    few = run_query(ranker, SPACE, SearchRequest(Query((7,)), allowed=allowed)).answer
    assert (len(few.nearest), few.nearest.compared) == (3, plain.n_known)


def test_reasons_and_fusions_go_with_it(catalogue: Catalogue, ranker: NearPairRanker) -> None:
    best = int(ranker.near(7).best(1, ranker.n_artists).rows[0])
    reasons = explain(ranker, 7, best)
    assert reasons is not None
    assert reasons.rank >= 1
    fit_and_save_fusion(catalogue, "joined", [NAME, "cosine:tags"])
    assert len(similar(open_space(catalogue, "fusion:joined"), 7, k=10)) == 10


def test_large_catalogues_are_trained_on_suggested_artists(catalogue: Catalogue, ranker: NearPairRanker) -> None:
    train_pairs(catalogue, "large", PairConfig(episodes=2, thinned=1, share=0.3, epochs=1, networks=1))
    assert load_pairs(catalogue, "large").columns == ranker.stored.columns
    assert len(nearest_artists(open_space(catalogue, "pairs:large"), 7, 10)) == 10


def test_statistics_come_from_a_bounded_number_of_artists(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = load_content(catalogue)
    monkeypatch.setattr(contents, "_MOST_FITTED", 50)
    some = load_content(catalogue)
    assert {name: found.shape for name, found in some.statistics.arrays.items()} == {
        name: found.shape for name, found in whole.statistics.arrays.items()
    }
    assert not np.array_equal(some.statistics.arrays["sound.mean"], whole.statistics.arrays["sound.mean"])
