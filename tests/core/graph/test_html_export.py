"""The exported artist graph: one file, no request to anywhere, and names that stay text."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from core.errors import NearfieldError
from core.graph.hop_display import group_colours
from core.graph.html_export import hop_graph_html
from core.graph.looks import Legend
from core.text import plain_text, short_label

HOSTILE = [
    "</script><script>document.title='stolen'</script>",
    "<img src=x onerror=\"document.title='stolen'\">",
    "<a href=\"javascript:document.title='stolen'\">href</a>",
    "\"quoted\" 'name' & co \\ {{7*7}} {% raw %}",
    "שלום \u202eevil\u202c العربية",
    "👩‍🎤🏳️‍🌈 band",
    "long " * 60,
    "</title><!-- drawGraph();\n</head><body>",
    "//# sourceMappingURL=here",
]
NODES = [
    {"id": f"A{place}", "label": name, "hop": min(place, 2), "group": f"genre {place % 3}", "title": name}
    for place, name in enumerate(HOSTILE)
]
EDGES = [
    {"from": "A0", "to": f"A{place}", "kind": ("held out", "predicted")[place % 2]} for place in range(1, len(HOSTILE))
]

LEGEND = Legend(
    colour="genre",
    groups={f"genre {place}": "#0072B2" for place in range(4)},
    size="known edges",
    predicted_by="A space <b>",
    source="Nearfield, a catalogue, 2026-01-01",
)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.fixture(scope="module", params=HOSTILE, ids=range(len(HOSTILE)))
def page(request: pytest.FixtureRequest) -> str:
    return hop_graph_html(NODES, EDGES, title=request.param)


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

    harmless = [node | {"label": "name", "title": "name"} for node in NODES]
    assert structure(page) == structure(hop_graph_html(harmless, EDGES, title="title"))


def test_tooltips_are_never_html(page: str) -> None:
    assert "innerHTML = nodeData" not in page
    assert "showPopup" not in page.split("vis.DataSet")[-1]


def test_the_graph_in_the_page_is_the_graph_given() -> None:
    page = hop_graph_html(NODES, EDGES, title="Graph")
    drawn = re.findall(r"new vis\.DataSet\((\[.*?\])\);", page)
    nodes, edges = (json.loads(text) for text in drawn)
    assert [node["about"] for node in nodes] == HOSTILE
    assert [node["shape"] for node in nodes[:3]] == ["star", "dot", "diamond"]
    assert {(edge["from"], edge["to"]) for edge in edges} == {(edge["from"], edge["to"]) for edge in EDGES}
    assert page.count("<h1>") == 1


def test_colours_sizes_and_lines_are_explained() -> None:
    page = hop_graph_html(NODES, EDGES, "Graph", LEGEND)
    assert "Held out (dashed line): <bdi>listed, but no model was trained on it" in page
    assert "Predicted (dotted line): <bdi>by A space &lt;b&gt;; not listed" in page
    assert "Known (full line)" not in page
    assert page.count('class="swatch"') == 3
    assert "Colour: <bdi>genre</bdi>" in page
    assert "Size: <bdi>known edges</bdi>" in page
    assert "<bdi>Nearfield, a catalogue, 2026-01-01</bdi>" in page


def test_lines_of_each_kind_are_drawn_differently() -> None:
    page = hop_graph_html(NODES, EDGES, title="Graph")
    edges = json.loads(re.findall(r"new vis\.DataSet\((\[.*?\])\);", page)[1])
    looks = {(str(edge["dashes"]), edge["width"], edge["color"]) for edge in edges}
    assert len(looks) == 2
    assert {edge["about"] for edge in edges} == {"Held out", "Predicted"}
    assert page.count("<tr>") == len(EDGES) + 1


def test_an_edge_needs_both_its_artists() -> None:
    with pytest.raises(NearfieldError, match="not in the graph"):
        hop_graph_html(NODES[:1], [{"from": "A0", "to": "missing", "kind": "similar"}], title="Graph")


@pytest.mark.parametrize("name", HOSTILE)
def test_labels_are_short_single_lines(name: str) -> None:
    label = short_label(name)
    assert 0 < len(label) <= 28
    assert "\u202e" not in label
    assert "\n" not in plain_text(name)


def test_a_label_is_not_cut_inside_a_letter() -> None:
    accented = "a" * 26 + "e\u0301\u0301 tail"
    assert short_label(accented) == "a" * 26 + "…"
    assert short_label("x" * 28) == "x" * 28


def test_groups_have_distinct_colours() -> None:
    colours = group_colours(["rock", "jazz", "rock", "folk"])
    assert list(colours) == ["folk", "jazz", "rock"]
    assert len(set(colours.values())) == 3


def test_it_draws_offline(tmp_path: Path, chromium_path: str) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    file = tmp_path / "graph.html"
    file.write_text(hop_graph_html(NODES, EDGES, title=HOSTILE[0]), encoding="utf-8")
    with playwright.sync_playwright() as session:
        browser = session.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
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
