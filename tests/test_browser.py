"""The running app in a real browser: the main flow, a deep link on a cold server, a training run, phone and dark."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from benchmarks.pages import running_app
from core.catalogue.library import BUNDLED

BUNDLED_FOLDER = Path(__file__).resolve().parent.parent / "data" / BUNDLED
SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'
PAGES = ("Explore", "Map", "Neighbourhood", "Clip", "Results", "Train", "Catalogues")
PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the bundled catalogue, since training writes into it."""
    copy = tmp_path_factory.mktemp("browser") / BUNDLED
    shutil.copytree(BUNDLED_FOLDER, copy, ignore=shutil.ignore_patterns("*.lock"))
    return copy


@pytest.fixture(scope="module")
def server(catalogue: Path) -> Iterator[str]:
    with running_app(catalogue) as address:
        yield address


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


class Visit:
    """One visitor's page, who notes every request that leaves this machine and every error."""

    def __init__(self, context: BrowserContext) -> None:
        self.requests_outside: list[str] = []
        self.errors: list[str] = []
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("request", lambda request: self._note(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _note(self, url: str) -> None:
        if not re.match(r"(https?|wss?)://(localhost|127\.0\.0\.1)[:/]|data:|blob:|about:", url):
            self.requests_outside.append(url)

    def open(self, url: str) -> None:
        self.page.goto(url)
        self.settle()

    def settle(self) -> None:
        self.page.wait_for_selector(SETTLED, timeout=PATIENCE_MS)

    def heading(self, text: str) -> None:
        expect(self.page.get_by_role("heading", name=text, exact=True)).to_be_visible(timeout=PATIENCE_MS)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1300, "height": 900})
    visitor = Visit(context)
    yield visitor
    context.close()
    assert visitor.requests_outside == []
    assert visitor.errors == []


def the_card(page: Page) -> str:
    return page.locator('[class*="st-key-card_"] h2').inner_text()


@pytest.mark.parametrize(
    ("link", "title"), [("/results?protocol=published", "Results"), ("/neighbourhood?artist=syn-0005", "Neighbourhood")]
)
def test_a_deep_link_works_on_a_cold_server(catalogue: Path, visit: Visit, link: str, title: str) -> None:
    with running_app(catalogue) as address:
        visit.open(address + link)
        visit.heading(title)
        visit.page.wait_for_timeout(500)
        expect(visit.page.get_by_text("Page not found")).to_have_count(0)
        expect(visit.page.locator('[data-testid="stException"]')).to_have_count(0)
        if "artist=" in link:
            expect(visit.page.locator('[class*="st-key-card_"] h2')).to_be_visible()
            assert "artist=syn-0005" in visit.page.url


def test_a_newcomer_finds_similar_artists(server: str, visit: Visit) -> None:
    page = visit.page
    visit.open(server)
    page.get_by_label("Find an artist").press_sequentially("paper orph", delay=30)
    page.get_by_role("button", name=re.compile("The Paper Orphans")).first.click()
    expect(page.locator('[class*="st-key-card_"] h2')).to_have_text("The Paper Orphans")
    assert "artist=syn-" in page.url
    first = page.get_by_role("list", name=re.compile("Nearest artists")).first.locator("button.go").first
    name = re.sub(r"^\d+\.\s*", "", first.inner_text()).strip()
    first.click()
    expect(page.locator('[class*="st-key-card_"] h2')).to_have_text(name)

    found = page.url.split("artist=")[1].split("&")[0]
    for title in PAGES[1:]:
        page.locator('[data-testid="stSidebar"]').get_by_role("link", name=title, exact=True).click()
        visit.heading(title)
        visit.settle()
        assert f"artist={found}" in page.url
        expect(page.locator('[data-testid="stException"]')).to_have_count(0)
        if title == "Map":
            expect(page.locator(".js-plotly-plot")).to_be_visible()
        if title == "Neighbourhood":
            expect(page.locator(".hop-canvas canvas")).to_be_visible()
    page.go_back()
    visit.heading("Train")


def test_training_can_be_watched_and_its_model_explored(server: str, visit: Visit) -> None:
    page = visit.page
    visit.open(f"{server}/train")
    page.get_by_text("Own", exact=True).click()
    steps = page.get_by_label("Optimiser steps")
    steps.fill("32")
    steps.press("Enter")
    visit.settle()
    page.get_by_role("button", name="Start training").click()
    # Until the new run is shown, the button belongs to the run watched before.
    expect(page.get_by_text("Epoch 2 of 2")).to_be_visible(timeout=150_000)
    expect(page.get_by_role("button", name="Explore with this model")).to_be_visible(timeout=150_000)
    visit.settle()
    page.get_by_role("button", name="Explore with this model").click()
    visit.heading("Explore")
    assert "space=run" in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_phone(server: str, browser: Browser, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 720}, color_scheme=scheme)
    visitor = Visit(context)
    for title in PAGES:
        name = "" if title == "Explore" else title.lower()
        visitor.open(f"{server}/{name}?artist=syn-0005")
        visitor.heading(title)
        wider = visitor.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, f"{title} is {wider} px wider than the phone"
        background = visitor.page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
        lightness = sum(int(part) for part in re.findall(r"\d+", background)[:3]) / 3
        assert (lightness < 80) == (scheme == "dark")
    context.close()
    assert visitor.requests_outside == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(server: str, browser: Browser, scheme: str) -> None:
    """Contrast, names, roles and order, by the rules of axe-core that count as serious or critical."""
    context = browser.new_context(viewport={"width": 1300, "height": 900}, color_scheme=scheme)
    visitor = Visit(context)
    for title in PAGES:
        name = "" if title == "Explore" else title.lower()
        visitor.open(f"{server}/{name}?artist=syn-0005")
        visitor.heading(title)
        found = Axe().run(visitor.page).response["violations"]
        grave = [fault for fault in found if fault["impact"] in ("serious", "critical")]
        assert [(title, fault["id"], fault["nodes"][0]["html"][:200]) for fault in grave] == []
    context.close()
