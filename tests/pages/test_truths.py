"""Five truths about reasons, on random pairs of the bundled catalogue and of real artists.

Each is checked against the stored edges, tags and scores, by other code than the one that says it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pytest
import streamlit as st

from core.arrays import IntArray
from core.catalogue import Catalogue, open_catalogue
from core.catalogue.format import LIST_COLUMNS
from core.catalogue.library import BUNDLED, data_folder
from core.features.tag_words import EMPTY_TAGS, is_telling
from core.search.confidence import confidence_levels, facts_of_answer
from core.search.evidence import answer, gather_evidence, known_scores
from core.search.query import thin_answers
from core.search.spaces import list_spaces
from pages.artists import why
from pages.artists.texts import place_text
from pages.shell import resources
from pages.shell.text import plain, plain_list

N_PAIRS = 200
N_QUERIES = 20
N_JOINED = 10


@pytest.fixture(scope="module", params=["bundled", "disco_olga"])
def catalogue(request: pytest.FixtureRequest) -> Catalogue:
    if request.param == "bundled":
        return open_catalogue(data_folder() / BUNDLED)
    return request.getfixturevalue("disco_olga")


@pytest.fixture(scope="module")
def pairs(catalogue: Catalogue) -> IntArray:
    """(200, 2) rows: 20 artists with at least two edges, each with 10 others, half of them from its nearest."""
    rng = np.random.default_rng(19)
    matrix = resources.adjacency(catalogue)
    queries = rng.choice(np.flatnonzero(np.diff(matrix.indptr) >= 2), N_QUERIES, replace=False)
    pairs = []
    for query in queries.tolist():
        near = [row for found in answers_of(catalogue, query) for row in found.nearest.rows.tolist()]
        others = np.concatenate([rng.permutation(np.unique(near))[:5], rng.choice(len(catalogue), 10)])
        pairs += [(query, row) for row in dict.fromkeys(others.tolist()) if row != query][: N_PAIRS // N_QUERIES]
    assert len(pairs) == N_PAIRS
    return np.array(pairs)


def answers_of(catalogue: Catalogue, query: int) -> list:
    spaces = [space for space in list_spaces(catalogue) if not space.name.is_fusion]
    return [answer(resources.space(catalogue, space.name), space, query, 5) for space in spaces]


def said_of(catalogue: Catalogue, pairs: IntArray, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, int, str]]:
    """Each pair with all that "Why?" says of it."""
    said: list[str] = []
    monkeypatch.setattr(st, "markdown", said.append)
    for query in dict.fromkeys(pairs[:, 0].tolist()):
        kind_answers = why.one_answer_per_kind(catalogue, list_spaces(catalogue), [query])
        for row in pairs[pairs[:, 0] == query, 1].tolist():
            said.clear()
            why.show_pair(catalogue, query, row, kind_answers[0].space.name, kind_answers)
            yield query, row, "\n".join(said)


def neighbours(catalogue: Catalogue) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for one, other in catalogue.learned_edges.tolist():
        found[one].add(other)
        found[other].add(one)
    return found


def test_nobody_is_called_alike_in_the_lower_half_of_that_space(
    catalogue: Catalogue, pairs: IntArray, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_alike = n_unlike = 0
    (traits,) = resources.artist_traits(catalogue)
    similarity = resources.space(catalogue, traits.features)
    for query, row, said in said_of(catalogue, pairs, monkeypatch):
        scores = known_scores(similarity, np.array([query]))[0]
        known = scores[~np.isnan(scores)]
        if "- Alike:" in said:
            n_alike += 1
            assert np.count_nonzero(known >= scores[row]) <= len(known) / 2
        n_unlike += "- Unlike:" in said
    assert n_alike
    assert n_unlike


def test_named_tags_are_shared_and_described_by_nothing_empty(
    catalogue: Catalogue, pairs: IntArray, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = {plain(source.title): source for source in resources.tag_sources(catalogue)}
    n_found = 0
    for query, row, said in said_of(catalogue, pairs, monkeypatch):
        for title, source in sources.items():
            if source.name in LIST_COLUMNS:
                one, other = (set(catalogue.artists[source.name].iloc[each]) for each in (query, row))
                common = one & other
            else:
                values, columns = catalogue.feature_array(source.name), catalogue.feature_info(source.name).columns
                common = {columns[place] for place in np.flatnonzero((values[query] > 0) & (values[row] > 0))}
            tags = sorted(filter(is_telling, common), key=lambda tag: source.artists[source.tags.index(tag)])
            if not tags:
                assert f"**{title}:**" not in said or f"**{title}:** no tag in common" in said
                continue
            n_found += 1
            (line,) = [line for line in said.split("\n") if line.startswith(f"**{title}:**")]
            assert f" {len(tags)} tag" in line
            named = line.partition(" in common")[2]
            assert all(plain_list([tag]) in named for tag in tags[:3])
            assert len(tags) > 1 or line.endswith(f"1 tag in common: {plain_list(tags)}")
            assert not set(source.of(row)) & EMPTY_TAGS
    assert n_found


def test_counts_equal_the_graph(catalogue: Catalogue, pairs: IntArray) -> None:
    around = neighbours(catalogue)
    for query, row in pairs.tolist():
        said = " ".join(why.chips(catalogue, query, row))
        shared = re.search(r"([\d,]+) shared neighbour", said)
        assert int(shared[1].replace(",", "") if shared else 0) == len(around[query] & around[row])
        counts = [f"{len(around[each]):,}" for each in (query, row)]
        assert re.search(rf"known edges: .* {counts[0]}, .* {counts[1]}$", said)
        assert ("Not listed" in said) == (row not in around[query])


def test_ties_are_told(catalogue: Catalogue, pairs: IntArray) -> None:
    n_tied = 0
    for query in dict.fromkeys(pairs[:, 0].tolist()):
        for found in answers_of(catalogue, query):
            for row in pairs[pairs[:, 0] == query, 1].tolist():
                score = found.scores[row]
                if np.isnan(score):
                    assert place_text(found, row) == "unknown"
                    continue
                tied = int(np.count_nonzero(found.scores == score)) - 1
                place = int(np.count_nonzero(found.scores > score)) + 1
                said = f"{place:,} of {np.count_nonzero(~np.isnan(found.scores)):,}"
                assert place_text(found, row).startswith(said)
                assert (f"tied with {tied:,} other" in place_text(found, row)) == (tied > 0)
                n_tied += tied > 0
            # The list says how many it leaves out although they score like its last one.
            last = found.nearest.scores[-1:]
            assert found.n_tied == np.isin(found.scores, last).sum() - np.isin(found.nearest.scores, last).sum()
    assert n_tied


def test_marks_are_computed_for_all_named_artists(catalogue: Catalogue, pairs: IntArray) -> None:
    around = neighbours(catalogue)
    matrix, present = resources.adjacency(catalogue), resources.presence(catalogue)
    rng = np.random.default_rng(7)
    spaces = list_spaces(catalogue)
    queries = np.unique(pairs[:, 0])
    for _ in range(N_JOINED):
        *like, unlike = rng.choice(queries, 4, replace=False).tolist()
        rows = rng.permutation(pairs[:, 1])[:8]
        evidence = gather_evidence(matrix, like, rows, [unlike])
        for place, row in enumerate(rows.tolist()):
            assert evidence.known[:, place].tolist() == [row in around[named] for named in like]
            assert evidence.unwanted[:, place].tolist() == [row in around[unlike]]
            assert evidence.shared[place] == len(around[row] & set.union(*(around[named] for named in like)))
        kind_answers = why.one_answer_per_kind(catalogue, spaces, like)
        for own in (found for found in kind_answers if found.query_row == like[0]):
            levels = [
                confidence_levels(
                    facts_of_answer(
                        matrix,
                        present,
                        [found for found in kind_answers if found.query_row == named],
                        own.space.name,
                        own.nearest.rows,
                    )
                )
                for named in like
            ]
            thin = thin_answers(matrix, present, kind_answers, own)
            assert thin.tolist() == [max(each) == 0 for each in zip(*levels, strict=True)]
