"""What stands before Streamlit's server: the names it answers to, its open routes, its headers."""

import gzip
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute

from pages.components.linked_maps import plotly_path, plotly_script
from pages.components.linked_maps.library import plotly_address
from pages.serving.door import middleware
from pages.serving.headers import content_policy, hashes_of_scripts
from pages.serving.hosts import host_name, known_names, names_of_machine
from pages.serving.routes import is_closed
from tests.support.asgi import Answer, ask


@pytest.fixture(scope="module")
def app() -> Starlette:
    """An application that answers everything, behind the door."""

    def said(_: Any) -> PlainTextResponse:
        return PlainTextResponse("here")

    async def talk(socket: Any) -> None:
        await socket.accept()

    routes = [Route("/{path:path}", said), WebSocketRoute("/{path:path}", talk)]
    return Starlette(routes=routes, middleware=middleware())


def by(app: Starlette, host: str, path: str = "/", kind: str = "http") -> Answer:
    return ask(app, path, headers=[("host", host)], kind=kind)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("localhost:8501", "localhost"),
        ("Nearfield.Example.", "nearfield.example"),
        ("[::1]:8501", "::1"),
        ("127.0.0.1", "127.0.0.1"),
        ("", ""),
        ("localhost:port", ""),
        ("localhost:99999", ""),
        ("user@localhost", ""),
        ("@localhost", ""),
        ("localhost/path", ""),
        ("localhost?a", ""),
        ("localhost#a", ""),
        ("[::1", ""),
        ("http://localhost", ""),
    ],
)
def test_a_host_header_is_a_name_and_a_port(header: str, name: str) -> None:
    assert host_name(header) == name


class TestNames:
    def test_a_server_of_one_machine_answers_to_names_of_that_machine_alone(self) -> None:
        known = known_names([], True, "box")
        assert all(map(known, ["localhost", "127.0.0.1", "127.8.9.1", "::1"]))
        assert not any(map(known, ["evil.example", "localhost.evil.example", "192.168.1.5", "box", ""]))

    def test_a_server_that_others_reach_also_answers_to_addresses_and_its_machine(self) -> None:
        known = known_names([], False, "Box.lan")
        assert all(map(known, ["localhost", "192.168.1.5", "2001:db8::1", "box", "box.lan", "box.local"]))
        assert not any(map(known, ["evil.example", "box.evil.example", ""]))

    @pytest.mark.parametrize("is_local", [True, False])
    def test_names_that_are_set_are_all(self, is_local: bool) -> None:
        known = known_names(["Nearfield.example", "*.music.example", " "], is_local, "box")
        assert all(map(known, ["nearfield.example", "a.music.example", "a.b.music.example"]))
        assert not any(map(known, ["localhost", "127.0.0.1", "music.example", "xmusic.example", "box"]))

    def test_a_star_is_every_name(self) -> None:
        assert known_names(["*"], True, "")("evil.example")

    def test_a_machine_without_a_name_has_none(self) -> None:
        assert names_of_machine("") == set()


class TestDoor:
    @pytest.mark.parametrize("kind", ["http", "websocket"])
    def test_it_opens_to_its_own_name(self, app: Starlette, kind: str) -> None:
        assert by(app, "localhost:8501", kind=kind).status in (200, 101)

    @pytest.mark.parametrize("kind", ["http", "websocket"])
    @pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example:8501", "", "user@localhost"])
    def test_it_stays_shut_for_another(self, app: Starlette, host: str, kind: str) -> None:
        refused = by(app, host, kind=kind)
        assert refused.status == 403
        assert host not in refused.body.decode() or not host

    def test_it_stays_shut_without_a_name_and_for_two(self, app: Starlette) -> None:
        assert ask(app, "/", headers=[]).status == 403
        assert ask(app, "/", headers=[("host", "localhost"), ("host", "localhost")]).status == 403

    def test_who_watches_over_the_server_may_ask_by_any_name(self, app: Starlette) -> None:
        assert by(app, "10.0.0.1:8501", "/_stcore/health").status == 200
        assert by(app, "10.0.0.1:8501", "/_stcore/health/..").status == 403

    @pytest.mark.parametrize("host", ["localhost", "evil.example"])
    def test_every_answer_has_the_headers(self, app: Starlette, host: str) -> None:
        headers = by(app, host).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'self'" in policy
        assert "default-src 'none'" in policy


@pytest.mark.parametrize("base", ["", "/music"])
def test_only_routes_that_pages_need_are_open(base: str) -> None:
    needed = ["health", "host-config", "stream", "upload_file/session/file", "bidi-components/a/b.js"]
    assert not any(is_closed(f"{base}/_stcore/{route}") for route in needed)
    assert not any(is_closed(f"{base}/{page}") for page in ["", "map", "static/js/index.js", "media/a.wav"])
    others = ["metrics", "metrics/", "/metrics", "script-health-check", "agent/interact", "agent/mcp", "", "healthy"]
    assert all(is_closed(f"{base}/_stcore/{route}") for route in others)


def test_a_closed_route_is_not_there(app: Starlette) -> None:
    assert by(app, "localhost", "/_stcore/metrics").status == 404
    assert by(app, "localhost", "/_stcore/metrics", kind="websocket").status == 403


def test_only_the_scripts_of_the_page_itself_may_be_inline() -> None:
    # The digest is that of `printf 'a = 1' | openssl dgst -sha256 -binary | base64`.
    page = "<script>a = 1</script><script type='module' src='./b.js'></script>"
    (source,) = hashes_of_scripts(page)
    assert source == "'sha256-tbwf/ZCRL7GL7259gJCRksemSSiWMgFW1n+68QTGVEo='"
    policy = dict(directive.split(" ", 1) for directive in content_policy(page).split("; "))
    assert source in policy["script-src"]
    assert "unsafe-inline" not in policy["script-src"]
    assert policy["base-uri"] == "'none'"
    assert all("http" not in allowed and "*" not in allowed for allowed in policy.values())


class TestPlotly:
    def test_a_browser_gets_it_compressed_and_keeps_it(self, app: Starlette) -> None:
        answer = ask(app, f"/base{plotly_path()}", headers=[("host", "localhost"), ("accept-encoding", "gzip, br")])
        assert (answer.status, answer.headers["content-encoding"]) == (200, "gzip")
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "immutable" in answer.headers["cache-control"]
        assert b"plotly.js" in gzip.decompress(answer.body)[:500]

    def test_who_reads_no_gzip_gets_it_as_it_is(self, app: Starlette) -> None:
        answer = by(app, "localhost", plotly_path())
        assert "content-encoding" not in answer.headers
        assert answer.body == gzip.decompress(plotly_script())

    def test_only_this_one_is_there(self, app: Starlette) -> None:
        assert by(app, "localhost", plotly_path().replace("plotly-", "plotly-0")).body == b"here"
        assert ask(app, plotly_path(), method="POST").status == 405

    def test_its_address_is_below_the_path_of_the_app(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert plotly_address() == plotly_path()
        monkeypatch.setattr("streamlit.get_option", lambda name: "/music/" if name == "server.baseUrlPath" else None)
        assert plotly_address() == f"/music{plotly_path()}"
