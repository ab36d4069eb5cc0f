"""How long a clip takes to be answered, and what many of them leave in memory.

    python -m benchmarks.clips [CATALOGUE] [--clips N] [--seconds S] [--json]

Clips are rendered tracks of N different artists, as WAV files, handed to the service that the Clip page uses: decoding,
CLAP, AcousticBrainz descriptors, all spaces and routes. The first one opens the encoder and the searches; the median
and the slowest are over the others. Memory is this process's resident set, all the files included, after the second
and after the last clip.
The ratio is descriptors against CLAP, in the same run.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import psutil

from core.audio import wav_bytes
from core.audio.encoders.acousticbrainz import extract_descriptors
from core.audio.encoders.clap import open_encoder
from core.catalogue import open_catalogue
from core.clips.service import ClipFile, ClipService
from core.synthesis import RATE, recipe_from_text, render

BUNDLED = Path(__file__).resolve().parents[1] / "data" / "nearfield-demo"
MB = 1e6


def measure(folder: Path, clips: int, seconds: float) -> dict[str, float]:
    """Seconds and megabytes; see the module."""
    catalogue = open_catalogue(folder)
    synthetic = catalogue.tracks[catalogue.tracks["kind"] == "synthetic"].drop_duplicates("artist")
    recipes = [recipe_from_text(text) for text in synthetic["recipe"].iloc[: clips + 1]]
    files = [ClipFile(wav_bytes(render(recipe, seconds), RATE), "clip.wav") for recipe in recipes]
    service, process, taken, resident = ClipService(), psutil.Process(), [], []
    for file in files:
        started = time.perf_counter()
        service.submit_clip(catalogue, file).result()
        taken.append(time.perf_counter() - started)
        resident.append(process.memory_info().rss / MB)
    sound = render(recipes[0], seconds)
    embedded = _seconds(lambda: open_encoder("nearfield-small").embed_audio(sound, RATE))
    described = _seconds(lambda: extract_descriptors(sound, RATE))
    return {
        "clips": len(recipes) - 1,
        "first_seconds": taken[0],
        "median_seconds": median(taken[1:]),
        "slowest_seconds": max(taken[1:]),
        "megabytes_after_two": resident[1],
        "megabytes_after_all": resident[-1],
        "descriptors_to_clap": described / embedded,
    }


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalogue", type=Path, nargs="?", default=BUNDLED)
    parser.add_argument("--clips", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.catalogue, options.clips, options.seconds)
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name.replace('_', ' '):22} {np.round(value, 2)}")


if __name__ == "__main__":
    main()
