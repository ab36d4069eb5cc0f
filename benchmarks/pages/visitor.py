"""A browser on the app: waiting until a page is settled, and what getting there took."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tests.support.rest import wait_for_rest, watch
from tests.support.server import PATIENCE_S, Server, wait_until

SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'
WINDOW = {"width": 1400, "height": 1000}
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"

_BYTES = """() => {
    const transferred = ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind));
    const { received, sent } = window.nearfieldWatch ?? { received: 0, sent: 0 };
    return received + sent + transferred.reduce((sum, entry) => sum + (entry.transferSize ?? 0), 0);
}"""


@dataclass(frozen=True)
class Sample:
    """One action: seconds until the page was settled, bytes both ways, and processor seconds of server and page."""

    seconds: float
    traffic: int
    server: float
    browser: float


class Visitor:
    """One page of a browser, with a count of all that travels between it and the server.

    Bytes are those of websocket messages and of HTTP bodies and headers, as sent; the server compresses no messages.
    """

    def __init__(self, browser: Browser, server: Server, **settings: Any) -> None:
        self.server = server
        self.context: BrowserContext = browser.new_context(viewport=WINDOW, **settings)
        watch(self.context)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_S * 1000)
        self._metrics = self.context.new_cdp_session(self.page)
        self._metrics.send("Performance.enable", {"timeDomain": "threadTicks"})

    def open(self, where: str = "", **query: str | list[str]) -> None:
        self.page.goto(f"{self.server.address}/{where}?{urlencode(query, doseq=True)}")
        self.page.locator("h1").first.wait_for()
        self.at_rest()

    def settle(self) -> None:
        """Until no script runs and the browser has painted what came of the last one."""
        self.page.wait_for_selector(SETTLED)
        self.page.evaluate(PAINTED)

    def measure(self, act: Callable[[], Any], shown: Callable[[], bool], what: str) -> Sample:
        """From before `act` until `shown` says that its effect is there, no script runs and the page is painted.

        The effect comes first: right after a click no script runs yet either.
        """
        sent, server, browser = self.traffic(), self.server.cpu_seconds(), self._busy()
        start = time.perf_counter()
        act()
        wait_until(shown, what)
        self.settle()
        seconds = time.perf_counter() - start
        return Sample(
            seconds, self.traffic() - sent, self.server.cpu_seconds() - server, max(self._busy() - browser, 0.0)
        )

    def traffic(self) -> int:
        """Bytes that this document has sent and received so far."""
        return int(self.page.evaluate(_BYTES))

    def at_rest(self) -> None:
        """Until nothing that an earlier action left behind is under way: a toast, an animation, a late rerun."""
        wait_for_rest(self.page)

    def leave_box(self) -> None:
        """Close what a box has opened, and take the focus out of it: its first click elsewhere does only that."""
        self.page.keyboard.press("Escape")
        self.page.locator("h1").first.click()

    def close(self) -> None:
        self.context.close()

    def _busy(self) -> float:
        metrics = self._metrics.send("Performance.getMetrics")["metrics"]
        return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))

    @property
    def sidebar(self) -> Locator:
        return self.page.locator('[data-testid="stSidebar"]')

    @property
    def canvas(self) -> Locator:
        return self.page.locator(".hop-canvas")
