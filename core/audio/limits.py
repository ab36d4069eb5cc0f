"""Work on sound in a separate process, so that a hostile file cannot exhaust time or memory or crash the server.

The caller is a server with many threads, so the worker is a fresh interpreter and not a fork. It runs in its own
session, so that it and everything it started end together. Requests and replies pass through unnamed files. Other files
that the worker writes go to a temporary folder, which is removed afterwards.
"""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any, BinaryIO, TypeVar

from core.audio.messages import read_message, write_message
from core.errors import AudioError

OUT_OF_MEMORY = 3
_ROOT = Path(__file__).resolve().parents[2]
_LOG_TAIL = 4000

Result = TypeVar("Result")
log = logging.getLogger(__name__)


def run_limited(function: Callable[..., Result], *args: Any, seconds: float, megabytes: int) -> Result:
    """Run `function(*args)` in a single-threaded process and return its result. The process may use `seconds` of
    elapsed and of processor time, and `megabytes` of address space.

    `function` must be a module-level function, and `core.audio.messages` must be able to encode its arguments and
    result. Its temporary files go to a folder of their own. Raises AudioError with the message of a NearfieldError that
    `function` raised, and for a worker that exceeds its limits, crashes or fails; then the reason is in the log.
    """
    name = f"{function.__module__}.{function.__qualname__}"
    request = {
        "module": function.__module__,
        "function": function.__qualname__,
        "arguments": args,
        "seconds": seconds,
        "megabytes": megabytes,
    }
    with (
        TemporaryDirectory(prefix="nearfield-", ignore_cleanup_errors=True) as folder,
        TemporaryFile() as inlet,
        TemporaryFile() as outlet,
        TemporaryFile() as errors,
    ):
        write_message(inlet, request)
        inlet.seek(0)
        status = _work(inlet, outlet, errors, folder, seconds)
        outlet.seek(0)
        if status == 0:
            with suppress(EOFError):
                return _result(read_message(outlet))
        log.error("%s ended with status %s: %s", name, status, _tail(errors))
    raise AudioError(_reason(status, seconds, megabytes))


def _work(inlet: BinaryIO, outlet: BinaryIO, errors: BinaryIO, folder: str, seconds: float) -> int | None:
    """The exit status of the worker, or None if it had to be stopped. No process that it started is left."""
    process = subprocess.Popen(
        [sys.executable, "-X", "faulthandler", "-m", "core.audio.worker"],
        cwd=_ROOT,
        stdin=inlet,
        stdout=outlet,
        stderr=errors,
        start_new_session=True,
        env=os.environ | {"TMPDIR": folder, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _result(reply: dict[str, Any]) -> Any:
    if "error" in reply:
        raise AudioError(reply["error"])
    return reply["value"]


def _tail(errors: BinaryIO) -> str:
    errors.seek(max(0, errors.seek(0, os.SEEK_END) - _LOG_TAIL))
    return errors.read().decode(errors="replace").strip()


def _reason(status: int | None, seconds: float, megabytes: int) -> str:
    if status in (None, -signal.SIGXCPU, -signal.SIGALRM):
        spent = f"{seconds:.0f}" if seconds >= 10 else f"{seconds:.1g}"
        return f"The work on this sound was stopped after {spent} seconds. Try a shorter or simpler file."
    if status in (OUT_OF_MEMORY, -signal.SIGKILL):
        return f"This sound needs more than the {megabytes} MB of memory it may use. Try a shorter or simpler file."
    if status < 0:
        return "The program that reads sound crashed on this file. It is probably damaged: convert it to WAV or FLAC."
    return "This sound could not be worked on; the reason is in the log. Convert it to WAV or FLAC and try again."
