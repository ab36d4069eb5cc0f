"""Approximate indexes: they agree with exact search within what is promised, and everything says when they answer."""

import json
import shutil
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from core.catalogue import Catalogue
from core.cli import main
from core.errors import NearfieldError
from core.graph.adjacency import adjacency
from core.search import indexed, indexes, lance_index, recall
from core.search.confidence import facts_of_answer, feature_presence
from core.search.evidence import answer, known_scores, ranked
from core.search.exploration import Query
from core.search.indexed import IndexedAnswer, RoughAnswer, indexed_answer, nearest_artists
from core.search.indexes import EXACT, EXACT_UP_TO, LANCE, chosen_engine, index_of
from core.search.lance_index import LanceIndex
from core.search.query import SearchRequest, run_query, thin_answers
from core.search.recall import measured_recall, recall_sample
from core.search.spaces import Space, open_space
from core.search.vectors import CosineSimilarity
from core.similarity import best, similar
from core.space_name import SpaceName
from tests.support.graphs import random_catalogue

N, WIDTH = 3000, 16
SOUND = Space(SpaceName("clap"), "Sound", True)


def vectors() -> CosineSimilarity:
    """Artists in communities, every twentieth of whom is unknown, and some of whom are the same."""
    rng = np.random.default_rng(3)
    centres = rng.normal(size=(40, WIDTH))
    values = (centres[rng.integers(0, 40, N)] + 0.5 * rng.normal(size=(N, WIDTH))).astype(np.float32)
    values[1::20] = values[2::20]
    values[::20] = 0
    similarity = CosineSimilarity("sound", values)
    similarity.made_from = "made-for-a-test"
    return similarity


@pytest.fixture(scope="module")
def similarity() -> CosineSimilarity:
    return vectors()


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return random_catalogue(tmp_path_factory.mktemp("indexes"), n=N)


def test_exact_search_is_the_whole_row_of_scores(similarity: CosineSimilarity) -> None:
    rng = np.random.default_rng(5)
    for share in (0.0, 0.01, 0.2, 0.6, 1.0):
        allowed = rng.random(N) < share
        scores = similarity.scores(np.array([7]))[0]
        expected = best(np.where(allowed, scores, np.nan).astype(np.float32), 10)
        found = similarity.search(similarity.vectors[7], 10, allowed)
        np.testing.assert_array_equal(found.rows, expected.rows)
        np.testing.assert_allclose(found.scores, expected.scores, atol=1e-6)
        assert found.recall is None


