"""Propagation by blocks: any number of shards agrees with the function over the whole graph, bit for bit."""

from pathlib import Path

import numpy as np
import pytest
import torch

from core.graph.protocols import GraphView
from core.models import BlockGraph, MessageGraph, blocks, make_model, sign
from core.models.blocks import shard_of
from core.runs.config import ModelConfig
from tests.support.graphs import random_edges

N, COLUMNS = 500, 19


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path))
    return tmp_path


@pytest.fixture(params=["both ways", "one way"])
def view(request: pytest.FixtureRequest) -> GraphView:
    """A hub, some artists without messages, and edges between all others."""
    hub = np.stack([np.zeros(200, np.int64), np.arange(1, 201)], axis=1)
    edges = np.unique(np.concatenate([random_edges(N - 9, 4 * N), hub]), axis=0)
    order = np.random.default_rng(1).permutation(N) if request.param == "one way" else None
    return GraphView(N, edges, order)


@pytest.fixture
def features() -> torch.Tensor:
    return torch.randn(N, COLUMNS, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("n_shards", [1, 3, 7, N + 20])
def test_shards_are_the_whole_bit_for_bit(
    view: GraphView, features: torch.Tensor, n_shards: int, tmp_path: Path
) -> None:
    whole, graph = MessageGraph.from_view(view), BlockGraph.from_view(view)
    near = whole.means(features)
    hops = [near, whole.means(near)]
    given = features
    for number, expected in enumerate(hops):
        file = tmp_path / f"{number}.npy"
        np.lib.format.open_memmap(file, "w+", np.float32, (N, COLUMNS)).flush()
        for shard in range(n_shards):  # each by itself, as if on another machine
            out = np.load(file, mmap_mode="r+")
            graph.means_into(torch.from_numpy(out), given, *shard_of(shard, n_shards, N))
        given = torch.from_numpy(np.load(file, mmap_mode="c"))
        assert torch.equal(given, expected)


def test_shards_share_the_artists_out() -> None:
    for n_shards in (1, 3, 64):
        ends = [shard_of(shard, n_shards, 50) for shard in range(n_shards)]
        assert [row for first, last in ends for row in range(first, last)] == list(range(50))


def test_blocks_of_any_size_are_the_whole(
    view: GraphView, features: torch.Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, graph = MessageGraph.from_view(view), BlockGraph.from_view(view)
    model = make_model(COLUMNS, ModelConfig("sign", 3, hidden=16, embedding=5))
    expected = model.embed(features, whole)
    assert torch.equal(model.embed(features, graph), expected)
    monkeypatch.setattr(blocks, "_BLOCK", 64)
    monkeypatch.setattr(sign, "_ROWS_AT_ONCE", 128)
    assert torch.equal(graph.means(features), whole.means(features))
    torch.testing.assert_close(model.embed(features, graph), expected)


def test_without_messages_there_are_zeros(features: torch.Tensor) -> None:
    graph = BlockGraph.from_view(GraphView(N, np.empty((0, 2), np.int64)))
    assert not graph.means(features).any()


def test_nothing_stays_in_the_cache_folder(view: GraphView, features: torch.Tensor, cache: Path) -> None:
    BlockGraph.from_view(view).means(features)
    assert list(cache.iterdir()) == []
