"""Graph models by blocks on made-up catalogues of any size: what they find of the exact answers, time and memory.

    python -m benchmarks.blocks --artists N,N,… [--folder F] [--only walk,train,pairs] [--repeats N] [--json]

The catalogues are those of benchmarks.scale. Each part is measured in a process of its own:
    walk    PageRank and the short walk by forward push beside the exact walks, for `--repeats` artists: milliseconds of
            the processor, the share of the exact ten nearest, and the largest error beside its bound
    train   SIGN of two hops on memory-mapped rows: seconds until the first step, of the first epoch, which
            propagates, of the second, and of embedding everybody
    pairs   the pair ranker over suggested artists: seconds to open, milliseconds an answer. Its network is trained on
            the catalogue of 17,673 artists, whose columns are the same
Memory is the most that the process held of its own at any time; pages of mapped files, which the system takes back when
it needs room, are not in it.
"""

import argparse
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import psutil

from benchmarks.scale.__main__ import FOLDER, MB
from benchmarks.scale.world import SOUND, made_catalogue
from core.arrays import FloatArray, IntArray
from core.catalogue import Catalogue, open_catalogue

SMALL = 17_673
BATCH = 8192
PARTS = ("walk", "train", "pairs")
_SEED = 4
_EVERY = 0.02
"""Seconds between two looks at the memory."""


class Memory:
    """The most megabytes of its own that this process has held since it was made, looked at all the time."""

    def __init__(self) -> None:
        self.peak = 0.0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        process = psutil.Process()
        while True:
            memory = process.memory_info()
            self.peak = max(self.peak, (memory.rss - getattr(memory, "shared", 0)) / MB)
            time.sleep(_EVERY)


@contextmanager
def spent(into: list[float]) -> Iterator[None]:
    began = time.process_time()
    yield
    into.append(time.process_time() - began)


def some_artists(catalogue: Catalogue, repeats: int) -> IntArray:
    """Artists with edges, drawn at random."""
    linked = np.unique(catalogue.learned_edges)
    return np.random.default_rng(_SEED).choice(linked, min(repeats, len(linked)), replace=False)


def share_found(exact: FloatArray, found: IntArray, row: int) -> float:
    """The share of `found` whose exact scores are among the ten best."""
    scores = exact.copy()
    scores[row] = -np.inf
    return float(np.mean(scores[found] >= np.partition(scores, -10)[-10] - 1e-9))


def measure_walk(catalogue: Catalogue, repeats: int) -> dict[str, Any]:
    from core.graph.protocols import serving_view
    from core.graph.rankers import PAGERANK_CONTINUE, PAGERANK_ITERATIONS, PersonalisedPageRank, ShortWalk

    view = serving_view(catalogue)
    figures: dict[str, Any] = {}
    for walk in (PersonalisedPageRank(view), ShortWalk(view)):
        exact_times: list[float] = []
        near_times: list[float] = []
        shares, worst, met = [], 0.0, []
        for row in some_artists(catalogue, repeats).tolist():
            with spent(exact_times):
                exact = walk.scores(np.array([row]))[0]
            with spent(near_times):
                near = walk.near(row)
                best = near.best(10, len(catalogue))
            shares.append(share_found(exact, best.rows, row))
            dense = np.zeros(len(catalogue), np.float32)
            dense[near.rows] = near.scores
            dense[row] = exact[row]
            missing = np.abs(exact - dense)
            cut = PAGERANK_CONTINUE**PAGERANK_ITERATIONS if isinstance(walk, PersonalisedPageRank) else 1e-7
            assert near.error is not None
            worst = max(worst, float((missing / (near.error * view.degree + cut)).max()))
            met.append(len(near.rows))
        figures |= {
            f"{walk.name}: exact, ms": 1000 * median(exact_times),
            f"{walk.name}: pushed, ms": 1000 * median(near_times),
            f"{walk.name}: slowest push, ms": 1000 * max(near_times),
            f"{walk.name}: share of the ten nearest": float(np.mean(shares)),
            f"{walk.name}: least share": min(shares),
            f"{walk.name}: largest error / its bound": worst,
            f"{walk.name}: artists met": median(met),
        }
    return figures


