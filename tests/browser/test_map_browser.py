"""The linked maps in a real browser: what is chosen or drawn around in one is so in the other, and by keys too."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.support import browsing
from tests.support.browsing import CARD, Visit
from tests.support.catalogues import tiny_catalogue
from tests.support.pages import hostile_catalogue
from tests.support.server import running_server
from tests.support.stored_maps import scattered

browser, visit, elsewhere = browsing.browser, browsing.visit, browsing.elsewhere

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
NEAR_THE_MIDDLE = 9
RANGE = "() => document.querySelector('.js-plotly-plot')._fullLayout.xaxis.range"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Knows two catalogues with a map of the same space: `hostile`, and `other` after it."""
    folder = tmp_path_factory.mktemp("maps")
    catalogue = hostile_catalogue(folder)
    scattered(catalogue)
    scattered(catalogue, "moods_themes")
    other = tiny_catalogue(folder / "other", 12, features={"clap": np.random.default_rng(1).normal(size=(12, 8))})
    scattered(other)
    with running_server(catalogue.path) as started:
        (started.folder / "other").symlink_to(other.path)
        yield started.address


def open_maps(visit: Visit, server: str, query: str = "") -> Page:
    visit.open(f"{server}/map?{query}")
    visit.page.wait_for_function(DRAWN)
    visit.settle()
    return visit.page


def point_at(page: Page, row: int) -> tuple[float, float]:
    x, y = page.evaluate(PLACE, row)
    page.mouse.move(x - 2, y - 2)
    page.mouse.move(x, y)
    return x, y


def test_a_click_in_one_map_chooses_the_artist_in_both(server: str, visit: Visit) -> None:
    page = open_maps(visit, server, "space=clap&beside=moods_themes")
    point_at(page, 2)
    expect(page.locator(".nf-map-tip strong")).to_have_text(":smile: :material/bolt: :red[red] $\\frac{1}{2}$")
    page.mouse.down()
    page.mouse.up()
    expect(page.locator(CARD)).to_be_visible()
    expect(page).to_have_url(re.compile("artist=a02"))
    for frame in page.locator(FRAME).all():
        expect(frame).to_have_attribute("data-artist", "2")
        expect(frame.locator(".nf-chosen")).to_have_count(1)
    expect(page.locator(FRAME).first.locator(".nf-near-line")).to_have_count(3)
    expect(page.locator(FRAME).last.locator(".nf-near-line")).to_have_count(1)
    assert visit.errors == []


def test_a_map_of_few_artists_shows_their_names(server: str, visit: Visit) -> None:
    page = open_maps(visit, server, "catalogue=other")
    shown = page.locator(".nf-label-name").all_text_contents()
    assert len(shown) >= 10, "a name is left out only where it would cover another"
    assert set(shown) <= {f"artist {row}" for row in range(12)}


def test_a_click_that_plotly_loses_counts_but_a_drag_does_not(server: str, visit: Visit) -> None:
    page = open_maps(visit, server, "space=clap")
    page.evaluate("() => document.querySelector('.js-plotly-plot').removeAllListeners('plotly_click')")
    for distance in (40, 0):
        x, y = point_at(page, NEAR_THE_MIDDLE)
        expect(page.locator(".nf-map-tip strong")).to_be_visible()
        page.mouse.down()
        page.mouse.move(x + distance, y)
        page.mouse.up()
        if distance:
            page.wait_for_url(re.compile("seen="))
            visit.settle()
            expect(page.locator(CARD)).to_have_count(0)
    expect(page.locator(CARD)).to_be_visible()
    assert visit.errors == []


def test_a_lasso_lists_and_keys_move_the_map(server: str, visit: Visit) -> None:
    page = open_maps(visit, server, "space=clap")
    page.get_by_role("button", name="Box").click()
    visit.settle()
    box = page.locator(FRAME).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 3, box["y"] + 3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] - 3, steps=8)
    page.mouse.up()
    expect(page.get_by_role("heading", name="11 artists: drawn around on the map")).to_be_visible()
    expect(page.locator(f"{FRAME}.nf-faint")).to_have_count(1)
    low, high = page.evaluate(RANGE)
    page.locator(FRAME).focus()
    page.keyboard.press("+")
    page.wait_for_function(f"() => {{ const [low, high] = ({RANGE})(); return high - low < {0.8 * (high - low)}; }}")
    page.keyboard.press("0")
    page.wait_for_function(f"() => {{ const [low, high] = ({RANGE})(); return high - low > {0.8 * (high - low)}; }}")
    assert visit.errors == []
    assert visit.requests_outside == []


