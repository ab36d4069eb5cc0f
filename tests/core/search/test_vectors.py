"""Cosines between vectors: the same number, and so the same rank, however a processor adds up."""

import os
from pathlib import Path

import numpy as np
import pytest

from core.search import vectors
from core.search.spaces import open_space
from core.search.vectors import CosineSimilarity
from tests.support.graphs import random_catalogue

N, TAGS = 300, 90


def tagged(rng: np.random.Generator) -> np.ndarray:
    return (rng.random((N, TAGS)) < 0.12).astype(np.float32)


def test_the_order_of_the_columns_changes_no_score() -> None:
    rng = np.random.default_rng(11)
    tags, queries = tagged(rng), np.arange(N)
    scores = CosineSimilarity("tags", tags).scores(queries)
    for _ in range(5):
        shuffled = CosineSimilarity("tags", tags[:, rng.permutation(TAGS)])
        assert np.array_equal(shuffled.scores(queries), scores, equal_nan=True)


def test_artists_with_equal_overlap_have_equal_scores() -> None:
    tags = tagged(np.random.default_rng(12)).astype(np.float64)
    scores = CosineSimilarity("tags", tags.astype(np.float32)).scores(np.arange(N))
    counts, shared = tags.sum(axis=1), tags @ tags.T
    for query in range(0, N, 10):
        for other in range(N):
            same = (shared[query] == shared[query, other]) & (counts == counts[other])
            assert len(np.unique(scores[query, same])) == 1


def test_blocks_leave_no_artist_out(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(13).normal(size=(50, 6)).astype(np.float32)
    whole = CosineSimilarity("sound", values).scores(np.arange(50))
    monkeypatch.setattr(vectors, "_BLOCK", 7)
    assert np.array_equal(CosineSimilarity("sound", values).scores(np.arange(50)), whole)
    unit = values.astype(np.float64) / np.linalg.norm(values.astype(np.float64), axis=1, keepdims=True)
    assert whole == pytest.approx(unit @ unit.T, abs=1e-6)


def test_kept_vectors_answer_bit_for_bit_as_new_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = random_catalogue(tmp_path)
    everybody = np.arange(len(catalogue))
    plain = {name: open_space(catalogue, name) for name in ("clap", "clap+random")}
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("core.search.vectors.KEPT_FROM", 1)
    for _ in range(2):
        for name, known in plain.items():
            kept = open_space(catalogue, name)
            np.testing.assert_array_equal(kept.scores(everybody), known.scores(everybody))
            np.testing.assert_array_equal(kept.present, known.present)
            assert not kept.vectors.flags.writeable


def test_vectors_of_a_changed_file_are_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("core.search.vectors.KEPT_FROM", 1)
    catalogue = random_catalogue(tmp_path)
    before = open_space(catalogue, "clap").vectors
    file = catalogue.path / "features" / "clap.npy"
    np.save(file, -np.load(file)[:, ::-1])
    os.utime(file, ns=(1, 1))
    assert not np.array_equal(open_space(catalogue, "clap").vectors, before)
