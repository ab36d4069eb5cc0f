"""The plain model and loss, an oracle of the real ones, over the same weights and edges."""

import numpy as np
import pytest
import torch

from core.models import MessageGraph, make_model
from core.runs.config import ModelConfig
from core.training.triplets import EdgeTriplets
from tests.support.graphs import both_directions, random_edges
from tests.support.plain_models import plain_copy, plain_loss


def test_random_edges_are_distinct_and_undirected() -> None:
    edges = random_edges(200, 1100)
    assert edges.shape == (1100, 2)
    assert (edges[:, 0] < edges[:, 1]).all()
    assert edges.min() >= 0
    assert edges.max() < 200
    assert len(np.unique(edges, axis=0)) == 1100


def test_the_plain_model_is_the_same_model() -> None:
    torch.manual_seed(0)
    edges = random_edges(60, 200)
    graph = MessageGraph.from_messages(both_directions(edges), 60)
    features = torch.rand(60, 5)
    ours = make_model(5, ModelConfig(layers=3, hidden=16, embedding=8))
    plain = plain_copy(ours)
    embeddings = ours(features, graph)
    torch.testing.assert_close(plain(features, graph), embeddings)
    losses = [plain_loss(embeddings, graph.edge_index, 0.5).item() for _ in range(30)]
    triplets = EdgeTriplets(edges, 60, torch.device("cpu"))
    mine = [triplets.loss(embeddings, 0.5).item() for _ in range(30)]
    assert np.mean(mine) == pytest.approx(np.mean(losses), rel=0.02)
