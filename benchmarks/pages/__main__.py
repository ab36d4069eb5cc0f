"""How long the app takes to answer, in headless Chromium after warm-up, against the bars it has to meet.

    python -m benchmarks.pages [CATALOGUE] [--repeats N] [--only WORDS] [--json]

Starts a server of its own, on that one catalogue, and ends it. Times run from the click to the settled page: what the
action has to show is there, no script runs, and two frames have been painted. Two repeats of each action come before
those that count. Bytes are all that travels both ways; server and page are processor time, which tells a slow page
from a busy machine. Exit code 1 when a 95th percentile misses its bar.
"""

import argparse
import json
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from benchmarks.pages.actions import ACTIONS, first_load
from benchmarks.pages.server import ROOT, running_server
from benchmarks.pages.visitor import Sample, Visitor
from core.catalogue import Catalogue, open_catalogue
from core.catalogue.library import BUNDLED
from core.graph.adjacency import adjacency, degrees
from core.maps.build import current_map
from core.search.confidence import feature_presence
from core.search.spaces import list_spaces

DEFAULTS = (ROOT / "data" / "disco-olga", ROOT / "data" / BUNDLED)
WARM_UP = 2
START_DEGREE = 12
"""About the mean of OLGA's degrees: the walk begins at an ordinary artist."""

FIRST_LOAD = "first load of a warm server"


@dataclass(frozen=True)
class Timing:
    """One action: seconds, median bytes, median processor milliseconds, and whether the p95 stays within the bar."""

    action: str
    median: float
    p95: float
    bar: float | None
    kilobytes: float
    server_ms: float
    page_ms: float
    repeats: int
    load: float

    @property
    def met(self) -> bool:
        return self.bar is None or self.p95 <= self.bar

    @classmethod
    def of(cls, action: str, bar: float | None, samples: list[Sample]) -> "Timing":
        median, p95 = np.percentile([sample.seconds for sample in samples], (50, 95))
        kilobytes, server, page = (
            round(float(np.median([getattr(sample, name) for sample in samples])) * scale, 1)
            for name, scale in (("traffic", 1e-3), ("server", 1e3), ("browser", 1e3))
        )
        return cls(
            action,
            round(float(median), 3),
            round(float(p95), 3),
            bar,
            kilobytes,
            server,
            page,
            len(samples),
            round(os.getloadavg()[0], 1),
        )


def measure(path: Path, repeats: int, warm_up: int = WARM_UP, only: str = "") -> Iterator[Timing]:
    """The actions whose name holds `only`, on the catalogue in folder `path`."""
    catalogue = open_catalogue(path)
    artist_id = ordinary_artist(catalogue)
    spaces = [space for space in list_spaces(catalogue) if space.has_vectors]
    n_maps = sum(current_map(catalogue, space.name) is not None for space in spaces)
    with running_server(path) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for action in ACTIONS:
            if only in action.name and n_maps >= action.maps:
                visitor = Visitor(browser, server)
                samples = list(islice(action.repeats(visitor, artist_id), warm_up + repeats))[warm_up:]
                visitor.close()
                yield Timing.of(action.name, action.bar, samples)
        if only in FIRST_LOAD:
            samples = list(islice(first_load(browser, server, artist_id), warm_up + repeats))[warm_up:]
            yield Timing.of(FIRST_LOAD, None, samples)
        browser.close()


def ordinary_artist(catalogue: Catalogue) -> str:
    """The id of the artist with the most feature sets and about as many known edges as OLGA's have on average."""
    degree = degrees(adjacency(catalogue.similar_edges, len(catalogue)))
    lacking = -feature_presence(catalogue).sum(axis=0)
    row = np.lexsort((np.abs(degree - START_DEGREE), lacking))[0]
    return catalogue.id_of(row)


def chromium() -> str | None:
    """The browser's executable; None leaves the choice to playwright."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def heading(catalogue: str) -> str:
    return (
        f"{'seconds on ' + catalogue:32} {'median':>7} {'p95':>7} {'bar':>5} {'':7} {'kB':>8} {'server ms':>10} "
        f"{'page ms':>8} {'load':>5}"
    )


def line(timing: Timing) -> str:
    bar = "" if timing.bar is None else f"{timing.bar:.1f}"
    verdict = "" if timing.bar is None else "met" if timing.met else "MISSED"
    return (
        f"{timing.action:32} {timing.median:7.2f} {timing.p95:7.2f} {bar:>5} {verdict:7} {timing.kilobytes:8.1f} "
        f"{timing.server_ms:10.0f} {timing.page_ms:8.0f} {timing.load:5.1f}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the pages of Nearfield in headless Chromium.")
    default = next(path for path in DEFAULTS if path.is_dir())
    parser.add_argument("catalogue", type=Path, nargs="?", default=default, help="default: %(default)s")
    parser.add_argument("--repeats", type=int, default=50)
    parser.add_argument("--only", default="", help="only the actions whose name holds these words")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    timings = []
    if not options.json:
        print(heading(options.catalogue.name), flush=True)
    for timing in measure(options.catalogue, options.repeats, only=options.only):
        timings.append(timing)
        if not options.json:
            print(line(timing), flush=True)
    if options.json:
        print(json.dumps([asdict(timing) | {"met": timing.met} for timing in timings], indent=1))
    return 0 if all(timing.met for timing in timings) else 1


if __name__ == "__main__":
    sys.exit(main())
