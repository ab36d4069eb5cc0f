"""Faults of the file system at a chosen step: the process is killed there, or the system refuses to write.

Python announces what it asks of the file system to audit hooks before it does it. One hook counts what changes files,
and kills or refuses at a given count, so a test can go through every step of a writer.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.errors import NearfieldError

_CHANGES = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod"}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_REMOVALS = {"os.remove", "os.rmdir"}
KILLED = -signal.SIGKILL

_at_step: Callable[[str], None] | None = None
_hooked = False


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _at_step is None:
        return
    if event in _CHANGES or (event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES):
        _at_step(event)


@contextmanager
def _steps(at_step: Callable[[str], None]) -> Iterator[None]:
    global _at_step, _hooked
    if not _hooked:
        sys.addaudithook(_hook)
        _hooked = True
    _at_step = at_step
    try:
        yield
    finally:
        _at_step = None


@contextmanager
def refusing(number: int, step: int = 1, once: bool = False) -> Iterator[None]:
    """Every change of the file system from the given one on fails with this errno; removals work, as on a full disk."""
    done = 0

    def refuse(event: str) -> None:
        nonlocal done
        if event in _REMOVALS:
            return
        done += 1
        if done == step or (done > step and not once):
            raise OSError(number, os.strerror(number))

    with _steps(refuse):
        yield


def killed_before(step: int, work: Callable[[], object]) -> bool:
    """Do `work` in a process that is killed before its change number `step`; False if it ended before that."""
    done = 0

    def kill(event: str) -> None:
        nonlocal done
        done += 1
        if done == step:
            os.kill(os.getpid(), signal.SIGKILL)

    return _in_a_fork(work, kill) == KILLED


def in_a_process(work: Callable[[], object]) -> bool:
    """Do `work` in a process of its own; whether it ended without an exception."""
    return _in_a_fork(work, lambda event: None) == 0


def _in_a_fork(work: Callable[[], object], at_step: Callable[[str], None]) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.alarm(60)
            with _steps(at_step):
                work()
            code = 0
        except BaseException:  # noqa: BLE001
            traceback.print_exc()
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, KILLED), f"The process ended with {code}."
    return code


def told(work: Callable[[], object]) -> str:
    """What `work` says when it is refused, or "" if it works."""
    try:
        work()
    except NearfieldError as fault:
        return str(fault)
    return ""
