"""The running app in a real browser: the main flow, a deep link on a cold server, a training run, phone and dark."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.support import browsing
from tests.support.browsing import CARD, DESKTOP, DRAWINGS, PAGES, PHONE, Visit, address, nearest_list
from tests.support.server import running_app

_COVERED_LABELS = """() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const boxes = (selector) => all(selector).map((one) => [one, one.getBoundingClientRect()]);
    const covers = boxes(".st-key-artist_search_find, .nf-map-tools");
    const meet = (a, b) => a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
    const isBelow = ([, label]) => covers.some(([, box]) => meet(label, box));
    return boxes(".nf-map-frame .nf-label-region").filter(isBelow).map(([label]) => label.textContent);
}"""
"""The names of regions that something lies over."""

browser, catalogue, visit = browsing.browser, browsing.catalogue, browsing.visit


@pytest.fixture(scope="module")
def server(catalogue: Path) -> Iterator[str]:
    with running_app(catalogue) as started:
        yield started


@pytest.mark.parametrize(
    ("link", "title"), [("/results?protocol=published", "Results"), ("/neighbourhood?artist=syn-0005", "Neighbourhood")]
)
def test_a_deep_link_works_on_a_cold_server(catalogue: Path, visit: Visit, link: str, title: str) -> None:
    with running_app(catalogue) as started:
        visit.open(started + link)
        visit.heading(title)
        visit.settle()
        expect(visit.page.get_by_text("Page not found")).to_have_count(0)
        expect(visit.page.locator('[data-testid="stException"]')).to_have_count(0)
        if "artist=" in link:
            expect(visit.page.locator(CARD)).to_be_visible()
            expect(visit.page).to_have_url(re.compile("artist=syn-0005"))


def test_a_newcomer_finds_similar_artists(server: str, visit: Visit) -> None:
    page = visit.page
    visit.open(server)
    page.get_by_label("Find an artist").press_sequentially("paper orph", delay=30)
    visit.settle()
    page.get_by_role("button", name=re.compile("The Paper Orphans")).first.click()
    expect(page.locator(CARD)).to_have_text("The Paper Orphans")
    expect(page).to_have_url(re.compile("artist=syn-"))
    visit.settle()
    first = nearest_list(page).locator("button.go").first
    name = re.sub(r"^\d+\.\s*", "", first.inner_text()).strip()
    first.click()
    expect(page.locator(CARD)).to_have_text(name)
    visit.settle()

    found = page.url.split("artist=")[1].split("&")[0]
    for title in PAGES[1:]:
        visit.go_to(title)
        expect(page).to_have_url(re.compile(f"artist={re.escape(found)}"))
        expect(page.locator('[data-testid="stException"]')).to_have_count(0)
        if title == "Map":
            expect(page.locator(".js-plotly-plot")).to_be_visible()
        if title == "Neighbourhood":
            expect(page.locator(".hop-canvas canvas")).to_be_visible()
    page.go_back()
    visit.heading("Train")


@pytest.mark.parametrize(("width", "height"), [(1400, 1000), (375, 800)])
def test_the_first_screen_and_an_answer_are_in_view_at_once(
    server: str, browser: Browser, width: int, height: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height})
    visitor = Visit(context)
    page = visitor.page
    visitor.open(server)
    for shown in ("Which artists are similar", "By artist", "By sound", "By words", "Add my own music"):
        expect(page.get_by_text(shown).first).to_be_in_viewport(ratio=1)
    expect(page.get_by_text("invented", exact=True)).to_be_in_viewport(ratio=1)
    expect(page.get_by_label("Find an artist")).to_be_in_viewport(ratio=1)
    expect(page.locator(".nf-map-frame")).to_be_in_viewport(ratio=1 if width > 1000 else 0.3)
    chosen = page.locator(".nf-chosen")
    expect(chosen).to_have_count(1)
    expect(chosen).not_to_have_attribute("transform", str(chosen.get_attribute("transform")))
    assert page.evaluate(_COVERED_LABELS) == []
    visitor.check_width("the first screen")
    visitor.open(f"{server}/?artist=syn-0005")
    expect(nearest_list(page).locator("button.go").first).to_be_in_viewport(ratio=1)
    visitor.check_width("an answer")
    context.close()
    assert visitor.errors == visitor.requests_outside == []


@pytest.mark.timeout(1200)
def test_training_can_be_watched_and_its_model_explored(server: str, visit: Visit) -> None:
    page = visit.page
    visit.open(f"{server}/train")
    page.get_by_text("Own", exact=True).click()
    visit.settle()
    steps = page.get_by_label("Optimiser steps")
    steps.fill("32")
    steps.press("Enter")
    visit.settle()
    page.get_by_role("button", name="Start training").click()
    # Until the new run is shown, the button belongs to the run watched before.
    expect(page.get_by_text("Epoch 2 of 2")).to_be_visible(timeout=600_000)
    expect(page.get_by_role("button", name="Explore with this model")).to_be_visible(timeout=600_000)
    visit.settle()
    page.get_by_role("button", name="Explore with this model").click()
    visit.heading("Explore")
    expect(page).to_have_url(re.compile("space=run"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_phone(server: str, browser: Browser, scheme: str) -> None:
    context = browser.new_context(viewport=PHONE, color_scheme=scheme)
    visitor = Visit(context)
    for title in PAGES:
        visitor.open(f"{server}/{address(title)}?artist=syn-0005")
        visitor.heading(title)
        visitor.check_width(title)
        assert (brightness(visitor) < 80) == (scheme == "dark"), title
    context.close()
    assert visitor.requests_outside == []
    assert visitor.errors == []


def test_a_phone_shows_the_whole_player_and_that_a_row_goes_on(server: str, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE)
    visitor = Visit(context)
    page = visitor.page
    visitor.open(f"{server}/?artist=syn-0005")
    page.locator('[class*="st-key-card_"] [class*="st-key-listen_"] button').first.click()
    player = page.locator('[class*="st-key-card_"] audio')
    expect(player).to_be_visible()
    assert player.evaluate("player => player.offsetWidth") > 0.75 * PHONE["width"]
    visitor.settle()
    row = page.locator(".st-key-answers_controls")
    assert row.evaluate("row => getComputedStyle(row, '::after').opacity") == "1"
    row.evaluate("row => { row.scrollLeft = row.scrollWidth; }")
    page.wait_for_function(
        """() => {
            const row = document.querySelector(".st-key-answers_controls");
            return getComputedStyle(row, "::after").opacity === "0";
        }"""
    )
    context.close()
    assert visitor.requests_outside == visitor.errors == []


def brightness(visitor: Visit) -> float:
    """The mean of all that is seen, 0 black to 255 white."""
    return float(np.asarray(Image.open(io.BytesIO(visitor.page.screenshot())).convert("L")).mean())


_FAULTS_ALONE = {"resultTypes": ["violations"]}
"""Every rule is tried; of what passes, axe-core describes one node a rule instead of all."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(server: str, browser: Browser, scheme: str) -> None:
    """Contrast, names, roles and order, by the rules of axe-core that count as serious or critical."""
    context = browser.new_context(viewport=DESKTOP, color_scheme=scheme)
    visitor = Visit(context)
    visitor.open(server)
    visitor.heading("Explore")
    for title in ("first visit", *PAGES):
        if title != "first visit":
            visitor.open(f"{server}/{address(title)}?artist=syn-0005")
            visitor.heading(title)
        if drawing := DRAWINGS.get(title):
            visitor.page.locator(drawing).first.wait_for()
        found = Axe().run(visitor.page, options=_FAULTS_ALONE).response["violations"]
        grave = [fault for fault in found if fault["impact"] in ("serious", "critical")]
        assert [(title, fault["id"], fault["nodes"][0]["html"][:200]) for fault in grave] == []
        assert (brightness(visitor) < 80) == (scheme == "dark"), title
    context.close()
