"""What starting costs: processor time and memory of fresh interpreters, beside `import pandas`.

    python -m benchmarks.startup [CATALOGUE] [--repeats N] [--only WORDS] [--json]

The interpreters take turns, so that a machine whose speed drifts does not favour one. CPU-seconds are user and system
together, memory is the largest resident set, both by the system's own account of the process. Figures are medians; a
ratio is the median over the turns. One turn before those that count warms the file cache. This process imports nothing
large: what it held would count as memory of those that it starts.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
DEFAULT = ROOT / "data" / "nearfield-demo"
PANDAS = "import pandas"
IMPORTS = ("core.runs.record", "core.search.spaces", "core.curation", "core.maps")
MB = 1e6


@dataclass(frozen=True)
class Cost:
    """One start of an interpreter."""

    cpu_seconds: float
    megabytes: float
    exit_code: int


@dataclass(frozen=True)
class Figures:
    """What one kind of start costs, and how many times as much processor time as `import pandas`."""

    name: str
    cpu_seconds: float
    ratio: float
    megabytes: float
    exit_code: int


def starts(catalogue: Path) -> dict[str, list[str]]:
    """The arguments of each interpreter by what a person would call it, pandas first."""
    imports = {f"import {name}": ["-c", f"import {name}"] for name in ("pandas", *IMPORTS)}
    commands = {
        "--help": ["--help"],
        "check": ["check", str(catalogue)],
        "results": ["results", str(catalogue)],
        "similar": ["similar", str(catalogue), "--artist", first_artist(catalogue), "--space", "pagerank"],
    }
    return imports | {f"python -m core {name}": ["-m", "core", *words] for name, words in commands.items()}


def first_artist(catalogue: Path) -> str:
    code = "import sys; from core.catalogue import open_catalogue; print(open_catalogue(sys.argv[1]).id_of(0))"
    asked = [sys.executable, "-c", code, str(catalogue)]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def start(arguments: Sequence[str]) -> Cost:
    """Run a fresh interpreter to its end and ask the system what it took."""
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    peak = used.ru_maxrss if sys.platform == "darwin" else used.ru_maxrss * 1024
    return Cost(used.ru_utime + used.ru_stime, peak / MB, process.returncode)


def measure(commands: Mapping[str, Sequence[str]], repeats: int) -> list[Figures]:
    """Every command, turn by turn; the first turn does not count."""
    turns = [{name: start(arguments) for name, arguments in commands.items()} for _ in range(repeats + 1)][1:]
    return [
        Figures(
            name,
            round(median(turn[name].cpu_seconds for turn in turns), 3),
            round(median(turn[name].cpu_seconds / turn[PANDAS].cpu_seconds for turn in turns), 2),
            round(median(turn[name].megabytes for turn in turns), 1),
            max(turn[name].exit_code for turn in turns),
        )
        for name in commands
    ]


def print_table(found: Sequence[Figures]) -> None:
    print(f"{'fresh interpreter':28} {'CPU s':>7} {'to pandas':>10} {'MB':>7}")
    for one in found:
        failed = f"  exit code {one.exit_code}" if one.exit_code else ""
        print(f"{one.name:28} {one.cpu_seconds:7.2f} {one.ratio:10.2f} {one.megabytes:7.0f}{failed}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Processor time and memory of fresh interpreters.")
    parser.add_argument("catalogue", type=Path, nargs="?", default=DEFAULT, help="default: the bundled one")
    parser.add_argument("--repeats", type=int, default=5, help="turns that count (default: %(default)s)")
    parser.add_argument("--only", default="", help="beside pandas only the starts whose name holds these words")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    commands = {
        name: words
        for name, words in starts(options.catalogue.resolve()).items()
        if name == PANDAS or options.only in name
    }
    found = measure(commands, options.repeats)
    if options.json:
        print(json.dumps([asdict(one) for one in found], indent=1))
    else:
        print_table(found)
    return 1 if any(one.exit_code for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())
