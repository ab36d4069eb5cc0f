"""How opening, searching, answering and training grow with the number of artists, on made-up catalogues.

    python -m benchmarks.scale --artists N,N,… [--folder F] [--repeats N] [--only WORDS] [--train] [--json]
    python -m benchmarks.scale --artists N --against FOLDER [--folder F] [--repeats N] [--only WORDS]

Catalogues are made once and kept in `--folder`, about 1 KB an artist. Each size is measured in a process of its own, in
the order of a visit; see steps.py. The table has processor time, which tells slow work from a busy machine, as the
median of the repeats; JSON also has the clock's. Memory is what the process holds after the step, of its own and with
the pages of mapped files, which the system takes back when it needs room. Growth is the exponent of the number of
artists: 0 for the same time at any size, 1 for a time in proportion. `--train` adds steps of training from
benchmarks.growth. `--against` measures each step by another version, too: a process of either in turn.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from statistics import median

import psutil

from benchmarks.scale.figures import Figure, Pair, paired_table, table

SIZES = "17673,200000,1000000"
FOLDER = Path(tempfile.gettempdir()) / "nearfield-scale"
MB = 1e6
_IN_PAIRS = 3
_LONG = 5.0
"""Seconds after which a step is not repeated any more."""


def measure(folder: Path, n_artists: int, repeats: int, only: str) -> Iterator[Figure]:
    """Every step of a visit in this process; those whose name lacks `only` are done once and not told."""
    from benchmarks.scale.steps import Visit

    process = psutil.Process()
    for name, work in Visit(folder).steps():
        told = only in name
        cpu, clock = [], []
        while not cpu or (told and len(cpu) < repeats and sum(clock) < _LONG):
            began, at = time.process_time(), time.perf_counter()
            work()
            cpu.append(time.process_time() - began)
            clock.append(time.perf_counter() - at)
        if told:
            memory = process.memory_info()
            own = (memory.rss - getattr(memory, "shared", 0)) / MB
            yield Figure(name, n_artists, median(cpu), median(clock), max(clock), own, memory.rss / MB)


def measure_apart(folder: Path, n_artists: int, repeats: int, only: str, code: Path | None = None) -> Iterator[Figure]:
    """`measure` in a process of its own, by the `code` in another folder if one is given."""
    command = [sys.executable, "-m", "benchmarks.scale", "--measure", str(folder), "--artists", str(n_artists)]
    command += ["--repeats", str(repeats), "--only", only]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=code) as child:
        assert child.stdout
        for line in child.stdout:
            yield Figure(**json.loads(line))
    if child.returncode:
        raise SystemExit(f"The measurement of {n_artists:,} artists failed.")


def paired(folder: Path, n_artists: int, repeats: int, only: str, other: Path) -> Iterator[Pair]:
    """Each step by the code in the folder `other` and by this one, in turn, as often as `repeats` says."""
    found: dict[Path | None, dict[str, list[float]]] = {other: {}, None: {}}
    for _ in range(repeats):
        for code, seconds in found.items():
            for figure in measure_apart(folder, n_artists, _IN_PAIRS, only, code):
                seconds.setdefault(figure.step, []).append(figure.cpu_seconds)
    before, now = found.values()
    for step in now:
        if step in before:
            yield Pair(step, median(before[step]), median(now[step]))


def training(n_artists: int, repeats: int) -> Iterator[Figure]:
    """A step of a model that learns from batches of edges."""
    from benchmarks.growth import measure_apart as trained

    found = trained("sign-2", n_artists, repeats, 1, psutil.virtual_memory().available)
    if found.step_seconds is not None and found.peak_bytes is not None:
        peak = found.peak_bytes / MB
        seconds = found.step_seconds
        yield Figure("a step of training", n_artists, seconds, seconds, seconds, peak, peak)


def main() -> int:
    parser = argparse.ArgumentParser(description="How everything grows with the number of artists.")
    parser.add_argument("--artists", default=SIZES, help="sizes, rising (default: %(default)s)")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where catalogues are kept (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=5, help="at most; slow steps have fewer (default: %(default)s)")
    parser.add_argument("--only", default="", help="only the steps whose name holds these words")
    parser.add_argument("--against", type=Path, help="a checkout of another version, to measure both in turn")
    parser.add_argument("--train", action="store_true", help="measure a step of training, too")
    parser.add_argument("--measure", type=Path, help="measure the catalogue in this folder in this process")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    sizes = [int(size) for size in options.artists.split(",")]
    if options.measure:
        for figure in measure(options.measure, sizes[0], options.repeats, options.only):
            print(json.dumps(asdict(figure)), flush=True)
        return 0
    from benchmarks.scale.world import made_catalogue

    if options.against:
        folder = made_catalogue(options.folder, sizes[0]).resolve()
        print("\n".join(paired_table(paired(folder, sizes[0], options.repeats, options.only, options.against))))
        return 0
    figures: list[Figure] = []
    for size in sizes:
        figures += measure_apart(made_catalogue(options.folder, size), size, options.repeats, options.only)
        if options.train:
            figures += training(size, options.repeats)
    if options.json:
        print(json.dumps([asdict(one) for one in figures], indent=1))
    else:
        print("\n".join(table(figures)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
