"""Visitors in headless Chromium, and what they must never meet: an error, a request that leaves this machine."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from core.catalogue.library import BUNDLED
from tests.support import chromium
from tests.support.rest import play_once, wait_for_rest, watch
from tests.support.server import PATIENCE_S

BUNDLED_FOLDER = Path(__file__).resolve().parents[2] / "data" / BUNDLED
PAGES = ("Explore", "Map", "Neighbourhood", "Clip", "Results", "Train", "Catalogues")
PATIENCE_MS = 1000 * PATIENCE_S
expect.set_options(timeout=PATIENCE_MS)
CARD = '[class*="st-key-card_"] h2'
DRAWINGS = {"Map": ".js-plotly-plot canvas", "Neighbourhood": ".hop-canvas canvas"}
"""What a page draws after its script has ended."""

DESKTOP, PHONE = {"width": 1300, "height": 900}, {"width": 375, "height": 720}

SLIDING_MS = 10_000

_REFUSED = "Content Security Policy"
"""In every message of a browser that the server's policy made it refuse something."""

_WIDTH = "document.scrollingElement.scrollWidth"
_HERE = re.compile(r"(https?|wss?)://(localhost|127\.0\.0\.1)[:/]|data:|blob:|about:|file:")
_FOCUSED = """() => {
    let focused = document.activeElement;
    while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
    const labels = [...(focused?.labels ?? [])].map((label) => label.innerText);
    return [focused?.getAttribute("aria-label"), ...labels, focused?.innerText].find((text) => text?.trim()) ?? "";
}"""


class Visit:
    """One visitor's page, who notes requests that leave this machine, errors, dialogs, and what a policy refused."""

    def __init__(self, context: BrowserContext) -> None:
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.context = context
        watch(context)
        play_once(context)
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        context.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda socket: self.requests.append(socket.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self.errors.extend([said.text] * (_REFUSED in said.text)))
        self.page.on("dialog", lambda dialog: (self.errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    @property
    def requests_outside(self) -> list[str]:
        return [url for url in self.requests if not _HERE.match(url)]

    def open(self, url: str) -> None:
        self.page.goto(url)
        self.settle()

    def settle(self) -> None:
        """Until all that a key or click has begun is done and drawn."""
        wait_for_rest(self.page)

    def heading(self, text: str) -> None:
        expect(self.page.get_by_role("heading", name=text, exact=True)).to_be_visible()

    def go_to(self, title: str) -> None:
        """To another page by the menu."""
        self.page.locator('[data-testid="stSidebar"]').get_by_role("link", name=title, exact=True).click()
        self.heading(title)
        self.settle()

    def focused(self) -> str:
        """How whatever has the keyboard's focus is called."""
        return str(self.page.evaluate(_FOCUSED)).strip()

    def tab_to(self, name: str, most: int = 150, key: str = "Tab") -> None:
        """Press Tab until what is called so, by a regular expression, has the focus."""
        seen = []
        for _ in range(most):
            self.page.keyboard.press(key)
            seen.append(self.focused())
            if re.search(name, seen[-1]):
                return
        raise AssertionError(f"nothing called {name} is reached by {key}, but {seen[-40:]}")

    def check_width(self, where: str) -> None:
        """That the page is no wider than its window; while a sidebar slides in it may be."""
        wider = f"{_WIDTH} - window.innerWidth"
        with contextlib.suppress(PlaywrightTimeout):
            self.page.wait_for_function(f"() => {wider} <= 0", timeout=SLIDING_MS)
        assert self.page.evaluate(wider) <= 0, f"{where} is too wide"

    def said(self) -> str:
        """All that the page's main part says."""
        return self.page.locator('[data-testid="stMain"]').inner_text()


def address(page: str) -> str:
    """The URL path of the page with this title."""
    return "" if page == "Explore" else page.lower()


def nearest_list(page: Page, number: int = 0) -> Locator:
    """One of the lists of nearest artists."""
    return page.get_by_role("list", name=re.compile("Nearest artists")).nth(number)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the bundled catalogue, since training writes into it."""
    copy = tmp_path_factory.mktemp("browser") / BUNDLED
    shutil.copytree(BUNDLED_FOLDER, copy, ignore=shutil.ignore_patterns("*.lock"))
    return copy


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium_path, args=chromium.FLAGS)
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    context = browser.new_context(viewport=DESKTOP)
    visitor = Visit(context)
    yield visitor
    context.close()
    assert visitor.requests_outside == []
    assert visitor.errors == []


@pytest.fixture
def elsewhere(browser: Browser) -> Iterator[Callable[[str], Visit]]:
    """Opens a URL in a browser that has never been here, without cookies."""
    visits: list[Visit] = []

    def open_cold(url: str) -> Visit:
        visits.append(Visit(browser.new_context(viewport=DESKTOP)))
        visits[-1].open(url)
        return visits[-1]

    yield open_cold
    for other in visits:
        other.context.close()
        assert other.requests_outside == []
        assert other.errors == []