LABELS = """() => [...document.querySelectorAll(".nf-map-over text")]
    .map(text => [text.textContent, text.getAttribute("x")])"""
SEEN = """() => [...document.querySelectorAll(".js-plotly-plot")].map(plot => {
    const { xaxis, yaxis, width, height } = plot._fullLayout;
    return [xaxis.range, yaxis.range, width, height];
})"""


def wait_until_seen(page: Page, seen: object) -> None:
    """Wait until the maps show just these parts at just these sizes."""
    written = json.dumps(seen, separators=(",", ":"))
    page.wait_for_function(f"written => JSON.stringify(({SEEN})()) === written", arg=written)


def pressed(page: Page) -> list[str]:
    """The classes that the legend shows."""
    buttons = page.locator("button.nf-legend-entry[aria-pressed=true]")
    return buttons.all_inner_texts()


def hide_and_zoom(page: Page) -> None:
    """Hide the first class and move nearer, until the link tells both."""
    page.locator("button.nf-legend-entry").first.click()
    page.locator(FRAME).focus()
    page.keyboard.press("+")
    page.wait_for_url(re.compile("seen=.*hide="))


def test_a_part_and_what_is_hidden_are_in_the_link(
    server: str, visit: Visit, elsewhere: Callable[[str], Visit]
) -> None:
    page = open_maps(visit, server, "space=clap&beside=moods_themes")
    left, right = page.locator(FRAME).all()
    left.focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    right.focus()
    page.keyboard.press("-")
    page.locator("button.nf-legend-entry").first.click()
    visit.settle()
    page.wait_for_url(re.compile(r"seen=[^&]+[.]clap.*seen=[^&]+[.]moods_themes.*hide=0[.].*hide=1[.]"))
    other = elsewhere(page.url)
    other.page.wait_for_function(DRAWN)
    assert other.page.evaluate(SEEN) == page.evaluate(SEEN)
    assert pressed(other.page) == pressed(page)
    assert other.page.evaluate(LABELS) == page.evaluate(LABELS)
    assert other.errors == visit.errors == []


def test_a_part_outlives_choices_and_back_leads_to_it(server: str, visit: Visit) -> None:
    page = open_maps(visit, server, "space=clap")
    page.locator(FRAME).focus()
    page.keyboard.press("+")
    page.wait_for_url(re.compile("seen="))
    near = page.evaluate(SEEN)
    point_at(page, NEAR_THE_MIDDLE)
    expect(page.locator(".nf-map-tip strong")).to_be_visible()
    page.mouse.down()
    page.mouse.up()
    expect(page.locator(CARD)).to_be_visible()
    page.wait_for_url(re.compile("artist=.*seen=|seen=.*artist="))
    assert page.evaluate(SEEN) == near
    page.locator(FRAME).focus()
    page.keyboard.press("0")
    page.wait_for_function(f"low => ({SEEN})()[0][0][0] < low", arg=near[0][0][0])
    page.go_back()
    wait_until_seen(page, near)
    expect(page.locator(CARD)).to_have_count(0)
    assert "seen=" in page.url
    assert visit.errors == []


def test_back_to_another_map_leads_to_the_part_of_then(server: str, visit: Visit) -> None:
    page = open_maps(visit, server, "space=clap")
    hide_and_zoom(page)
    address, near = page.url, page.evaluate(SEEN)
    chooser = page.locator(".st-key-map_space").get_by_role("combobox")
    # The legend may lie below the window; a click that scrolls would close what the box has opened.
    chooser.evaluate("box => box.scrollIntoView({block: 'center'})")
    chooser.click()
    page.get_by_role("option").nth(1).click()
    page.wait_for_url(re.compile(r"space=moods_themes$"))
    visit.settle()
    page.locator(FRAME).focus()
    page.keyboard.press("-")
    page.wait_for_url(re.compile(r"seen=[^&]+[.]moods_themes"))
    far = page.evaluate(SEEN)
    for _ in range(2):
        page.go_back()
        page.wait_for_url(address)
        wait_until_seen(page, near)
        expect(page.locator("button.nf-legend-entry").first).to_have_attribute("aria-pressed", "false")
        visit.settle()
        assert page.url == address
        page.go_forward()
        page.wait_for_url(re.compile(r"seen=[^&]+[.]moods_themes"))
        wait_until_seen(page, far)
        visit.settle()


