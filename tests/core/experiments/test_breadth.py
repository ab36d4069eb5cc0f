"""Who is named in the answers, beside the neighbours that are to be found, worked out by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.catalogue import Catalogue
from core.experiments.breadth import Breadth, breadth_of_answers, breadth_of_neighbours, by_group, has_group
from core.experiments.misses import QueryHits, query_hits
from core.graph.protocols import evaluation_view
from core.search.spaces import open_ranker
from tests.support.catalogues import tiny_catalogue
from tests.support.graphs import random_catalogue


def hits_of(queries: list[int], answers: list[list[int]], values: list[float]) -> QueryHits:
    """Hits without hidden neighbours but one for each query: the artist in row 0."""
    named = np.full((len(queries), 10), -1)
    for place, rows in enumerate(answers):
        named[place, : len(rows)] = rows
    count = len(queries)
    ranks = np.ones(count, np.int64)
    return QueryHits(
        "test",
        np.array(queries),
        ranks,
        np.array(values),
        np.arange(count),
        np.zeros(count, np.int64),
        ranks,
        named,
        np.zeros_like(named, bool),
    )


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """Five artists: their popularity rises by row; the last one says nothing of itself."""
    return tiny_catalogue(
        tmp_path / "c",
        5,
        [(0, 1), (2, 3)],
        genres=[["Jazz"], ["Jazz", "Soul"], ["Soul"], ["Rock"], []],
        popularity=[1.0, 2.0, 3.0, 4.0, np.nan],
        decade=pd.array([1990, 1990, 1980, 1990, None], dtype="Int64"),
    )


def test_the_breadth_of_three_answers_by_hand(catalogue: Catalogue) -> None:
    hits = hits_of([0, 1], [[1, 3], [3]], [0.2, 0.4])
    found = breadth_of_answers(catalogue, hits, np.arange(5))
    # Named are 1 and 3 of five; of three answers two name the artist in row 3, the hundredth being one artist.
    # Places of popularity are 1/3 and twice 1. Of three answers one shares a genre; all are of the nineties.
    assert found == Breadth(3, 0.4, pytest.approx(2 / 3), pytest.approx((1 / 3 + 2) / 3), pytest.approx(1 / 3), 1.0)
    neighbours = breadth_of_neighbours(catalogue, hits, np.arange(5))
    assert neighbours == Breadth(2, 0.2, 1.0, 0.0, 1.0, 1.0)


def test_who_says_nothing_counts_nowhere(catalogue: Catalogue) -> None:
    found = breadth_of_answers(catalogue, hits_of([0], [[4]], [0.2]), np.arange(5))
    assert (found.answers, found.named) == (1, 0.2)
    assert np.isnan([found.popularity, found.same_genre, found.same_decade]).all()
    nothing = breadth_of_answers(catalogue, hits_of([0], [[]], [0.0]), np.arange(5))
    assert (nothing.answers, nothing.named) == (0, 0.0)
    assert np.isnan(nothing.often)


def test_figures_by_genre_and_decade(tmp_path: Path) -> None:
    genres = [["Jazz", "Soul"]] * 12 + [["Rock"]] * 15 + [["Folk"]] * 3 + [[]] * 2
    catalogue = tiny_catalogue(tmp_path / "c", 32, [(0, 1)], genres=genres)
    values = np.arange(32) / 32
    hits = hits_of(list(range(32)), [[1]] * 32, values.tolist())
    table = by_group(catalogue, hits, "genres")
    assert table["group"].tolist() == ["Rock", "Jazz"]
    assert table["queries"].tolist() == [15, 12]
    assert table["mean"].tolist() == pytest.approx([values[12:27].mean(), values[:12].mean()])
    assert (table["low"] < table["mean"]).all()
    assert by_group(catalogue, hits, "decade").empty
    assert (has_group(catalogue, "genres"), has_group(catalogue, "decade")) == (True, False)


def test_a_random_order_names_nearly_everybody_evenly(tmp_path: Path) -> None:
    catalogue = random_catalogue(tmp_path, 60)
    view = evaluation_view(catalogue, "everybody", "test")
    hits = query_hits(open_ranker(catalogue, "random", view), view)
    found = breadth_of_answers(catalogue, hits, view.candidates)
    assert found.answers == 10 * len(view.queries)
    assert found.named > 0.5
    assert np.isnan(found.same_decade)
