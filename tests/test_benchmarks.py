"""The benchmarks run on tiny sizes, and what they compare is the same thing. Nothing here looks at the clock."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest
import torch

from benchmarks import clips, convergence, evaluation, growth, training
from benchmarks.growth import Measurement, stops_fitting
from benchmarks.pages.__main__ import FIRST_LOAD, Timing, line, measure
from benchmarks.pages.actions import ACTIONS
from benchmarks.pages.visitor import Sample
from benchmarks.plain import plain_copy, plain_loss
from core.catalogue import Catalogue
from core.graph.protocols import evaluation_view
from core.models import MessageGraph, make_model
from core.runs.config import ModelConfig, TrainingConfig
from core.training.triplets import EdgeTriplets
from tests.support.graphs import random_catalogue

SMALL = ModelConfig(layers=1, hidden=8, embedding=4)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return random_catalogue(tmp_path)


def raising(fault: Exception) -> Callable[..., Measurement]:
    def measure(*settings: object) -> Measurement:
        raise fault

    return measure


def in_this_process(*command: object, **settings: object) -> CompletedProcess[str]:
    return CompletedProcess([], growth.measure_within("sage-2", 1000, 1, 10**9), "", "")


def test_random_edges_are_distinct_and_undirected() -> None:
    edges = training.random_edges(200, 1100)
    assert edges.shape == (1100, 2)
    assert (edges[:, 0] < edges[:, 1]).all()
    assert edges.min() >= 0
    assert edges.max() < 200
    assert len(np.unique(edges, axis=0)) == 1100


def test_the_plain_model_is_the_same_model() -> None:
    torch.manual_seed(0)
    edges = training.random_edges(60, 200)
    graph = MessageGraph.from_messages(training.both_directions(edges), 60)
    features = torch.rand(60, 5)
    ours = make_model(5, ModelConfig(layers=3, hidden=16, embedding=8))
    plain = plain_copy(ours)
    embeddings = ours(features, graph)
    torch.testing.assert_close(plain(features, graph), embeddings)
    losses = [plain_loss(embeddings, graph.edge_index, 0.5).item() for _ in range(30)]
    triplets = EdgeTriplets(edges, 60, torch.device("cpu"))
    mine = [triplets.loss(embeddings, 0.5).item() for _ in range(30)]
    assert np.mean(mine) == pytest.approx(np.mean(losses), rel=0.02)


def test_training_measures_every_contender() -> None:
    tiny = {"layers": 1, "columns": 4, "steps": 2, "n_artists": 60, "n_edges": 200, "hidden": 8}
    figures = training.measure(("float32", "bfloat16"), **tiny)
    assert list(figures) == ["ours float32", "ours bfloat16", "plain float32"]
    assert figures["plain float32"]["ratio"] == 1.0


def test_convergence_ends_at_the_target_or_at_the_limit(catalogue: Catalogue) -> None:
    config = TrainingConfig("clap", SMALL, steps=32)
    at_once = convergence.measure(catalogue, config, 0.0, ("float32",))
    assert [(figure["reached"], figure["steps"]) for figure in at_once.values()] == [(True, 16), (True, 16)]
    assert at_once["plain float32"]["ratio"] == 1.0
    never = convergence.measure(catalogue, config, 1.1, ("bfloat16",))
    assert [(figure["reached"], figure["steps"]) for figure in never.values()] == [(False, 32), (False, 32)]
    assert "not reached" in convergence.describe("ours", never["ours bfloat16"])


def test_evaluation_agrees_with_the_plain_way(catalogue: Catalogue) -> None:
    view = evaluation_view(catalogue, "standard", "test")
    for ranker in evaluation.default_rankers(catalogue):
        found = evaluation.measure(catalogue, ranker, view, repeats=1)
        assert found.difference < 1e-12
        assert found.peak_bytes > 0


@pytest.mark.parametrize("name", growth.CONTENDERS)
def test_growth_measures_both_models(name: str) -> None:
    found = growth.measure(name, 200, steps=1)
    assert found.fits
    assert found.artists == 200


@pytest.mark.parametrize("fault", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_a_lack_of_memory_is_an_answer(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth.resource, "setrlimit", lambda *limit: None)
    monkeypatch.setattr(growth, "measure", raising(fault))
    monkeypatch.setattr(growth.subprocess, "run", in_this_process)
    assert not growth.measure_apart("sage-2", 1000, steps=1, threads=1, memory=10**9).fits


def test_another_fault_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth.resource, "setrlimit", lambda *limit: None)
    monkeypatch.setattr(growth, "measure", raising(RuntimeError("shapes cannot be multiplied")))
    with pytest.raises(RuntimeError, match="shapes"):
        growth.measure_within("sage-2", 1000, steps=1, memory=10**9)


def test_where_a_model_stops_fitting() -> None:
    found = [Measurement("sage-2", size, 1.0, 0.0, 1.0, 100 + size) for size in (1000, 2000, 3000)]
    assert stops_fitting(found, memory=5000) is None
    assert "up to 3,000 artists" in growth.verdict("sage-2", found, 5000)
    found.append(Measurement("sage-2", 9000))
    assert stops_fitting(found, memory=5000) == pytest.approx(4900, abs=1)
    assert "between 3,000 and 9,000 artists" in growth.verdict("sage-2", found, 5000)
    assert "3.0 times" in growth.ratios("sage-2", found)


def test_clips_are_answered_and_leave_little_behind() -> None:
    found = clips.measure(clips.BUNDLED, clips=2, seconds=2.0)
    assert found["clips"] == 2
    assert 0 < found["median_seconds"] <= found["slowest_seconds"]
    assert found["megabytes_after_all"] > 0


def samples(*seconds: float) -> list[Sample]:
    return [Sample(each, 5000, 0.1, 0.2) for each in seconds]


def test_the_slowest_twentieth_decides() -> None:
    quick = Timing.of("choose", 0.7, samples(*[0.3] * 99, 9.0))
    assert quick.met
    assert quick.median == 0.3
    assert (quick.kilobytes, quick.server_ms, quick.page_ms) == (5.0, 100.0, 200.0)
    slow = Timing.of("choose", 0.7, samples(*[0.3] * 90, *[0.8] * 10))
    assert slow.median == 0.3
    assert not slow.met
    assert "MISSED" in line(slow)
    assert Timing.of("first load", None, samples(99.0)).met


@pytest.mark.slow
@pytest.mark.usefixtures("chromium_path")
def test_every_action_of_a_curator_is_measured() -> None:
    found = list(measure(clips.BUNDLED, repeats=1, warm_up=0))
    assert [timing.action for timing in found] == [*(action.name for action in ACTIONS), FIRST_LOAD]
    assert all(timing.repeats == 1 and 0 < timing.median == timing.p95 for timing in found)
    assert all(timing.kilobytes > 1 and timing.page_ms > 0 for timing in found)
    assert sum(timing.server_ms for timing in found) > 0, "the clock of a process ticks in hundredths of a second"
    by_name = {timing.action: timing.kilobytes for timing in found}
    assert by_name[FIRST_LOAD] > by_name["choose an artist"]