def test_search_is_exact_unless_told_otherwise(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen_engine(EXACT_UP_TO) == EXACT
    assert chosen_engine(EXACT_UP_TO + 1) == (LANCE if find_spec("lancedb") else EXACT)
    monkeypatch.setenv("NEARFIELD_INDEX", "exact")
    assert chosen_engine(10**9) == EXACT
    space = open_space(catalogue, "clap")
    assert isinstance(space, CosineSimilarity)
    assert index_of(space) is space
    assert indexed_answer(space, SOUND, 4, 10) is None
    monkeypatch.setenv("NEARFIELD_INDEX", "faiss")
    with pytest.raises(NearfieldError, match="'faiss'. Set it to exact or lance"):
        chosen_engine(10)


def test_without_lance_the_remedy_is_said(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "lancedb", None)
    assert main(["index", str(catalogue.path), "--space", "clap"]) == 2
    assert "requirements-scale.txt" in capsys.readouterr().err


def with_small_cells(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Indexes of few artists are as those of many, are in `folder`, and are used."""
    patch.setenv("NEARFIELD_INDEX", "lance")
    patch.setenv("NEARFIELD_INDEX_PLACE", str(folder / "indexes"))
    patch.setattr(lance_index, "_CELL", 64)
    patch.setattr(lance_index, "_FEW", 50)
    patch.setattr(recall, "_QUERIES", 40)


@pytest.fixture(scope="module")
def place(lance: None, catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the index of the catalogue's sound is."""
    folder = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patch:
        with_small_cells(folder, patch)
        assert main(["index", str(catalogue.path), "--space", "clap"]) == 0
    return folder / "indexes"


@pytest.fixture
def sound(catalogue: Catalogue, place: Path, monkeypatch: pytest.MonkeyPatch) -> CosineSimilarity:
    """The catalogue's sound, opened anew where it has an index."""
    monkeypatch.setenv("NEARFIELD_INDEX_PLACE", str(place))
    similarity = open_space(catalogue, "clap")
    assert isinstance(similarity, CosineSimilarity)
    return similarity


@pytest.mark.usefixtures("lance")
class TestLance:
    @pytest.fixture(autouse=True)
    def small_cells(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with_small_cells(tmp_path, monkeypatch)

    def test_it_agrees_with_exact_search(self, similarity: CosineSimilarity, tmp_path: Path) -> None:
        built = LanceIndex.build(str(tmp_path), similarity, "a catalogue")
        index = LanceIndex.open(str(tmp_path), vectors())
        assert index is not None
        assert (index.cells, index.recall) == (built.cells, built.recall)
        assert 0 < index.cells < N // 64, "all cells are no index"
        rng = np.random.default_rng(9)
        rows = rng.choice(np.flatnonzero(similarity.present), 100, replace=False)
        for share in (1.0, 0.5, 0.1):
            allowed = rng.random(N) < share
            assert measured_recall(index, recall_sample(similarity, rows, allowed)) >= 0.98
            for row in rows[:20].tolist():
                exact = similarity.search(similarity.vectors[row], 10, allowed)
                found = index.search(similarity.vectors[row], 10, allowed)
                assert (allowed & similarity.present)[found.rows].all()
                assert found.recall == index.recall
                assert len(found) == len(exact) == len(set(found.rows.tolist()))
                assert (np.diff(found.scores) <= 0).all()
                np.testing.assert_allclose(found.scores, exact.scores, atol=0.1)

    def test_few_who_are_allowed_are_compared_one_by_one(self, similarity: CosineSimilarity, tmp_path: Path) -> None:
        index = LanceIndex.build(str(tmp_path), similarity, "a catalogue")
        allowed = np.zeros(N, dtype=bool)
        for rows in ([], [20], [21, 22, 23]):
            allowed[rows] = True
            found, exact = (
                index.search(similarity.vectors[1], 10, allowed),
                similarity.search(similarity.vectors[1], 10, allowed),
            )
            np.testing.assert_array_equal(found.rows, exact.rows)
            assert found.recall is None

    def test_other_vectors_have_no_index(self, similarity: CosineSimilarity, tmp_path: Path) -> None:
        LanceIndex.build(str(tmp_path), similarity, "a catalogue")
        other = vectors()
        other.made_from = "made-anew"
        assert LanceIndex.open(str(tmp_path), other) is None
        LanceIndex.build(str(tmp_path), other, "another catalogue")
        assert LanceIndex.open(str(tmp_path), similarity) is not None
        LanceIndex.build(str(tmp_path), other, "a catalogue")
        assert LanceIndex.open(str(tmp_path), similarity) is None, "it was of an earlier version of this space"
        assert LanceIndex.open(str(tmp_path), other) is not None
        assert len(list(tmp_path.iterdir())) == 2

    def test_where_the_index_breaks_search_is_exact(self, similarity: CosineSimilarity, tmp_path: Path) -> None:
        index = LanceIndex.build(str(tmp_path), similarity, "a catalogue")
        for table in tmp_path.glob("vectors-*"):
            shutil.rmtree(table)
        found = index.search(similarity.vectors[1], 5)
        np.testing.assert_array_equal(found.rows, similarity.search(similarity.vectors[1], 5).rows)
        assert found.recall is None
        monkey = vectors()
        assert index_of(monkey) is monkey

    def test_answers_say_that_they_are_approximate(
        self, catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path, artist = str(catalogue.path), str(catalogue.id_of(4))
        asked = ["similar", path, "--artist", artist, "--space", "clap", "--json"]
        assert main(asked) == 0
        exact = json.loads(capsys.readouterr().out)
        assert "approximate" not in exact
        assert main(["index", path, "--space", "clap", "--json"]) == 0
        (built,) = json.loads(capsys.readouterr().out)["indexes"]
        assert main(asked) == 0
        said = capsys.readouterr()
        found = json.loads(said.out)
        assert found["approximate"] == {"recall_at_10": built["recall@10"]}
        assert "An approximate search found these." in said.err
        near = {one["artist_id"]: one["score"] for one in exact["similar"]}
        assert len(near.keys() & {one["artist_id"] for one in found["similar"]}) >= 9
        assert all(one["score"] == pytest.approx(near.get(one["artist_id"], one["score"])) for one in found["similar"])
        assert main(["index", path, "--space", "pagerank"]) == 2
        assert "without vectors" in capsys.readouterr().err

    def test_an_indexed_answer_has_exact_ranks(self, catalogue: Catalogue, sound: CosineSimilarity) -> None:
        plain, result = answer(sound, SOUND, 4), run_query(sound, SOUND, SearchRequest(Query((4,))))
        found = result.answer
        assert isinstance(found, IndexedAnswer)
        assert "scores" not in vars(found), "the list takes no score of everybody"
        assert result.chooses
        assert (found.n_known, found.n_tied, len(found.nearest)) == (plain.n_known, 0, 10)
        np.testing.assert_array_equal(found.known, plain.known)
        matrix, present = adjacency(catalogue.learned_edges, N), feature_presence(catalogue)
        assert not (thin_answers(matrix, present, [found], found) ^ thin_answers(matrix, present, [plain], plain)).any()
        places = np.arange(0, N, 7)
        assert (found.above(60, places) == plain.above(60, places)).all(), "of so few, all are in the sample"
        np.testing.assert_array_equal(found.ranks(places), plain.ranks(places))
        np.testing.assert_array_equal(nearest_artists(sound, 4, 10).rows, found.nearest.rows)

    def test_a_place_among_many_is_estimated(self, sound: CosineSimilarity, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("core.search.indexed._SAMPLE", 500)
        found = indexed_answer(sound, SOUND, 4, 10)
        assert found is not None
        everybody = np.arange(N)
        assert abs(np.count_nonzero(found.above(300, everybody)) - 300) < 100
        assert not found.above(300, np.array([4]))[0], "the artist itself is no answer"

    def test_what_cannot_be_asked_is_refused_as_by_exact_search(self, sound: CosineSimilarity) -> None:
        for row, k in ((N, 5), (-1, 5), (3, 0), (3, 1001)):
            for search in (nearest_artists, similar):
                with pytest.raises(NearfieldError):
                    search(sound, row, k)
        assert indexed_answer(sound, SOUND, N, 10) is None
        assert len(nearest_artists(sound, 4, 1000)) == 1000
        unknown = run_query(sound, SOUND, SearchRequest(Query((3,))))
        assert (len(unknown.answer.nearest), unknown.answer.n_known, unknown.unknown.tolist()) == (0, 0, [3])

    def test_an_index_that_finds_too_little_is_not_used(
        self, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lance_index, "measured_recall", lambda index, sample: 0.97)
        assert main(["index", str(catalogue.path), "--space", "clap"]) == 1
        similarity = open_space(catalogue, "clap")
        assert isinstance(similarity, CosineSimilarity)
        assert index_of(similarity) is similarity
        assert indexes.built_index(similarity) is not None

    def test_a_place_that_cannot_be_used_is_named(
        self, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("NEARFIELD_INDEX_PLACE", "nowhere://bucket/path")
        assert main(["index", str(catalogue.path), "--space", "clap"]) == 2
        assert "NEARFIELD_INDEX_PLACE" in capsys.readouterr().err
        similarity = open_space(catalogue, "clap")
        assert isinstance(similarity, CosineSimilarity)
        assert index_of(similarity) is similarity


@pytest.mark.parametrize("row", [7, 20, 81])
@pytest.mark.parametrize("share", [None, 0.01, 0.6])
def test_an_exact_answer_without_all_scores_is_the_exact_answer(
    similarity: CosineSimilarity, monkeypatch: pytest.MonkeyPatch, row: int, share: float | None
) -> None:
    """Also for those who are unknown, and where many have the same score."""
    monkeypatch.setattr(indexed, "ROUGH_FROM", 0)
    tags = CosineSimilarity("tags", np.random.default_rng(1).integers(0, 2, (N, 4)).astype(np.float32))
    allowed = None if share is None else np.random.default_rng(2).random(N) < share
    for exact in (similarity, tags):
        for k in (1, 10, 2000):
            scores = known_scores(exact, np.array([row]))[0]
            expected = ranked(SOUND, row, scores, k, allowed)
            found = indexed_answer(exact, SOUND, row, k, allowed)
            assert isinstance(found, RoughAnswer)
            np.testing.assert_array_equal(found.nearest.rows, expected.nearest.rows)
            np.testing.assert_array_equal(found.nearest.scores, expected.nearest.scores)
            assert (found.nearest.recall, found.n_tied) == (None, expected.n_tied)
            np.testing.assert_array_equal(found.known, expected.known)
            for place in (1, 40, 1500, N, N + 1):
                np.testing.assert_array_equal(found.above(place, np.arange(N)), expected.above(place, np.arange(N)))
            np.testing.assert_array_equal(found.ranks(np.arange(50)), expected.ranks(np.arange(50)))


def test_evidence_needs_no_score_of_everybody(similarity: CosineSimilarity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexed, "ROUGH_FROM", 0)
    tags = CosineSimilarity("tags", np.random.default_rng(1).integers(0, 2, (N, 4)).astype(np.float32))
    spaces = {"clap": similarity, "tags": tags}
    found = [indexed_answer(each, Space(SpaceName(name), name, True), 7, 10) for name, each in spaces.items()]
    answers = [answer for answer in found if answer is not None]
    exact = [ranked(each.space, 7, each.scores, 10) for each in answers]
    matrix, present = adjacency(np.array([[7, 8]]), N), np.ones((2, N), bool)
    rows = answers[0].nearest.rows
    expected = facts_of_answer(matrix, present, exact, "clap", rows)
    unasked = [replace(answer, given=lambda: pytest.fail("all scores were asked for")) for answer in answers]
    facts = facts_of_answer(matrix, present, unasked, "clap", rows)
    np.testing.assert_array_equal(facts.agreeing, expected.agreeing)
    np.testing.assert_array_equal(facts.comparing, expected.comparing)