def test_another_catalogue_is_seen_from_its_own_beginning(server: str, visit: Visit) -> None:
    page = open_maps(visit, server, "catalogue=other")
    fresh = page.evaluate(SEEN)
    open_maps(visit, server, "space=clap")
    hide_and_zoom(page)
    visit.open(page.url)
    page.locator(".st-key-catalogue").get_by_role("combobox").click()
    page.get_by_role("option", name="other", exact=True).click()
    page.wait_for_url(re.compile(r"\?catalogue=other$"))
    wait_until_seen(page, fresh)
    visit.settle()
    assert page.url.endswith("?catalogue=other")
    assert page.locator("button.nf-legend-entry[aria-pressed=false]").count() == 0


def test_the_menu_leads_back_to_the_part_one_was_at(server: str, visit: Visit) -> None:
    page = open_maps(visit, server, "space=clap")
    hide_and_zoom(page)
    address, near = page.url, page.evaluate(SEEN)
    visit.go_to("Results")
    assert "seen=" not in page.url
    visit.go_to("Map")
    page.wait_for_url(address)
    wait_until_seen(page, near)
    expect(page.locator("button.nf-legend-entry").first).to_have_attribute("aria-pressed", "false")


def test_a_map_shows_the_same_after_every_change_of_its_size(server: str, visit: Visit) -> None:
    page = open_maps(visit, server, "space=clap")
    before = page.evaluate(SEEN)
    width = before[0][2]
    for size in ({"width": 700, "height": 900}, {"width": 1900, "height": 700}, browsing.DESKTOP):
        page.set_viewport_size(size)
        page.wait_for_function(f"width => ({SEEN})()[0][2] !== width", arg=width)
        width = page.evaluate(SEEN)[0][2]
    wait_until_seen(page, before)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a map of more artists than are drawn at once."""
    vectors = np.random.default_rng(2).normal(size=(51_000, 2))
    catalogue = tiny_catalogue(tmp_path_factory.mktemp("crowded") / "crowded", 51_000, features={"clap": vectors})
    scattered(catalogue)
    with running_server(catalogue.path) as started:
        yield started.address


def test_of_a_large_map_the_part_in_view_is_fetched(crowded: str, visit: Visit) -> None:
    page = open_maps(visit, crowded, "space=clap")
    said = page.locator(".nf-map-said")
    expect(said).to_contain_text("50,000 of the 51,000 in this part are drawn")
    first = page.locator(FRAME).get_attribute("data-points")
    assert first == "50000"
    page.locator(FRAME).focus()
    for _ in range(7):
        page.keyboard.press("+")
    page.wait_for_function("() => document.querySelector('.nf-map-frame').dataset.points !== '50000'")
    page.wait_for_function(DRAWN)
    visit.settle()
    low, high = page.evaluate(RANGE)
    expect(said).not_to_contain_text("are drawn")
    found = page.evaluate(
        """([low, high]) => {
        const layer = [...globalThis.nearfieldLayers.values()].findLast(one => one.x);
        const names = [...globalThis.nearfieldLayers.values()].findLast(one => one.names).names;
        const inView = [...layer.rows].filter((_, i) =>
            Math.abs(2 * layer.x[i] * layer.scale - low - high) < high - low);
        return [inView.length, inView.every(row => names[row]), names.length, layer.part.complete];
    }""",
        [low, high],
    )
    assert found[0] > 100
    assert found[1:] == [True, 51_000, True]
    page.keyboard.press("0")
    page.wait_for_function("() => document.querySelector('.nf-map-frame').dataset.points === '50000'")
    assert visit.errors == []
