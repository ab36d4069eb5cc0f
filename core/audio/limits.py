"""Work on sound in a process of its own, so that a hostile file can cost neither time, nor memory, nor the server.

The caller is a server with many threads: the worker is a fresh interpreter (no fork of a process with threads), in a
session of its own so that it and whatever it started end together. What goes in and out lies in files without a name,
and what the worker writes elsewhere in a folder that is removed with it.
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
    """What `function(*args)` returns, worked out in a process with at most `seconds` of time (elapsed, and of the
    processor) and `megabytes` of address space, on one thread.

    `function` is a function of a module; its arguments and result are what `core.audio.messages` can carry. Its
    temporary files go to a folder of its own. Raises AudioError with the message of a NearfieldError that it raised,
    and for a worker that needs too much, crashes or fails: then the reason is in the log.
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
    """The exit status of a worker, or None where it had to be stopped. Nothing of it is left afterwards."""
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
        return f"The work on this sound was stopped after {seconds:g} seconds. Try a shorter or simpler file."
    if status in (OUT_OF_MEMORY, -signal.SIGKILL):
        return f"This sound needs more than the {megabytes} MB of memory it may use. Try a shorter or simpler file."
    if status < 0:
        return "The program that reads sound crashed on this file. It is probably damaged: convert it to WAV or FLAC."
    return "This sound could not be worked on; the reason is in the log. Convert it to WAV or FLAC and try again."
