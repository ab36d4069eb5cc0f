"""Time and memory of counting who is listened to together.

    python -m benchmarks.listens [--listens N] [--users N] [--artists N] [--ranges N] [--memory MB]

Makes up listens in the layout of ListenBrainz' dump: users with a few favourite scenes, sessions of about ten tracks,
artists as popular as Zipf's law has it, one track in ten with a featured artist. Then `count_pairs` counts them in a
process of its own, whose largest resident set is the peak: Python, DuckDB and the result included.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.arrays import IntArray
from core.relations.listens import count_pairs

GB = 1e9
BLOCK = 1_000_000
SCENE = 50
PER_SESSION = 10


def ids_of(artists: int) -> pa.Array:
    """Made-up MBIDs."""
    return pa.array([f"{number:08x}-0000-4000-8000-000000000000" for number in range(artists)])


def made_up(n: int, users: int, artists: int, ids: pa.Array, rng: np.random.Generator) -> pa.Table:
    """`n` listens: user, time and credited artists, in any order."""
    sessions = -(-n // PER_SESSION)
    user = np.repeat(rng.integers(0, users, sessions), PER_SESSION)[:n]
    begins = np.repeat(rng.integers(1_500_000_000, 1_700_000_000, sessions), PER_SESSION)[:n]
    seconds = begins + 200 * (np.arange(n) % PER_SESSION)
    own_scene = (user * 7919 + np.repeat(rng.integers(0, 4, sessions), PER_SESSION)[:n] * 104_729) % (artists // SCENE)
    artist = _popular(n, artists, own_scene, rng)
    with_guest = rng.random(n) < 0.1
    lengths = 1 + with_guest
    ends = np.concatenate([[0], np.cumsum(lengths)])
    credited = np.empty(ends[-1], np.int64)
    credited[ends[:-1]] = artist
    credited[ends[1:][with_guest] - 1] = _popular(int(with_guest.sum()), artists, own_scene[with_guest], rng)
    return pa.table(
        {
            "listened_at": pa.array(seconds * 1_000_000, pa.timestamp("us")),
            "user_id": user,
            "artist_name": pa.nulls(n, pa.string()),
            "artist_credit_mbids": pa.ListArray.from_arrays(ends.astype(np.int32), ids.take(pa.array(credited))),
        }
    )


def _popular(n: int, artists: int, scene: IntArray, rng: np.random.Generator) -> IntArray:
    """Three of four from the scene, the others from all."""
    inside = scene * SCENE + np.minimum(rng.zipf(1.3, n) - 1, SCENE - 1)
    anywhere = np.minimum(rng.zipf(1.2, n) - 1, artists - 1)
    return np.where(rng.random(n) < 0.75, inside, anywhere)


def write(folder: Path, listens: int, users: int, artists: int) -> int:
    """Files of a million listens each; returns their bytes."""
    rng = np.random.default_rng(0)
    ids = ids_of(artists)
    for place, start in enumerate(range(0, listens, BLOCK)):
        table = made_up(min(BLOCK, listens - start), users, artists, ids, rng)
        pq.write_table(table, folder / f"{place}.parquet")
    return sum(file.stat().st_size for file in folder.iterdir())


def measure(folder: Path, ranges: int | None, memory: int) -> dict[str, float]:
    """Count the listens in this process."""
    started = time.perf_counter()
    pairs = count_pairs(folder, ranges=ranges, memory_mb=memory)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "pairs": len(pairs.table),
        "seconds": seconds,
        "peak_bytes": peak if sys.platform == "darwin" else peak * 1024,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="Time and memory of counting who is listened to together.")
    parser.add_argument("--listens", type=int, default=5_000_000)
    parser.add_argument("--users", type=int, default=20_000)
    parser.add_argument("--artists", type=int, default=50_000)
    parser.add_argument("--ranges", type=int, help="default: one for five million listens")
    parser.add_argument("--memory", type=int, default=1000, help="MB for DuckDB (default: %(default)s)")
    parser.add_argument("--only", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        print(json.dumps(measure(options.only, options.ranges, options.memory)))
        return 0
    with tempfile.TemporaryDirectory() as place:
        size = write(Path(place), options.listens, options.users, options.artists)
        print(f"{options.listens:,} listens of {options.users:,} users, {size / 1e6:,.0f} MB of Parquet")
        ranges = ["--ranges", str(options.ranges)] if options.ranges else []
        command = [sys.executable, "-m", "benchmarks.listens", "--only", place, "--memory", str(options.memory)]
        done = subprocess.run([*command, *ranges], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    print(f"{found['pairs']:,} pairs in {found['seconds']:.0f} s, peak {found['peak_bytes'] / GB:.2f} GB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
