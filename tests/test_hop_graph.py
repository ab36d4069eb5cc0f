"""The hop graph component: what the browser is sent, what comes back, and both together in a browser."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from streamlit.testing.v1 import AppTest

from pages.neighbourhood.hop_graph import HopEvent, event_from_payload, graph_data

ROOT = Path(__file__).resolve().parent.parent
HOSTILE = "<img src=x onerror=\"document.title='stolen'\">" + "x" * 300
APP = f"""
import streamlit as st
from pages.neighbourhood.hop_graph import hop_graph

if "names" not in st.session_state:
    st.session_state.names = ["Centre", {HOSTILE!r}, "\\u05e9\\u05dc\\u05d5\\u05dd"]
    st.session_state.log = []
names = st.session_state.names
nodes = [{{"id": f"A{{i}}", "label": name, "hop": min(i, 1)}} for i, name in enumerate(names)]
edges = [{{"from": "A0", "to": node["id"], "kind": "similar"}} for node in nodes[1:]]
def take(event):
    st.session_state.log.append(f"{{event.kind}} {{event.artist_id}}")
    names.append(f"Newcomer {{len(names)}}")

hop_graph(nodes, edges, take, key="graph", height=400)
st.button("Again")
st.text("log: " + ", ".join(st.session_state.log))
"""


def test_an_event_is_understood() -> None:
    payload = {"kind": "recentre", "artist_id": "A1", "nonce": 7}
    assert event_from_payload(payload, {"A1"}) == HopEvent("recentre", "A1", 7)


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


def test_nodes_go_from_the_centre_outwards_and_are_told_apart_without_colour() -> None:
    nodes = [
        {"id": "c", "label": "C", "hop": 2, "group": "rock"},
        {"id": "b", "label": "B", "hop": 1, "group": "jazz"},
        {"id": "a", "label": "A", "hop": 0},
    ]
    edges = [
        {"from": "a", "to": "b", "kind": "similar"},
        {"from": "b", "to": "c", "kind": "predicted"},
    ]
    data = graph_data(nodes, edges)
    assert [node["id"] for node in data["nodes"]] == ["a", "b", "c"]
    assert len({node["shape"] for node in data["nodes"]}) == 3
    assert data["nodes"][1]["spoken"] == "B: one step away, 2 links shown, jazz"
    assert [edge["dashes"] for edge in data["edges"]] == [False, [8, 5]]
    assert [kind["name"] for kind in data["legend"]["kinds"]] == ["similar", "predicted"]
    assert json.loads(json.dumps(data)) == data


def test_a_page_feeds_the_component() -> None:
    app = AppTest.from_string(APP, default_timeout=30).run()
    assert not app.exception
    graph, library = app.get("bidi_component")
    sent = json.loads(graph.proto.mixed.json or graph.proto.json)
    assert [node["id"] for node in sent["nodes"]] == ["A0", "A1", "A2"]
    assert len(sent["nodes"][1]["label"]) == 28
    assert library.proto.WhichOneof("data") is None
    assert "vis-network" in library.proto.js_content


@pytest.fixture
def app_url(tmp_path: Path) -> Generator[str, None, None]:
    script = tmp_path / "app.py"
    script.write_text(APP, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {
        "server.headless": "true",
        "server.port": str(port),
        "server.address": "127.0.0.1",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += [f"--{name}={value}" for name, value in options.items()]
    server = subprocess.Popen(command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)})
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(url: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise TimeoutError(f"{url} did not answer within {seconds} s")


@pytest.mark.slow
def test_clicks_and_keys_reach_python(app_url: str, chromium_path: str) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    received: list[int] = []
    outside: list[str] = []
    errors: list[str] = []
    with playwright.sync_playwright() as session:
        browser = session.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
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

        assert sum(received) < 150_000
        assert [url for url in outside if not url.startswith((app_url, "blob:", "data:"))] == []
        assert tab.title() != "stolen"
        assert errors == []
        browser.close()
