"""What the tests run in a limited worker: well and badly behaved functions."""

from __future__ import annotations

import ctypes
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import ConfigError


def echo(*values: Any) -> Any:
    return values


def crash() -> None:
    ctypes.string_at(0)


def crash_at_seven(folder: Path, first: int, last: int, progress: Path) -> list[str]:
    """As `hostile_inputs.outcomes`, with an input that kills the process."""
    for number in range(first, last):
        progress.write_text(str(number))
        if number == 7:
            crash()
    return ["fine"] * (last - first)


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def spin() -> None:
    while True:
        pass


def hog(megabytes: int) -> int:
    return len(np.ones(megabytes << 17).tobytes())


def write_and_sleep(seconds: float) -> None:
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(b"left behind")
    time.sleep(seconds)


def start_child(pid_file: Path) -> None:
    child = subprocess.Popen(["sleep", "600"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    pid_file.write_text(str(child.pid))


def print_much() -> str:
    print("a library prints this")
    os.write(1, b"and a C library this\n")
    return "the result"


def refuse() -> None:
    raise ConfigError("The setting is wrong. Mend it.")


def fail() -> None:
    raise KeyError("an unforeseen thing")


def leave_without_answer() -> None:
    os._exit(0)


def threads() -> str:
    return os.environ["OMP_NUM_THREADS"]
