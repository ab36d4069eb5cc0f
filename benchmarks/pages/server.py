"""A server of the app of its own, that knows one catalogue and is gone afterwards."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from core.catalogue.library import DATA_VARIABLE

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 120.0
_ATTEMPTS = 3
"""Between the choice of a free port and its use by the server another program may take it."""


@dataclass(frozen=True)
class Server:
    """Where a server answers, its process, and the folder of its catalogues, in which visitors' lists are kept."""

    address: str
    process: psutil.Process
    folder: Path

    def cpu_seconds(self) -> float:
        """Processor time used so far by the server itself."""
        used = self.process.cpu_times()
        return float(used.user + used.system)


@contextmanager
def running_server(catalogue: Path) -> Iterator[Server]:
    """A server that knows only `catalogue`; what visitors keep there ends with it."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / catalogue.name).symlink_to(catalogue.resolve(), target_is_directory=True)
        for _ in range(_ATTEMPTS):
            address = f"http://localhost:{_free_port()}"
            started = _start(address, folder)
            try:
                wait_until(lambda now=started, at=address: now.poll() is not None or _answers(at))
                if started.poll() is None:
                    yield Server(address, psutil.Process(started.pid), Path(folder))
                    return
            finally:
                started.terminate()
                started.wait()
        raise RuntimeError(f"the app did not start in {_ATTEMPTS} attempts")


@contextmanager
def running_app(catalogue: Path) -> Iterator[str]:
    """The same; yields its address."""
    with running_server(catalogue) as server:
        yield server.address


def wait_until(condition: Callable[[], bool], what: str = "what it should") -> None:
    """Ask again and again; raises TimeoutError when patience ends."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"the page did not show {what} within {PATIENCE_S:.0f} s")
        time.sleep(0.01)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _start(address: str, folder: str) -> subprocess.Popen[bytes]:
    port = address.rpartition(":")[2]
    return subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.headless=true"],
        cwd=ROOT,
        env=os.environ | {DATA_VARIABLE: folder},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False
