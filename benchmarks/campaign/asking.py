"""Workers that a campaign asks about one input after the other, and the tally of their answers.

A worker is a process that reads a task as a line of JSON from standard input and answers with a line: the number of the
input, what it is, what became of it, processor seconds and memory. One that dies or does not answer has failed.
"""

import json
import os
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.campaign.memory import MOST_BYTES
from tests.support.server import ROOT

MOST_SECONDS = 10.0
_PATIENCE_SECONDS = 120.0
_START_SECONDS = 300.0


@dataclass
class Tally:
    """What became of the inputs."""

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


class Worker:
    """A process that runs `module` for `folder`; its answers come through a thread, so that waiting for one can end."""

    def __init__(self, folder: Path, module: str, *words: str, **environment: str) -> None:
        self._errors = (folder / "errors.txt").open("w+")
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, str(folder), *words],
            cwd=ROOT,
            env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"} | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._asked = False
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream:
                with suppress(OSError):
                    stream.close()

    def ask(self, task: dict[str, Any]) -> dict[str, Any]:
        """The answer about an input; one with "dead" where the worker is of no more use."""
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
