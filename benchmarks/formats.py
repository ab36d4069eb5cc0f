"""Whether the format of a file changes what is heard in it, and how long the first answer takes.

    python -m benchmarks.formats CATALOGUE TRACK [--seconds S] [--json]

Cuts S seconds from the middle of TRACK and makes a FLAC, Vorbis, Opus, MP3 and M4A (AAC) file of them. Each goes to the
service of the Clip page in a process of its own, as the first clip after a start: nothing that hears is imported yet.
Then it goes to a new service in the same process, as on a server that has heard clips before. Against FLAC, which loses
nothing: the cosine of every vector, the largest difference in the likelihood of a tag, and how many of the five nearest
artists by default are the same. The processes are limited to two cores; processor seconds are from the file to the
answer, with children, and say how long it takes at most where nothing else runs.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from core.audio import decode
from core.audio.encoders.musicnn.listening import mean_tags
from core.audio.encoders.musicnn.tags import TAGS
from core.catalogue import Catalogue, open_catalogue
from core.clips.service import ClipFile, ClipReport, ClipService
from core.search.sound_tags import named
from tests.support.audio_samples import FORMATS

_RATE = 48_000
_CORES = 2
_NEAREST = 5
_TIMES = ("seconds", "processor_seconds", "seconds_again", "processor_seconds_again")


def hear(folder: Path, file: Path) -> dict[str, Any]:
    """What the service answers to its first clip, and in how many seconds then and again."""
    catalogue, clip = open_catalogue(folder), ClipFile(file.read_bytes(), file.name)
    report, seconds, processor_seconds = _answered(catalogue, clip)
    _, again, processor_again = _answered(catalogue, clip)
    analysis, answers = report.clip.analysis, report.answers
    tags = None if analysis.tags is None else mean_tags(analysis.tags)
    nearest = {name: answer.nearest.rows[:_NEAREST].tolist() for name, answer in answers.answers.items()}
    return {
        "seconds": seconds,
        "processor_seconds": processor_seconds,
        "seconds_again": again,
        "processor_seconds_again": processor_again,
        "vectors": {name: vector.tolist() for name, vector in analysis.vectors.items()},
        "likelihood": [] if tags is None else tags.tolist(),
        "tags": [] if tags is None else named(TAGS, tags),
        "nearest": nearest,
        "default": answers.default,
        "names": catalogue.display_names.iloc[nearest[answers.default]].tolist(),
    }


def _answered(catalogue: Catalogue, clip: ClipFile) -> tuple[ClipReport, float, float]:
    """The answer of a new service, with the seconds that it took and those of processor time."""
    before, started = _processor_seconds(), time.perf_counter()
    report = ClipService().submit_clip(catalogue, clip).result()
    return report, time.perf_counter() - started, _processor_seconds() - before


def _processor_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def compare(found: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Each format against the first."""
    first = next(iter(found.values()))
    return {
        name: {
            "bytes": one["bytes"],
            **{name: round(one[name], 2) for name in _TIMES},
            "cosine": {key: round(_cosine(one["vectors"][key], first["vectors"][key]), 4) for key in first["vectors"]},
            "tag_difference": round(_furthest(one["likelihood"], first["likelihood"]), 3),
            "same_nearest": len({*one["nearest"][one["default"]]} & {*first["nearest"][first["default"]]}),
            "default": one["default"],
            "nearest": one["names"],
            "tags": one["tags"],
        }
        for name, one in found.items()
    }


def measure(folder: Path, track: Path, seconds: float) -> dict[str, dict[str, Any]]:
    """The comparison for one track; see the module."""
    clip = decode(track, _RATE)
    wanted = int(seconds * _RATE)
    start = max(0, (len(clip.samples) - wanted) // 2)
    found = {}
    with tempfile.TemporaryDirectory() as work:
        for name, write in FORMATS.items():
            file = Path(work) / name
            file.write_bytes(write(clip.samples[start : start + wanted], _RATE))
            command = [sys.executable, "-m", "benchmarks.formats", str(folder), str(file), "--only"]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            found[name] = {**json.loads(done.stdout), "bytes": file.stat().st_size}
    return compare(found)


def _cosine(one: list[float], other: list[float]) -> float:
    a, b = np.array(one), np.array(other)
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def _furthest(one: list[float], other: list[float]) -> float:
    return float(np.abs(np.array(one) - np.array(other)).max(initial=0.0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("track", type=Path)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:_CORES])
        print(json.dumps(hear(options.catalogue, options.track)))
        return
    found = measure(options.catalogue, options.track, options.seconds)
    if options.json:
        print(json.dumps(found))
        return
    for name, one in found.items():
        cosines = ", ".join(f"{key} {value:.4f}" for key, value in one["cosine"].items())
        print(f"{name:7} {one['bytes'] / 1e3:6.0f} kB   cosine: {cosines}")
        print(
            f"        first answer after {one['seconds']:.1f} s ({one['processor_seconds']:.1f} of processor time),",
            end="",
        )
        print(f" again after {one['seconds_again']:.1f} s ({one['processor_seconds_again']:.1f})")
        print(f"        tags differ by at most {one['tag_difference']:.3f}: {', '.join(one['tags'])}")
        print(f"        {one['same_nearest']} of {_NEAREST} alike in {one['default']}: {', '.join(one['nearest'])}")


if __name__ == "__main__":
    main()
