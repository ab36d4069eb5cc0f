"""What a curator does all day, each as an endless series of measured repeats."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from playwright.sync_api import Browser, Locator

from benchmarks.pages.maps import MapView
from benchmarks.pages.visitor import Sample, Visitor
from tests.support.hop_canvas import GRAPH, NODES_IN_SIGHT, PLACED
from tests.support.server import Server, wait_until

LISTS = '[data-testid="stMain"] [class*="st-key-results_"]'
CARD = '[data-testid="stMain"] [class*="st-key-card_"]:has(h2)'
SEARCH = '[class*="st-key-artist_search_"]'
FRESH_GRAPH_AFTER = 4
LONGEST_TYPED, KEY_MS = 14, 60

Repeats = Callable[[Visitor, str], Iterator[Sample]]


@dataclass(frozen=True)
class Action:
    """`repeats` begins at an artist's id; the p95 of its seconds has to stay within `bar`, where there is one.

    `maps`: how many maps the catalogue must have for it.
    """

    name: str
    bar: float | None
    repeats: Repeats
    maps: int = 0


def choose(visitor: Visitor, artist_id: str) -> Iterator[Sample]:
    """A click on a name in the first list; until the card and that list are the other artist's."""
    visitor.open(artist=artist_id)
    first, card = visitor.page.locator(LISTS).first, visitor.page.locator(CARD).first
    for turn in count():
        visitor.at_rest()
        names, who = first.inner_text(), card.get_attribute("class")
        entry = first.locator("button.go").nth(turn % 5)

        def other(names: str = names, who: str | None = who) -> bool:
            return card.get_attribute("class") != who and first.inner_text() != names

        yield visitor.measure(entry.click, other, "the chosen artist")


def switch_space(visitor: Visitor, artist_id: str) -> Iterator[Sample]:
    """Another space side by side with three others; until its list is there. The last one has made room before."""
    visitor.open(artist=artist_id)
    spaces, opener = visitor.page.locator(".st-key-spaces"), visitor.page.locator(".st-key-which_lists button")
    opener.click()
    spaces.locator("[data-tag]").first.wait_for()
    newest, offered = _texts(spaces.locator("[data-tag]"))[-1], ""
    for _ in count():
        if not spaces.is_visible():
            opener.click()
        spaces.locator(f"[aria-label={_quoted(f'Remove {newest}')}]").click()
        wait_until(lambda gone=newest: _list_of(visitor, gone).count() == 0, "one space less")
        visitor.at_rest()
        box = spaces.get_by_role("combobox")
        box.click()
        _options(visitor).first.wait_for()
        # Two take turns, so that neither is asked for the first time after the warm-up.
        newest, offered = offered or next(text for text in _texts(_options(visitor)) if text != newest), newest
        box.fill(newest)
        option = _options(visitor).filter(has=visitor.page.get_by_text(newest, exact=True))
        option.wait_for()
        yield visitor.measure(option.click, lambda new=newest: _list_of(visitor, new).is_visible(), "another space")
        visitor.leave_box()
        visitor.at_rest()


def filter_by_genre(visitor: Visitor, artist_id: str) -> Iterator[Sample]:
    """A genre chosen in the open popover; until the page says how many artists pass."""
    visitor.open(artist=artist_id)
    page = visitor.page
    passing = page.locator(".st-key-filter_reset")
    for turn in count():
        opener = page.get_by_role("button", name="Filters", exact=True)
        # A click that has to scroll would close what the box has opened.
        opener.evaluate("button => button.scrollIntoView({block: 'center'})")
        opener.click()
        genres = page.locator(".st-key-filter_genres").get_by_role("combobox")
        genres.wait_for()
        visitor.at_rest()
        genres.click()
        option = _options(visitor).nth(turn % 5)
        option.wait_for()
        # The lists themselves may stay as they were: all near an artist of one genre can be of that genre.
        yield visitor.measure(option.click, lambda: passing.count() == 1, "how many artists pass")
        visitor.leave_box()
        passing.get_by_role("button").click()
        wait_until(lambda: passing.count() == 0, "the lists without the filter")
        visitor.at_rest()


def add_to_tray(visitor: Visitor, artist_id: str) -> Iterator[Sample]:
    """Keep on the artist's card; until the list in the sidebar names the artist and the button says so."""
    visitor.open(artist=artist_id)
    button = visitor.page.locator('[class*="st-key-card_keep_"] button')
    kept = visitor.sidebar.locator('[class*="st-key-lists_go_"]')
    for _ in count():
        visitor.at_rest()
        yield visitor.measure(
            button.click, lambda: kept.count() == 1 and "Kept" in button.inner_text(), "the artist in the list"
        )
        visitor.at_rest()
        button.click()
        wait_until(lambda: kept.count() == 0, "the empty list")


def type_a_name(visitor: Visitor, artist_id: str) -> Iterator[Sample]:
    """The last key of a name that is typed at an even pace, until the hits for all of it are there."""
    visitor.open(artist=artist_id)
    name = visitor.page.locator(CARD).first.locator("h2").inner_text().strip()[:LONGEST_TYPED]
    box = visitor.page.locator(f'[data-testid="stMain"] {SEARCH}').first
    field = box.locator("input")
    for turn in count():
        text = name[: max(2, len(name) - turn % 3)].strip()
        field.fill("")
        visitor.at_rest()
        field.press_sequentially(text[:-1], delay=KEY_MS)
        visitor.page.wait_for_timeout(KEY_MS)
        asked = box.locator(f'[data-nf-asked="{text.encode().hex()}"]')
        yield visitor.measure(
            lambda key=text[-1]: visitor.page.keyboard.type(key),
            lambda asked=asked: asked.count() == 1 and box.get_by_role("button").count() > 0,
            "the hits",
        )


