"""The processes that a campaign starts, and those that they start in turn: found by what they inherit."""

import os
import signal
import subprocess
import sys
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from tests.support.server import ROOT

MARK = "NEARFIELD_CAMPAIGN"
"""An environment variable that all processes of one try inherit, and no others."""

_GRACE_SECONDS = 60.0


class Processes:
    """The processes of one try in the folder `work`. All end at the latest with the try."""

    def __init__(self, work: Path) -> None:
        self._environment = os.environ | {
            MARK: uuid.uuid4().hex,
            "NEARFIELD_CACHE": str(work / "cache"),
            "OMP_NUM_THREADS": "1",
        }

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._alive():
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def start(self, words: list[str], **more: Any) -> "subprocess.Popen[str]":
        """Start Python with these words, in a session of its own."""
        return subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
            start_new_session=True,
            **more,
        )

    def run(self, words: list[str]) -> str:
        """Run to the end; what it said where it failed, or ""."""
        process = self.start(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said = process.communicate()[1]
        return f"{' '.join(words)} ended with {process.returncode}: {said[-1500:]}" if process.returncode else ""

    def run_killed(self, words: list[str], moment: float, alone: bool) -> bool:
        """Run until `moment`, then kill; False if it had ended before."""
        process = self.start(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            if alone:
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return True
        return False

    def wait(self) -> str:
        """Give what still runs time to end; the commands of what does not."""
        _, left = psutil.wait_procs(self._alive(), _GRACE_SECONDS)
        commands = []
        for process in left:
            with suppress(psutil.NoSuchProcess):
                commands.append(" ".join(process.cmdline())[:200])
        return "; ".join(commands)

    def _alive(self) -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                ours = process.environ().get(MARK) == self._environment[MARK]
                if ours and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found
