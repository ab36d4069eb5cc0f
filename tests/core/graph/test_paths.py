"""Paths between artists: nearest neighbours, the steps they give, and what each option does to a path."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.graph import corridor
from core.graph.adjacency import adjacency
from core.graph.corridor import artists_between
from core.graph.links import HELD_OUT, KNOWN, PREDICTED
from core.graph.nearest import nearest_neighbours
from core.graph.paths import StepGraph, familiarity, find_path, step_graph
from tests.support.catalogues import tiny_catalogue


def unit(vectors: np.ndarray) -> np.ndarray:
    vectors = np.asarray(vectors, np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def arc(n: int) -> np.ndarray:
    """n artists along a half circle: each is nearest to the next ones."""
    angle = np.linspace(0, np.pi, n)
    return unit(np.stack([np.cos(angle), np.sin(angle)], axis=1))


def arc_catalogue(folder: Path, n: int = 20, edges: list[tuple[int, int]] | None = None, **columns: object):
    catalogue = tiny_catalogue(folder / "arc", n, edges or [], **columns)
    return catalogue, arc(n)


def walk(catalogue: Catalogue, vectors: np.ndarray, k: int = 3) -> StepGraph:
    return step_graph(catalogue, vectors, np.ones(len(vectors), bool), k)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 40), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_nearest_neighbours_are_those_of_the_whole_matrix(n: int, k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors, present = unit(rng.normal(size=(n, 4))), rng.random(n) < 0.8
    rows, scores = nearest_neighbours(vectors, present, k)
    full = vectors @ vectors.T
    full[np.eye(n, dtype=bool) | ~present[None, :] | ~present[:, None]] = -np.inf
    expected = -np.sort(-full, axis=1)[:, :k]
    found = np.pad(
        np.where(np.isfinite(expected), expected, np.nan), ((0, 0), (0, k - expected.shape[1])), constant_values=np.nan
    )
    np.testing.assert_allclose(scores, found, atol=1e-6)
    assert ((rows >= 0) == ~np.isnan(scores)).all()
    hit = rows >= 0
    np.testing.assert_allclose(full[np.nonzero(hit)[0], rows[hit]], scores[hit], atol=1e-6)


def test_neighbours_over_several_blocks() -> None:
    rng = np.random.default_rng(1)
    vectors = unit(rng.normal(size=(1300, 8)))
    rows, scores = nearest_neighbours(vectors, np.ones(1300, bool), 5)
    full = vectors @ vectors.T
    np.fill_diagonal(full, -np.inf)
    np.testing.assert_array_equal(rows, np.argsort(-full, axis=1)[:, :5])
    assert (np.diff(scores, axis=1) <= 0).all()


def test_equal_vectors_are_each_others_neighbours() -> None:
    rows, scores = nearest_neighbours(np.tile(unit([[1, 1]]), (9, 1)), np.ones(9, bool), 4)
    assert all(len(set(row)) == 4 and place not in row for place, row in enumerate(rows.tolist()))
    np.testing.assert_allclose(scores, 1, atol=1e-6)


def test_a_path_goes_step_by_step_with_its_evidence(tmp_path: Path) -> None:
    catalogue, vectors = arc_catalogue(tmp_path, edges=[(0, 1)])
    path = find_path(catalogue, walk(catalogue, vectors), 0, 19, smoothing=0)
    assert path.rows[0] == 0
    assert path.rows[-1] == 19
    assert path.rows == sorted(path.rows)
    for before, step in zip(path.rows, path.steps, strict=False):
        assert step.score == pytest.approx(vectors[before] @ vectors[step.row], abs=1e-5)
        assert step.listed == ({before, step.row} == {0, 1})
        assert step.near
        assert step.cost > 0
    assert path.cost == pytest.approx(sum(step.cost for step in path.steps))
    assert path.steps[path.widest].cost == max(step.cost for step in path.steps)


def test_the_same_path_back(tmp_path: Path) -> None:
    catalogue, vectors = arc_catalogue(tmp_path)
    graph = walk(catalogue, vectors)
    there, back = find_path(catalogue, graph, 2, 15), find_path(catalogue, graph, 15, 2)
    assert there.cost == pytest.approx(back.cost)


@pytest.mark.parametrize("wanted", [11, 14, 20])
def test_roughly_as_many_steps_as_wanted(tmp_path: Path, wanted: int) -> None:
    vectors = unit(np.random.default_rng(0).normal(size=(400, 3)))
    graph = walk(catalogue := tiny_catalogue(tmp_path / "sphere", 400), vectors, 12)
    goal = int(np.argmin(vectors @ vectors[0]))
    path = find_path(catalogue, graph, 0, goal, smoothing=0, n_steps=wanted)
    assert len(path.steps) == wanted
    assert len(set(path.rows)) == wanted + 1
    assert all(step.near for step in path.steps)


def test_as_few_and_as_many_steps_as_there_are(tmp_path: Path) -> None:
    catalogue, vectors = arc_catalogue(tmp_path)
    graph = walk(catalogue, vectors, 6)
    assert len(find_path(catalogue, graph, 0, 19, smoothing=0, n_steps=1).steps) == 5
    assert len(find_path(catalogue, graph, 0, 19, smoothing=0, n_steps=40).steps) == 19


def test_smoothing_goes_round_a_jump_of_popularity(tmp_path: Path) -> None:
    popularity = [50.0, 100.0, 51.0, 52.0, 53.0, 54.0]
    vectors = unit([[1, 0], [0.95, 0.3], [1, -0.5], [0.9, 0.7], [0.75, 0.7], [0, 1]])
    catalogue = tiny_catalogue(tmp_path / "tiny", 6, [(0, 1), (1, 3), (0, 2), (2, 3)], popularity=popularity)
    graph = walk(catalogue, vectors, 2)
    straight = find_path(catalogue, graph, 0, 3, step_kinds="known", smoothing=0)
    smooth = find_path(catalogue, graph, 0, 3, step_kinds="known", smoothing=1)
    assert straight.rows == [0, 1, 3]
    assert smooth.rows == [0, 2, 3]
    assert abs(smooth.steps[0].jump or 0) < abs(straight.steps[0].jump or 0)


def test_avoided_artists_are_never_stepped_on(tmp_path: Path) -> None:
    catalogue, vectors = arc_catalogue(tmp_path)
    graph = walk(catalogue, vectors)
    usual = find_path(catalogue, graph, 0, 19)
    other = find_path(catalogue, graph, 0, 19, avoid=usual.rows[1:3])
    assert not set(usual.rows[1:3]) & set(other.rows)
    with pytest.raises(NearfieldError, match="Avoid fewer"):
        find_path(catalogue, graph, 0, 19, avoid=list(range(5, 12)))


def test_ties_decide_which_steps_there_are(tmp_path: Path) -> None:
    catalogue, vectors = arc_catalogue(tmp_path, edges=[(0, 10), (10, 19)])
    graph = walk(catalogue, vectors)
    known = find_path(catalogue, graph, 0, 19, step_kinds="known")
    assert known.rows == [0, 10, 19]
    assert all(step.listed and not step.near for step in known.steps)
    near = find_path(catalogue, graph, 0, 19, step_kinds="near")
    assert all(step.near for step in near.steps)
    assert len(find_path(catalogue, graph, 0, 19, step_kinds="both", n_steps=1).steps) == 2


def test_steps_tell_held_out_edges_from_those_models_know(tmp_path: Path) -> None:
    split = ["train", "train", "val", "train", *["train"] * 16]
    catalogue, vectors = arc_catalogue(tmp_path, edges=[(0, 1), (1, 2), (3, 2)], split=split)
    path = find_path(catalogue, walk(catalogue, vectors, 1), 3, 0, step_kinds="known")
    assert path.rows == [3, 2, 1, 0]
    assert [step.kind for step in path.steps] == [HELD_OUT, HELD_OUT, KNOWN]
    near = find_path(catalogue, walk(catalogue, vectors, 1), 4, 5, step_kinds="near")
    assert [step.kind for step in near.steps] == [PREDICTED]


def test_an_artist_that_the_space_lacks_is_reached_by_known_edges_only(tmp_path: Path) -> None:
    catalogue, vectors = arc_catalogue(tmp_path, edges=[(18, 19)])
    present = np.ones(20, bool)
    present[19] = False
    graph = step_graph(catalogue, vectors, present, 3)
    path = find_path(catalogue, graph, 0, 19)
    assert path.steps[-1].score is None
    assert path.steps[-1].listed
    with pytest.raises(NearfieldError, match="artist 19, which has no place in this space"):
        find_path(catalogue, graph, 0, 19, step_kinds="near")
    with pytest.raises(NearfieldError, match="artist 0, which has no listed edge"):
        find_path(catalogue, graph, 0, 19, step_kinds="known")


def test_two_halves_that_nothing_joins(tmp_path: Path) -> None:
    vectors = unit(np.concatenate([np.tile([[1, 0]], (4, 1)), np.tile([[0, 1]], (4, 1))]) + 0.0)
    catalogue = tiny_catalogue(tmp_path / "tiny", 8)
    with pytest.raises(NearfieldError, match="No chain of similar artists joins artist 0 and artist 7"):
        find_path(catalogue, walk(catalogue, vectors, 3), 0, 7)


def test_impossible_questions_are_refused_plainly(tmp_path: Path) -> None:
    catalogue, vectors = arc_catalogue(tmp_path)
    graph = walk(catalogue, vectors)
    with pytest.raises(NearfieldError, match="two different artists"):
        find_path(catalogue, graph, 3, 3)
    with pytest.raises(NearfieldError, match="no artist in row 20"):
        find_path(catalogue, graph, 3, 20)
    with pytest.raises(NearfieldError, match="end of the path"):
        find_path(catalogue, graph, 3, 4, avoid=[4])
    with pytest.raises(NearfieldError, match="Smoothing"):
        find_path(catalogue, graph, 3, 4, smoothing=float("nan"))
    with pytest.raises(NearfieldError, match="1 to 40 steps"):
        find_path(catalogue, graph, 3, 4, n_steps=0)
    with pytest.raises(NearfieldError, match="There are: near, known, both"):
        find_path(catalogue, graph, 3, 4, step_kinds="far")  # type: ignore[arg-type]
    with pytest.raises(NearfieldError, match="nearest artists"):
        step_graph(catalogue, vectors, np.ones(20, bool), 0)
    with pytest.raises(NearfieldError, match="Open it again"):
        step_graph(catalogue, vectors[:5], np.ones(5, bool))


def test_familiarity_is_by_popularity_else_by_edges(tmp_path: Path) -> None:
    by_popularity = tiny_catalogue(tmp_path / "a", 4, popularity=[5.0, np.nan, 80.0, 9.0])
    np.testing.assert_allclose(familiarity(by_popularity), [0, np.nan, 1, 0.5])
    by_edges = tiny_catalogue(tmp_path / "b", 4, [(0, 1), (0, 2), (0, 3), (1, 2)])
    assert familiarity(by_edges)[[3, 0]].tolist() == [0, 1]


def test_a_path_through_very_many_looks_at_those_around_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Artists stand on an arc; those beyond its ends are not looked at, but who is linked is."""
    monkeypatch.setattr(corridor, "MOST_AROUND", 30)
    vectors = arc(121)
    present = np.ones(121, bool)
    catalogue = tiny_catalogue(tmp_path / "arc", 121, [(40, 119), (119, 60), (60, 2), (5, 6), (45, 46)])
    matrix = adjacency(catalogue.learned_edges, 121)
    rows = artists_between(vectors, present, matrix, 40, 60)
    assert {2, 40, 60, 119} <= set(rows.tolist())
    assert set(range(41, 60)) <= set(rows.tolist())
    assert {5, 6}.isdisjoint(rows.tolist())
    assert len(rows) <= 34
    graph = step_graph(catalogue, vectors, present, 2, rows)
    assert graph.looked_at == len(rows)
    whole = step_graph(catalogue, vectors, present, 2)
    assert find_path(catalogue, graph, 40, 60, "near").rows == find_path(catalogue, whole, 40, 60, "near").rows
    assert find_path(catalogue, graph, 40, 60, "known").rows == [40, 119, 60]
    with pytest.raises(NearfieldError, match=f"among the {len(rows)} artists on the way"):
        find_path(catalogue, graph, 40, 45, "known")
    absent = np.arange(121) != 40
    assert 40 in artists_between(np.where(absent[:, None], vectors, 0), absent, matrix, 40, 60)
    assert artists_between(vectors, np.zeros(121, bool), matrix, 5, 40).tolist() == [5, 6, 40, 60, 119]
