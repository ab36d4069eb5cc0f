"""Writers killed at random moments: the next start finds old or new, goes on to the same figures, and leaves no litter.

Each try gets a fresh copy of a small prepared world. The process is killed by signal 9 at a moment that is drawn evenly
from the time that an undisturbed run takes (where it comes too late, again from less): with its process group,
or in every third try alone, as the system does it where memory runs out. Then the world is opened, what was finished is
compared with the undisturbed run, the command is given again (a training is resumed) until the work is done, and
figures, files and living processes are compared.
"""

import random
import re
import shutil
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.campaign.processes import Processes
from benchmarks.campaign.subjects import Lost, Subject
from core.catalogue.library import list_catalogues
from core.errors import NearfieldError

_MOST_STARTS = 5
_RUN_ID = re.compile(r"[a-z]+\d-[a-z0-9_-]+-s\d+-\d{8}-\d{6}-[0-9a-f]{4}")
_MAP_OF_RUN = re.compile(r"maps/run-[a-z0-9_-]+\.npz")
_LOG = re.compile(r".*/jobs/[0-9a-f]{32}\.log")


@dataclass
class Tally:
    """What became of one subject: `tried` kills, and moments that came `too_late` to kill anything."""

    subject: str
    seconds: float
    tried: int = 0
    unfinished: int = 0
    finished: int = 0
    too_late: int = 0
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Undisturbed:
    """What a run that nobody kills takes, comes to and leaves."""

    seconds: float
    figures: str
    files: Counter[str]


def campaign(subject: Subject, times: int, seed: int, keep_compiled: bool = False) -> Iterator[Tally]:
    """Kill `subject` so many times; yields the tally after each try.

    With `keep_compiled` every try has the cache of an earlier run, and no kill comes while numba compiles.
    """
    with tempfile.TemporaryDirectory(prefix="nearfield-kills-") as made:
        folder = Path(made)
        template = folder / "template"
        template.mkdir()
        subject.prepare(template)
        if keep_compiled:
            _undisturbed(subject, template, folder / "compiled")
            if (cache := folder / "compiled" / "cache").exists():
                shutil.copytree(cache, template / "cache")
        undisturbed = _undisturbed(subject, template, folder / "undisturbed")
        tally = Tally(subject.name, undisturbed.seconds)
        rng = random.Random(f"{seed} {subject.name}")
        longest = undisturbed.seconds
        while tally.tried < times:
            moment, alone, too_late = rng.uniform(0, longest), tally.tried % 3 == 2, tally.too_late
            work = folder / f"try{tally.tried + too_late}"
            shutil.copytree(template, work)
            found = _one_try(subject, work, moment, alone, undisturbed, tally)
            if found:
                tally.failures.append(f"kill {tally.tried}, after {moment:.2f} s{' alone' * alone}: {found}")
            if tally.too_late > too_late:
                longest = moment
            shutil.rmtree(work)
            yield tally


def _undisturbed(subject: Subject, template: Path, work: Path) -> Undisturbed:
    shutil.copytree(template, work)
    started = time.monotonic()
    with Processes(work) as processes:
        fault = processes.run(subject.command(work))
    seconds = time.monotonic() - started
    figures = subject.outcome(work)
    if fault or figures is None:
        raise RuntimeError(f"{subject.name} does not work undisturbed: {fault}")
    return Undisturbed(seconds, figures, _files(work))


def _one_try(subject: Subject, work: Path, moment: float, alone: bool, undisturbed: Undisturbed, tally: Tally) -> str:
    """Kill once and go on; what was found wrong, or ""."""
    with Processes(work) as processes:
        is_killed = processes.run_killed(subject.command(work), moment, alone)
        tally.tried += is_killed
        tally.too_late += not is_killed
        try:
            list_catalogues(work)
            figures = subject.outcome(work)
            tally.unfinished += is_killed and figures is None
            tally.finished += is_killed and figures is not None
            for _ in range(_MOST_STARTS):
                if figures is not None:
                    break
                if fault := processes.run(subject.next_command(work)):
                    return f"the next start failed: {fault}"
                processes.wait()
                figures = subject.outcome(work)
            list_catalogues(work)
            subject.outcome(work)
        except (NearfieldError, Lost) as fault:
            return str(fault)
        except Exception:  # noqa: BLE001
            return f"the next start ended in {traceback.format_exc()[-2000:]}"
        if figures is None:
            return f"the work is not done after {_MOST_STARTS} more starts"
        if figures != undisturbed.figures:
            return f"other figures than undisturbed: {figures[:300]} instead of {undisturbed.figures[:300]}"
        if left := processes.wait():
            return f"processes live on: {left}"
        return _difference(undisturbed.files, _files(work))


def _difference(expected: Counter[str], found: Counter[str]) -> str:
    more, fewer = sorted((found - expected).elements()), sorted((expected - found).elements())
    return "; ".join(f"{what}: {', '.join(names)}" for what, names in (("litter", more), ("gone", fewer)) if names)


def _files(work: Path) -> Counter[str]:
    """How often each path is there, with RUN for the id of a run, but for the logs of jobs, which are kept."""
    paths = (path.relative_to(work).as_posix() for path in work.rglob("*"))
    names = (_RUN_ID.sub("RUN", _MAP_OF_RUN.sub("maps/RUN.npz", path)) for path in paths if not _LOG.fullmatch(path))
    return Counter(names)
