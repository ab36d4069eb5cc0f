"""The linked maps in a real browser: what is chosen or drawn around in one is so in the other, and by keys too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from benchmarks.pages import running_app
from tests import browsing
from tests.browsing import CARD, Visit
from tests.pages_support import hostile_catalogue
from tests.test_page_map import scattered

browser, visit = browsing.browser, browsing.visit

FRAME = ".nf-map-frame"
DRAWN = """() => {
    const frames = [...document.querySelectorAll(".nf-map-frame")];
    return frames.length && frames.every(frame => frame.dataset.ready);
}"""
PLACE = """(row) => {
    const frame = document.querySelector(".nf-map-frame"), box = frame.getBoundingClientRect();
    const { xaxis, yaxis } = frame.querySelector(".js-plotly-plot")._fullLayout;
    const layer = [...globalThis.nearfieldLayers.values()].find(one => one.rows);
    const i = layer.rows.indexOf(row);
    return [box.left + 1 + xaxis._offset + xaxis.l2p(layer.x[i] * layer.scale),
        box.top + 1 + yaxis._offset + yaxis.l2p(layer.y[i] * layer.scale)];
}"""
RANGE = "() => document.querySelector('.js-plotly-plot')._fullLayout.xaxis.range"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    catalogue = hostile_catalogue(tmp_path_factory.mktemp("maps"))
    scattered(catalogue)
    scattered(catalogue, "moods_themes")
    with running_app(catalogue.path) as started:
        yield started


def open_maps(visit: Visit, server: str, query: str = "") -> Page:
    visit.open(f"{server}/map?{query}")
    visit.page.wait_for_function(DRAWN)
    visit.settle()
    return visit.page


def test_a_click_in_one_map_chooses_the_artist_in_both(server: str, visit: Visit) -> None:
    page = open_maps(visit, server, "space=clap&beside=moods_themes")
    x, y = page.evaluate(PLACE, 2)
    page.mouse.move(x - 2, y - 2)
    page.mouse.move(x, y)
    expect(page.locator(".nf-map-tip strong")).to_have_text(":smile: :material/bolt: :red[red] $\\frac{1}{2}$")
    page.mouse.click(x, y)
    expect(page.locator(CARD)).to_be_visible()
    assert "artist=a02" in page.url
    for frame in page.locator(FRAME).all():
        expect(frame).to_have_attribute("data-artist", "2")
        expect(frame.locator(".nf-chosen")).to_have_count(1)
    expect(page.locator(FRAME).first.locator(".nf-near-line")).to_have_count(10)
    expect(page.locator(FRAME).last.locator(".nf-near-line")).to_have_count(3)
    assert visit.errors == []


def test_a_lasso_lists_and_keys_move_the_map(server: str, visit: Visit) -> None:
    page = open_maps(visit, server, "space=clap")
    page.get_by_role("button", name="Box").click()
    box = page.locator(FRAME).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 3, box["y"] + 3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] - 3, steps=8)
    page.mouse.up()
    expect(page.get_by_role("heading", name="11 artists: drawn around on the map")).to_be_visible()
    assert page.locator(f"{FRAME}.nf-faint").count() == 1
    low, high = page.evaluate(RANGE)
    page.locator(FRAME).focus()
    page.keyboard.press("+")
    page.wait_for_function(f"() => {{ const [low, high] = ({RANGE})(); return high - low < {0.8 * (high - low)}; }}")
    page.keyboard.press("0")
    page.wait_for_function(f"() => {{ const [low, high] = ({RANGE})(); return high - low > {0.8 * (high - low)}; }}")
    assert visit.errors == []
    assert visit.requests_outside == []
