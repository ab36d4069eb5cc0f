"""The exported artist graph: one file, no request to anywhere, and names that stay text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from core.graph.drawing import Drawing, DrawnEdge, DrawnNode, legend_of
from core.graph.html_export import drawing_html
from core.graph.links import HELD_OUT, PREDICTED
from core.palette import class_colours
from core.text import shown_name
from tests.support import chromium
from tests.support.drawings import HOSTILE, node

NODES = tuple(
    node(f"A{place}", name, min(place, 2), group=f"genre {place % 3}", facts=(name,))
    for place, name in enumerate(HOSTILE)
)
EDGES = tuple(
    DrawnEdge("A0", f"A{place}", *((HELD_OUT, "Kept back"), (PREDICTED, "Predicted"))[place % 2])
    for place in range(1, len(HOSTILE))
)


def drawing(title: str = "Graph", nodes: tuple[DrawnNode, ...] = NODES) -> Drawing:
    legend = legend_of(
        nodes,
        EDGES,
        class_colours(f"genre {place}" for place in range(4)),
        colour="genre",
        size="known edges",
        predicted_by="A space <b>",
    )
    return Drawing(title, nodes, EDGES, legend, "Nearfield, a catalogue, 2026-01-01")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.fixture(scope="module", params=HOSTILE, ids=range(len(HOSTILE)))
def page(request: pytest.FixtureRequest) -> str:
    return drawing_html(drawing(request.param))


def test_nothing_is_fetched(page: str) -> None:
    parser = Tags()
    parser.feed(page)
    fetching = {"src", "href", "srcset", "data", "action"}
    assert not [attrs for _, attrs in parser.tags if attrs.keys() & fetching]
    assert not [tag for tag, _ in parser.tags if tag in {"link", "img", "iframe", "base", "object", "a"}]
    targets = re.findall(r"url\(\s*[\"']?([^)]{0,12})", page)
    assert all(target.startswith("data:") for target in targets)
    assert "@import" not in page
    assert "\n//# sourceMappingURL" not in page


def test_names_add_no_markup(page: str) -> None:
    def structure(text: str) -> list[str]:
        parser = Tags()
        parser.feed(text)
        return [tag for tag, _ in parser.tags]

    harmless = tuple(replace(node, name="name", facts=("fact",)) for node in NODES)
    assert structure(page) == structure(drawing_html(drawing("title", harmless)))


def test_tooltips_are_never_html(page: str) -> None:
    assert "innerHTML = nodeData" not in page
    assert "showPopup" not in page.split("vis.DataSet")[-1]


def test_the_graph_in_the_page_is_the_graph_given() -> None:
    page = drawing_html(drawing())
    drawn = re.findall(r"new vis\.DataSet\((\[.*?\])\);", page)
    nodes, edges = (json.loads(text) for text in drawn)
    assert [node["about"] for node in nodes] == [f"{shown_name(name)}\n{name}" for name in HOSTILE]
    assert [node["shape"] for node in nodes[:3]] == ["star", "dot", "diamond"]
    assert {(edge["from"], edge["to"]) for edge in edges} == {(edge.source, edge.target) for edge in EDGES}
    assert page.count("<h1>") == 1


def test_colours_sizes_and_lines_are_explained() -> None:
    page = drawing_html(drawing())
    assert "Kept back (dashed line): <bdi>listed, but kept back for testing" in page
    assert "Predicted (dotted line): <bdi>by A space &lt;b&gt;; not listed" in page
    assert "Known (full line)" not in page
    assert page.count('class="swatch"') == 3
    assert "Colour: <bdi>genre</bdi>" in page
    assert "Size: <bdi>known edges</bdi>" in page
    assert "<bdi>Nearfield, a catalogue, 2026-01-01</bdi>" in page


def test_lines_of_each_kind_are_drawn_differently() -> None:
    page = drawing_html(drawing())
    edges = json.loads(re.findall(r"new vis\.DataSet\((\[.*?\])\);", page)[1])
    lines = {(str(edge["dashes"]), edge["width"], edge["color"]) for edge in edges}
    assert len(lines) == 2
    assert {edge["about"] for edge in edges} == {"Kept back", "Predicted"}
    assert page.count("<tr>") == len(EDGES) + 1


def test_it_draws_offline(tmp_path: Path, chromium_path: str) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    file = tmp_path / "graph.html"
    file.write_text(drawing_html(drawing(HOSTILE[0])), encoding="utf-8")
    with playwright.sync_playwright() as session:
        browser = session.chromium.launch(executable_path=chromium_path, args=chromium.FLAGS)
        context = browser.new_context(offline=True)
        tab = context.new_page()
        requests: list[str] = []
        errors: list[str] = []
        tab.on("request", lambda request: requests.append(request.url))
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        tab.goto(file.as_uri())
        tab.wait_for_selector("#mynetwork canvas")
        assert tab.evaluate("nodes.length") == len(NODES)
        tab.wait_for_function("nodes.get('A2').title === nodes.get('A2').about")
        assert tab.title() != "stolen"
        assert tab.get_by_role("heading").inner_text() == HOSTILE[0]
        assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
        assert errors == []
        browser.close()
