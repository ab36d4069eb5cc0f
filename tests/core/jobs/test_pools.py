"""Pools of workers: they work, and end with a process that was killed."""

import os
import subprocess
import sys

import psutil

from core.jobs.pools import worker_pool

PATIENCE_S = 60
POOL = """
import os, time
from core.jobs.pools import worker_pool
with worker_pool(2) as pool:
    print(pool.submit(os.getpid).result(), flush=True)
    for _ in range(2):
        pool.submit(time.sleep, 600)
    time.sleep(600)
"""


def test_a_pool_works_at_low_priority() -> None:
    with worker_pool(1) as pool:
        assert pool.submit(os.nice, 0).result() == min(19, os.nice(0) + 5)


def test_workers_end_with_a_process_that_is_killed() -> None:
    process = subprocess.Popen([sys.executable, "-c", POOL], stdout=subprocess.PIPE)
    assert process.stdout
    with process.stdout as said:
        worker = psutil.Process(int(said.readline()))
        others = psutil.Process(process.pid).children()
        assert worker in others
        process.kill()
        process.wait()
    assert psutil.wait_procs(others, PATIENCE_S)[1] == []
