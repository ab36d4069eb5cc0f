"""The hop graph component: what the browser is sent, what comes back, and both together in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.components.hop_graph import HopEvent, event_from_payload
from tests.support import chromium
from tests.support.server import ROOT, running_script

HOSTILE = "<img src=x onerror=\"document.title='stolen'\">" + "x" * 300
APP = f"""
import streamlit as st
from core.graph.drawing import Drawing, DrawnEdge, DrawnNode, legend_of
from pages.components.hop_graph import hop_graph

if "names" not in st.session_state:
    st.session_state.names = ["Centre", {HOSTILE!r}, "\\u05e9\\u05dc\\u05d5\\u05dd \\ufffe ]]>"]
    st.session_state.log = []
names = st.session_state.names
nodes = [
    DrawnNode(f"A{{i}}", name, min(i, 1), ("a fact",), "", "#0072B2", 22 if i == 0 else 15, audible=i == 1)
    for i, name in enumerate(names)
]
kinds = ["known", "held out", "predicted"]
edges = [DrawnEdge("A0", node.id, kinds[place % 3], kinds[place % 3]) for place, node in enumerate(nodes[1:])]
legend = legend_of(nodes, edges, {{}}, colour="nothing", size="<i>size</i>")
drawing = Drawing("<b>Names</b>", tuple(nodes), tuple(edges), legend, "From & a test <script>")
def take(event):
    st.session_state.log.append(f"{{event.kind}} {{event.artist_id}}")
    if event.kind not in ("play", "keep", "why"):
        names.append(f"Newcomer {{len(names)}}")

hop_graph(drawing, take, key="graph", height=400, file="../a b")
st.button("Again")
st.text("log: " + ", ".join(st.session_state.log))
"""


def test_an_event_is_understood() -> None:
    for kind in ("expand", "recentre", "play", "keep", "why", "avoid"):
        payload = {"kind": kind, "artist_id": "A1", "nonce": 7}
        assert event_from_payload(payload, {"A1"}) == HopEvent(kind, "A1", 7)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        "A1",
        {},
        {"kind": "expand", "artist_id": "A1"},
        {"kind": "delete", "artist_id": "A1", "nonce": 1},
        {"kind": "expand", "artist_id": ["A1"], "nonce": 1},
        {"kind": "expand", "artist_id": "stranger", "nonce": 1},
    ],
)
def test_anything_else_is_no_event(payload: object) -> None:
    assert event_from_payload(payload, {"A1"}) is None


def test_a_page_feeds_the_component() -> None:
    app = AppTest.from_string(APP, default_timeout=120).run()
    assert not app.exception
    graph, library = app.get("bidi_component")
    sent = json.loads(graph.proto.mixed.json or graph.proto.json)
    assert [node["id"] for node in sent["nodes"]] == ["A0", "A1", "A2"]
    assert len(sent["nodes"][1]["label"]) == 28
    assert library.proto.WhichOneof("data") is None
    assert "vis-network" in library.proto.js_content


@pytest.fixture(scope="module")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What it keeps, it keeps for each visitor's session."""
    script = tmp_path_factory.mktemp("hop") / "app.py"
    script.write_text(APP, encoding="utf-8")
    with running_script(script, {"PYTHONPATH": str(ROOT)}) as (address, _):
        yield address


@pytest.mark.slow
def test_clicks_and_keys_reach_python(app_url: str, chromium_path: str) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    received: list[int] = []
    outside: list[str] = []
    errors: list[str] = []
    with playwright.sync_playwright() as session:
        browser = session.chromium.launch(executable_path=chromium_path, args=chromium.FLAGS)
        tab = browser.new_page(viewport={"width": 1000, "height": 800})
        tab.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))),
        )
        tab.on("request", lambda request: outside.append(request.url))
        tab.on("pageerror", lambda error: errors.append(str(error)))
        canvas, log = tab.locator(".hop-canvas"), tab.get_by_text("log: ")

        def artists_drawn(count: int) -> None:
            tab.wait_for_selector(f".hop-canvas[data-settled='{count}']", timeout=60_000)

        def positions() -> dict[str, dict[str, float]]:
            return canvas.evaluate("box => box.hopGraph.network.getPositions()")

        def place(artist_id: str) -> dict[str, float]:
            return canvas.evaluate(
                "(box, id) => box.hopGraph.network.canvasToDOM(box.hopGraph.network.getPosition(id))",
                artist_id,
            )

        tab.goto(app_url)
        artists_drawn(3)
        assert max(received) > 400_000
        received.clear()
        before = positions()

        canvas.click(position=place("A1"))
        artists_drawn(4)
        playwright.expect(log).to_have_text("log: expand A1")
        assert {name: positions()[name] for name in before} == before

        canvas.click(position=place("A1"))
        artists_drawn(5)
        canvas.dblclick(position=place("A2"))
        artists_drawn(6)
        playwright.expect(log).to_have_text("log: expand A1, expand A1, recentre A2")

        tab.get_by_role("listbox").focus()
        tab.keyboard.press("Home")
        tab.keyboard.press("ArrowDown")
        chosen = tab.locator("[role=option][aria-selected=true]")
        assert chosen.inner_text().startswith("<img src=x")
        assert tab.get_by_role("status").filter(has_text="<img src=x").count() == 1
        tab.keyboard.press("Shift+Enter")
        artists_drawn(7)
        playwright.expect(log).to_have_text("log: expand A1, expand A1, recentre A2, recentre A1")

        tab.get_by_role("listbox").focus()
        for key, said in (("p", "play A1"), ("k", "keep A1"), ("w", "why A1")):
            tab.keyboard.press(key)
            playwright.expect(log).to_have_text(re.compile(f", {said}$"))
        tab.keyboard.press("Home")
        for key in ("p", "w", "x"):
            tab.keyboard.press(key)
        tab.get_by_role("button", name="Keep").click()
        playwright.expect(log).to_have_text(re.compile("why A1, keep A0$"))

        assert sum(received) < 150_000
        assert [url for url in outside if not url.startswith((app_url, "blob:", "data:"))] == []
        assert tab.title() != "stolen"
        assert errors == []
        browser.close()


