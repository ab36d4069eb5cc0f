"""What the pages of a session take as uploads now, and what was refused since they were drawn.

A page that draws a place for files says here what it takes; the server then takes that and nothing else. Both sides
run in threads of their own.
"""

import threading
from collections.abc import Container
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True)
class Offer:
    """What one place takes: up to `most_files` files of at most `largest` bytes, and of `together` bytes in all.

    `suffixes` are those of the files' names, in lower case and with the dot; empty where the content decides.
    """

    largest: int
    together: int
    most_files: int = 1
    suffixes: tuple[str, ...] = ()
    is_owners: bool = False

    def takes(self, name: str | None) -> bool:
        """Whether a file of this name is taken. None: the name is not known."""
        return not self.suffixes or (name is not None and PurePosixPath(name).suffix.lower() in self.suffixes)


class Offers:
    """The offers and the last refusal of every session."""

    def __init__(self) -> None:
        self._offers: dict[str, dict[str, Offer]] = {}
        self._refusals: dict[str, str] = {}
        self._lock = threading.Lock()

    def make(self, session: str, place: str, offer: Offer) -> None:
        """Say that the session's page has a place called `place`."""
        with self._lock:
            self._offers.setdefault(session, {})[place] = offer

    def of(self, session: str) -> list[Offer]:
        """What the session may upload."""
        with self._lock:
            return list(self._offers.get(session, {}).values())

    def note_refusal(self, session: str, why: str) -> None:
        """Keep the sentence for the session's page."""
        with self._lock:
            if session in self._offers:
                self._refusals[session] = why

    def take_refusal(self, session: str) -> str:
        """The last refusal, once; "" where there is none."""
        with self._lock:
            return self._refusals.pop(session, "")

    def sessions(self) -> list[str]:
        """All sessions with an offer."""
        with self._lock:
            return list(self._offers)

    def forget_all_but(self, sessions: Container[str]) -> None:
        """Drop what belongs to sessions that are over."""
        with self._lock:
            for gone in [session for session in self._offers if session not in sessions]:
                self._offers.pop(gone)
                self._refusals.pop(gone, None)


OFFERS = Offers()
"""Those of this server."""
