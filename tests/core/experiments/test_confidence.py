"""What a word of confidence is worth: the precision of the answers that are given it."""

from pathlib import Path

import numpy as np
import pytest

from core.catalogue import Catalogue, open_catalogue
from core.errors import NearfieldError
from core.experiments.confidence import confidence_precision
from core.graph.protocols import EvaluationView, evaluation_view
from core.search.confidence import LEVELS
from core.search.spaces import open_ranker
from core.similarity import similar
from tests.support.catalogues import trainable
from tests.support.graphs import graph_catalogue, random_catalogue

BUNDLED_FOLDER = Path(__file__).resolve().parents[3] / "data" / "nearfield-demo"


def test_precision_by_confidence_adds_up_to_precision(tmp_path: Path) -> None:
    catalogue = random_catalogue(tmp_path, n=200)
    view = evaluation_view(catalogue, "standard", "val")
    found = confidence_precision(catalogue, "cosine:clap", ["cosine:random", "pagerank"], view, k=5)
    assert [level.word for level in found] == [word for word in LEVELS if word in {level.word for level in found}]
    assert "known" not in {level.word for level in found}
    answers, hits = answers_and_hits(catalogue, view, 5)
    assert sum(level.answers for level in found) == answers
    assert sum(level.precision.mean * level.answers for level in found) == pytest.approx(hits)
    for level in found:
        assert level.queries <= len(view.queries)
        assert level.precision.low <= level.precision.mean <= level.precision.high


def answers_and_hits(catalogue: Catalogue, view: EvaluationView, k: int) -> tuple[int, int]:
    """The first k candidates and the hidden neighbours among them, counted one query at a time."""
    ranker = open_ranker(catalogue, "cosine:clap", view)
    others = np.setdiff1d(np.arange(len(catalogue)), view.candidates)
    hidden = {tuple(edge) for edge in np.concatenate([view.hidden, view.hidden[:, ::-1]]).tolist()}
    answers = [
        (query, row) for query in view.queries.tolist() for row in similar(ranker, query, k, others).rows.tolist()
    ]
    return len(answers), sum(answer in hidden for answer in answers)


def test_a_ranker_that_answers_nothing_has_no_levels(tmp_path: Path) -> None:
    catalogue = trainable(tmp_path / "tiny")
    view = evaluation_view(catalogue, "cold", "val")
    assert confidence_precision(catalogue, "pagerank", ["cosine:clap"], view) == []


def test_nothing_to_find_is_said(tmp_path: Path) -> None:
    catalogue = graph_catalogue(tmp_path, ["train"] * 4 + ["val"] * 2, [(0, 1), (1, 4)])
    with pytest.raises(NearfieldError, match="nothing to find"):
        confidence_precision(catalogue, "pagerank", [], evaluation_view(catalogue, "standard", "val"))


def test_confident_answers_of_the_bundled_catalogue_are_more_often_right() -> None:
    catalogue = open_catalogue(BUNDLED_FOLDER)
    names = ["pagerank", *(f"cosine:{name}" for name in catalogue.feature_names)]
    view = evaluation_view(catalogue, "standard", "val")
    for name in names:
        precision = {level.word: level.precision for level in confidence_precision(catalogue, name, names, view)}
        assert precision["strong"].low > precision["thin"].high
