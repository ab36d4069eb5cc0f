"""What an approximate index finds of the exact nearest, and what it costs, on made-up catalogues of any size.

    python -m benchmarks.index --artists N,N,… [--folder F] [--at PLACE] [--repeats N] [--json]

The catalogues are those of benchmarks.scale. For each space with vectors: seconds to build the index, measuring it
among them, and its megabytes in a folder; then, for each filter, recall@10 against exact search over `--repeats`
artists, not those that the building has tried, and the median milliseconds of the clock of either search, in turn.
Filters: none, a random share of all artists, and one decade, which goes with the communities of the catalogue. Where a
filter passes few, both searches are the same. `--at s3://BUCKET/PATH` measures an object store.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.scale.__main__ import FOLDER
from benchmarks.scale.world import SOUND, TAGS, made_catalogue
from core.arrays import BoolArray
from core.catalogue import Catalogue, open_catalogue
from core.search.lance_index import LanceIndex
from core.search.recall import NEAREST, measured_recall, recall_sample
from core.search.spaces import open_space
from core.search.vectors import CosineSimilarity
from core.similarity import NeighbourIndex

MB = 1e6
_SEED = 77


@dataclass(frozen=True)
class Figure:
    """One space at one size with one filter. `passing` artists may be answers; `megabytes` is NaN but in a folder."""

    artists: int
    space: str
    filter: str
    passing: int
    recall: float
    exact_ms: float
    index_ms: float
    built_seconds: float
    megabytes: float
    cells: int


def measure(catalogue: Catalogue, place: str, repeats: int) -> Iterator[Figure]:
    for name in (SOUND, TAGS):
        similarity = open_space(catalogue, name)
        assert isinstance(similarity, CosineSimilarity)
        began = time.perf_counter()
        index = LanceIndex.build(place, similarity, str(catalogue.path))
        built = time.perf_counter() - began
        size = sum(file.stat().st_size for file in Path(place).rglob("*") if file.is_file()) / MB
        rng = np.random.default_rng(_SEED)
        rows = rng.choice(np.flatnonzero(similarity.present), min(repeats, len(catalogue)), replace=False)
        for title, allowed in filters(catalogue, rng):
            sample = recall_sample(similarity, rows, allowed)
            passing = int(np.count_nonzero(similarity.present if allowed is None else similarity.present & allowed))
            times = [
                (spent(similarity, vector, allowed), spent(index, vector, allowed))
                for vector in similarity.vectors[rows[:20]]
            ]
            exact, approximate = (1000 * median(column) for column in zip(*times, strict=True))
            recall = measured_recall(index, sample)
            figures = (recall, exact, approximate, built, size if size else np.nan, index.cells)
            yield Figure(len(catalogue), name, title, passing, *figures)


def filters(catalogue: Catalogue, rng: np.random.Generator) -> Iterator[tuple[str, BoolArray | None]]:
    yield "none", None
    for share in (0.5, 0.1, 0.01):
        yield f"{share:.0%} at random", rng.random(len(catalogue)) < share
    yield "a decade", (catalogue.artists["decade"] == 1970).to_numpy(bool, na_value=False)


def spent(index: NeighbourIndex, vector: np.ndarray, allowed: BoolArray | None) -> float:
    began = time.perf_counter()
    index.search(vector, NEAREST, allowed)
    return time.perf_counter() - began


def main() -> int:
    parser = argparse.ArgumentParser(description="What an approximate index finds, and what it costs.")
    parser.add_argument("--artists", default="200000,1000000", help="sizes (default: %(default)s)")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where catalogues are kept (default: %(default)s)")
    parser.add_argument("--at", help="a folder or an object store's address for the index (default: one for a while)")
    parser.add_argument("--repeats", type=int, default=200, help="artists to ask for (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    figures: list[Figure] = []
    for size in map(int, options.artists.split(",")):
        catalogue = open_catalogue(made_catalogue(options.folder, size))
        with tempfile.TemporaryDirectory() as folder:
            figures += measure(catalogue, options.at or folder, options.repeats)
    if options.json:
        print(json.dumps([asdict(one) for one in figures], indent=1))
        return 0
    print(f"{'artists':>10} {'space':6} {'filter':14}{'passing':>10}{'recall@10':>10}{'exact ms':>10}{'index ms':>10}")
    for one in figures:
        print(
            f"{one.artists:10,} {one.space:6} {one.filter:14}{one.passing:10,}{one.recall:10.4f}{one.exact_ms:10.1f}"
            f"{one.index_ms:10.1f}   built in {one.built_seconds:.0f} s, {one.megabytes:.0f} MB, {one.cells} cells"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
