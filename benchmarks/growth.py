"""Time and memory of a training step as the catalogue grows, full batch beside batches of edges.

    python -m benchmarks.growth [--artists N,N,…] [--memory GB] [--steps N] [--json]

On random graphs of mean degree 11 with 64 random input columns, triplet loss, on the CPU:
    sage-2  two SAGE layers on the whole graph at every step
    sign-2  two hops propagated once, then the ends of 8,192 edges at every step
Each measurement is a process of its own, which may take `--memory` (default: 80% of what is available). Where that is
not enough, the model stops fitting and larger graphs are left out. Peak memory is the process's largest resident set,
Python and PyTorch included; `ready` is the time before the first step: graph, triplets, propagation.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median

import numpy as np
import psutil
import torch
from torch import Tensor

from benchmarks.training import MARGIN, step_of
from core.models import make_model
from core.runs.config import ModelConfig, ObjectiveConfig
from core.training.device import set_threads
from core.training.episodes import Episodes
from tests.support.graphs import both_directions, random_edges

SIZES = (17_000, 50_000, 100_000, 250_000, 500_000, 1_000_000)
MEAN_DEGREE = 11
COLUMNS = 64
BATCH = 8192
CONTENDERS = {
    "sage-2": (ModelConfig("sage", layers=2), ObjectiveConfig()),
    "sign-2": (ModelConfig("sign", layers=2), ObjectiveConfig(batch=BATCH)),
}
GB = 1e9

_NO_MEMORY = 75
"""Exit code of a measurement that ran out of memory."""


@dataclass(frozen=True)
class Measurement:
    """One size of one model. Seconds and bytes are None where it does not fit."""

    model: str
    artists: int
    step_seconds: float | None = None
    draw_seconds: float | None = None
    ready_seconds: float | None = None
    peak_bytes: int | None = None

    @property
    def fits(self) -> bool:
        return self.peak_bytes is not None


def measure(name: str, n_artists: int, steps: int) -> Measurement:
    """Median time of a step after one that is not timed, and the peak memory of this process."""
    model_config, objective = CONTENDERS[name]
    torch.manual_seed(0)
    edges = random_edges(n_artists, n_artists * MEAN_DEGREE // 2)
    started = time.perf_counter()
    device = torch.device("cpu")
    episodes = Episodes(both_directions(edges), edges, n_artists, objective, MARGIN, device)
    features = torch.rand(n_artists, COLUMNS)
    model = make_model(COLUMNS, model_config)
    model.train()
    draws: list[float] = []

    def loss() -> Tensor:
        before = time.perf_counter()
        step = episodes.draw()
        draws.append(time.perf_counter() - before)
        value: Tensor = step.objective(model(features, step.graph, step.artists))
        return value

    train_step = step_of(model, loss)
    train_step()
    ready = time.perf_counter() - started
    seconds = [train_step() for _ in range(steps)]
    return Measurement(name, n_artists, median(seconds), median(draws[1:]), ready, peak_memory())


def peak_memory() -> int:
    """Bytes of this process's largest resident set so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def measure_apart(name: str, n_artists: int, steps: int, threads: int, memory: int) -> Measurement:
    """`measure` in a process that may allocate `memory` bytes; nothing measured where that is not enough."""
    settings = ["--only", name, "--artists", n_artists, "--steps", steps, "--threads", threads, "--memory", memory / GB]
    command = [sys.executable, "-m", "benchmarks.growth", *map(str, settings)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == _NO_MEMORY or "bad_alloc" in done.stderr:
        return Measurement(name, n_artists)
    if done.returncode:
        raise RuntimeError(f"The measurement of {name} failed:\n{done.stderr}")
    found = Measurement(**json.loads(done.stdout))
    return found if (found.peak_bytes or 0) <= memory else Measurement(name, n_artists)


def measure_within(name: str, n_artists: int, steps: int, memory: int) -> int:
    """Measure in this process, allocating at most `memory` bytes, and print JSON; returns the exit code."""
    # Not the address space: the libraries that are mapped but never touched would count.
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    try:
        print(json.dumps(asdict(measure(name, n_artists, steps))))
    except MemoryError:
        return _NO_MEMORY
    except RuntimeError as fault:  # what PyTorch raises instead
        if "allocate memory" not in str(fault):
            raise
        return _NO_MEMORY
    return 0


def stops_fitting(found: Sequence[Measurement], memory: int) -> int | None:
    """The number of artists at which the peak of one model's measurements passes `memory`, where one did not fit.

    On the line through its two largest sizes that fit: features, activations and edges all grow in proportion. None
    where that line contradicts what was measured, as it can among sizes whose arrays the allocator treats differently.

    >>> fit = [Measurement("sage-2", size, 1.0, 0.0, 1.0, 100 + size) for size in (1000, 2000, 3000)]
    >>> stops_fitting(fit, memory=5000) is None
    True
    >>> abs(stops_fitting([*fit, Measurement("sage-2", 9000)], memory=5000) - 4900) <= 1
    True
    """
    fitting = [(one.artists, one.peak_bytes) for one in found if one.peak_bytes is not None]
    failed = [one.artists for one in found if not one.fits]
    if len(fitting) < 2 or not failed:
        return None
    artists, peaks = zip(*fitting[-2:], strict=True)
    slope, start = np.polyfit(artists, peaks, 1)
    point = int((memory - start) / slope)
    return point if artists[-1] < point < failed[0] else None


def verdict(name: str, found: Sequence[Measurement], memory: int) -> str:
    """Where the model stops fitting, in words.

    >>> fit = [Measurement("sage-2", size, 1.0, 0.0, 1.0, 10**9 + size * 10**6) for size in (1000, 2000, 3000)]
    >>> verdict("sage-2", fit, 5 * 10**9)
    'sage-2 fits 5.0 GB up to 3,000 artists, the most that were tried.'
    >>> verdict("sage-2", [*fit, Measurement("sage-2", 9000)], 5 * 10**9)
    'sage-2 stops fitting 5.0 GB between 3,000 and 9,000 artists, by its growth at about 4,000.'
    """
    largest = max((one.artists for one in found if one.fits), default=0)
    failed = next((one.artists for one in found if not one.fits), None)
    if failed is None:
        return f"{name} fits {memory / GB:.1f} GB up to {largest:,} artists, the most that were tried."
    between = f"{name} stops fitting {memory / GB:.1f} GB between {largest:,} and {failed:,} artists"
    about = stops_fitting(found, memory)
    return f"{between}." if about is None else f"{between}, by its growth at about {round(about, -3):,}."


def ratios(name: str, found: Sequence[Measurement]) -> str:
    """The growth of a model's step and peak between its smallest and largest size.

    >>> first, last = Measurement("sage-2", 1000, 1.0, 0.0, 1.0, 100), Measurement("sage-2", 3000, 2.0, 0.0, 1.0, 400)
    >>> ratios("sage-2", [first, last]).partition(": ")[2]
    'a step takes 2.0 times as long and the peak is 4.0 times as high.'
    >>> ratios("sage-2", [first])
    'sage-2: too few sizes fit to tell its growth.'
    """
    fitting = [one for one in found if one.fits]
    if len(fitting) < 2:
        return f"{name}: too few sizes fit to tell its growth."
    first, last = fitting[0], fitting[-1]
    step, peak = (float(getattr(last, of)) / float(getattr(first, of)) for of in ("step_seconds", "peak_bytes"))
    return (
        f"{name}, from {first.artists:,} to {last.artists:,} artists ({last.artists / first.artists:.1f} times): "
        f"a step takes {step:.1f} times as long and the peak is {peak:.1f} times as high."
    )


def describe(one: Measurement) -> str:
    if one.peak_bytes is None:
        return f"{one.model:8} {one.artists:10,}   does not fit"
    return (
        f"{one.model:8} {one.artists:10,} {one.step_seconds:9.3f} s {one.draw_seconds:9.3f} s "
        f"{one.ready_seconds:8.1f} s {one.peak_bytes / GB:7.2f} GB"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Time and memory of a training step as the catalogue grows.")
    parser.add_argument("--artists", default=",".join(map(str, SIZES)), help="sizes, rising (default: %(default)s)")
    parser.add_argument("--memory", type=float, help="GB a measurement may take (default: 80%% of what is available)")
    parser.add_argument("--steps", type=int, default=5, help="timed steps, after one that is not")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads (default: %(default)s)")
    parser.add_argument("--only", choices=CONTENDERS, help="measure one model at one size in this process")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    set_threads(options.threads)
    memory = int(options.memory * GB if options.memory else 0.8 * psutil.virtual_memory().available)
    sizes = [int(size) for size in options.artists.split(",")]
    if options.only:
        return measure_within(options.only, sizes[0], options.steps, memory)
    if not options.json:
        print(f"{'model':8} {'artists':>10} {'step':>11} {'its draw':>11} {'ready':>10} {'peak':>10}")
    found: dict[str, list[Measurement]] = {name: [] for name in CONTENDERS}
    for name, measured in found.items():
        for size in sizes:
            measured.append(measure_apart(name, size, options.steps, options.threads, memory))
            if not options.json:
                print(describe(measured[-1]), flush=True)
            if not measured[-1].fits:
                break
    if options.json:
        rows = {name: [asdict(one) for one in measured] for name, measured in found.items()}
        points = {name: stops_fitting(measured, memory) for name, measured in found.items()}
        print(json.dumps({"memory_bytes": memory, "measured": rows, "stops_fitting": points}, indent=1))
    else:
        for name, measured in found.items():
            print(verdict(name, measured, memory))
            print(ratios(name, measured))
    return 0


if __name__ == "__main__":
    sys.exit(main())
