"""Pools of worker processes at low priority, which end with the process that started them, however that ends."""

import os
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process

_NICE = 5


def worker_pool(workers: int) -> ProcessPoolExecutor:
    """A pool of so many fresh processes.

    By itself a pool waits forever for work from a process that was killed: its workers hold both ends of the pipe.
    """
    return ProcessPoolExecutor(workers, get_context("spawn"), initializer=_begin)


def _begin() -> None:
    os.nice(_NICE)
    threading.Thread(target=_end_with_parent, name="nearfield-parent", daemon=True).start()


def _end_with_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)