def measure_train(catalogue: Catalogue) -> dict[str, Any]:
    from core.graph.protocols import serving_view
    from core.runs.config import ModelConfig, ObjectiveConfig, TrainingConfig
    from core.training.blocks import trains_in_blocks
    from core.training.checkpoints import embed
    from core.training.device import set_threads
    from core.training.loop import Trainer

    set_threads(1)
    config = TrainingConfig(SOUND, ModelConfig("sign", 2), objective=ObjectiveConfig(batch=BATCH))
    began = time.perf_counter()
    trainer = Trainer(catalogue, config)
    ready = time.perf_counter() - began
    first = trainer.run_epoch()
    second = trainer.run_epoch()
    began = time.perf_counter()
    embed(trainer.model.cpu(), trainer.inputs, serving_view(catalogue))
    return {
        "in blocks": trains_in_blocks(config, len(catalogue)),
        "until the first step, s": ready,
        "first epoch with propagation, s": first.seconds,
        "16 steps of 8,192 edges and a validation, s": second.seconds - first.seconds,
        "embedding everybody, s": time.perf_counter() - began,
    }


def measure_pairs(catalogue: Catalogue, repeats: int, folder: Path) -> dict[str, Any]:
    from core.experiments.pairs import train_pairs
    from core.graph.protocols import serving_view
    from core.pairs.config import PairConfig
    from core.pairs.content import load_content
    from core.pairs.near import NearPairRanker
    from core.pairs.store import features_of_pairs, load_pairs, scan_pairs
    from core.pairs.walks import VisibleGraph
    from core.search.spaces import _keeper, content_suggestions

    small = open_catalogue(made_catalogue(folder, SMALL))
    if "measured" not in scan_pairs(small)[0]:
        train_pairs(small, "measured", PairConfig(episodes=2, thinned=1, epochs=2, networks=1))
    stored = load_pairs(small, "measured")
    began = time.perf_counter()
    graph = VisibleGraph.of(serving_view(catalogue))
    object.__setattr__(graph, "keep", _keeper(catalogue))
    content = load_content(catalogue, stored.statistics)
    suggestions = content_suggestions(catalogue, features_of_pairs(stored))
    ranker = NearPairRanker("pairs:measured", stored, graph, content, suggestions)
    first = int(some_artists(catalogue, repeats)[0])
    ranker.near(first)
    opened = time.perf_counter() - began
    times: list[float] = []
    compared = []
    for row in some_artists(catalogue, repeats).tolist():
        with spent(times):
            compared.append(len(ranker.near(row).rows))
    return {
        "open and first answer, s": opened,
        "an answer, ms": 1000 * median(times),
        "slowest answer, ms": 1000 * max(times),
        "artists compared": median(compared),
    }


def measure(part: str, n_artists: int, folder: Path, repeats: int) -> dict[str, Any]:
    memory = Memory()
    catalogue = open_catalogue(made_catalogue(folder, n_artists))
    measured: dict[str, Callable[[], dict[str, Any]]] = {
        "walk": lambda: measure_walk(catalogue, repeats),
        "train": lambda: measure_train(catalogue),
        "pairs": lambda: measure_pairs(catalogue, repeats, folder),
    }
    return measured[part]() | {"most memory of its own, MB": memory.peak}


def main() -> int:
    parser = argparse.ArgumentParser(description="Graph models by blocks: what they find, time and memory.")
    parser.add_argument("--artists", default="1000000", help="sizes (default: %(default)s)")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where catalogues are kept (default: %(default)s)")
    parser.add_argument("--only", default=",".join(PARTS), help="parts (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=100, help="artists to ask for (default: %(default)s)")
    parser.add_argument("--measure", choices=PARTS, help="measure one part at one size in this process")
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    options = parser.parse_args()
    sizes = [int(size) for size in options.artists.split(",")]
    if options.measure:
        print(json.dumps(measure(options.measure, sizes[0], options.folder, options.repeats)))
        return 0
    found: dict[str, dict[str, Any]] = {}
    for size in sizes:
        made_catalogue(options.folder, size)
        for part in options.only.split(","):
            command = [sys.executable, "-m", "benchmarks.blocks", "--measure", part, "--artists", str(size)]
            command += ["--folder", str(options.folder), "--repeats", str(options.repeats)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            figures = found[f"{part} {size}"] = json.loads(done.stdout)
            if not options.json:
                print(f"{part}, {size:,} artists")
                for name, figure in figures.items():
                    print(
                        f"    {name:44}{figure if isinstance(figure, bool) else format(figure, '14,.4g')}", flush=True
                    )
    if options.json:
        print(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
