"""Background work of a server: on a few threads, with recent results kept, stages reported and cancellation."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")
Stage = Callable[[str], None]


class Cancelled(Exception):
    """Raised inside work that was cancelled."""


class Task(Generic[Result]):
    """One piece of work; `stage` names its current step in a few words, "" while it waits for a thread."""

    def __init__(self, pool: ThreadPoolExecutor, work: Callable[[Stage], Result]) -> None:
        self.stage = ""
        self._cancelled = threading.Event()
        self._future: Future[Result] = pool.submit(work, self.enter)

    @property
    def done(self) -> bool:
        return self._future.done()

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds`; returns whether the work is done."""
        return bool(wait([self._future], seconds).done)

    def result(self) -> Result:
        """What the work returned; raises what it raised."""
        return self._future.result()

    def enter(self, stage: str) -> None:
        """Called by the work before each of its steps. Raises Cancelled if it was cancelled."""
        if self._cancelled.is_set():
            raise Cancelled
        self.stage = stage

    def cancel(self) -> None:
        """Make the work end before its next step."""
        self._cancelled.set()
        self._future.cancel()


class Background:
    """Runs work on `workers` threads and keeps the `kept` most recently requested results, by key."""

    def __init__(self, workers: int, kept: int) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="nearfield")
        self._tasks: OrderedDict[Hashable, Task[Any]] = OrderedDict()
        self._kept = kept
        self._lock = threading.Lock()

    def start(self, key: Hashable, work: Callable[[Stage], Result]) -> Task[Result]:
        """The task of `key`, running or done, or a new one that calls `work` with a function for its stages."""
        with self._lock:
            task: Task[Result] | None = self._tasks.get(key)
            if task is None:
                task = self._tasks[key] = Task(self._pool, work)
            self._tasks.move_to_end(key)
            finished = [old for old, other in self._tasks.items() if other.done and old != key]
            for old in finished[: max(0, len(self._tasks) - self._kept)]:
                del self._tasks[old]
            return task

    def forget(self, key: Hashable) -> None:
        """Cancel the task of this key, or drop its result."""
        with self._lock:
            task = self._tasks.pop(key, None)
        if task is not None:
            task.cancel()
