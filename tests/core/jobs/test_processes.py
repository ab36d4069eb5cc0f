"""Which process a stamp means: the living one, not one that has ended and not another with the same number."""

import os
import subprocess
import sys

from core.jobs.processes import is_alive, process_stamp


def test_a_stamp_is_alive_while_its_process_is() -> None:
    assert is_alive(process_stamp(os.getpid()))
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    stamp = process_stamp(process.pid)
    assert is_alive(stamp)
    process.communicate(b"\n")
    assert not is_alive(stamp)


def test_a_number_that_was_reused_is_another_process() -> None:
    assert not is_alive(process_stamp(os.getpid()) | {"started": 0.0})
    assert not is_alive({"state": "waiting"})
