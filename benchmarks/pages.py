"""How long the app takes to answer, in headless Chromium after warm-up, against the bars it has to meet.

    python -m benchmarks.pages [CATALOGUE] [--repeats N] [--json]

Starts a server of its own, on that one catalogue, and ends it. Times run from the click to the moment when the page's
script has ended and what the step has to show is there: the artist's card, the graph around the new artist, the
map's points. Exit code 1 when a median misses its bar.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
from playwright.sync_api import Locator, Page, sync_playwright

from core.catalogue import Catalogue, open_catalogue
from core.catalogue.library import BUNDLED, DATA_VARIABLE
from core.graph.adjacency import adjacency, degrees
from core.maps import StoredMap
from core.maps.build import current_map
from core.search.spaces import list_spaces

ROOT = Path(__file__).resolve().parent.parent
DEFAULTS = (ROOT / "data" / "disco-olga", ROOT / "data" / BUNDLED)
SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'
PATIENCE_S = 60.0
START_DEGREE = 12
"""About the mean of OLGA's degrees: the walk begins at an ordinary artist."""

GRAPH = "canvas => canvas.hopGraph?.network ? canvas.hopGraph.data.nodes.map(node => node.id) : []"
PLACED = "canvas => Object.keys(canvas.hopGraph?.network?.getPositions() ?? {}).length"
NODES_IN_SIGHT = """canvas => {
    const network = canvas.hopGraph.network, frame = canvas.getBoundingClientRect();
    const places = canvas.hopGraph.data.nodes.slice(1).map(node => {
        const place = network.canvasToDOM(network.getPosition(node.id));
        return {id: node.id, x: place.x, y: place.y};
    });
    return places.filter(({id, x, y}) => x > 5 && y > 60 && x < frame.width - 5 && y < frame.height - 5
        && network.getNodeAt({x, y}) === id);
}"""
POINTS = """() => {
    const chart = document.querySelector(".js-plotly-plot");
    if (!chart?._fullLayout?._glcanvas) return 0;
    return chart._fullData.reduce((sum, trace) => sum + (trace.type === "scattergl" ? trace.x.length : 0), 0);
}"""
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"


@dataclass(frozen=True)
class Timing:
    """Seconds of one step; the median of its repeats has to stay under `bar`."""

    step: str
    median: float
    p95: float
    bar: float
    repeats: int
    met: bool

    @classmethod
    def of(cls, step: str, seconds: list[float], bar: float) -> "Timing":
        median, p95 = np.percentile(seconds, (50, 95))
        return cls(step, round(float(median), 3), round(float(p95), 3), bar, len(seconds), bool(median < bar))


