"""Queries of several artists, and exploration from familiar to adventurous."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.search.evidence import answer
from core.search.exploration import (
    FAMILIAR,
    MOST_ARTISTS,
    POOL,
    Exploration,
    ExploredResult,
    Query,
    combined_scores,
    explore,
    popularity_places,
    spreading_space,
)
from core.search.fusion import Fusion, FusionWeights
from core.search.spaces import Space, open_space
from core.search.vectors import CosineSimilarity
from core.similarity import Similarity, similar
from core.space_name import SpaceName
from tests.support.graphs import random_catalogue

NAMES = ("clap", "pagerank", "common-neighbours", "adamic-adar", "popularity", "random", "fusion")
N = 120


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return random_catalogue(tmp_path_factory.mktemp("exploration"), n=N)


@pytest.fixture(scope="module")
def similarities(catalogue: Catalogue) -> dict[str, Similarity]:
    opened: dict[str, Similarity] = {name: open_space(catalogue, name) for name in NAMES if name != "fusion"}
    weights = FusionWeights((SpaceName("pagerank"), SpaceName("clap")), (True, False), ((1.0,) * 6, (0.5,) * 6))
    degree = np.bincount(catalogue.learned_edges.ravel(), minlength=N)
    return opened | {"fusion": Fusion("fusion:both", [opened["pagerank"], opened["clap"]], weights, degree)}


@pytest.fixture(params=NAMES)
def similarity(request: pytest.FixtureRequest, similarities: dict[str, Similarity]) -> Similarity:
    return similarities[request.param]


POPULARITY = popularity_places(np.where(np.arange(N) % 5, np.random.default_rng(1).integers(0, 40, N), np.nan))
ADVENTUROUS = Exploration.at(1)


def test_without_exploration_the_answer_is_the_plain_ranking(similarity: Similarity) -> None:
    for query in (0, 5, 11):
        explored = explore(similarity, Query((query,)), 10, FAMILIAR, POPULARITY)
        plain = answer(similarity, Space(SpaceName(similarity.name), "", False), query, 10).nearest
        np.testing.assert_array_equal(explored.neighbours.rows, plain.rows)
        np.testing.assert_array_equal(explored.neighbours.scores, plain.scores)
        if not SpaceName(similarity.name).is_walk:
            np.testing.assert_array_equal(plain.rows, similar(similarity, query, 10).rows)
        assert not explored.new.any()
        assert not explored.new.any()
        assert explored.figures == explored.plain_figures or np.isnan(explored.figures.distance)


def test_the_list_is_distinct_allowed_and_of_others(similarity: Similarity) -> None:
    allowed = np.arange(N) % 3 > 0
    query = Query((5, 8), (11,))
    for exploration in (FAMILIAR, Exploration.at(0.5), ADVENTUROUS, Exploration(1, 0), Exploration(0, 1)):
        explored = explore(similarity, query, 20, exploration, POPULARITY, allowed)
        rows = explored.neighbours.rows
        assert len(set(rows.tolist())) == len(rows) <= 20
        assert len(rows) == len(explored.plain)
        assert allowed[rows].all()
        assert not set(rows.tolist()) & {5, 8, 11}
        assert not np.isnan(explored.neighbours.scores).any()
        np.testing.assert_allclose(explored.parts.sum(axis=0), explored.neighbours.scores, rtol=1e-5, atol=1e-5)


def test_the_same_question_has_the_same_answer(similarity: Similarity) -> None:
    one, other = (explore(similarity, Query((5,), (8,)), 10, ADVENTUROUS, POPULARITY) for _ in range(2))
    np.testing.assert_array_equal(one.neighbours.rows, other.neighbours.rows)


def test_a_little_exploration_changes_nothing_that_is_not_tied(similarities: dict[str, Similarity]) -> None:
    explored = explore(similarities["clap"], Query((5,)), 10, Exploration(1e-6, 1e-6), POPULARITY)
    assert not explored.new.any()


@given(st.lists(st.floats(0, 1), min_size=2, max_size=5), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_more_penalty_never_makes_a_list_more_popular(penalties: list[float], seed: int) -> None:
    rng = np.random.default_rng(seed)
    similarity = CosineSimilarity("sound", rng.normal(size=(40, 3)).astype(np.float32))
    places = popularity_places(rng.integers(0, 12, 40))
    means = [
        explore(similarity, Query((0,)), 8, Exploration(share, 0), places).figures.popularity
        for share in sorted(penalties)
    ]
    assert (np.diff(means) <= 1e-6).all()


@given(st.floats(0, 0.99), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_the_first_of_a_list_that_is_only_spread_is_the_nearest(diversity: float, seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(30, 3)).astype(np.float32)
    explored = explore(CosineSimilarity("sound", vectors), Query((0,)), 5, Exploration(0, diversity))
    assert explored.neighbours.rows[0] == explored.plain.rows[0]


def test_spreading_leaves_a_cluster_of_twins() -> None:
    # Nearest to 0 are twelve twins, then two groups of four, each in a direction of its own.
    vectors = np.array([[1, 0, 0]] + [[9, 1, 0]] * 12 + [[8, 0, 4]] * 4 + [[8, -5, 0]] * 4, np.float32)
    vectors += np.random.default_rng(0).normal(0, 1e-3, vectors.shape).astype(np.float32)
    similarity = CosineSimilarity("sound", vectors)
    plain, spread = (explore(similarity, Query((0,)), 3, Exploration(0, diversity)) for diversity in (0, 0.8))
    groups = [set(range(1, 13)), set(range(13, 17)), set(range(17, 21))]
    assert set(plain.neighbours.rows.tolist()) < groups[0]
    assert all(group & set(spread.neighbours.rows.tolist()) for group in groups)
    assert spread.figures.distance > spread.plain_figures.distance
    assert spread.figures.rank > spread.plain_figures.rank == 2


def test_artists_that_cannot_be_compared_are_neither_favoured_nor_held_back() -> None:
    vectors = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)
    other = np.where(np.arange(40)[:, None] % 2, vectors, 0).astype(np.float32)
    found = explore(
        CosineSimilarity("sound", vectors), Query((1,)), 10, Exploration(0, 0.5), spread_by=CosineSimilarity("b", other)
    )
    assert len(found.neighbours) == 10
    assert 0 < np.count_nonzero(found.neighbours.rows % 2) < 10
    nothing = CosineSimilarity("nothing", np.zeros((40, 4), np.float32))
    spread = explore(CosineSimilarity("sound", vectors), Query((1,)), 10, Exploration(0, 0.5), spread_by=nothing)
    assert not spread.new.any()
    assert spread.figures.distance == 0.5


def test_what_spreads_the_answers_of_a_space() -> None:
    sound, model, walk = (
        Space(SpaceName("clap"), "", True),
        Space(SpaceName("run:a"), "", True),
        Space(SpaceName("pagerank"), "", False),
    )
    assert spreading_space([sound, model, walk], sound) == sound
    assert spreading_space([sound, model, walk], walk) == model
    assert spreading_space([walk, sound], walk) == sound
    assert spreading_space([walk], walk) == walk


def test_mmr_by_hand() -> None:
    # The greedy choice, written out for every step with Carbonell and Goldstein's formula.
    similarity = CosineSimilarity("sound", np.random.default_rng(4).normal(size=(25, 4)).astype(np.float32))
    places = popularity_places(np.arange(25) ** 2)
    order = similar(similarity, 3, 24).rows
    relevance = np.linspace(1, 0, 24) - 0.3 * places[order]
    cosine = similarity.scores(order)[:, order]
    like = np.array(
        [[0 if i == j else np.mean(np.delete(cosine[j], [j, i]) < cosine[j, i]) for i in range(24)] for j in range(24)]
    )
    chosen: list[int] = []
    for _ in range(6):
        gain = [
            -np.inf if i in chosen else 0.6 * relevance[i] - 0.4 * max((like[j][i] for j in chosen), default=0)
            for i in range(24)
        ]
        chosen.append(int(np.argmax(gain)))
    found = explore(similarity, Query((3,)), 6, Exploration(0.3, 0.4), places)
    assert found.neighbours.rows.tolist() == order[chosen].tolist()
    apart = [1 - like[i][j] for i in chosen for j in chosen if i != j]
    assert found.figures.distance == pytest.approx(np.mean(apart), abs=1e-5)
    assert found.figures.popularity == pytest.approx(places[order[chosen]].mean(), abs=1e-6)


def test_exploration_shows_its_effect(similarities: dict[str, Similarity]) -> None:
    for name in ("clap", "pagerank", "fusion"):
        lists: list[ExploredResult] = [
            explore(similarities[name], Query((query,)), 10, ADVENTUROUS, POPULARITY) for query in range(10, 30)
        ]
        assert np.nanmean([found.figures.popularity - found.plain_figures.popularity for found in lists]) < -0.05
        assert np.nanmean([found.figures.distance - found.plain_figures.distance for found in lists]) > 0.05
        assert np.nanmean([found.figures.rank for found in lists]) > 5.5


def test_more_like_two_less_like_a_third() -> None:
    east, north, up = np.eye(3, dtype=np.float32)
    vectors = np.array([east, north, up, east + north, east + north + up, east + up, -east], np.float32)
    similarity = CosineSimilarity("sound", vectors)
    assert explore(similarity, Query((0, 1)), 1).neighbours.rows.tolist() == [3]
    towards, away = (combined_scores(similarity, Query((0, 1), unlike)).scores for unlike in ((), (2,)))
    assert away[4] - away[3] < towards[4] - towards[3]
    assert np.isnan(away[[0, 1, 2]]).all()


def test_scores_add_up_standardised(similarity: Similarity) -> None:
    combined = combined_scores(similarity, Query((5, 8), (11,), 0.25))
    known = ~np.isnan(combined.scores)
    np.testing.assert_allclose(combined.parts.sum(axis=0)[known], combined.scores[known], rtol=1e-5)
    for row, part, weight in zip((5, 8, 11), combined.parts, (1, 1, 0.25), strict=True):
        others = np.delete(part, row)
        assert others.std() == pytest.approx(weight, abs=0.05) or not others.any()


def test_an_unwanted_artist_without_weight_changes_nothing(similarities: dict[str, Similarity]) -> None:
    with_it = combined_scores(similarities["clap"], Query((5, 8), (11,), 0.0)).scores
    without = combined_scores(similarities["clap"], Query((5, 8))).scores
    others = np.arange(N) != 11
    np.testing.assert_allclose(with_it[others], without[others])


def test_artists_that_the_space_does_not_know_are_named(similarities: dict[str, Similarity]) -> None:
    clap = similarities["clap"]
    both = explore(clap, Query((3, 5)), 5)
    assert both.unknown.tolist() == [3]
    np.testing.assert_array_equal(
        both.neighbours.rows, explore(clap, Query((5,)), 5, allowed=np.arange(N) != 3).neighbours.rows
    )
    nobody = explore(clap, Query((3, 7), (5,)), 5, ADVENTUROUS)
    assert len(nobody.neighbours) == len(nobody.plain) == 0
    assert np.isnan(nobody.figures.distance)
    assert nobody.figures.n_popularity == 0


def test_nobody_allowed(similarity: Similarity) -> None:
    assert len(explore(similarity, Query((5,)), 5, ADVENTUROUS, POPULARITY, np.zeros(N, dtype=bool)).neighbours) == 0


def test_one_or_two_allowed(similarities: dict[str, Similarity]) -> None:
    for count in (1, 2):
        allowed = np.isin(np.arange(N), [20, 21][:count])
        for name in ("clap", "fusion"):
            found = explore(similarities[name], Query((5,)), 5, ADVENTUROUS, POPULARITY, allowed)
            assert sorted(found.neighbours.rows.tolist()) == [20, 21][:count]


def test_without_popularity_the_penalty_changes_nothing(similarities: dict[str, Similarity]) -> None:
    explored = explore(similarities["clap"], Query((5,)), 10, Exploration(1, 0))
    assert not explored.new.any()
    assert np.isnan(explored.figures.popularity)


def test_popularity_places() -> None:
    places = popularity_places([1.0, 1.0, np.nan, 500.0, 2.0])
    np.testing.assert_allclose(places, [0.25, 0.25, np.nan, 0.875, 0.625])
    assert np.isnan(popularity_places([np.nan, np.nan])).all()


def test_the_list_can_be_spread_by_another_similarity(similarities: dict[str, Similarity]) -> None:
    own = explore(similarities["fusion"], Query((5,)), 10, ADVENTUROUS, POPULARITY)
    by_sound = explore(similarities["fusion"], Query((5,)), 10, ADVENTUROUS, POPULARITY, spread_by=similarities["clap"])
    np.testing.assert_array_equal(own.plain.rows, by_sound.plain.rows)
    assert set(own.neighbours.rows.tolist()) != set(by_sound.neighbours.rows.tolist())


def test_the_pool_bounds_how_far_exploration_goes() -> None:
    vectors = np.random.default_rng(0).normal(size=(3 * POOL, 4)).astype(np.float32)
    similarity = CosineSimilarity("sound", vectors)
    found = explore(similarity, Query((0,)), 20, Exploration(1, 1), popularity_places(np.arange(3 * POOL)))
    assert set(found.neighbours.rows.tolist()) <= set(similar(similarity, 0, POOL).rows.tolist())


@pytest.mark.parametrize(
    ("like", "unlike", "weight", "said"),
    [
        ((), (1,), 0.5, "at least one artist"),
        ((1, 1), (), 0.5, "named twice"),
        ((1,), (1,), 0.5, "named twice"),
        (tuple(range(MOST_ARTISTS)), (99,), 0.5, "at most"),
        ((1,), (2,), 1.5, "0 to 1 times"),
        ((1,), (2,), float("nan"), "0 to 1 times"),
    ],
)
def test_queries_that_are_refused(like: tuple[int, ...], unlike: tuple[int, ...], weight: float, said: str) -> None:
    with pytest.raises(NearfieldError, match=said):
        Query(like, unlike, weight)


def test_questions_that_are_refused(similarity: Similarity) -> None:
    for row in (-1, N):
        with pytest.raises(NearfieldError, match="no artist in row"):
            explore(similarity, Query((0,), (row,)))
    for k in (0, 1001):
        with pytest.raises(NearfieldError, match="Ask for"):
            explore(similarity, Query((0,)), k)
    for position in (-0.1, 1.1, float("nan")):
        with pytest.raises(NearfieldError, match="dial goes from 0"):
            Exploration.at(position)
        with pytest.raises(NearfieldError, match="dial goes from 0"):
            Exploration(position, 0)
