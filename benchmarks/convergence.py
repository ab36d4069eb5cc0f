"""How long training takes to reach a given validation NDCG, beside the same model and loss written plainly.

    python -m benchmarks.convergence CATALOGUE --to NDCG [--features NAMES] [--precision float32|bfloat16|both]
                                     [--layers N] [--steps N] [--seed N] [--json]

SAGE, triplet loss, standard protocol, no run is stored. The trainers start from the same weights and take turns, epoch
by epoch, until each has reached the target or the limit of steps. Times include validation, after every 16 steps.
Draws of negatives differ, so that the number of steps does too: compare more seeds than one.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import Tensor

from benchmarks.training import PLAIN, add_precision, chosen_precisions
from core.catalogue import Catalogue, open_catalogue
from core.runs.config import ModelConfig, TrainingConfig
from core.training.device import choose_device, describe_device, set_threads
from core.training.episodes import Episodes
from core.training.loop import Trainer
from core.training.objectives import Objective
from tests.support.plain_models import plain_loss, with_plain_layers


class PlainObjective(Objective):
    """The triplet loss, both ends of every triplet gathered."""

    def __call__(self, embeddings: Tensor) -> Tensor:
        return plain_loss(embeddings, self._triplets.both_ways, self._margin)


class PlainEpisodes(Episodes):
    """Every step on the whole graph of an earlier `Episodes`, with the plain loss."""

    def __init__(self, episodes: Episodes, config: TrainingConfig) -> None:
        graph = episodes.draw().graph
        messages = graph.edge_index.cpu().numpy()
        edges = messages[:, messages[0] < messages[1]].T
        n_artists, device = graph.n_artists, graph.edge_index.device
        super().__init__(messages, edges, n_artists, config.objective, config.margin, device)
        plain = PlainObjective(config.objective, edges, n_artists, config.margin, device)
        self._whole = replace(self._whole, objective=plain)


class PlainTrainer(Trainer):
    """The same run over `edge_index`."""

    def __init__(self, catalogue: Catalogue, config: TrainingConfig) -> None:
        super().__init__(catalogue, config)
        with_plain_layers(self.model)
        self._episodes = PlainEpisodes(self._episodes, config)


def reached(trainer: Trainer, target: float) -> bool:
    return any(report.val_ndcg >= target for report in trainer.history)


def measure(catalogue: Catalogue, config: TrainingConfig, target: float, precisions: Sequence[str]) -> dict[str, Any]:
    """Seconds, steps and best NDCG of every contender; `ratio` to the plain one's seconds where both got there."""
    trainers = {f"ours {name}": Trainer(catalogue, replace(config, precision=name)) for name in precisions}
    trainers[PLAIN] = PlainTrainer(catalogue, replace(config, precision="float32"))
    while pending := [one for one in trainers.values() if not (reached(one, target) or one.finished)]:
        for trainer in pending:
            trainer.run_epoch()
    figures: dict[str, Any] = {}
    for name, trainer in trainers.items():
        last = trainer.history[-1]
        figures[name] = {
            "reached": reached(trainer, target),
            "seconds": last.seconds,
            "steps": last.step,
            "best_ndcg": max(report.val_ndcg for report in trainer.history),
        }
    for figure in figures.values():
        both = figure["reached"] and figures[PLAIN]["reached"]
        figure["ratio"] = figures[PLAIN]["seconds"] / figure["seconds"] if both else None
    return figures


def describe(name: str, figure: dict[str, Any]) -> str:
    line = f"{name:16} {figure['seconds']:8.1f} s {figure['steps']:6} steps, best {figure['best_ndcg']:.4f}"
    if not figure["reached"]:
        return f"{line}, target not reached"
    return line if figure["ratio"] is None else f"{line} {figure['ratio']:8.2f} times as fast as plain"


def main() -> None:
    parser = argparse.ArgumentParser(description="Time training to a validation NDCG against a plain edge_index one.")
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("--to", type=float, required=True, metavar="NDCG", help="validation NDCG@200 to reach")
    parser.add_argument("--features", help="feature sets joined by + (default: the catalogue's first)")
    add_precision(parser)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--steps", type=int, default=3200, help="limit (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, help="CPU threads (default: half the cores)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    options = parser.parse_args()
    set_threads(options.threads)
    catalogue = open_catalogue(options.catalogue)
    features = options.features or catalogue.feature_names[0]
    model = ModelConfig(layers=options.layers)
    config = TrainingConfig(features, model, seed=options.seed, steps=options.steps)
    figures = measure(catalogue, config, options.to, chosen_precisions(options.precision))
    if options.json:
        print(json.dumps(figures, indent=1))
        return
    print(
        f"To validation NDCG@200 {options.to:g} on {catalogue.manifest.name}, {features}, SAGE-{options.layers}, "
        f"seed {options.seed}; {describe_device(choose_device())}"
    )
    for name, figure in figures.items():
        print(describe(name, figure))


if __name__ == "__main__":
    main()
