"""Background work of a server: on a few threads, with recent results kept, stages reported and cancellation.

What waits is done in turns: who has nothing at work goes before who has, then who has waited longest since their last
turn. So one piece of work of each visitor goes before a second of another.
"""

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from core.errors import NearfieldError

Result = TypeVar("Result")
Stage = Callable[[str], None]


class Cancelled(Exception):
    """Raised inside work that was cancelled."""


@dataclass(frozen=True)
class Asker:
    """Who wants work done: a visitor's id, and what stands for the address; "" where either is unknown."""

    visitor: str = ""
    sender: str = ""


NOBODY = Asker()


@dataclass(frozen=True)
class Limits:
    """How many pieces of work may wait, of one visitor, from one address and in all, and when waiting has no sense.

    Work that nobody has asked about for `abandoned_seconds` is not begun, and ends before its next step.
    """

    of_one_visitor: int
    of_one_sender: int
    in_all: int
    abandoned_seconds: float


class Task(Generic[Result]):
    """One piece of work; `stage` names its current step in a few words, "" while it waits for a thread."""

    def __init__(self, work: Callable[[Stage], Result], asker: Asker, patience: float | None) -> None:
        self.stage = ""
        self.asker = asker
        self.askers = {asker}
        self._work = work
        self._patience = patience
        self._asked_at = time.monotonic()
        self._is_awaited = False
        self._cancelled = threading.Event()
        self._future: Future[Result] = Future()

    @property
    def done(self) -> bool:
        self._asked_at = time.monotonic()
        return self._future.done()

    @property
    def is_useless(self) -> bool:
        """Whether it was cancelled, or nobody has asked about it for long while it was not done."""
        if self._cancelled.is_set():
            return True
        if self._patience is None or self._is_awaited or self._future.done():
            return False
        return time.monotonic() - self._asked_at > self._patience

    def ask(self, asker: Asker) -> None:
        """Note that `asker` wants it too."""
        self.askers.add(asker)
        self._asked_at = time.monotonic()

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds`; returns whether the work is done."""
        self._asked_at = time.monotonic()
        return bool(wait([self._future], seconds).done)

    def result(self) -> Result:
        """What the work returned; raises what it raised."""
        self._is_awaited = True
        return self._future.result()

    def enter(self, stage: str) -> None:
        """Called by the work before each of its steps. Raises Cancelled if it was cancelled."""
        if self.is_useless:
            self._cancelled.set()
            raise Cancelled
        self.stage = stage

    def cancel(self) -> None:
        """Make the work end before its next step."""
        self._cancelled.set()
        self._future.cancel()

    def run(self) -> None:
        """Do the work, unless it was cancelled."""
        if not self._future.set_running_or_notify_cancel():
            return
        try:
            self._future.set_result(self._work(self.enter))
        except BaseException as fault:  # noqa: BLE001 - whoever asks for the result gets it
            self._future.set_exception(fault)

    def refuse(self, fault: NearfieldError) -> None:
        """End it before it has begun."""
        self._future.set_exception(fault)


class Background:
    """Runs work on `workers` threads and keeps the `kept` most recently requested results, by key."""

    def __init__(self, workers: int, kept: int, limits: Limits | None = None) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="nearfield")
        self._tasks: OrderedDict[Hashable, Task[Any]] = OrderedDict()
        self._waiting: list[Task[Any]] = []
        self._running: list[Task[Any]] = []
        self._turns: dict[str, int] = {}
        self._turn = 0
        self._kept = kept
        self._limits = limits
        self._lock = threading.Lock()

    def start(self, key: Hashable, work: Callable[[Stage], Result], asker: Asker = NOBODY) -> Task[Result]:
        """The task of `key`, running or done, or a new one that calls `work` with a function for its stages.

        Where too much waits already, the task is done at once, and its result raises a NearfieldError.
        """
        with self._lock:
            task: Task[Result] | None = self._tasks.get(key)
            if task is not None and task.is_useless:
                self._drop(key)
                task = None
            if task is None:
                task = Task(work, asker, self._limits.abandoned_seconds if self._limits else None)
                if fault := self._why_not(asker):
                    task.refuse(NearfieldError(fault))
                    return task
                self._tasks[key] = task
                self._turns.setdefault(asker.visitor, self._next_turn())
                self._waiting.append(task)
                self._pool.submit(self._run_one)
            task.ask(asker)
            self._tasks.move_to_end(key)
            finished = [old for old, other in self._tasks.items() if other._future.done() and old != key]
            for old in finished[: max(0, len(self._tasks) - self._kept)]:
                del self._tasks[old]
            return task

    def forget(self, key: Hashable, asker: Asker | None = None) -> None:
        """Cancel the task of this key, or drop its result; but if others than `asker` want it too, it stays."""
        with self._lock:
            task = self._tasks.get(key)
            if task is None:
                return
            if asker is not None:
                task.askers.discard(asker)
            if asker is None or not task.askers:
                self._drop(key)

    def _drop(self, key: Hashable) -> None:
        task = self._tasks.pop(key)
        task.cancel()
        if task in self._waiting:
            self._waiting.remove(task)

    def _why_not(self, asker: Asker) -> str:
        """Why nothing more of `asker` may wait, "" if it may."""
        if self._limits is None:
            return ""
        self._drop_useless()
        mine = sum(1 for task in self._waiting if asker.visitor and task.asker.visitor == asker.visitor)
        ours = sum(1 for task in self._waiting if asker.sender and task.asker.sender == asker.sender)
        if mine >= self._limits.of_one_visitor:
            return f"{mine} of your questions wait to be answered. Wait, or stop one, before you ask another."
        if ours >= self._limits.of_one_sender:
            return f"{ours} questions from your network wait to be answered. Try again in a minute."
        if len(self._waiting) >= self._limits.in_all:
            return f"{len(self._waiting)} questions of visitors wait to be answered. Try again in a minute."
        return ""

    def _drop_useless(self) -> None:
        useless = {id(task) for task in self._waiting if task.is_useless}
        for key in [key for key, task in self._tasks.items() if id(task) in useless]:
            self._drop(key)

    def _run_one(self) -> None:
        """Do the waiting work whose turn it is. Called once for each that began to wait; some may have gone since."""
        with self._lock:
            self._drop_useless()
            if not self._waiting:
                return
            task = self._fairest()
            self._waiting.remove(task)
            self._running.append(task)
            self._turns[task.asker.visitor] = self._next_turn()
        try:
            task.run()
        finally:
            with self._lock:
                self._running.remove(task)
                here = {other.asker.visitor for other in (*self._waiting, *self._running)}
                self._turns = {visitor: turn for visitor, turn in self._turns.items() if visitor in here}

    def _fairest(self) -> Task[Any]:
        visitors = Counter(task.asker.visitor for task in self._running)
        senders = Counter(task.asker.sender for task in self._running if task.asker.sender)

        def turn(task: Task[Any]) -> tuple[int, int, int]:
            asker = task.asker
            return visitors[asker.visitor], senders[asker.sender], self._turns[asker.visitor]

        return min(self._waiting, key=turn)

    def _next_turn(self) -> int:
        self._turn += 1
        return self._turn
