"""The shell in a real browser: steps back between catalogues, links in new tabs, keys of search boxes, names heard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support import browsing
from tests.support.browsing import CARD, Visit
from tests.support.catalogues import tiny_catalogue
from tests.support.pages import hostile_catalogue
from tests.support.server import running_server

browser, visit = browsing.browser, browsing.visit


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Knows two catalogues: `hostile`, and `tiny` after it."""
    folder = tmp_path_factory.mktemp("shell")
    tiny = tiny_catalogue(folder / "tiny", 12)
    with running_server(hostile_catalogue(folder).path) as started:
        (started.folder / "tiny").symlink_to(tiny.path)
        yield started.address


def parameters(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def expect_parameters(page: Page, **wanted: str) -> None:
    query = re.escape("&".join(f"{name}={value}" for name, value in wanted.items()))
    expect(page).to_have_url(re.compile(rf"\?{query}$" if wanted else r"/[^?]*$"))


def choose_catalogue(visit: Visit, key: str) -> None:
    visit.page.locator(".st-key-catalogue").get_by_role("combobox").click()
    visit.page.get_by_role("option", name=key, exact=True).click()


def catalogue_box(page: Page) -> Locator:
    return page.locator(".st-key-catalogue input")


def menu_link(page: Page, title: str) -> Locator:
    return page.locator('[data-testid="stSidebar"]').get_by_role("link", name=title, exact=True)


def test_one_step_back_leads_to_the_old_catalogue_as_it_was(server: str, visit: Visit) -> None:
    page = visit.page
    visit.open(f"{server}/?artist=a08&space=clap&dial=0.5")
    card = page.locator(CARD)
    expect(card).to_have_text("Twin")
    length = page.evaluate("history.length")
    choose_catalogue(visit, "tiny")
    expect_parameters(page, dial="0.5", catalogue="tiny")
    expect(card).to_have_count(0)
    visit.settle()
    assert page.evaluate("history.length") == length + 1
    for _ in range(2):
        page.go_back()
        expect(catalogue_box(page)).to_have_value("hostile")
        expect(card).to_have_text("Twin")
        expect_parameters(page, artist="a08", space="clap", dial="0.5")
        visit.settle()
        page.go_forward()
        expect(catalogue_box(page)).to_have_value("tiny")
        expect(card).to_have_count(0)
        expect_parameters(page, dial="0.5", catalogue="tiny")
        visit.settle()


def test_a_menu_link_keeps_the_catalogue_in_a_new_tab(server: str, visit: Visit) -> None:
    page = visit.page
    visit.open(f"{server}/catalogues?catalogue=tiny")
    for title, path in (("Explore", "/"), ("Results", "/results")):
        with visit.context.expect_page() as opened:
            menu_link(page, title).click(modifiers=["ControlOrMeta"])
        other = opened.value
        expect(catalogue_box(other)).to_have_value("tiny")
        assert (urlsplit(other.url).path, parameters(other)) == (path, {"catalogue": ["tiny"]})
        other.close()
    assert urlsplit(page.url).path == "/catalogues"


def test_keys_choose_among_the_hits_for_what_is_typed(server: str, visit: Visit) -> None:
    page = visit.page
    visit.open(f"{server}/neighbourhood")
    field = page.get_by_label("Find an artist")
    hits = page.locator('[class*="st-key-find_centre_hit_"] button')
    field.click()
    page.keyboard.type("twin")
    expect(hits).to_have_count(2)
    for key, focused in (
        ("ArrowDown", hits.first),
        ("ArrowDown", hits.last),
        ("ArrowDown", hits.last),
        ("ArrowUp", hits.first),
        ("ArrowUp", field),
        ("ArrowDown", hits.first),
        ("Escape", field),
    ):
        page.keyboard.press(key)
        expect(focused).to_be_focused()
    page.keyboard.press("Control+a")
    # The hits for "twin" still stand there when Enter is pressed.
    page.keyboard.type("loner")
    page.keyboard.press("Enter")
    expect(page.locator(CARD)).to_have_text("Loner")
    expect_parameters(page, artist="a11")
    expect(page.get_by_label("Find an artist")).to_be_focused()
    visit.settle()
    expect(field).to_have_value("")
    field.click()
    page.keyboard.type("twin")
    page.keyboard.press("ArrowDown")
    expect(hits.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(CARD)).to_contain_text("Twin")


def test_keys_name_another_artist_and_one_step_back_asks_the_same_again(server: str, visit: Visit) -> None:
    page = visit.page
    visit.open(f"{server}/?artist=a00")
    page.locator(".st-key-others button").first.click()
    more, less = page.get_by_label("More like this artist too"), page.get_by_label("Less like this artist")
    more.click()
    page.keyboard.type("twin")
    page.keyboard.press("ArrowDown")
    expect(page.locator('[class*="st-key-find_like_hit_"] button').first).to_be_focused()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    less.click()
    page.keyboard.type("loner")
    page.keyboard.press("Enter")
    expect_parameters(page, artist="a00", unlike="a11")
    visit.settle()
    expect(more).to_have_value("twin")
    page.get_by_role("list", name=re.compile("Nearest artists")).first.locator("button.go").first.click()
    expect(page.locator(".st-key-chip_a11")).to_have_count(0)
    visit.settle()
    page.go_back()
    expect(page.locator(".st-key-chip_a11")).to_be_visible()
    expect_parameters(page, artist="a00", unlike="a11")


_TYPE_OF_TABLES = """size => {
    const fonts = [...document.querySelectorAll('[data-testid="stDataFrame"] .dvn-scroller')]
        .map((table) => getComputedStyle(table).getPropertyValue("--gdg-base-font-style"));
    return fonts.length && fonts.every((font) => Math.abs(parseFloat(font.split(" ").at(-1)) - size) < 0.1);
}"""


def expect_type_of_tables(page: Page, size: float) -> None:
    page.wait_for_function(_TYPE_OF_TABLES, arg=size)


def test_a_presentation_goes_on_by_keys_and_reads_from_afar(server: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    visitor = Visit(context)
    page = visitor.page
    visitor.open(f"{server}/?tour=1&present=1")
    sidebar, bar = page.locator('[data-testid="stSidebar"]'), page.locator(".st-key-tour")
    for number, focus in enumerate(("answers_lists", "hop_graph", "paper_disco-olga_layers", "ways"), 1):
        expect(bar).to_contain_text(f"Tour {number} of 4")
        expect(bar).to_be_in_viewport(ratio=1)
        expect(sidebar).to_be_hidden()
        shown = page.locator(f".st-key-{focus}").first
        expect(shown).to_be_in_viewport(ratio=0.25)
        visitor.settle()
        assert shown.bounding_box()["y"] < bar.bounding_box()["y"]  # type: ignore[index]
        assert bar.locator("p").first.evaluate("text => parseFloat(getComputedStyle(text).fontSize)") > 28
        page.keyboard.press("PageDown")
    # Tables are drawn on canvases, which keep the size of type that they are mounted with.
    size = 1920 * 0.015 * 0.875
    expect_type_of_tables(page, size)
    page.keyboard.press("PageUp")
    expect(bar).to_contain_text("Tour 3 of 4")
    visitor.settle()
    page.keyboard.press("PageDown")
    expect(bar).to_contain_text("Tour 4 of 4")
    expect_type_of_tables(page, size)
    visitor.settle()
    page.keyboard.press("Escape")
    expect(sidebar).to_be_visible()
    expect_type_of_tables(page, 14)
    expect(page).not_to_have_url(re.compile("present"))
    context.close()
    assert visitor.errors == visitor.requests_outside == []


def test_a_phone_shows_what_the_tour_speaks_of(server: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 800})
    visitor = Visit(context)
    page = visitor.page
    for number, focus in ((1, "answers_lists"), (3, "paper_disco-olga_layers")):
        visitor.open(f"{server}/?tour={number}")
        bar = page.locator(".st-key-tour")
        expect(bar).to_be_in_viewport(ratio=1)
        expect(page.locator(f".st-key-{focus}").first).to_be_in_viewport(ratio=0.2)
        visitor.check_width(f"step {number}")
    context.close()


def test_buttons_of_the_list_are_heard_with_their_artist(server: str, visit: Visit) -> None:
    page = visit.page
    for artist, name in (("a08", "Twin"), ("a11", "Loner")):
        visit.open(f"{server}/?artist={artist}")
        page.get_by_role("button", name=re.compile("Keep$")).click()
        expect(page.locator(f".st-key-lists_go_{artist}")).to_contain_text(name)
    page.locator(".st-key-lists_open button").click()
    dialog = page.get_by_role("dialog")
    for name in ("Move Twin down", "Reject Loner", "Note on Loner", "Take out Loner", "Move Loner up"):
        expect(dialog.get_by_role("button", name=name)).to_have_count(1)
    # What is heard takes no room.
    width = dialog.locator(".st-key-lists_entry_1 button").first.evaluate("button => button.offsetWidth")
    assert width < 120
    dialog.get_by_role("button", name="Move Loner up").click()
    expect(dialog.locator(".st-key-lists_entry_0")).to_contain_text("Loner")
    expect(dialog.get_by_role("button", name="Move Loner down")).to_be_focused()


def test_keys_lead_into_a_popover_and_out_again(server: str, visit: Visit) -> None:
    page = visit.page
    visit.open(f"{server}/?artist=a00")
    button, body = page.locator(".st-key-others button").first, page.get_by_test_id("stPopoverBody")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("More like this artist too")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("More like this artist too")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Less like this artist")).to_be_focused()
    page.keyboard.press("Escape")
    expect(body).to_have_count(0)
    expect(button).to_be_focused()


def test_a_second_enter_rejects_nobody_else_and_undo_is_at_hand(server: str, visit: Visit) -> None:
    page = visit.page
    visit.open(f"{server}/?artist=a00")
    lines = browsing.nearest_list(page).get_by_role("listitem")
    reject = lines.nth(0).get_by_role("button", name="Reject")
    name = str(reject.get_attribute("aria-label")).removeprefix("Reject ")
    reject.focus()
    page.keyboard.press("Enter")
    expect(lines.nth(0)).not_to_contain_text(name)
    expect(lines.nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    visit.settle()
    rejected = page.locator('[class*="st-key-lists_go_"]')
    expect(rejected).to_have_count(1)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(rejected).to_have_count(0)
    expect(lines.nth(0)).to_contain_text(name)
