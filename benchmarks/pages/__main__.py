"""How long the app takes to answer, in headless Chromium after warm-up, against the bars it has to meet.

    python -m benchmarks.pages [CATALOGUE] [--repeats N] [--warm-up N] [--only WORDS] [--json]

Starts a server of its own, on that one catalogue, and ends it. Times run from the click to the settled page: what the
action has to show is there, no script runs, and two frames have been painted. The first repeats of each action warm up
and do not count. Bytes are all that travels both ways; server and page are processor time, which tells a slow page from
a busy machine. Exit code 1 when a 95th percentile misses its bar.
"""

import argparse
import json
import shutil
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from benchmarks.pages.actions import ACTIONS, first_load
from benchmarks.pages.timing import Timing, heading, line
from benchmarks.pages.visitor import Visitor
from core.catalogue import Catalogue, open_catalogue
from core.catalogue.library import BUNDLED
from core.graph.adjacency import adjacency, degrees
from core.maps.build import current_map
from core.search.confidence import feature_presence
from core.search.spaces import list_spaces
from tests.support.server import ROOT, running_server

DEFAULTS = (ROOT / "data" / "disco-olga", ROOT / "data" / BUNDLED)
START_DEGREE = 12
"""About the mean of OLGA's degrees: the walk begins at an ordinary artist."""

FIRST_LOAD = "first load of a warm server"


def measure(path: Path, repeats: int, warm_up: int, only: str) -> Iterator[Timing]:
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
    degree = degrees(adjacency(catalogue.learned_edges, len(catalogue)))
    lacking = -feature_presence(catalogue).sum(axis=0)
    row = np.lexsort((np.abs(degree - START_DEGREE), lacking))[0]
    return catalogue.id_of(row)


def chromium() -> str | None:
    """The browser's executable; None leaves the choice to playwright."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the pages of Nearfield in headless Chromium.")
    default = next(path for path in DEFAULTS if path.is_dir())
    parser.add_argument("catalogue", type=Path, nargs="?", default=default, help="default: %(default)s")
    parser.add_argument("--repeats", type=int, default=50)
    parser.add_argument("--warm-up", type=int, default=2, help="repeats that do not count (default: %(default)s)")
    parser.add_argument("--only", default="", help="only the actions whose name holds these words")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    timings = []
    if not options.json:
        print(heading(options.catalogue.name), flush=True)
    for timing in measure(options.catalogue, options.repeats, options.warm_up, options.only):
        timings.append(timing)
        if not options.json:
            print(line(timing), flush=True)
    if options.json:
        print(json.dumps([asdict(timing) | {"met": timing.met} for timing in timings], indent=1))
    return 0 if all(timing.met for timing in timings) else 1


if __name__ == "__main__":
    sys.exit(main())