class Visitor:
    """A browser on the app, and the waiting for it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address

    def open(self, where: str = "", **query: str) -> None:
        self.page.goto(f"{self.address}/{where}?{urlencode(query)}")
        self.settle()
        if (close := self.page.get_by_role("dialog").get_by_label("Close")).count():
            close.click()

    def settle(self) -> None:
        self.page.wait_for_selector(SETTLED, timeout=PATIENCE_S * 1000)

    def time(self, act: Callable[[], Any], shown: Callable[[], bool]) -> float:
        start = time.perf_counter()
        act()
        wait_until(shown)
        self.settle()
        self.page.evaluate(PAINTED)
        return time.perf_counter() - start

    @property
    def canvas(self) -> Locator:
        return self.page.locator(".hop-canvas")


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"the page did not show what it should within {PATIENCE_S:.0f} s")
        time.sleep(0.01)


def choose_on_explore(visitor: Visitor, artist_id: str, repeats: int) -> list[float]:
    """A click on a name in the first list of nearest artists; the next click starts from there."""
    visitor.open(artist=artist_id)
    page, seconds = visitor.page, []
    for turn in range(repeats):
        entry = page.locator('[data-testid="stMain"] [class*="st-key-results_"] button.go').nth(turn % 5)
        card = page.locator('[class*="st-key-card_"]').first
        before = card.get_attribute("class")
        seconds.append(
            visitor.time(entry.click, lambda card=card, before=before: card.get_attribute("class") != before)
        )
    return seconds


def recentre_graph(visitor: Visitor, artist_id: str, repeats: int) -> list[float]:
    """A double click on an artist of the graph, until the graph stands around it."""
    visitor.open("neighbourhood", artist=artist_id)
    seconds = []
    for turn in range(repeats):
        node = _node_in_sight(visitor, turn)
        seconds.append(
            visitor.time(
                lambda node=node: visitor.canvas.dblclick(position={"x": node["x"], "y": node["y"]}),
                lambda node=node: visitor.canvas.evaluate(GRAPH)[:1] == [node["id"]] and _all_placed(visitor),
            )
        )
    return seconds


def expand_graph(visitor: Visitor, artist_id: str, repeats: int) -> list[float]:
    """A click on an artist, until its neighbours are drawn; with the 0.22 s in which it might become a double click."""
    visitor.open("neighbourhood", artist=artist_id, limit="20")
    seconds = []
    for turn in range(repeats):
        node = _node_in_sight(visitor, turn)
        before = visitor.canvas.evaluate(GRAPH)
        seconds.append(
            visitor.time(
                lambda node=node: visitor.canvas.click(position={"x": node["x"], "y": node["y"]}),
                lambda before=before: visitor.canvas.evaluate(GRAPH) != before and _all_placed(visitor),
            )
        )
    return seconds


def open_map(visitor: Visitor, artist_id: str, drawn: StoredMap, repeats: int) -> list[float]:
    """A click on Map in the menu, until all its points are drawn."""
    n_points = int(drawn.present.sum())
    seconds = []
    for _ in range(repeats):
        visitor.open(artist=artist_id, space=drawn.space)
        link = visitor.page.locator('[data-testid="stSidebar"]').get_by_role("link", name="Map", exact=True)
        seconds.append(visitor.time(link.click, lambda: visitor.page.evaluate(POINTS) >= n_points))
    return seconds


def _node_in_sight(visitor: Visitor, turn: int) -> dict[str, Any]:
    wait_until(lambda: visitor.canvas.count() == 1 and _all_placed(visitor))
    visitor.page.wait_for_timeout(400)
    nodes: list[dict[str, Any]] = visitor.canvas.evaluate(NODES_IN_SIGHT)
    return nodes[(turn * 7) % len(nodes)]


def _all_placed(visitor: Visitor) -> bool:
    return 0 < len(visitor.canvas.evaluate(GRAPH)) == visitor.canvas.evaluate(PLACED)


def largest_map(catalogue: Catalogue) -> StoredMap | None:
    """The stored map with the most artists that belongs to its space as it is now."""
    maps = [current_map(catalogue, space.name) for space in list_spaces(catalogue) if space.has_vectors]
    return max((found for found in maps if found), key=lambda found: found.present.sum(), default=None)


@contextmanager
def running_app(catalogue: Path) -> Iterator[str]:
    """A server that knows only `catalogue`; yields its address."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        (Path(folder) / catalogue.name).symlink_to(catalogue.resolve(), target_is_directory=True)
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.headless=true"],
            cwd=ROOT, env=os.environ | {DATA_VARIABLE: folder}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            address = f"http://localhost:{port}"
            wait_until(lambda: _answers(f"{address}/_stcore/health"))
            yield address
        finally:
            server.terminate()
            server.wait()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, TimeoutError):
        return False


def measure(path: Path, repeats: int) -> list[Timing]:
    """All steps on the catalogue in folder `path`, each with two untimed repeats before."""
    catalogue = open_catalogue(path)
    degree = degrees(adjacency(catalogue.similar_edges, len(catalogue)))
    artist_id = str(catalogue.artists["artist_id"].iloc[int(np.abs(degree - START_DEGREE).argmin())])
    drawn = largest_map(catalogue)
    browser_path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    timings = []
    with running_app(path) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        visitor = Visitor(browser.new_page(viewport={"width": 1400, "height": 1000}), address)
        visitor.open()
        for step, bar, run in (
            ("choose an artist on Explore", 0.5, choose_on_explore),
            ("recentre the hop graph", 1.0, recentre_graph),
            ("expand in the hop graph", 1.0, expand_graph),
        ):
            timings.append(Timing.of(step, run(visitor, artist_id, repeats + 2)[2:], bar))
        if drawn is not None:
            step = f"open the map of {drawn.space}, {int(drawn.present.sum()):,} points"
            timings.append(Timing.of(step, open_map(visitor, artist_id, drawn, repeats + 2)[2:], 3.0))
        browser.close()
    return timings


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the pages of Nearfield in headless Chromium.")
    default = next(path for path in DEFAULTS if path.is_dir())
    parser.add_argument("catalogue", type=Path, nargs="?", default=default, help="default: %(default)s")
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    timings = measure(options.catalogue, options.repeats)
    if options.json:
        print(json.dumps([asdict(timing) for timing in timings], indent=1))
    else:
        print(f"{'seconds on ' + options.catalogue.name:60} {'median':>8} {'p95':>8} {'bar':>6}")
        for timing in timings:
            verdict = "met" if timing.met else "MISSED"
            print(f"{timing.step:60} {timing.median:8.2f} {timing.p95:8.2f} {timing.bar:6.1f}  {verdict}")
    return 0 if all(timing.met for timing in timings) else 1


if __name__ == "__main__":
    sys.exit(main())
