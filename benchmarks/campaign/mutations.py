"""Mutated catalogues, runs, fusions, maps and tables of results: checked and opened, or taken through every page.

Worker processes look at them within two gigabytes; a worker that dies, or that does not answer for a minute, is a
failure of the mutation it was given, and so are a traceback and more than ten seconds of processor time.
"""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.campaign.worker import MOST_BYTES
from tests.support.server import ROOT

MOST_SECONDS = 10.0
_PATIENCE_SECONDS = 120.0
_START_SECONDS = 300.0
_LIVES = {False: 1000, True: 60}
"""Mutations until a worker is replaced, by whether they go through pages."""


@dataclass
class Tally:
    """What became of the mutations."""

    campaign: str
    tried: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    most_seconds: float = 0.0
    most_bytes: int = 0
    failures: list[str] = field(default_factory=list)

    def count(self, answer: dict[str, Any]) -> None:
        self.tried += 1
        self.most_seconds = max(self.most_seconds, answer.get("seconds", 0.0))
        self.most_bytes = max(self.most_bytes, answer.get("bytes", 0))
        fault = answer["outcome"].removeprefix("FAULT: ") if answer["outcome"].startswith("FAULT: ") else ""
        if answer.get("seconds", 0.0) > MOST_SECONDS:
            fault = f"it took {answer['seconds']:.1f} s of processor time"
        if answer.get("bytes", 0) > MOST_BYTES:
            fault = f"it took {answer['bytes'] >> 20:,} MB"
        outcome = "failed" if fault else answer["outcome"]
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        if fault:
            self.failures.append(f"{answer['number']} ({answer.get('what', '?')}): {fault}")


def campaign(numbers: range, seed: int, pages: bool) -> Iterator[Tally]:
    """Look at the mutations of these numbers; yields the tally after each."""
    tally = Tally("pages" if pages else "opening")
    left = list(reversed(numbers))
    while left:
        with (
            tempfile.TemporaryDirectory(prefix="nearfield-mutations-") as folder,
            _Worker(Path(folder), pages) as worker,
        ):
            for _ in range(min(_LIVES[pages], len(left))):
                answer = worker.ask({"number": left.pop(), "seed": seed, "pages": pages})
                tally.count(answer)
                yield tally
                if "dead" in answer:
                    break


class _Worker:
    """One worker process; its answers come through a thread, so that waiting for one can end."""

    def __init__(self, folder: Path, pages: bool) -> None:
        words = [sys.executable, "-m", "benchmarks.campaign.worker", str(folder), "pages" if pages else "opening"]
        self._errors = (folder / "errors.txt").open("w+")
        self._process = subprocess.Popen(
            words,
            cwd=ROOT,
            env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._asked = False
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> "_Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream:
                with suppress(OSError):
                    stream.close()

    def ask(self, task: dict[str, Any]) -> dict[str, Any]:
        """The answer about a mutation; one with "dead" where the worker is of no more use."""
        assert self._process.stdin
        patience = _PATIENCE_SECONDS if self._asked else _START_SECONDS
        self._asked = True
        line = ""
        why = f"there was no answer within {patience:g} s"
        try:
            self._process.stdin.write(json.dumps(task) + "\n")
            self._process.stdin.flush()
            line = self._lines.get(timeout=patience)
        except OSError:
            pass
        except queue.Empty:
            return self._dead(task, why)
        if not line:
            self._process.wait()
            self._errors.seek(0)
            why = f"the process ended with {self._process.returncode}: {self._errors.read()[-1500:]}"
            return self._dead(task, why)
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _dead(self, task: dict[str, Any], why: str) -> dict[str, Any]:
        return {"number": task["number"], "outcome": f"FAULT: {why}", "dead": True}

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")
