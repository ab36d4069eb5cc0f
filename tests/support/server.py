"""A server of the app of its own, that knows one catalogue and is gone afterwards."""

import os
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
_OPTIONS = {
    "server.port": "0",
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "browser.gatherUsageStats": "false",
    "browser.serverAddress": "localhost",
}
"""The system chooses the port. The rest is what the app's own settings say, for a script that has none."""


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
def running_server(catalogue: Path, **environment: str) -> Iterator[Server]:
    """A server that knows only `catalogue`; what visitors keep there ends with it."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / catalogue.name).symlink_to(catalogue.resolve(), target_is_directory=True)
        with running_script(ROOT / "app.py", {DATA_VARIABLE: folder, **environment}) as (address, process):
            yield Server(address, process, Path(folder))


@contextmanager
def running_app(catalogue: Path) -> Iterator[str]:
    """The same; yields its address."""
    with running_server(catalogue) as server:
        yield server.address


@contextmanager
def running_script(script: Path, environment: dict[str, str]) -> Iterator[tuple[str, psutil.Process]]:
    """Streamlit with one script, at a port that the system chooses; yields its address and its process."""
    server = psutil.Popen(
        [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            script.name,
            *(f"--{name}={value}" for name, value in _OPTIONS.items()),
        ],
        cwd=script.parent,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: server.poll() is not None or _answers(server), "that it is healthy")
        if server.poll() is not None:
            raise RuntimeError(f"the server of {script.name} ended with status {server.returncode}")
        yield _address(server), psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait()


def wait_until(condition: Callable[[], bool], what: str = "what it should") -> None:
    """Ask again and again; raises TimeoutError when patience ends."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"the page did not show {what} within {PATIENCE_S:.0f} s")
        time.sleep(0.01)


def _address(server: psutil.Process) -> str:
    """Where the process listens, which it alone knows; "" before it does."""
    listening = (at for at in server.net_connections("tcp") if at.status == psutil.CONN_LISTEN)
    return next((f"http://localhost:{at.laddr.port}" for at in listening), "")


def _answers(server: psutil.Process) -> bool:
    try:
        address = _address(server)
        if not address:
            return False
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as reply:
            return bool(reply.status == 200)
    except (OSError, psutil.NoSuchProcess):
        return False
