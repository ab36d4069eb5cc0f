"""What stands before Streamlit's server: headers for every answer, and answers only by known names on open routes."""

import gzip
from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit.file_util import get_static_dir

from core.owner import is_local
from pages.components.linked_maps import plotly_path, plotly_script
from pages.serving import texts
from pages.serving.headers import answer_headers, content_policy, page_of
from pages.serving.hosts import Known, host_name, known_names, this_machine
from pages.serving.routes import is_closed, is_health
from pages.serving.uploads import BoundUploads

_POLICY_VIOLATION = 1008


def middleware() -> list[Middleware]:
    """What `st.App` puts before its routes, the outermost first."""
    return [
        Middleware(AddHeaders),
        Middleware(AnswerKnownNames),
        Middleware(CloseRoutes),
        Middleware(ServePlotly),
        Middleware(BoundUploads),
    ]


class AddHeaders:
    """Adds the headers to every answer over HTTP that has none of that name."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._headers = answer_headers(content_policy(page_of(Path(get_static_dir()))))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    answer.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class AnswerKnownNames:
    """Refuses a request by a name that is not the server's, over HTTP and by a websocket."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._is_known = names_of_server()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or is_health(scope["path"]) or self._is_ours(scope):
            await self.app(scope, receive, send)
        else:
            await refuse(scope, receive, send, 403, texts.NOT_THIS_NAME)

    def _is_ours(self, scope: Scope) -> bool:
        names = Headers(scope=scope).getlist("host")
        return len(names) == 1 and self._is_known(host_name(names[0]))


class CloseRoutes:
    """Answers Streamlit's own routes that no page needs as if they were not there."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and is_closed(scope["path"]):
            await refuse(scope, receive, send, 404, texts.NOT_HERE)
        else:
            await self.app(scope, receive, send)


class ServePlotly:
    """Answers where plotly.js is. A browser keeps it for a year: another plotly.js has another address."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and scope["path"].endswith(plotly_path()):
            await _plotly_for(Headers(scope=scope))(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _plotly_for(asked: Headers) -> Response:
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if "gzip" in asked.get("accept-encoding", ""):
        return Response(plotly_script(), media_type="text/javascript", headers=headers | {"Content-Encoding": "gzip"})
    return Response(gzip.decompress(plotly_script()), media_type="text/javascript", headers=headers)


def names_of_server() -> Known:
    """By which names this server may be asked, by its settings."""
    local = is_local(st.get_option("server.address"))
    return known_names(st.get_option("server.allowedHosts") or [], local, this_machine())


async def refuse(scope: Scope, receive: Receive, send: Send, status: int, why: str) -> None:
    """Answer with a sentence; a websocket is closed before it opens, which its browser sees as status 403."""
    if scope["type"] == "websocket":
        await WebSocketClose(code=_POLICY_VIOLATION)(scope, receive, send)
    else:
        await PlainTextResponse(why, status_code=status)(scope, receive, send)
