"""Mutations of a furnished catalogue, each the same for the same seed and number: foreign bytes in place of a file.

A mutation chooses a kind of thing (catalogue, run, fusion, map or table of results), one of its files, and a way to
spoil it that suits the file: bytes of anything, what can stand at a file's path, JSON of other types and sizes, tables
with other columns, arrays with other types, shapes and headers, archives with other members.
"""

import random
from pathlib import Path

from benchmarks.campaign.arrays import ARCHIVES, ARRAYS
from benchmarks.campaign.documents import DOCUMENTS
from benchmarks.campaign.files import BYTES, PLACES, Way
from benchmarks.campaign.tables import TABLES

KINDS: dict[str, tuple[str, ...]] = {
    "catalogue": (
        "catalogue.json",
        "artists.parquet",
        "edges.parquet",
        "tracks.parquet",
        "features/*.json",
        "features/*.npy",
        "tracks/*.npy",
        "elsewhere.parquet",
    ),
    "run": (
        "runs/*/config.json",
        "runs/*/status.json",
        "runs/*/progress.jsonl",
        "runs/*/metrics.json",
        "runs/*/embeddings.npy",
    ),
    "fusion": ("fusions/*.json",),
    "map": ("maps/*.npz",),
    "results": ("results.parquet",),
}
"""The kinds of things that are mutated, and the files of each."""

_OF_SUFFIX: dict[str, tuple[Way, ...]] = {
    ".json": DOCUMENTS,
    ".jsonl": DOCUMENTS,
    ".parquet": TABLES,
    ".npy": ARRAYS,
    ".npz": ARCHIVES,
}


def mutate(folder: Path, seed: int, number: int) -> str:
    """Spoil one file of the furnished catalogue in `folder`; says what was done to which."""
    rng = random.Random(f"{seed} {number}")
    kinds = list(KINDS)
    kind = kinds[number % len(kinds)]
    file = rng.choice(sorted(folder.glob(rng.choice(KINDS[kind]))))
    ways = [*PLACES, *BYTES * 2, *_OF_SUFFIX[file.suffix] * 8]
    way = rng.choice(ways)
    way(file, rng)
    return f"{kind}: {way.__name__.removeprefix('_')} {file.relative_to(folder).as_posix()}"
