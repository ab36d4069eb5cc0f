"""Many visitors at once, on a server of its own: one alone, a crowd, and a crowd with a training beside them; and
sessions that are opened and closed, after which the server takes as much memory as before.

All visitors wait between two pages as people do. Times of one run are compared with one another only.
"""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.campaign.found import Found, percentile, seeded
from benchmarks.campaign.sessions import Session
from core.catalogue import Catalogue, open_catalogue
from core.catalogue.library import DATA_VARIABLE
from core.runs.config import ModelConfig, TrainingConfig
from core.runs.jobs import cancel_job, job_of_run, job_state, start_job
from core.runs.record import Run
from tests.support.server import ROOT, running_script, wait_until

PAUSE_SECONDS = (4.0, 12.0)
_AT_ONCE = 8
"""Sessions that are opened and closed at the same time."""

_SETTLE_SECONDS = 3.0
_ARTISTS = 200
_LAST_EPOCH_SECONDS = 60.0
_ROUND_MINUTES = 6.0
"""In which all three phases have their turn."""

_PAGES = ("", "", "", "map", "neighbourhood", "results", "clip", "catalogues", "train")
"""Most people are on Explore."""


@dataclass
class Times:
    """What visitors have seen in one phase."""

    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def campaign(
    catalogue: Path, visitors: int, sessions: int, with_training: bool, minutes: float, seed: int
) -> Iterator[Found]:
    """Yields what was found after each phase; a third of the time goes to each of alone, together, beside training.

    They take turns, a few minutes in all, since a machine is not as fast now as ten minutes later.
    """
    found = Found("visitors")
    with tempfile.TemporaryDirectory(prefix="nearfield-visitors-") as folder:
        # A copy, since the training writes into it.
        copy = Path(shutil.copytree(catalogue, Path(folder) / catalogue.name, ignore=shutil.ignore_patterns("runs")))
        with running_script(ROOT / "app.py", {DATA_VARIABLE: folder}) as (address, server):
            opened = open_catalogue(copy)
            artists = [opened.id_of(row) for row in range(0, len(opened), max(1, len(opened) // _ARTISTS))]
            crowd = Crowd(address, artists, seed)
            crowd.warm_up()
            rounds = max(1, round(minutes / _ROUND_MINUTES))
            yield from _take_turns(
                found, crowd, visitors, rounds, minutes * 60 / rounds / 3, opened if with_training else None
            )
            if sessions:
                _open_and_close(found, crowd, server, sessions)
                yield found


def _take_turns(
    found: Found, crowd: "Crowd", visitors: int, rounds: int, seconds: float, trained: Catalogue | None
) -> Iterator[Found]:
    alone, together, beside = Times(), Times(), Times()
    for _ in range(rounds):
        _phase(found, "alone", alone, crowd.visit(1, seconds))
        yield found
        _phase(found, "together", together, crowd.visit(visitors, seconds))
        found.figures["together_to_alone"] = _ratio(together, alone)
        yield found
        if trained is None:
            continue
        with training(trained) as run:
            _phase(found, "beside_training", beside, crowd.visit(visitors, seconds))
            found.figures["epochs_trained"] = found.figures.get("epochs_trained", 0.0) + len(run.history())
        found.figures["beside_training_to_together"] = _ratio(beside, together)
        yield found


class Crowd:
    """Visitors of a server, who go from page to page among some artists."""

    def __init__(self, address: str, artists: list[str], seed: int) -> None:
        self._address, self._artists, self._seed = address, artists, seed
        self._phase = 0

    def warm_up(self) -> None:
        """Each page once, so that what is made once is made."""

        async def all_pages() -> None:
            async with Session(self._address) as session:
                for page in dict.fromkeys(_PAGES):
                    await session.ask(page, artist=self._artists[0])

        asyncio.run(all_pages())

    def visit(self, visitors: int, seconds: float) -> Times:
        """So many visitors at once for some seconds."""
        self._phase += 1
        times = Times()

        async def together() -> None:
            end = time.monotonic() + seconds
            await asyncio.gather(*(self._one(number, end, times) for number in range(visitors)))

        asyncio.run(together())
        return times

    def come_and_go(self, sessions: int) -> Times:
        """Sessions that ask for one page and close, some at a time."""
        times = Times()

        async def one(number: int, places: asyncio.Semaphore) -> None:
            async with places:
                await self._ask_and_leave(number, times)

        async def all_of_them() -> None:
            places = asyncio.Semaphore(_AT_ONCE)
            await asyncio.gather(*(one(number, places) for number in range(sessions)))

        asyncio.run(all_of_them())
        return times

    async def _one(self, number: int, end: float, times: Times) -> None:
        rng = seeded(self._seed, self._phase, number)
        async with Session(self._address, f"{rng.getrandbits(128):032x}") as session:
            await asyncio.sleep(rng.uniform(0, PAUSE_SECONDS[1]) if number else 0)
            while time.monotonic() < end:
                page = rng.choice(_PAGES)
                answer = await session.ask(page, artist=rng.choice(self._artists))
                times.seconds.append(answer.seconds)
                times.faults += [f"{page or 'explore'}: {answer.fault}"] if answer.fault else []
                await asyncio.sleep(rng.uniform(*PAUSE_SECONDS))

    async def _ask_and_leave(self, number: int, times: Times) -> None:
        async with Session(self._address) as session:
            answer = await session.ask("", artist=self._artists[number % len(self._artists)])
        times.seconds.append(answer.seconds)
        times.faults += [answer.fault] if answer.fault else []


@contextmanager
def training(catalogue: Catalogue) -> Iterator[Run]:
    """A run is being trained meanwhile, as from the page Train. It is at work, but may give way to all others."""
    run = start_job(catalogue, TrainingConfig(catalogue.feature_names[0], ModelConfig(), steps=90_000), "campaign")
    try:
        wait_until(lambda: job_state(run).state == "running", "that a run is being trained")
        yield run
    finally:
        job = job_of_run(run)
        process = psutil.Process(int(job.worker["pid"])) if job and job.is_active else None
        cancel_job(run)
        if process:
            _end(process)


def _end(process: psutil.Process) -> None:
    """A run ends after its epoch; one that has not by then is ended."""
    try:
        process.wait(_LAST_EPOCH_SECONDS)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait()


def _phase(found: Found, name: str, before: Times, now: Times) -> None:
    """Note what was seen now beside what was seen before in phases of this name."""
    found.tried += len(now.seconds)
    found.failures += [f"{name}: {fault}" for fault in now.faults]
    before.seconds += now.seconds
    found.figures |= {
        f"{name}_median_seconds": percentile(before.seconds, 0.5),
        f"{name}_p95_seconds": percentile(before.seconds, 0.95),
    }


def _ratio(slow: Times, fast: Times) -> float:
    """Between the times that 95 of 100 pages did not exceed."""
    return percentile(slow.seconds, 0.95) / percentile(fast.seconds, 0.95)


def _open_and_close(found: Found, crowd: Crowd, server: psutil.Process, sessions: int) -> None:
    """A fifth of the sessions come first, so that what the first ones leave in caches does not count."""
    first = max(1, sessions // 5)
    times = Times()
    _phase(found, "sessions", times, crowd.come_and_go(first))
    time.sleep(_SETTLE_SECONDS)
    before = server.memory_info().rss
    _phase(found, "sessions", times, crowd.come_and_go(sessions - first))
    time.sleep(_SETTLE_SECONDS)
    found.figures["sessions_mb_before"] = before / 1e6
    found.figures["sessions_mb_grown"] = (server.memory_info().rss - before) / 1e6
