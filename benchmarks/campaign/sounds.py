"""Malformed sound files: decoded, and what gives sound is heard by every encoder.

Damaged files of every format, lies in headers and plain rubbish go to worker processes within two gigabytes. A refusal
in plain words is an answer, and so is a vector of numbers from every encoder. A worker that dies, a traceback, another
message, and more than ten seconds of processor time are failures; but where a file only ends the process that reads it,
the answer is what `decode` says, since there that process is one of its own.
"""

import json
import os
import sys
import tempfile
import time
import traceback
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.campaign.asking import Tally, Worker
from benchmarks.campaign.memory import bytes_of, forget_peak, limit_memory
from core.arrays import FloatArray
from core.audio import decode
from core.audio.decoding import decode_here
from core.audio.encoders.checkpoints import KNOWN, MUSICNN, cache_folder, is_installed
from core.audio.encoders.family import Listener, encoders
from core.audio.silence import sounding
from core.errors import AudioError
from tests.support.audio_samples import tone
from tests.support.hostile_inputs import hostile_input, is_plain, write_originals
from tests.support.musicnn import install_random

_RATE = 48_000
_LIVES = 1000
"""Inputs until a worker is replaced."""
_LONGEST_HEARD = 20.0
"""Seconds of a sound that are heard: some damage repeats a file many times."""

Ears = list[tuple[Listener, dict[str, int]]]


def campaign(numbers: range, seed: int) -> Iterator[Tally]:
    """Try the inputs of these numbers; yields the tally after each."""
    tally = Tally("sounds")
    left = list(reversed(numbers))
    while left:
        with tempfile.TemporaryDirectory(prefix="nearfield-sounds-") as folder:
            cache = str(cache_folder() if is_installed(KNOWN[MUSICNN]) else Path(folder) / "cache")
            with Worker(Path(folder), "benchmarks.campaign.sounds", NEARFIELD_CACHE=cache, TMPDIR=folder) as worker:
                for _ in range(min(_LIVES, len(left))):
                    answer = worker.ask({"number": left.pop(), "seed": seed})
                    if "dead" in answer:
                        answer |= _answer_of_limited(Path(folder), answer, seed)
                    tally.count(answer)
                    yield tally
                    if "dead" in answer:
                        break


def _answer_of_limited(folder: Path, answer: dict[str, Any], seed: int) -> dict[str, Any]:
    """What `decode` says of the input that a worker died of, where it says something of it."""
    data = hostile_input(_originals(folder), answer["number"], seed)
    try:
        decode(data, _RATE)
    except AudioError as refusal:
        return {"outcome": "refused, in a process that ended" if is_plain(str(refusal)) else f"FAULT: {refusal}"}
    return {}


def _originals(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in sorted((folder / "originals").iterdir())]


def _ears() -> Ears:
    """Everything that hears, with the width of each set that it fills. Without a checkpoint, musicnn is random."""
    if not is_installed(KNOWN[MUSICNN]):
        install_random(cache_folder())
    sets: dict[str, dict[str, int]] = defaultdict(dict)
    opened: dict[str, Listener] = {}
    for encoder in encoders().values():
        if not encoder.checkpoint or is_installed(KNOWN[encoder.checkpoint]):
            opened.setdefault(encoder.listener, encoder.open(None))
            sets[encoder.listener][encoder.feature_set] = encoder.width
    return [(listener, sets[name]) for name, listener in opened.items()]


def _outcome(data: bytes, ears: Ears) -> str:
    """What becomes of one input: "refused", "heard", or "FAULT: " and why."""
    try:
        samples, notes = decode_here(data, _RATE)
    except AudioError as refusal:
        return "refused" if is_plain(str(refusal)) else f"FAULT: this is no plain refusal: {refusal}"
    if fault := _fault_of_sound(samples) or next((note for note in notes if not note.endswith(".")), ""):
        return f"FAULT: {fault}"
    heard = sounding(samples, _RATE).samples[: int(_LONGEST_HEARD * _RATE)]
    refused = False
    for listener, widths in ears:
        try:
            vectors = listener.vectors(heard, _RATE, list(widths))
        except AudioError as refusal:
            if not is_plain(str(refusal)):
                return f"FAULT: this is no plain refusal: {refusal}"
            refused = True
            continue
        for name, width in widths.items():
            if vectors[name].shape != (width,) or not np.isfinite(vectors[name]).all():
                return f"FAULT: {name} is no vector of {width} numbers"
    return "heard in part" if refused else "heard"


def _fault_of_sound(samples: FloatArray) -> str:
    is_sound = samples.dtype == np.float32 and len(samples) >= _RATE and bool((np.abs(samples) <= 1).all())
    return "" if is_sound else "it was taken for sound, but is none"


def _answer(originals: list[bytes], ears: Ears, task: dict[str, Any]) -> dict[str, Any]:
    data = hostile_input(originals, task["number"], task["seed"])
    forget_peak()
    before, started = bytes_of("VmRSS"), time.process_time()
    try:
        outcome = _outcome(data, ears)
    except Exception:  # noqa: BLE001
        outcome = f"FAULT: {traceback.format_exc()[-4000:]}"
    seconds = time.process_time() - started
    more = max(0, bytes_of("VmHWM") - before)
    return {
        "number": task["number"],
        "what": f"{len(data)} bytes",
        "outcome": outcome,
        "seconds": seconds,
        "bytes": more,
    }


def main() -> None:
    folder = Path(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    write_originals(folder / "originals")
    originals, ears = _originals(folder), _ears()
    for listener, widths in ears:
        listener.vectors(tone(1.5, _RATE), _RATE, list(widths))
    limit_memory()
    for line in sys.stdin:
        print(json.dumps(_answer(originals, ears, json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
