"""How long a full-batch training step takes, beside the same model and loss written plainly over `edge_index`.

    python -m benchmarks.training [--layers N] [--columns D] [--steps N] [--json]

Both models have the same weights, features and graph: a random graph of OLGA's size with its mean degree. They take
turns, step by step, so that a machine whose speed drifts does not favour one; the ratio is the median of the pairs.
The plain one sends every message by itself (PyG's default) and gathers both ends of every triplet.
"""

import argparse
import copy
import json
import time
from collections.abc import Callable
from statistics import median

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch_geometric.utils import structured_negative_sampling

from core.models import ArtistEmbedder, MessageGraph, ModelConfig
from core.models.backbones import SAGELayer
from core.training.device import choose_device, describe_device, set_threads
from core.training.triplets import EdgeTriplets

ARTISTS, EDGES = 14_139, 64_595
"""OLGA's train artists and the edges among them."""

MARGIN = 0.2


def random_edges(n_artists: int, n_edges: int, seed: int = 0) -> np.ndarray:
    """(n_edges, 2) undirected edges of a random graph, each once."""
    pairs = np.sort(np.random.default_rng(seed).integers(0, n_artists, (2 * n_edges, 2)), axis=1)
    edges = np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0)
    return edges[np.sort(np.random.default_rng(seed).choice(len(edges), n_edges, replace=False))]


class PlainSAGE(SAGELayer):
    """The same layer as PyG runs it: every message by itself."""

    def convolve(self, x: Tensor, graph: MessageGraph) -> Tensor:
        return self.conv(x, graph.edge_index)


def plain_copy(model: ArtistEmbedder, width: int) -> ArtistEmbedder:
    """The same weights behind plain layers."""
    plain = copy.deepcopy(model)
    plain.layers = nn.ModuleList(PlainSAGE(width) for _ in model.layers)
    plain.load_state_dict(model.state_dict())
    return plain


def plain_loss(embeddings: Tensor, both_ways: Tensor, n_artists: int) -> Tensor:
    anchor, positive, negative = structured_negative_sampling(both_ways, n_artists, contains_neg_self_loops=False)
    return F.triplet_margin_loss(embeddings[anchor], embeddings[positive], embeddings[negative], margin=MARGIN)


def step_of(model: nn.Module, loss: Callable[[], Tensor]) -> Callable[[], float]:
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.05)

    def step() -> float:
        start = time.perf_counter()
        optimiser.zero_grad()
        value = loss()
        value.backward()
        optimiser.step()
        value.item()
        return time.perf_counter() - start

    return step


def measure(layers: int, columns: int, steps: int) -> dict[str, float]:
    device = choose_device()
    torch.manual_seed(0)
    edges = random_edges(ARTISTS, EDGES)
    messages = np.concatenate([edges, edges[:, ::-1]]).T
    graph = MessageGraph.from_messages(messages, ARTISTS).to(device)
    features = torch.rand(ARTISTS, columns, device=device)
    ours = ArtistEmbedder(columns, ModelConfig(layers=layers)).to(device)
    plain = plain_copy(ours, ModelConfig().hidden).to(device)
    triplets = EdgeTriplets(edges, ARTISTS, device)
    our_step = step_of(ours, lambda: triplets.loss(ours(features, graph), MARGIN))
    plain_step = step_of(plain, lambda: plain_loss(plain(features, graph), graph.edge_index, ARTISTS))
    pairs = [(our_step(), plain_step()) for _ in range(steps + 1)][1:]
    return {
        "ours": median(mine for mine, _ in pairs),
        "plain": median(theirs for _, theirs in pairs),
        "ratio": median(theirs / mine for mine, theirs in pairs),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Time a training step against a plain edge_index one.")
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--columns", type=int, default=512, help="input columns; CLAP has 512 (default)")
    parser.add_argument("--steps", type=int, default=7, help="timed pairs, after one that is not")
    parser.add_argument("--threads", type=int, help="CPU threads (default: half the cores)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a line")
    options = parser.parse_args()
    set_threads(options.threads)
    figures = measure(options.layers, options.columns, options.steps)
    if options.json:
        print(json.dumps(figures))
    else:
        print(
            f"{describe_device(choose_device())}; {options.layers} layers, {options.columns} columns: "
            f"ours {figures['ours']:.2f} s, plain {figures['plain']:.2f} s a step, {figures['ratio']:.2f} times as fast"
        )


if __name__ == "__main__":
    main()