def expand(visitor: Visitor, artist_id: str) -> Iterator[Sample]:
    """A click on an artist of the graph, until its neighbours are drawn; with the wait for a second click."""
    for turn in count():
        if turn % FRESH_GRAPH_AFTER == 0:
            visitor.open("neighbourhood", artist=artist_id)
        node = _node_in_sight(visitor, turn)
        before = visitor.canvas.evaluate(GRAPH)
        yield visitor.measure(
            lambda node=node: visitor.canvas.click(position={"x": node["x"], "y": node["y"]}),
            lambda before=before: visitor.canvas.evaluate(GRAPH) != before and _all_placed(visitor),
            "the expanded artist's neighbours",
        )


def recentre(visitor: Visitor, artist_id: str) -> Iterator[Sample]:
    """A double click on an artist of the graph, until the graph stands around it."""
    visitor.open("neighbourhood", artist=artist_id)
    for turn in count():
        node = _node_in_sight(visitor, turn)
        yield visitor.measure(
            lambda node=node: visitor.canvas.dblclick(position={"x": node["x"], "y": node["y"]}),
            lambda node=node: visitor.canvas.evaluate(GRAPH)[:1] == [node["id"]] and _all_placed(visitor),
            "the graph around another artist",
        )


def open_map(visitor: Visitor, artist_id: str) -> Iterator[Sample]:
    """A click on Map in the menu, on a page that has drawn none yet, until all its points are drawn."""
    view = MapView(visitor)
    for _ in count():
        visitor.open(artist=artist_id)
        visitor.at_rest()
        link = visitor.sidebar.get_by_role("link", name="Map", exact=True)
        yield visitor.measure(link.click, view.is_drawn, "the map")


def switch_map(visitor: Visitor, artist_id: str) -> Iterator[Sample]:
    """Another space on the open map, until its points are drawn. Needs two maps."""
    return _on_the_map(visitor, artist_id, MapView.other_space, "the other map")


def change_colour(visitor: Visitor, artist_id: str) -> Iterator[Sample]:
    """Another colouring of the open map, until the points have it."""
    return _on_the_map(visitor, artist_id, MapView.other_colour, "the other colours")


def _on_the_map(
    visitor: Visitor,
    artist_id: str,
    change: Callable[[MapView, int], tuple[Callable[[], None], Callable[[], bool]]],
    what: str,
) -> Iterator[Sample]:
    visitor.open("map", artist=artist_id)
    view = MapView(visitor)
    wait_until(view.is_drawn, "the map")
    for turn in count():
        visitor.at_rest()
        act, shown = change(view, turn)
        yield visitor.measure(act, shown, what)


def first_load(browser: Browser, server: Server, artist_id: str) -> Iterator[Sample]:
    """The address of an artist's page opened in a browser that has never been here."""
    for _ in count():
        visitor = Visitor(browser, server)
        lists = visitor.page.locator(LISTS)
        address = f"{server.address}/?artist={artist_id}"

        def shown(lists: Locator = lists) -> bool:
            return lists.count() > 0 and lists.first.locator("button.go").count() > 0

        yield visitor.measure(lambda to=address, page=visitor.page: page.goto(to), shown, "the lists of an artist")
        visitor.close()


ACTIONS = (
    Action("choose an artist", 0.7, choose),
    Action("switch a space on Explore", 0.7, switch_space),
    Action("filter by a genre", 0.7, filter_by_genre),
    Action("add to the tray", 0.7, add_to_tray),
    Action("type a name", 0.3, type_a_name),
    Action("expand in the hop graph", 1.2, expand),
    Action("recentre the hop graph", 1.2, recentre),
    Action("open the map", 3.0, open_map, 1),
    Action("change the map's colour", None, change_colour, 1),
    Action("switch the map's space", 0.7, switch_map, 2),
)


def _list_of(visitor: Visitor, title: str) -> Locator:
    return visitor.page.locator(f"{LISTS} [aria-label={_quoted(f'Nearest artists: {title}')}]")


def _options(visitor: Visitor) -> Locator:
    """What an open multiselect offers, without Streamlit's own "Select all"."""
    return visitor.page.get_by_role("option").filter(has_not_text="Select all")


def _texts(found: Locator) -> list[str]:
    return [text.strip() for text in found.all_inner_texts()]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _node_in_sight(visitor: Visitor, turn: int) -> dict[str, Any]:
    def in_sight() -> list[dict[str, Any]]:
        nodes: list[dict[str, Any]] = visitor.canvas.evaluate(NODES_IN_SIGHT)
        return [node for node in nodes if f"expanded={node['id']}" not in visitor.page.url]

    wait_until(lambda: visitor.canvas.count() == 1 and _all_placed(visitor), "the graph")
    visitor.at_rest()
    wait_until(lambda: bool(in_sight()), "an artist in the graph")
    wanted = in_sight()
    return wanted[(turn * 7) % len(wanted)]


def _all_placed(visitor: Visitor) -> bool:
    return 0 < len(visitor.canvas.evaluate(GRAPH)) == visitor.canvas.evaluate(PLACED)
