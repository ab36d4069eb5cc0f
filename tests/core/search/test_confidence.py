"""Confidence: what an answer rests on, in a word and its reason, and what the word is worth on hidden edges."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.graph.adjacency import adjacency
from core.search.confidence import (
    FAIR,
    KNOWN,
    LEVELS,
    STRONG,
    THIN,
    PairFacts,
    agreeing_spaces,
    agreement_by_kind,
    confidence_levels,
    confidences,
    facts_of_answer,
    feature_presence,
    kind_of,
    n_near_in,
    near_and_known,
    one_space_per_kind,
    pair_facts,
)
from core.search.evidence import answer
from core.search.spaces import Space, list_spaces, open_space
from core.space_name import SpaceName
from tests.support.graphs import graph_catalogue, random_catalogue

FIELDS = ("query_degree", "degree", "shared", "comparing", "agreeing", "covered")


def pair(known: bool = False, n_sets: int = 3, **counts: int) -> PairFacts:
    """One pair of well-known artists with every set, that nothing else speaks for."""
    usual = {"query_degree": 9, "degree": 9, "shared": 0, "comparing": 2, "agreeing": 0, "covered": n_sets} | counts
    arrays_of = {name: np.array([usual[name]]) for name in FIELDS}
    return PairFacts(known=np.array([known]), n_sets=n_sets, **arrays_of)


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        (pair(), THIN),
        (pair(shared=1), FAIR),
        (pair(shared=2), FAIR),
        (pair(shared=3), STRONG),
        (pair(agreeing=1), FAIR),
        (pair(agreeing=2), STRONG),
        (pair(agreeing=1, shared=1), STRONG),
        (pair(agreeing=2, degree=0), FAIR),
        (pair(agreeing=2, query_degree=0), FAIR),
        (pair(agreeing=2, covered=1), FAIR),
        (pair(shared=5, covered=0), FAIR),
        (pair(shared=5, covered=1, n_sets=1), STRONG),
        (pair(shared=5, n_sets=0), STRONG),
        (pair(known=True, covered=0), KNOWN),
    ],
)
def test_levels(facts: PairFacts, level: int) -> None:
    assert confidence_levels(facts).tolist() == [level]
    assert [confidence.word for confidence in confidences(facts)] == [LEVELS[level]]


COUNTS = st.fixed_dictionaries(
    {name: st.integers(0, 8) for name in ("query_degree", "degree", "shared", "agreeing", "covered")}
)


@given(COUNTS, st.sampled_from(["query_degree", "degree", "shared", "agreeing", "covered"]), st.integers(1, 5))
def test_more_evidence_never_lowers_confidence(counts: dict[str, int], name: str, more: int) -> None:
    less = pair(n_sets=9, comparing=9, **counts)
    increased = replace(less, **{name: getattr(less, name) + more})
    assert confidence_levels(increased) >= confidence_levels(less)
    assert confidence_levels(replace(less, known=np.array([True]))) >= confidence_levels(increased)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (
            pair(shared=3, query_degree=1200, agreeing=1),
            "3 artists have a known edge to both (known edges: 1,200 and 9). 1 of the 2 other kinds of space that can "
            "compare them agrees.",
        ),
        (
            pair(known=True, agreeing=2),
            "The catalogue has an edge between the two. No artist has a known edge to both (known edges: 9 and 9). "
            "2 of the 2 other kinds of space that can compare them agree.",
        ),
        (
            pair(query_degree=0, comparing=1, covered=1),
            "No edge of the artist asked for is known. The one other kind of space that can compare them "
            "does not agree. They have 1 of the catalogue’s 3 feature sets in common.",
        ),
        (
            pair(degree=0, comparing=0, covered=0),
            "No edge of this artist is known. No other kind of space can compare the two. They have none of "
            "the catalogue’s 3 feature sets in common.",
        ),
        (
            pair(query_degree=0, degree=0),
            "No edge of either artist is known. None of the 2 other kinds of space that can compare them agree.",
        ),
    ],
)
def test_reasons(facts: PairFacts, reason: str) -> None:
    assert confidences(facts)[0].reason == reason


def test_one_artist_is_one() -> None:
    assert confidences(pair(shared=1))[0].reason.startswith("1 artist has a known edge to both (known edges: 9 and 9).")


def test_kinds() -> None:
    assert len({kind_of(name) for name in ("run:a", "fusion:b", "pagerank", "popularity")}) == 1
    assert kind_of("cosine:clap") == kind_of("clap") != kind_of("moods_themes")


def test_near_is_among_the_ten_or_two_in_a_hundred() -> None:
    scores = np.tile(np.arange(1000, dtype=np.float32), (2, 1))
    scores[1, 40:] = np.nan
    near, known = near_and_known(scores, np.array([0, 0, 1, 1, 1]), np.array([980, 979, 30, 29, 40]))
    assert near.tolist() == [True, False, True, False, False]
    assert known.tolist() == [True, True, True, True, False]


def test_a_space_that_knows_few_is_near_to_all_of_them_and_one_that_ties_all_to_nobody() -> None:
    few = np.full((1, 50), np.nan, np.float32)
    few[0, :5] = 1
    assert near_and_known(few, np.zeros(2, np.int64), np.array([0, 5]))[0].tolist() == [True, False]
    same = np.zeros((1, 50), np.float32)
    assert not near_and_known(same, np.zeros(50, np.int64), np.arange(50))[0].any()


def test_of_few_artists_a_third_is_near() -> None:
    few = np.arange(10, dtype=np.float32)[np.newaxis]
    few[0, 0] = np.nan
    near, _ = near_and_known(few, np.zeros(10, np.int64), np.arange(10))
    assert np.flatnonzero(near).tolist() == [7, 8, 9]
    two = np.array([[np.nan, 1]], np.float32)
    assert near_and_known(two, np.zeros(2, np.int64), np.arange(2))[0].tolist() == [False, True]


@given(arrays(np.float32, (2, 30), elements=st.sampled_from([0.0, 1.0, 2.0, 3.0, 4.0, np.nan])))
def test_near_matches_counting(scores: np.ndarray) -> None:
    query, rows = np.repeat([0, 1], 30), np.tile(np.arange(30), 2)
    near, _ = near_and_known(scores, query, rows)
    for own, row, found in zip(query, rows, near, strict=True):
        score = scores[own, row]
        assert found == (not np.isnan(score) and np.count_nonzero(scores[own] >= score) <= 9)


def test_a_kind_counts_once_and_not_for_itself() -> None:
    high = np.linspace(0, 1, 100, dtype=np.float32)[None]
    low, unknown = -high, np.full((1, 100), np.nan, np.float32)
    scores = {"clap": high, "run:a": high, "run:b": low, "pagerank": high, "traits": low, "moods": unknown}
    query, rows = np.zeros(2, np.int64), np.array([99, 0])
    assert agreement_by_kind(scores, "clap", query, rows).tolist() == [[2, 2], [1, 2]]
    assert agreement_by_kind(scores, "fusion:x", query, rows).tolist() == [[2, 2], [1, 1]]
    assert agreement_by_kind({"clap": high}, "clap", query, rows).tolist() == [[0, 0], [0, 0]]


def test_facts_by_hand(tmp_path: Path) -> None:
    clap, mood = np.ones((6, 2), np.float32), np.ones((6, 2), np.float32)
    clap[1], mood[[1, 5]] = np.nan, np.nan
    edges = [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)]
    catalogue = graph_catalogue(tmp_path, ["train"] * 6, edges, {"clap": clap, "mood": mood})
    present = feature_presence(catalogue)
    assert present.tolist() == [[True, False, True, True, True, True], [True, False, True, True, True, False]]
    rows = np.array([1, 3, 5])
    facts = pair_facts(
        adjacency(catalogue.learned_edges, 6), present, np.zeros(3, np.int64), rows, np.zeros((2, 3), int)
    )
    assert facts.known.tolist() == [True, False, False]
    assert facts.shared.tolist() == [0, 2, 0]
    assert facts.query_degree.tolist() == [2, 2, 2]
    assert facts.degree.tolist() == [2, 3, 0]
    assert facts.covered.tolist() == [0, 2, 1]
    assert facts.n_sets == 2


def test_sets_that_hear_the_same_count_as_one(tmp_path: Path) -> None:
    clap, one_track = np.ones((4, 2), np.float32), np.ones((4, 2), np.float32)
    clap[[0, 1]], one_track[0] = np.nan, np.nan
    features = {"clap": clap, "clap_one_track": one_track, "mood": np.ones((4, 2), np.float32)}
    present = feature_presence(graph_catalogue(tmp_path, ["train"] * 4, [(0, 1)], features))
    assert present.tolist() == [[False, True, True, True], [True] * 4]


def test_every_space_of_a_catalogue(tmp_path: Path) -> None:
    catalogue = random_catalogue(tmp_path)
    matrix, present = adjacency(catalogue.learned_edges, len(catalogue)), feature_presence(catalogue)
    for query in (0, 3, len(catalogue) - 1):
        answers = [answer(open_space(catalogue, space.name), space, query, 10) for space in list_spaces(catalogue)]
        for found in answers:
            facts = facts_of_answer(matrix, present, answers, found.space.name, found.nearest.rows)
            assert len(confidences(facts)) == len(found.nearest)
            assert (facts.agreeing <= facts.comparing).all()


def test_the_spaces_that_agree_are_those_that_are_counted(tmp_path: Path) -> None:
    catalogue = random_catalogue(tmp_path)
    matrix, present = adjacency(catalogue.learned_edges, len(catalogue)), feature_presence(catalogue)
    counted = one_space_per_kind(list_spaces(catalogue))
    answers = [answer(open_space(catalogue, space.name), space, 0, 10) for space in counted]
    marks = []
    for own in answers:
        facts = facts_of_answer(matrix, present, answers, own.space.name, np.arange(1, len(catalogue)))
        for place, row in enumerate(range(1, len(catalogue))):
            agreeing = agreeing_spaces(answers, own.space.name, row)
            assert own.space.name not in agreeing
            assert [len(agreeing), sum(agreeing.values())] == [facts.comparing[place], facts.agreeing[place]]
            for found in answers:
                if found.space.name in agreeing:
                    not_less = np.count_nonzero(found.scores >= found.scores[row])
                    assert agreeing[found.space.name] == (not_less <= n_near_in(found))
            marks += agreeing.values()
    assert set(marks) == {False, True}


def test_answers_to_different_artists_do_not_speak_for_each_other(tmp_path: Path) -> None:
    catalogue = random_catalogue(tmp_path)
    clap, space = open_space(catalogue, "clap"), Space(SpaceName("clap"), "", True)
    matrix, present = adjacency(catalogue.learned_edges, len(catalogue)), feature_presence(catalogue)
    for answers in ([answer(clap, space, 0), answer(clap, space, 1)], []):
        with pytest.raises(ValueError, match="one query artist"):
            facts_of_answer(matrix, present, answers, "clap", np.array([2]))
