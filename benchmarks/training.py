"""How long a full-batch training step takes, beside the same model and loss written plainly over `edge_index`.

    python -m benchmarks.training [--precision float32|bfloat16|both] [--layers N] [--columns D] [--steps N]
                                  [--hidden N] [--artists N] [--edges N] [--json]

All models have the same weights, features and graph: a random graph of OLGA's size with its mean degree. They take
turns, step by step, so that a machine whose speed drifts does not favour one; a ratio is the median over the turns.
The plain model is always in float32.
"""

import argparse
import copy
import json
import time
from collections.abc import Callable, Sequence
from statistics import median

import torch
from torch import Tensor, nn

from core.models import MessageGraph, make_model
from core.runs.config import PRECISIONS, ModelConfig
from core.training.device import choose_device, describe_device, set_threads
from core.training.triplets import EdgeTriplets
from tests.support.graphs import both_directions, random_edges
from tests.support.plain_models import plain_copy, plain_loss

ARTISTS, EDGES = 14_139, 64_595
"""OLGA's train artists and the edges among them."""

MARGIN = 0.2
PLAIN = "plain float32"


def step_of(model: nn.Module, loss: Callable[[], Tensor]) -> Callable[[], float]:
    """A training step that returns the seconds it took."""
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


def measure(
    precisions: Sequence[str],
    layers: int,
    columns: int,
    steps: int,
    n_artists: int,
    n_edges: int,
    hidden: int,
) -> dict[str, dict[str, float]]:
    """Seconds a step of each contender, and how many times as fast as the plain model it is."""
    device = choose_device()
    torch.manual_seed(0)
    edges = random_edges(n_artists, n_edges)
    graph = MessageGraph.from_messages(both_directions(edges), n_artists).to(device)
    triplets = EdgeTriplets(edges, n_artists, device)
    features = torch.rand(n_artists, columns, device=device)
    model = make_model(columns, ModelConfig(layers=layers, hidden=hidden)).to(device)

    def our_step(precision: str) -> Callable[[], float]:
        ours, half = copy.deepcopy(model), precision == "bfloat16"
        given = features.bfloat16() if half else features

        def loss() -> Tensor:
            with torch.autocast(device.type, torch.bfloat16, enabled=half):
                embeddings = ours(given, graph)
            return triplets.loss(embeddings.float(), MARGIN)

        return step_of(ours, loss)

    plain = plain_copy(model)
    contenders = {f"ours {precision}": our_step(precision) for precision in precisions}
    contenders[PLAIN] = step_of(plain, lambda: plain_loss(plain(features, graph), graph.edge_index, MARGIN))
    turns = [{name: step() for name, step in contenders.items()} for _ in range(steps + 1)][1:]
    return {
        name: {
            "seconds": median(turn[name] for turn in turns),
            "ratio": median(turn[PLAIN] / turn[name] for turn in turns),
        }
        for name in contenders
    }


def add_precision(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--precision", choices=(*PRECISIONS, "both"), default="both", help="ours (default: both)")


def chosen_precisions(precision: str) -> tuple[str, ...]:
    return PRECISIONS if precision == "both" else (precision,)


def main() -> None:
    parser = argparse.ArgumentParser(description="Time a training step against a plain edge_index one.")
    add_precision(parser)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--columns", type=int, default=512, help="input columns; CLAP has 512 (default)")
    parser.add_argument("--steps", type=int, default=7, help="timed turns, after one that is not")
    parser.add_argument("--hidden", type=int, default=ModelConfig().hidden, help="width (default: %(default)s)")
    parser.add_argument("--artists", type=int, default=ARTISTS, help="default: OLGA's train artists")
    parser.add_argument("--edges", type=int, default=EDGES, help="default: those among them")
    parser.add_argument("--threads", type=int, help="CPU threads (default: half the cores)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    options = parser.parse_args()
    set_threads(options.threads)
    figures = measure(
        chosen_precisions(options.precision),
        options.layers,
        options.columns,
        options.steps,
        options.artists,
        options.edges,
        options.hidden,
    )
    if options.json:
        print(json.dumps(figures, indent=1))
        return
    print(
        f"A step on {options.artists:,} artists and {options.edges:,} edges, {options.layers} layers, "
        f"{options.columns} columns; "
        f"{describe_device(choose_device())}"
    )
    for name, figure in figures.items():
        print(f"{name:16} {figure['seconds']:8.3f} s {figure['ratio']:8.2f} times as fast as plain")


if __name__ == "__main__":
    main()
