"""What a curator comes for, from beginning to end in a real browser: by mouse, by keyboard, on a phone, by a link."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.catalogue import Catalogue, open_catalogue
from core.curation import import_list
from core.curation.playlists import EXTENSION
from core.search.spaces import space_titles
from tests.support import browsing
from tests.support.browsing import CARD, DESKTOP, PAGES, PHONE, Visit, address, nearest_list
from tests.support.server import running_app, wait_until

browser, catalogue, visit, elsewhere = browsing.browser, browsing.catalogue, browsing.visit, browsing.elsewhere
KNOWN, GOAL = "The Paper Orphans", "syn-0005"
SEEDS = ("Portishead", "Massive Attack", "Morcheeba")
NOTE = "For Sunday: soft ending"


@pytest.fixture(scope="module")
def server(catalogue: Path) -> Iterator[str]:
    with running_app(catalogue) as started:
        yield started


@pytest.fixture(scope="module")
def artists(catalogue: Path) -> Catalogue:
    return open_catalogue(catalogue)


def find(visitor: Visit, typed: str, name: str, label: str = "Find an artist") -> None:
    """Type into a search box and choose the hit called `name`."""
    visitor.page.get_by_label(label).first.press_sequentially(typed, delay=20)
    visitor.settle()
    visitor.page.get_by_role("button", name=re.compile(rf"^{re.escape(name)}\b")).first.click()
    visitor.settle()


def id_of(artists: Catalogue, name: str) -> str:
    return str(artists.artists.set_index("name")["artist_id"][name])


def open_lists(visitor: Visit) -> Locator:
    """The dialog with all that can be done with lists."""
    visitor.page.locator(".st-key-lists_open button").click()
    dialog = visitor.page.get_by_role("dialog")
    dialog.get_by_text("Export", exact=True).first.wait_for()
    visitor.settle()
    return dialog


def names_in_list(dialog: Locator) -> list[str]:
    """Those who are kept, in order."""
    kept = dialog.locator('[class*="st-key-lists_entry_"] p:has(strong)').all_inner_texts()
    return [re.sub(r"^\d+\.\s*", "", text) for text in kept]


def download(page: Page, button: Locator, folder: Path, press: Callable[[Locator], None] = Locator.click) -> Path:
    with page.expect_download() as started:
        press(button)
    file = folder / started.value.suggested_filename
    started.value.save_as(file)
    return file


def keep_from_rows(visitor: Visit, number: int) -> None:
    """Keep the first artists of the first list, each by the button of its row, which stays where it is in the row."""

    def place(row: Locator) -> list[float]:
        button, around = row.locator(".keep").bounding_box(), row.bounding_box()
        assert button
        assert around
        return [button["x"] - around["x"], button["y"] - around["y"], button["width"], button["height"]]

    for _ in range(number):
        row = (
            nearest_list(visitor.page).locator("li").filter(has=visitor.page.locator(".keep[aria-pressed=false]")).first
        )
        name = row.locator("bdi").inner_text()
        before = place(row)
        row.locator(".keep").click()
        expect(visitor.page.get_by_text(f"{name}: in your list.").first).to_be_visible()
        visitor.settle()
        named = visitor.page.locator("bdi", has_text=re.compile(rf"^{re.escape(name)}$"))
        kept = nearest_list(visitor.page).locator("li").filter(has=named)
        expect(kept.locator(".keep")).to_have_attribute("aria-pressed", "true")
        assert place(kept) == pytest.approx(before, abs=1)


def test_ten_whom_nobody_lists_leave_as_files_and_by_a_link_and_come_back(
    disco_olga: Catalogue, browser: Browser, tmp_path: Path
) -> None:
    seeds = [id_of(disco_olga, name) for name in SEEDS]
    with running_app(disco_olga.path) as server:
        visitor = Visit(browser.new_context(viewport=DESKTOP))
        page = visitor.page
        visitor.open(server)
        find(visitor, "portis", SEEDS[0])
        expect(page.locator(CARD).first).to_have_text(SEEDS[0])
        visitor.open(f"{page.url}&like={seeds[1]}&like={seeds[2]}")
        page.get_by_role("button", name="Filters", exact=True).click()
        page.get_by_text("Not known as similar", exact=True).click()
        expect(page.locator(".st-key-filter_reset")).to_be_visible()
        visitor.settle()
        page.keyboard.press("Escape")
        shown = nearest_list(page).locator("bdi").all_inner_texts()
        asked = (nearest_list(page).get_attribute("aria-label") or "").removeprefix("Nearest artists: ")
        keep_from_rows(visitor, 2)
        page.get_by_role("button", name="Keep these 10").first.click()
        expect(page.get_by_text("10 kept", exact=False).first).to_be_visible()
        visitor.settle()
        listed = {frozenset(edge) for edge in disco_olga.learned_edges.tolist()}
        rows = [int((disco_olga.display_names == name).to_numpy().argmax()) for name in shown]
        assert not any(frozenset((disco_olga.row_of[seed], row)) in listed for seed in seeds for row in rows)

        dialog = open_lists(visitor)
        dialog.locator(".st-key-lists_entry_9").get_by_role("button", name="To top").click()
        expect(dialog.locator(".st-key-lists_entry_0")).to_contain_text(shown[9])
        visitor.settle()
        dialog.locator(".st-key-lists_entry_8").get_by_role("button", name="Reject").click()
        expect(dialog.locator(".st-key-lists_entry_8").get_by_role("button", name="Keep")).to_be_visible()
        visitor.settle()
        dialog.locator(".st-key-lists_entry_2").get_by_role("button", name="Note").click()
        page.get_by_label(re.compile("^Note on")).fill(NOTE)
        page.keyboard.press("Control+Enter")
        expect(dialog.get_by_text(NOTE).first).to_be_visible()
        visitor.settle()
        page.keyboard.press("Escape")  # The box of the note.
        kept = [shown[9], *shown[:7], shown[8]]
        assert names_in_list(dialog) == kept

        dialog.get_by_text("Export", exact=True).click()
        files = {}
        for kind in ("M3U8", "JSPF"):
            dialog.get_by_text(kind, exact=True).first.click()
            button = dialog.get_by_role("button", name=re.compile(rf"Download .*\.{kind.lower()}$"))
            expect(button).to_be_visible()
            expect(dialog.get_by_text("9 of 10 artists are in the file")).to_be_visible()
            visitor.settle()
            files[kind] = download(page, button, tmp_path)
            back = import_list(disco_olga, files[kind].read_bytes(), "x").curated
            assert [entry.name for entry in back.kept] == kept
        playlist = json.loads(files["JSPF"].read_bytes())["playlist"]
        assert [track["creator"] for track in playlist["track"]] == kept
        assert playlist["track"][2]["annotation"] == NOTE
        origin = playlist["track"][1]["extension"][EXTENSION]
        assert (origin["rank"], origin["query"]) == (
            1,
            f"like {' + '.join(SEEDS)}, among those not known as similar",
        )
        assert space_titles(disco_olga, [origin["space"]]) == [asked]
        own = playlist["extension"][EXTENSION]
        assert own["provenance"]["catalogue"] == disco_olga.name
        assert shown[7].encode() not in files["JSPF"].read_bytes()
        link = dialog.locator("code").last.inner_text()

        dialog.get_by_text("Import", exact=True).click()
        dialog.locator('input[type="file"]').set_input_files(files["JSPF"])
        dialog.get_by_role("button", name=re.compile("Add as the list")).click()
        expect(dialog.get_by_text(NOTE).first).to_be_visible()
        visitor.settle()
        assert names_in_list(dialog) == kept

        other = Visit(browser.new_context(viewport=PHONE))
        other.open(link)
        there = other.page.get_by_role("dialog")
        there.get_by_text("to read").first.wait_for()
        assert re.findall(r"^\d+\.\s*(.+)$", there.inner_text(), re.MULTILINE) == kept
        other.check_width("a list from a link")
        there.get_by_role("button", name=kept[0]).click()
        expect(there).to_be_hidden()
        expect(other.page.locator(CARD).first).to_have_text(kept[0])
        other.open(link)
        there.get_by_role("button", name="Keep as a list of mine").click()
        expect(there).to_be_hidden()
        expect(other.page).not_to_have_url(re.compile("list="))
        for one in (visitor, other):
            one.context.close()
            assert one.errors == one.requests_outside == []


def path_of(page: Page) -> list[str]:
    """The names of the artists on the shown path."""
    steps = page.locator('[class*="st-key-path_go_"] button:visible').all_inner_texts()
    return [re.sub(r"^\d+\.\s*", "", step).strip() for step in steps]


def test_a_path_goes_round_whom_one_avoids(
    server: str, visit: Visit, artists: Catalogue, elsewhere: Callable[[str], Visit]
) -> None:
    page = visit.page
    start = id_of(artists, KNOWN)
    goal = str(artists.artists["name"][artists.row_of[GOAL]])
    visit.open(f"{server}/neighbourhood?artist={start}")
    page.get_by_text("Path to another artist", exact=True).click()
    find(visit, goal, goal, "Find the artist at the other end")
    expect(page.get_by_role("heading", name=f"From {KNOWN} to {goal}")).to_be_visible()
    before = path_of(page)
    assert (before[0], before[-1]) == (KNOWN, goal)
    assert len(before) > 2

    page.get_by_role("button", name=re.compile("Avoid")).first.click()
    expect(page.locator(".st-key-path_avoided")).to_contain_text(before[1])
    visit.settle()
    after = path_of(page)
    assert before[1] not in after
    assert (after[0], after[-1]) == (KNOWN, goal)
    expect(page).to_have_url(re.compile("avoid="))

    other = elsewhere(page.url)
    expect(other.page.locator(".st-key-path_avoided")).to_contain_text(before[1])
    assert path_of(other.page) == after


def change_explore(visitor: Visit) -> None:
    """The dial, a filter and the spaces, each by its widget."""
    page = visitor.page
    page.get_by_role("slider", name=re.compile("familiar")).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("spread", exact=False).first).to_be_visible()
    visitor.settle()
    opener = page.get_by_role("button", name="Filters", exact=True)
    # In the middle of the window its box has room; a click that scrolls would close what the box has opened.
    opener.evaluate("button => button.scrollIntoView({block: 'center'})")
    opener.click()
    page.locator(".st-key-filter_genres").wait_for()
    visitor.settle()
    page.locator(".st-key-filter_genres").get_by_role("combobox").click()
    page.get_by_role("option").nth(2).click()
    expect(page.locator(".st-key-filter_reset")).to_be_visible()
    visitor.settle()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Spaces", exact=True).click()
    page.locator(".st-key-spaces button[aria-label^=Remove]").last.click()
    expect(page.get_by_role("list", name=re.compile("Nearest artists"))).to_have_count(3)
    visitor.settle()
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-spaces")).to_be_hidden()
    visitor.settle()


def change_map(visitor: Visit) -> None:
    """Another colouring, and a second map beside the first."""
    page = visitor.page
    page.locator(".js-plotly-plot").first.wait_for()
    page.locator(".st-key-map_colour").get_by_role("combobox").click()
    page.get_by_role("option", name="Split", exact=True).click()
    visitor.settle()
    page.locator(".st-key-map_beside").get_by_role("combobox").click()
    page.get_by_role("option").nth(1).click()
    visitor.settle()
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    visitor.settle()


def change_results(visitor: Visit) -> None:
    visitor.page.get_by_text("Cold", exact=False).first.click()
    visitor.settle()


@pytest.mark.parametrize(
    ("start", "change", "named"),
    [
        ("?artist=syn-0005", change_explore, ("dial=", "filter=", "spaces=")),
        ("map?artist=syn-0005", change_map, ("colour=", "beside=")),
        ("results", change_results, ("protocol=",)),
    ],
    ids=["Explore", "Map", "Results"],
)
def test_the_same_link_shows_the_same_elsewhere(
    server: str,
    visit: Visit,
    elsewhere: Callable[[str], Visit],
    start: str,
    change: Callable[[Visit], None],
    named: tuple[str, ...],
) -> None:
    visit.open(f"{server}/{start}")
    before = visit.said()
    change(visit)
    for name in named:
        expect(visit.page).to_have_url(re.compile(re.escape(name)))
    shown = visit.said()
    assert shown != before
    other = elsewhere(visit.page.url)
    # On a busy machine the last parts of a page appear a moment after its script has ended.
    with contextlib.suppress(TimeoutError):
        wait_until(lambda: other.said() == shown, "the same as the first browser")
    assert other.said() == shown


def test_all_of_it_by_keyboard(server: str, visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    visit.open(server)
    visit.tab_to("^Find an artist")
    page.keyboard.type("paper orphans", delay=20)
    page.get_by_role("button", name=re.compile(f"^{KNOWN}")).first.wait_for()
    visit.settle()
    visit.tab_to(f"^{KNOWN}", most=6)
    page.keyboard.press("Enter")
    expect(page.locator(CARD).first).to_have_text(KNOWN)
    visit.settle()

    visit.tab_to(r"(^|\n)Keep$")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 kept").first).to_be_visible()
    visit.settle()
    first = nearest_list(page).locator("button.go").first.inner_text()
    visit.tab_to(f"^{re.escape(first.strip())}$")
    page.keyboard.press("Enter")
    other = re.sub(r"^\d+\.\s*", "", first).strip()
    expect(page.locator(CARD).first).to_have_text(other)
    visit.settle()
    expect(nearest_list(page).locator("button.go").first).to_be_focused()
    visit.tab_to(r"(^|\n)Keep$", key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 kept").first).to_be_visible()
    visit.settle()

    visit.tab_to("Open$", key="Shift+Tab")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.locator(".st-key-lists_entry_1").wait_for()
    visit.settle()
    assert names_in_list(dialog) == [KNOWN, other]
    visit.tab_to("Down$", most=30)
    page.keyboard.press("Enter")
    expect(dialog.locator(".st-key-lists_entry_1")).to_contain_text(KNOWN)
    visit.settle()
    assert names_in_list(dialog) == [other, KNOWN]
    assert re.search("Up$|Down$", visit.focused())

    visit.tab_to("^Artists$", most=60)
    page.keyboard.press("ArrowRight")
    if visit.focused() == "Export":
        page.keyboard.press("Enter")
    dialog.get_by_role("button", name=re.compile("Download")).wait_for()
    visit.settle()
    visit.tab_to("Download", most=30)
    with page.expect_download() as started:
        page.keyboard.press("Enter")
    assert started.value.suggested_filename.endswith(".csv")
    content = Path(started.value.path()).read_text(encoding="utf-8-sig")
    assert content.index(other) < content.index(KNOWN)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_all_of_it_on_a_phone(server: str, browser: Browser, tmp_path: Path) -> None:
    visitor = Visit(browser.new_context(viewport=PHONE, has_touch=True))
    page = visitor.page

    fits = visitor.check_width
    visitor.open(server)
    fits("first run")
    find(visitor, "paper orfans", KNOWN)
    expect(page.locator(CARD).first).to_have_text(KNOWN)
    fits("an artist")
    nearest_list(page).locator("button.why").first.click()
    page.get_by_role("dialog").get_by_text("Confidence").first.wait_for()
    visitor.settle()
    fits("why similar")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    visitor.settle()
    page.get_by_role("button", name="Keep these 10").first.click()
    visitor.settle()
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_text("10 kept", exact=False).first).to_be_visible()
    visitor.settle()
    fits("the lists panel")
    dialog = open_lists(visitor)
    fits("the list")
    dialog.get_by_text("Export", exact=True).click()
    button = dialog.get_by_role("button", name=re.compile("Download"))
    button.wait_for()
    visitor.settle()
    fits("export")
    assert len(download(page, button, tmp_path).read_bytes().splitlines()) == 11
    page.keyboard.press("Escape")
    for title in PAGES:
        visitor.open(f"{server}/{address(title)}?artist={GOAL}")
        visitor.heading(title)
        fits(title)
    visitor.open(f"{server}/neighbourhood?artist={GOAL}&view=path&to=syn-0100")
    fits("a path")
    visitor.context.close()
    assert visitor.requests_outside == []
    assert visitor.errors == []
