"""Pages of many visitors are computed one after the other, since Python computes one at a time in any case.

Threads that take turns every few milliseconds all end late, and the thread that sends finished pages waits among them.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST_SECONDS = 0.5
"""How long a page keeps others waiting. One that takes longer, as where it hears a clip, no longer counts."""


class Turns:
    """Who comes first is served first."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._begun = 0.0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turns before this one, but not for one that has lasted too long."""
        mine = self._turn.acquire(timeout=max(0.0, self._begun + LONGEST_SECONDS - time.monotonic()))
        if mine:
            self._begun = time.monotonic()
        try:
            yield
        finally:
            if mine:
                self._turn.release()


turns = Turns()