@pytest.mark.slow
def test_whom_nobody_lists_is_named_before_known_neighbours(chromium_path: str) -> None:
    """Then come artists two hops away, then neighbours; where all stand in one heap, only the first have room."""
    playwright = pytest.importorskip("playwright.sync_api")
    labels = (ROOT / "pages/components/hop_graph/labels.js").read_text(encoding="utf-8")
    place_in_order = f"""(nodes) => {{
        {labels}
        const places = nodes.map(({{ x, ...node }}) => ({{ ...labelOf(node), x, y: 0, radius: 5 }}));
        return placeLabels(places, () => 40).map(({{ id }}) => id);
    }}"""

    def node(name: str, hop: int, place: int, predicted: bool = False) -> dict[str, object]:
        return {"id": name, "label": name, "hop": hop, "x": place, "size": 15, "predicted": predicted}

    few = [node("far", 3, 0), node("near", 1, 200), node("two", 2, 400), node("new", 2, 600, True), node("it", 0, 800)]
    heap = [node(f"near {place}", 1, place) for place in range(80)] + [node("new", 2, 40, True)]
    with playwright.sync_playwright() as session:
        browser = session.chromium.launch(executable_path=chromium_path, args=chromium.FLAGS)
        page = browser.new_page()
        assert page.evaluate(place_in_order, few) == ["it", "new", "two", "near", "far"]
        named = page.evaluate(place_in_order, heap)
        browser.close()
    assert named[0] == "new"
    assert len(named) < 20


@pytest.mark.slow
def test_pictures_can_be_saved(app_url: str, chromium_path: str, tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    image = pytest.importorskip("PIL.Image")
    with playwright.sync_playwright() as session:
        browser = session.chromium.launch(executable_path=chromium_path, args=chromium.FLAGS)
        tab = browser.new_page(viewport={"width": 1000, "height": 800}, accept_downloads=True)
        errors: list[str] = []
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.goto(app_url)
        tab.wait_for_selector(".hop-canvas[data-settled='3']", timeout=60_000)
        saved = {}
        for kind in ("svg", "png"):
            with tab.expect_download() as download:
                tab.get_by_role("button", name=f"Save as {kind.upper()}").click()
            assert download.value.suggested_filename == f"a-b.{kind}"
            saved[kind] = tmp_path / f"graph.{kind}"
            download.value.save_as(saved[kind])
            playwright.expect(tab.get_by_role("status").filter(has_text=f"Saved as a-b.{kind}.")).to_have_count(1)
        places = tab.locator(".hop-canvas").evaluate("box => box.hopGraph.network.getPositions()")
        file = browser.new_page()
        file.goto(saved["svg"].as_uri())
        assert file.title() != "stolen"
        assert errors == []
        browser.close()

    root = ElementTree.parse(saved["svg"]).getroot()
    tags = {part.tag.rpartition("}")[2] for part in root.iter()}
    assert tags == {"svg", "title", "desc", "rect", "text", "path", "circle", "polygon", "g"}
    attributes = {name for part in root.iter() for name in part.attrib}
    assert not [name for name in attributes if name.startswith("on") or "href" in name]
    said = [part.text or "" for part in root.iter()]
    for name in ("Centre", HOSTILE, "שלום", "From & a test <script>", "<b>Names</b>", "Size: <i>size</i>"):
        assert any(name in text for text in said), name
    assert any("Kept back" in text for text in said)
    stars = [part for part in root.iter() if part.tag.endswith("polygon")]
    dots = [part for part in root.iter() if part.tag.endswith("circle") and part.find("{*}title") is not None]
    assert len(stars) == 2
    assert len(dots) == 2
    drawn = float(dots[1].get("cx")) - float(dots[0].get("cx"))
    stands = places["A2"]["x"] - places["A1"]["x"]
    assert np.sign(drawn) == np.sign(stands)

    with image.open(saved["png"]) as picture:
        picture.load()
        width, height = (2 * float(root.get(side)) for side in ("width", "height"))
        assert picture.size == (pytest.approx(width, abs=1), pytest.approx(height, abs=1))
        assert len(picture.convert("RGB").getcolors(1 << 20)) > 20
