"""Reasons of the pair ranker come from the network itself."""

import numpy as np
import pytest

from core.catalogue import Catalogue
from core.experiments.pairs import train_pairs
from core.graph.adjacency import adjacency, shared_counts
from core.pairs.config import PairConfig
from core.pairs.network import PairNetwork
from core.pairs.ranker import PairRanker
from core.pairs.reasons import contributions, explain
from core.search.spaces import open_space
from core.similarity import similar
from tests.support.communities import community_catalogue


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return community_catalogue(tmp_path_factory.mktemp("reasons"))


@pytest.fixture(scope="module")
def ranker(catalogue: Catalogue) -> PairRanker:
    train_pairs(catalogue, "good", PairConfig(episodes=4, thinned=2, share=0.25, epochs=4, networks=1))
    opened = open_space(catalogue, "pairs:good")
    assert isinstance(opened, PairRanker)
    return opened


def test_the_score_and_the_facts_are_those_of_the_answer(catalogue: Catalogue, ranker: PairRanker) -> None:
    matrix = adjacency(catalogue.learned_edges, len(catalogue))
    found = similar(ranker, 5, k=5)
    for row, score in zip(found.rows.tolist(), found.scores.tolist(), strict=True):
        reasons = explain(ranker, 5, row)
        assert reasons is not None
        assert reasons.score == pytest.approx(score, abs=1e-4)
        assert reasons.shared == shared_counts(matrix, 5, np.array([row]))[0]
        added = [one.added for one in reasons.contributions]
        assert added == sorted(added, reverse=True)
        assert {one.group for one in reasons.contributions} >= {"walks", "shared", "content:tags", "number:decade"}


def test_leaving_a_group_out_changes_only_what_the_network_reads_of_it(ranker: PairRanker) -> None:
    table = ranker.table(np.array([5]))
    group = "content:tags"
    columns = np.array([name == group for name in table.groups])
    # A network that reads the tags alone: the score is three times their column.
    weight = np.where(columns, 3.0, 0.0)[None].astype(np.float32)
    width = len(columns)
    network = PairNetwork(
        np.zeros(width, np.float32), np.ones(width, np.float32), (((weight, np.zeros(1, np.float32)),),)
    )
    known = np.flatnonzero(~np.isnan(table.values[:, columns][:, 0]))
    place = int(known[0])
    score, added = contributions(network, table, place)
    value = table.values[place, columns][0]
    assert score == pytest.approx(3 * value, abs=1e-5)
    assert added[group] == pytest.approx(3 * (value - np.nanmean(table.values[:, columns])), abs=1e-4)
    assert all(abs(other) < 1e-6 for name, other in added.items() if name != group)


def test_an_artist_that_is_not_scored_has_no_reasons(ranker: PairRanker) -> None:
    assert explain(ranker, 5, 5) is None
