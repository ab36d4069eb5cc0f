"""Names, tags, titles, ids and notes that try to do harm, in a real browser on every page, and in every export."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from core.catalogue import Catalogue
from core.curation import change_lists, import_list
from core.curation.xspf import parse_xml
from pages.shell.visitor import COOKIE
from tests.support import browsing
from tests.support.browsing import DESKTOP, DRAWINGS, PAGES, PHONE, Visit, address
from tests.support.hop_canvas import NODES_IN_SIGHT
from tests.support.hostile_world import LIST_NAME, NAMES, ODD_ID, VISITOR, harm_done, hostile_lists, hostile_world
from tests.support.server import Server, running_server

browser = browsing.browser
SVG = "{http://www.w3.org/2000/svg}"
FORMULA = re.compile(r"\s*[=+\-@\t\r＝＋－＠]")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return hostile_world(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def server(hostile: Catalogue) -> Iterator[Server]:
    with running_server(hostile.path) as started:
        change_lists(
            started.folder,
            VISITOR,
            hostile,
            lambda collection: hostile_lists(hostile, collection),
        )
        yield started


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Visit]:
    yield from visiting(browser, server, DESKTOP)


def visiting(browser: Browser, server: Server, window: dict[str, int]) -> Iterator[Visit]:
    context = browser.new_context(viewport=window, accept_downloads=True)
    context.add_cookies([{"name": COOKIE, "value": VISITOR, "url": server.address}])
    visitor = Visit(context)
    yield visitor
    context.close()
    assert visitor.errors == []
    assert visitor.requests_outside == []
    # What <img src=x> would fetch.
    assert [url for url in visitor.requests if url.endswith(("/x", "/pix.png"))] == []


def check(visitor: Visit, where: str) -> None:
    assert harm_done(visitor.page) == [], where
    expect(visitor.page.locator('[data-testid="stException"]')).to_have_count(0)
    visitor.check_width(where)


def saved(page: Page, button: str) -> tuple[str, bytes]:
    """Name and content of the file that a button saves."""
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile(button)).first.click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_shows_them_as_text(server: Server, browser: Browser, window: dict[str, int]) -> None:
    for visitor in visiting(browser, server, window):
        for title in PAGES:
            visitor.open(f"{server.address}/{address(title)}?artist=id-0&length=50")
            visitor.heading(title)
            if drawing := DRAWINGS.get(title):
                visitor.page.locator(drawing).first.wait_for()
            visitor.settle()
            check(visitor, title)
            closed = visitor.page.locator('[data-testid="stMain"] details:not([open]) > summary:visible')
            for _ in range(closed.count()):
                summary = closed.first.element_handle()
                summary.click()
                visitor.page.wait_for_function("summary => summary.parentElement.open", arg=summary)
            visitor.settle()
            check(visitor, f"{title}, all opened")


def test_harm_would_be_noticed(browser: Browser) -> None:
    page = browser.new_page()
    page.on("dialog", lambda dialog: dialog.dismiss())
    for markup in (
        NAMES[1],
        NAMES[2],
        NAMES[4],
        "<strong>evilbold</strong>",
        "<a href='javascript:1'>x</a>",
        "<img src='http://evil.example/pix.png'>",
        "<span class='stMarkdownBadge'>evilbadge</span>",
        "<span class='katex'>evil</span>",
        "<script>window.hacked=1</script>",
        "\U0001f604",
    ):
        page.goto("about:blank")
        page.set_content(f"<div id='host'></div>{markup}")
        assert harm_done(page), markup
    page.goto("about:blank")
    page.evaluate("""document.body.attachShadow({mode: "open"}).innerHTML = "<b onclick=1></b>" """)
    assert harm_done(page)
    page.goto("about:blank")
    page.evaluate("text => { document.body.textContent = text }", "\n".join(NAMES))
    assert harm_done(page) == []
    page.close()


def test_each_of_them_can_be_the_artist(server: Server, visit: Visit) -> None:
    for row in (*range(12), 13, 21):
        artist_id = ODD_ID if row == 1 else f"id-{row}"
        visit.open(f"{server.address}/?artist={quote(artist_id, safe='')}")
        visit.page.locator(browsing.CARD).wait_for()
        check(visit, NAMES[row][:80])
        if row == 1:
            expect(visit.page.locator(browsing.CARD)).to_have_text(NAMES[1])


def test_links_that_try_harm_do_none(server: Server, visit: Visit) -> None:
    evil = quote("<img src=x onerror=window.hacked=13>[evillink](javascript:1)**evilbold**", safe="")
    visit.open(f"{server.address}/?catalogue={evil}&artist={evil}&space={evil}&filter={evil}&spaces={evil}&dial={evil}")
    check(visit, "Explore")
    for query in (f"artist=id-0&to={evil}&via={evil}", f"artist=id-0&to=id-5&avoid={quote(ODD_ID, safe='')}"):
        visit.open(f"{server.address}/neighbourhood?{query}")
        check(visit, query)
    visit.open(f"{server.address}/map?colour={evil}&space={evil}")
    check(visit, "Map")


def test_search_dialogs_and_boxes(server: Server, visit: Visit) -> None:
    page = visit.page
    visit.open(f"{server.address}/?artist=id-0&length=20")
    page.get_by_label("Find an artist").first.press_sequentially("evil", delay=20)
    visit.settle()
    expect(page.get_by_role("button", name=re.compile("evil")).first).to_be_visible()
    check(visit, "the hits")
    visit.open(f"{server.address}/?artist=id-0&length=20")
    opener = page.get_by_role("button", name="Filters", exact=True)
    opener.evaluate("button => button.scrollIntoView({block: 'center'})")
    opener.click()
    page.locator(".st-key-filter_genres").wait_for()
    visit.settle()
    page.locator(".st-key-filter_genres").get_by_role("combobox").click()
    page.get_by_role("option").first.wait_for()
    check(visit, "the filters")
    visit.open(f"{server.address}/?artist=id-0&length=20")
    page.get_by_role("button", name=re.compile("^Why ")).first.click()
    page.get_by_role("dialog").get_by_text("Confidence").first.wait_for()
    visit.settle()
    check(visit, "why similar")
    page.get_by_role("dialog").get_by_role("button", name="Compare").click()
    page.get_by_role("dialog").get_by_text("Known edges to both").wait_for()
    visit.settle()
    check(visit, "side by side")


def test_tooltips_of_graph_and_map(server: Server, visit: Visit) -> None:
    page = visit.page
    visit.open(f"{server.address}/neighbourhood?artist=id-0")
    canvas = page.locator(".hop-canvas")
    page.locator(".hop-canvas[data-settled]").wait_for()
    canvas.scroll_into_view_if_needed()
    visit.settle()
    places = canvas.evaluate(NODES_IN_SIGHT)
    box = canvas.bounding_box()
    assert box is not None
    told = set()
    tooltip = canvas.locator(".vis-tooltip")
    for place in places[:12]:
        page.mouse.move(box["x"] + 3, box["y"] + 3)
        expect(tooltip).to_be_hidden()
        page.mouse.move(box["x"] + place["x"], box["y"] + place["y"])
        expect(tooltip).to_be_visible()
        told.add(tooltip.inner_text())
        check(visit, "a tooltip of the graph")
    assert any("evil" in text or "hacked" in text for text in told)

    visit.open(f"{server.address}/map?artist=id-0")
    page.locator(".nf-map-frame").wait_for()
    visit.settle()
    points = page.evaluate(
        """() => { const chart = document.querySelector(".js-plotly-plot"), box = chart.getBoundingClientRect();
        const { xaxis, yaxis } = chart._fullLayout, found = [];
        for (const { type, x, y } of chart._fullData) if (type === "scattergl") for (let i = 0; i < x.length; i++)
            found.push([box.x + xaxis._offset + xaxis.l2p(x[i]), box.y + yaxis._offset + yaxis.l2p(y[i])]);
        return found; }"""
    )
    frame = page.locator(".nf-map-frame").bounding_box()
    assert frame is not None
    tip = page.locator(".nf-map-tip")
    for across, down in points[:12]:
        page.mouse.move(frame["x"] + 3, frame["y"] + 3)
        expect(tip).to_be_hidden()
        page.mouse.move(across, down)
        expect(tip).to_be_visible()
        check(visit, "a tooltip of the map")


def test_lists_and_their_files(server: Server, hostile: Catalogue, visit: Visit) -> None:
    page = visit.page
    visit.open(f"{server.address}/?artist=id-0")
    page.locator(".st-key-lists_open button").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("1.", exact=False).first.wait_for()
    visit.settle()
    check(visit, "the list")
    files = {}
    dialog.get_by_role("radio", name="Export").or_(dialog.get_by_role("button", name="Export")).first.click()
    for file_format in ("csv", "json", "jspf", "xspf", "m3u8"):
        choice = dialog.get_by_text(file_format.upper(), exact=True).first
        choice.click()
        page.get_by_role("button", name=re.compile(rf"Download .*\.{file_format}")).wait_for()
        visit.settle()
        check(visit, file_format)
        name, files[file_format] = saved(page, rf"Download .*\.{file_format}")
        assert re.fullmatch(rf"[\w.-]+\.{file_format}", name)
    dialog.get_by_text("Lists", exact=True).first.click()
    page.get_by_role("radio").first.wait_for(state="attached")
    visit.settle()
    check(visit, "all lists")

    rows = list(csv.reader(io.StringIO(files["csv"].decode("utf-8-sig"), newline="")))
    assert len(rows) == len(NAMES) + 1
    # A cell that is a negative number is no formula.
    assert [cell for row in rows for cell in row if FORMULA.match(cell) and not re.fullmatch(r"-?[\d.]+", cell)] == []
    tree = parse_xml(files["xspf"].decode())
    assert not [tag for tag in tree.iter() if re.search("script|img|svg", tag.tag)]
    tracks = json.loads(files["jspf"])["playlist"]["track"]
    assert len(tracks) == len(NAMES)
    for file_format, content in files.items():
        back = import_list(hostile, content, "file")
        assert back.curated.name == LIST_NAME, file_format
        assert [entry.artist_id for entry in back.curated.entries] == hostile.artists["artist_id"].tolist(), file_format


def test_the_graph_as_a_file_opens_offline_and_harmless(
    server: Server, visit: Visit, browser: Browser, tmp_path: Path
) -> None:
    visit.open(f"{server.address}/neighbourhood?artist={quote(ODD_ID, safe='')}")
    visit.page.locator(".hop-canvas canvas").wait_for()
    visit.settle()
    name, content = saved(visit.page, "Download as a web page")
    assert "/" not in name
    file = tmp_path / "graph.html"
    file.write_bytes(content)
    context = browser.new_context(offline=True, viewport=PHONE)
    alone = Visit(context)
    alone.page.goto(file.as_uri())
    canvas, tooltip = alone.page.locator("#mynetwork canvas"), alone.page.locator("#mynetwork .vis-tooltip")
    canvas.wait_for()
    alone.page.wait_for_function("() => network.physics.ready")
    places = alone.page.evaluate(
        "() => Object.values(network.getPositions()).map((place) => network.canvasToDOM(place)).slice(0, 8)"
    )
    told = set()
    for place in places:
        canvas.hover(position={"x": 3, "y": 3}, force=True)
        expect(tooltip).to_be_hidden()
        canvas.hover(position=place, force=True)
        expect(tooltip).to_be_visible()
        told.add(tooltip.inner_text())
    assert any("evil" in text or "hacked" in text for text in told)
    assert harm_done(alone.page) == []
    alone.check_width("the file")
    assert alone.errors == []
    assert [url for url in alone.requests if not url.startswith(("file:", "data:"))] == []
    context.close()


def test_the_graph_as_a_picture_is_harmless(server: Server, visit: Visit, browser: Browser, tmp_path: Path) -> None:
    visit.open(f"{server.address}/neighbourhood?artist=id-0")
    visit.page.locator(".hop-canvas[data-settled]").wait_for()
    visit.settle()
    name, picture = saved(visit.page, "Save as PNG")
    assert name.endswith(".png")
    assert Image.open(io.BytesIO(picture)).width > 500
    name, drawing = saved(visit.page, "Save as SVG")
    assert name.endswith(".svg")
    tree = ElementTree.fromstring(drawing)
    assert {element.tag.removeprefix(SVG) for element in tree.iter()}.isdisjoint(
        {"script", "image", "a", "foreignObject"}
    )
    assert any("window.hacked" in (element.text or "") for element in tree.iter(f"{SVG}text"))
    file = tmp_path / "graph.svg"
    file.write_bytes(drawing)
    alone = Visit(browser.new_context(offline=True))
    alone.page.goto(file.as_uri())
    assert alone.page.evaluate("window.hacked") is None
    assert alone.errors == []
    assert [url for url in alone.requests if not url.startswith(("file:", "data:"))] == []
    alone.context.close()
