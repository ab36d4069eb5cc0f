"""Visitors in headless Chromium, and what they must never meet: an error, a request that leaves this machine."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from core.catalogue.library import BUNDLED

BUNDLED_FOLDER = Path(__file__).resolve().parent.parent / "data" / BUNDLED
SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'
PAGES = ("Explore", "Map", "Neighbourhood", "Clip", "Results", "Train", "Catalogues")
PATIENCE_MS = 60_000
CARD = '[class*="st-key-card_"] h2'
DRAWINGS = {"Map": ".js-plotly-plot canvas", "Neighbourhood": ".hop-canvas canvas"}
"""What a page draws after its script has ended."""

DESKTOP, PHONE = {"width": 1300, "height": 900}, {"width": 375, "height": 720}

_HERE = re.compile(r"(https?|wss?)://(localhost|127\.0\.0\.1)[:/]|data:|blob:|about:|file:")
_FOCUSED = """() => {
    let focused = document.activeElement;
    while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
    const labels = [...(focused?.labels ?? [])].map((label) => label.innerText);
    return [focused?.getAttribute("aria-label"), ...labels, focused?.innerText].find((text) => text?.trim()) ?? "";
}"""


class Visit:
    """One visitor's page, who notes every request that leaves this machine, every error and every dialog."""

    def __init__(self, context: BrowserContext) -> None:
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.context = context
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        context.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda socket: self.requests.append(socket.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    @property
    def requests_outside(self) -> list[str]:
        return [url for url in self.requests if not _HERE.match(url)]

    def open(self, url: str) -> None:
        self.page.goto(url)
        self.settle()

    def settle(self) -> None:
        """Until no script has been running for a moment: what a key or click begins starts a little later."""
        self.page.wait_for_selector(SETTLED, timeout=PATIENCE_MS)
        self.page.wait_for_timeout(150)
        self.page.wait_for_selector(SETTLED, timeout=PATIENCE_MS)

    def heading(self, text: str) -> None:
        expect(self.page.get_by_role("heading", name=text, exact=True)).to_be_visible(timeout=PATIENCE_MS)

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

    def wider_than_window(self) -> int:
        """By how many pixels the page is too wide."""
        return int(self.page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth"))

    def said(self) -> str:
        """All that the page's main part says."""
        return self.page.locator('[data-testid="stMain"]').inner_text()


def address(page: str) -> str:
    """The URL path of the page with this title."""
    return "" if page == "Explore" else page.lower()


def the_card(page: Page) -> str:
    return page.locator(CARD).first.inner_text()


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
        started = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox", "--disable-gpu"])
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
