"""Pages of many visitors are computed one after the other, since Python computes one at a time in any case.

Threads that take turns every few milliseconds all end late, and the thread that sends finished pages waits among them.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST_SECONDS = 0.5
"""After so long a page that is still computed, as where it hears a clip, goes on beside the next one."""


class Turns:
    """Who comes first is served first, one at a time."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._holder: object | None = None
        self._until = 0.0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turns before this one, each of which passes on when it ends or has lasted too long."""
        mine = object()
        with self._changed:
            self._waiting.append(mine)
            while self._waiting[0] is not mine or self._is_taken():
                is_next = self._waiting[0] is mine
                self._changed.wait(max(0.0, self._until - time.monotonic()) if is_next else None)
            self._waiting.popleft()
            self._holder, self._until = mine, time.monotonic() + LONGEST_SECONDS
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                if self._holder is mine:
                    self._holder = None
                    self._changed.notify_all()

    def _is_taken(self) -> bool:
        return self._holder is not None and time.monotonic() < self._until


turns = Turns()
