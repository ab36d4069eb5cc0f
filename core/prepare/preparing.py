"""Making a catalogue ready: the steps one after another, with the time that is left."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from core.catalogue import open_catalogue
from core.errors import NearfieldError, StoppedError
from core.jobs import ClaimLostError
from core.jobs.progress import share
from core.prepare.pieces import Choice, Outlook, Piece
from core.prepare.plan import STEPS, Plan, plan_preparation
from core.search.ready import make_ready

_SURE_SHARE = 0.05
"""The share of a piece from which on its own pace tells how long it takes."""
_SLOWEST = 20.0


@dataclass(frozen=True)
class Progress:
    """How far a preparation is: the name of the step, what it makes, the share of all time that is over, 0 to 1, and
    about how many seconds are left."""

    step: str
    label: str
    share: float
    seconds_left: float


@dataclass(frozen=True)
class Prepared:
    """What was made, as (step, label), what could not be, as (label, reason), and sentences to tell."""

    made: list[tuple[str, str]] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def prepare(folder: Path, choice: Choice, on_progress: Callable[[Progress], None] = lambda progress: None) -> Prepared:
    """Make everything that the catalogue in `folder` lacks. What cannot be made holds up nothing else.

    `on_progress` is called often and may raise StoppedError. Then, and after a kill, another call goes on from there.
    Raises NearfieldError where the catalogue cannot be opened, and ClaimLostError as `Work.check`.
    """
    catalogue = open_catalogue(folder)
    clock = _Clock(plan_preparation(catalogue, choice), on_progress)
    prepared = Prepared()
    for name, find in STEPS.items():
        found = find(Outlook(open_catalogue(folder), choice))
        clock.begin(name, [piece.seconds for piece in found.todo])
        for piece in found.todo:
            try:
                prepared.told.extend(piece.make(clock.start(piece)))
                prepared.made.append((name, piece.label))
            except (StoppedError, ClaimLostError):
                raise
            except NearfieldError as fault:
                prepared.failures.append((piece.label, str(fault)))
            clock.end(piece)
    make_ready(open_catalogue(folder))
    return prepared


class _Clock:
    """The time that is over and left. Estimates of what is to come are corrected by how long things have taken."""

    def __init__(self, plan: Plan, on_progress: Callable[[Progress], None]) -> None:
        self._on_progress = on_progress
        self._steps = {step.name: step.seconds for step in plan.steps}
        self._name = ""
        self._pieces: list[float] = []
        self._began = self._started = time.monotonic()
        self._estimated = self._taken = 0.0

    def begin(self, name: str, pieces: list[float]) -> None:
        """A step begins, whose pieces take so many seconds, estimated."""
        self._name, self._pieces = name, pieces
        self._steps.pop(name, None)

    def start(self, piece: Piece) -> Callable[[float], None]:
        """A piece begins; returns what is told the share of it that is done."""
        self._pieces = self._pieces[1:]
        self._started = time.monotonic()

        def report(done: float) -> None:
            self._on_progress(self._progress(piece, done))

        report(0.0)
        return report

    def end(self, piece: Piece) -> None:
        """A piece has ended, made or not."""
        self._estimated += piece.seconds
        self._taken += time.monotonic() - self._started

    def _progress(self, piece: Piece, done: float) -> Progress:
        now = time.monotonic()
        pace = min(_SLOWEST, self._taken / self._estimated) if self._estimated else 1.0
        over = now - self._started
        left = over / done * (1 - done) if done > _SURE_SHARE else max(0.0, piece.seconds * pace - over)
        left += pace * (sum(self._pieces) + sum(self._steps.values()))
        elapsed = now - self._began
        return Progress(self._name, piece.label, share(elapsed, elapsed + left), left)
