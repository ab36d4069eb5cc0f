"""A real browser that walks through the app for a while: nothing in its console, nothing asked of anybody else, nothing
wrong on a page, and no process left."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from benchmarks.campaign.found import Found, percentile, seeded
from core.catalogue import open_catalogue
from tests.support.rest import wait_for_rest, watch
from tests.support.server import running_server

_PATIENCE_MS = 120_000
_PAGES = ("", "map", "neighbourhood", "clip", "results", "train", "catalogues")
_HARMLESS = re.compile(r"preload|GL Driver Message|\(Not Found\) \S+/\w+/_stcore/(health|host-config)$")
"""What Chromium says of Streamlit's own files and of drawing without a graphics card; and Streamlit asks below the path
of a page first, in case that is where it is served."""


def campaign(catalogue: Path, chromium: str, minutes: float, seed: int) -> Iterator[Found]:
    """Walk from page to page, choose artists and press Keep, a new visitor every tenth page; yields after each step."""
    found, seconds = Found("soak"), list[float]()
    artists = [open_catalogue(catalogue).id_of(row) for row in range(40)]
    end = time.monotonic() + minutes * 60
    with running_server(catalogue) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        before = server.process.memory_info().rss
        context, page = _visitor(browser, server.address, found)
        number = 0
        while time.monotonic() < end:
            rng = seeded(seed, number)
            begun = time.monotonic()
            where = rng.choice(_PAGES)
            try:
                page.goto(f"{server.address}/{where}?artist={rng.choice(artists)}")
                wait_for_rest(page)
                if rng.random() < 0.3 and (keep := page.get_by_role("button", name="Keep").first).is_visible():
                    keep.click()
                    wait_for_rest(page)
                wrong = _wrong_on(page)
            except PlaywrightTimeout as fault:
                wrong = [f"it does not come to rest: {str(fault)[:200]}"]
            seconds.append(time.monotonic() - begun)
            found.tried += 1
            found.failures += [f"{number} ({where}): {text}" for text in wrong]
            number += 1
            if number % 10 == 0:
                context.close()
                context, page = _visitor(browser, server.address, found)
            yield found
        context.close()
        browser.close()
        zombies = [child for child in server.process.children(recursive=True) if _is_zombie(child)]
        found.failures += [f"process {child.pid} is a zombie" for child in zombies]
        found.figures = {
            "median_seconds": percentile(seconds, 0.5),
            "p95_seconds": percentile(seconds, 0.95),
            "mb_grown": (server.process.memory_info().rss - before) / 1e6,
            "processes_left": float(len(server.process.children(recursive=True))),
        }
        yield found


def _visitor(browser: Browser, address: str, found: Found) -> tuple[BrowserContext, Page]:
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    watch(context)
    page = context.new_page()
    page.set_default_timeout(_PATIENCE_MS)

    def hear(message: ConsoleMessage) -> None:
        said = f"{message.text[:300]} {message.location.get('url', '')[:200]}".rstrip()
        if message.type in ("error", "warning") and not _HARMLESS.search(said):
            found.failures.append(f"the console says ({message.type}): {said}")

    def note_request(url: str) -> None:
        if url.startswith(("http", "ws")) and address.partition("//")[2] not in url:
            found.failures.append(f"it asked somebody else: {url[:200]}")

    page.on("console", hear)
    page.on("pageerror", lambda error: found.failures.append(f"an error on the page: {str(error)[:300]}"))
    context.on("request", lambda request: note_request(request.url))
    return context, page


def _wrong_on(page: Page) -> list[str]:
    """What Streamlit shows of an exception."""
    return [one.inner_text()[:300] for one in page.locator('[data-testid="stException"]').all()]


def _is_zombie(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
