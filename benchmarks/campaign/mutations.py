"""Mutated catalogues, runs, fusions, maps and tables of results: checked and opened, or taken through every page.

Worker processes look at them within two gigabytes; a worker that dies, or that does not answer for a minute, is a
failure of the mutation it was given, and so are a traceback and more than ten seconds of processor time.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.campaign.asking import Tally, Worker

_LIVES = {False: 1000, True: 60}
"""Mutations until a worker is replaced, by whether they go through pages."""


def campaign(numbers: range, seed: int, pages: bool) -> Iterator[Tally]:
    """Look at the mutations of these numbers; yields the tally after each."""
    kind = "pages" if pages else "opening"
    tally = Tally(kind)
    left = list(reversed(numbers))
    while left:
        with (
            tempfile.TemporaryDirectory(prefix="nearfield-mutations-") as folder,
            Worker(Path(folder), "benchmarks.campaign.worker", kind) as worker,
        ):
            for _ in range(min(_LIVES[pages], len(left))):
                answer = worker.ask({"number": left.pop(), "seed": seed, "pages": pages})
                tally.count(answer)
                yield tally
                if "dead" in answer:
                    break
