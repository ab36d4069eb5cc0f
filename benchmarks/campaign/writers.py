"""Four processes on one visitor's lists and on one catalogue's jobs at once, while their clocks jump.

On the lists each process adds its own artists, takes the older ones away again, and counts every change in the note of
one entry that all share. On the jobs each takes what waits, makes jobs of which one may be active at a time, and looks
at two that never end: one at work, whose process gives signs of life, and one that waits for this process. The clock of
each process (`time.time`) is set an hour forward, back, and right again. At the end nothing is lost, and nothing was
done twice.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.campaign.processes import Processes
from core.catalogue import Catalogue, open_catalogue
from core.curation import ListCollection, add, annotate, change_lists, read_lists, remove, with_list
from core.curation.lists import FIRST_LIST, Entry
from core.errors import NearfieldError
from core.jobs import JobBusyError, Jobs
from core.jobs.working import working
from tests.support.catalogues import tiny_catalogue

PROCESSES = 4
_VISITOR = "visitor"
_KEPT = 50
_WAITING = 20
_HOUR = 3600.0
_CLOCK_SECONDS = 3.0
_COUNTER = Entry(None, "counter", "How often the list was changed", note="0")


@dataclass
class Tally:
    """What the processes did, and what was found wrong."""

    campaign: str
    seconds: float
    tried: int = 0
    list_changes: int = 0
    jobs_done: int = 0
    jobs_refused: int = 0
    failures: list[str] = field(default_factory=list)


def campaign(seconds: float) -> Tally:
    """Let the processes work for so long, and look at what they leave."""
    with tempfile.TemporaryDirectory(prefix="nearfield-writers-") as made:
        folder = Path(made)
        catalogue = tiny_catalogue(folder / "catalogue")
        jobs = Jobs(catalogue.path)
        waits = jobs.create("prepare", "waits", {}, state="waiting")
        for number in range(_WAITING):
            _make_waiting(jobs, f"first {number}", os.getpid())
        with working(jobs, jobs.create("prepare", "at work", {})):
            answers = _work(folder, seconds)
        tally = Tally("writers", seconds, len(answers))
        for answer in answers:
            tally.failures += answer["failures"]
            tally.list_changes += answer["changes"]
            tally.jobs_done += len(answer["done"])
            tally.jobs_refused += answer["refused"]
        if jobs.newest("prepare", "waits") is None or jobs.find(waits.job_id) is None:
            tally.failures.append("the job that waited is gone")
        tally.failures += _list_faults(folder, catalogue, answers) + _job_faults(jobs, answers)
        return tally


def _work(folder: Path, seconds: float) -> list[dict[str, Any]]:
    words = ["-m", "benchmarks.campaign.writers", str(folder), str(seconds)]
    with Processes(folder) as processes:
        started = [processes.start([*words, str(number)], stdout=subprocess.PIPE) for number in range(PROCESSES)]
        return [json.loads(process.communicate(timeout=seconds + 300)[0]) for process in started]


def _list_faults(folder: Path, catalogue: Catalogue, answers: list[dict[str, Any]]) -> list[str]:
    listed = read_lists(folder, _VISITOR, catalogue)[FIRST_LIST]
    found = Counter(entry.artist_id for entry in listed.entries)
    expected = Counter({"counter": 1}) + Counter(artist for answer in answers for artist in answer["listed"])
    faults = [f"on the list is not what was put there: {found - expected}, {expected - found}"] * (found != expected)
    counted, told = int(listed.entry("counter").note), sum(answer["changes"] for answer in answers)
    return faults + [f"{told} changes were made, and {counted} counted"] * (counted != told)


def _job_faults(jobs: Jobs, answers: list[dict[str, Any]]) -> list[str]:
    done = Counter(job for answer in answers for job in answer["done"])
    faults = [f"the job {job} was done {times} times" for job, times in done.items() if times > 1]
    by_id = {job.job_id: job for job in jobs.listed()}
    states = Counter(job.state for job in by_id.values() if job.kind == "extraction")
    if unknown := set(states) - {"finished", "waiting"}:
        faults.append(f"jobs ended as {', '.join(sorted(unknown))}")
    if states["waiting"] != _WAITING:
        faults.append(f"{states['waiting']} jobs wait, and {_WAITING} should")
    return faults + [
        f"the job {job} is done, and stands as {by_id[job].state}"
        for job in done
        if job in by_id and by_id[job].state != "finished"
    ]


class _Writer:
    """One of the processes."""

    def __init__(self, folder: Path, number: int) -> None:
        self.folder, self.number = folder, number
        self.catalogue = open_catalogue(folder / "catalogue")
        self.jobs = Jobs(self.catalogue.path)
        self.listed: list[str] = []
        self.done: list[str] = []
        self.failures: list[str] = []
        self.changes = self.refused = 0

    def step(self) -> None:
        self._change_list()
        self._take_a_waiting_job()
        self._do_the_only_job()
        for subject, state in (("at work", "running"), ("waits", "waiting")):
            job = self.jobs.newest("prepare", subject)
            if job is None or job.state != state:
                self.failures.append(f"the job that {subject} counts as {job and job.state}")

    def _change_list(self) -> None:
        new = f"{self.number}-{self.changes}"
        kept = [*self.listed, new][-_KEPT:]
        gone = [artist for artist in self.listed if artist not in kept]

        def change(lists: ListCollection) -> ListCollection:
            one = add(lists[FIRST_LIST], [_COUNTER, Entry(None, new, new)])
            one = annotate(one, "counter", str(int(one.entry("counter").note) + 1))
            return with_list(lists, remove(one, gone))

        change_lists(self.folder, _VISITOR, self.catalogue, change)
        self.listed, self.changes = kept, self.changes + 1

    def _take_a_waiting_job(self) -> None:
        """Claim one of the jobs that wait, which the others want too, and make another one instead."""
        waiting = [job for job in self.jobs.listed("extraction") if job.state == "waiting"]
        if not waiting:
            return
        job = waiting[-1]
        try:
            claim = self.jobs.claim(job.job_id)
        except NearfieldError:
            self.refused += 1
            return
        with working(self.jobs, claim) as work:
            work.report("at it", 0.5)
            self.done.append(job.job_id)
        _make_waiting(self.jobs, f"{self.number} {len(self.done)}", os.getppid())

    def _do_the_only_job(self) -> None:
        """A job of which one may be active: a file that must be new shows whether it is the only one."""
        try:
            claim = self.jobs.create("map", "the only one", {})
        except JobBusyError:
            self.refused += 1
            return
        held = self.folder / "held"
        with working(self.jobs, claim):
            try:
                os.close(os.open(held, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                self.failures.append("two processes did the only job at once")
            time.sleep(0.005)
            with suppress(FileNotFoundError):
                held.unlink()
            self.done.append(claim.job_id)


def _make_waiting(jobs: Jobs, subject: str, pid: int) -> None:
    """A job that waits for the process `pid`, which lives until the end."""
    jobs.hand_over(jobs.create("extraction", subject, {}, state="waiting"), pid)


def main(folder: Path, seconds: float, number: int) -> None:
    """Work for so many seconds, as the process of this number, and print what was done."""
    right, began = time.time, time.monotonic()
    writer = _Writer(folder, number)
    while (passed := time.monotonic() - began) < seconds:
        offset = (0.0, _HOUR, -_HOUR)[(int(passed / _CLOCK_SECONDS) + number) % 3]
        time.time = lambda offset=offset: right() + offset
        writer.step()
    answer = {name: getattr(writer, name) for name in ("listed", "done", "failures", "changes", "refused")}
    print(json.dumps(answer))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
