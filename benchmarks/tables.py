"""How long an import of tables takes beside `pandas.read_csv` of the same files.

    python -m benchmarks.tables [--artists N] [--edges N] [--repeats N] [--json]

The files are made up: artists with genre lists and audio columns, and weighted edges. `read_csv` and the import take
turns, and the ratio is the median over the turns. The import reads by the mapping in MAPPING, checks and writes the
catalogue.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import pandas as pd

from core.catalogue.importers import IMPORTERS
from tests.support.large_tables import ARTISTS, EDGES, write_tables


def measure(n_artists: int, n_edges: int, repeats: int) -> dict[str, float]:
    """Median seconds of both and the median of their ratios; one turn before those that count warms the caches."""
    tables = IMPORTERS["tables"]
    turns = []
    with tempfile.TemporaryDirectory() as place:
        source = write_tables(Path(place) / "source", n_artists, n_edges)
        for _ in range(repeats + 1):
            start = time.perf_counter()
            for name in ("artists.csv", "similar.csv"):
                pd.read_csv(source / name)
            middle = time.perf_counter()
            folder = tables.run(source, Path(place) / "catalogue", {"mapping": str(source / "mapping.toml")})
            turns.append((middle - start, time.perf_counter() - middle))
            shutil.rmtree(folder)
    turns = turns[1:]
    return {
        "read_csv seconds": round(median(read for read, _ in turns), 3),
        "import seconds": round(median(imported for _, imported in turns), 3),
        "ratio": round(median(imported / read for read, imported in turns), 2),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="An import of tables beside pandas.read_csv of the same files.")
    parser.add_argument("--artists", type=int, default=ARTISTS)
    parser.add_argument("--edges", type=int, default=EDGES)
    parser.add_argument("--repeats", type=int, default=5, help="turns that count (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    found = measure(options.artists, options.edges, options.repeats)
    if options.json:
        print(json.dumps(found, indent=1))
    else:
        for name, value in found.items():
            print(f"{name:18} {value:8.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
