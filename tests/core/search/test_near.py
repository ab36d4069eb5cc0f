"""Search around an artist: it finds what exact search finds within its bound, and everything says when it answers."""

import json

import numpy as np
import pytest

from core.catalogue import Catalogue
from core.cli import main
from core.graph.adjacency import adjacency
from core.search import indexes
from core.search.confidence import feature_presence
from core.search.evidence import answer
from core.search.exploration import Query
from core.search.indexed import NearAnswer, indexed_answer, nearest_artists
from core.search.indexes import searches_near
from core.search.query import SearchRequest, run_query, thin_answers
from core.search.spaces import Space, open_space
from core.similarity import NearScores, NearSimilarity, similar
from core.space_name import SpaceName
from tests.support.graphs import random_catalogue

N = 300
WALK = Space(SpaceName("pagerank"), "Walk", False)
ISOLATED = N - 1


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return random_catalogue(tmp_path_factory.mktemp("near"), n=N)


@pytest.fixture
def walk(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> NearSimilarity:
    """The walk of a catalogue that counts as large."""
    monkeypatch.setattr(indexes, "NEAR_FROM", 0)
    similarity = open_space(catalogue, "pagerank")
    assert isinstance(similarity, NearSimilarity)
    return similarity


def test_it_is_used_in_large_catalogues_alone(
    catalogue: Catalogue, walk: NearSimilarity, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert searches_near(N)
    monkeypatch.setenv("NEARFIELD_INDEX", "exact")
    assert not searches_near(N)
    assert indexed_answer(walk, WALK, 4, 10) is None
    monkeypatch.undo()
    assert not searches_near(N)
    assert not isinstance(open_space(catalogue, "clap"), NearSimilarity)


def test_an_answer_has_exact_ranks(catalogue: Catalogue, walk: NearSimilarity) -> None:
    plain, result = answer(walk, WALK, 4), run_query(walk, WALK, SearchRequest(Query((4,))))
    found = result.answer
    assert isinstance(found, NearAnswer)
    assert found.nearest.error == 1e-6
    np.testing.assert_allclose(found.nearest.scores, plain.nearest.scores, atol=1e-4)
    assert result.chooses
    assert (found.n_tied, len(found.nearest)) == (0, 10)
    assert found.known[plain.known].all()
    matrix, present = adjacency(catalogue.learned_edges, N), feature_presence(catalogue)
    assert not (thin_answers(matrix, present, [found], found) ^ thin_answers(matrix, present, [plain], plain)).any()
    assert found.above(11, found.nearest.rows).all()
    assert not found.above(11, np.array([4, ISOLATED])).any()
    assert "scores" not in vars(found), "the list takes no score of everybody"
    places = np.arange(0, N, 7)
    np.testing.assert_array_equal(found.ranks(places), plain.ranks(places))
    assert found.n_known == plain.n_known


def test_who_may_not_answer_is_left_out(walk: NearSimilarity) -> None:
    allowed = np.arange(N) % 3 == 1
    request = SearchRequest(Query((4,)), 10, allowed=allowed)
    found = run_query(walk, WALK, request)
    assert isinstance(found.answer, NearAnswer)
    assert allowed[found.answer.nearest.rows].all()
    n_known = found.answer.n_known
    assert found.chooses
    assert found.answer.n_known == n_known, "a filter takes nothing from what is known"
    allowed[20:] = False
    few = run_query(walk, WALK, request).answer
    assert not isinstance(few, NearAnswer), "where too few are found, search is exact"
    assert few.nearest.error is None


def test_whom_no_walk_leaves_has_no_answer(walk: NearSimilarity) -> None:
    found = run_query(walk, WALK, SearchRequest(Query((ISOLATED,))))
    assert (len(found.answer.nearest), found.answer.n_known, found.unknown.tolist()) == (0, 0, [ISOLATED])


def test_commands_say_that_they_are_approximate(
    catalogue: Catalogue, walk: NearSimilarity, capsys: pytest.CaptureFixture[str]
) -> None:
    exact = similar(walk, 4, 10)
    np.testing.assert_allclose(nearest_artists(walk, 4, 10).scores, exact.scores, atol=1e-4)
    artist = str(catalogue.id_of(4))
    assert main(["similar", str(catalogue.path), "--artist", artist, "--space", "pagerank", "--json"]) == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert found["approximate"] == {"error_per_edge": 1e-6}
    assert len(found["similar"]) == 10
    assert "none is too low by more than 0.000001 for each known edge" in said.err
    assert main(["similar", str(catalogue.path), "--artist", artist, "--space", "clap", "--json"]) == 0
    said = capsys.readouterr()
    assert "approximate" not in json.loads(said.out)
    assert "approximate" not in said.err


def test_scores_of_some_are_minus_infinity_where_nobody_was_found() -> None:
    near = NearScores(np.array([2, 5]), np.array([0.5, 0.25], np.float32))
    assert near.of(np.array([5, 1, 2, 9])).tolist() == [0.25, -np.inf, 0.5, -np.inf]
    nobody = NearScores(np.empty(0, np.int64), np.empty(0, np.float32))
    assert nobody.of(np.array([3])).tolist() == [-np.inf]
    best = near.best(1, 10, np.arange(10) != 2)
    assert (best.rows.tolist(), best.compared) == ([5], 2)
