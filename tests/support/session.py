"""A visitor without a browser: speaks to a server as Streamlit's pages do, by its websocket and its upload endpoint."""

from __future__ import annotations

import http.client
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.cookies import SimpleCookie
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

PATIENCE_S = 120.0


@dataclass(frozen=True)
class Reply:
    """An answer over HTTP; `headers` by names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def fetch(
    address: str,
    path: str,
    method: str = "GET",
    body: bytes | Iterable[bytes] | None = None,
    headers: dict[str, str] | None = None,
) -> Reply:
    """One request to the server at `address`."""
    where = urlsplit(address)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=PATIENCE_S)
    try:
        connection.request(method, path, body, headers or {})
        got = connection.getresponse()
        return Reply(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())
    finally:
        connection.close()


class Session:
    """One visit, from the opening of a page on. What the page has said is in `messages`."""

    def __init__(self, address: str, page: str = "", headers: dict[str, str] | None = None, query: str = "") -> None:
        self.address = address
        self.page = page
        self.query = query
        cookies = SimpleCookie(fetch(address, "/_stcore/health").headers["set-cookie"])
        self.token = cookies["_streamlit_xsrf"].value
        self._open = ExitStack()
        opening = connect(
            f"{address.replace('http', 'ws', 1)}/_stcore/stream",
            subprotocols=[Subprotocol("streamlit"), Subprotocol(self.token.replace("|", "%7C"))],
            additional_headers={"Cookie": f"_streamlit_xsrf={self.token}", **(headers or {})},
            max_size=None,
            open_timeout=PATIENCE_S,
        )
        self._socket: ClientConnection = self._open.enter_context(opening)
        self.id = ""
        self.messages: list[ForwardMsg] = []
        self.run()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._open.close()

    def run(self, widgets: Iterable[Any] = ()) -> None:
        """Have the page run with these states of widgets, until its script has ended."""
        message = BackMsg()
        message.rerun_script.page_name = self.page
        message.rerun_script.query_string = self.query
        message.rerun_script.widget_states.widgets.extend(widgets)
        self._socket.send(message.SerializeToString())
        self.messages = []
        while True:
            data = self._socket.recv(timeout=PATIENCE_S)
            assert isinstance(data, bytes)
            self.messages.append(ForwardMsg.FromString(data))
            if self.messages[-1].WhichOneof("type") == "new_session":
                self.id = self.messages[-1].new_session.initialize.session_id
            if self.messages[-1].WhichOneof("type") == "script_finished":
                return

    def elements(self, kind: str) -> Iterator[Any]:
        """The elements of one kind that the last run has drawn."""
        for message in self.messages:
            if message.WhichOneof("type") == "delta" and message.delta.new_element.WhichOneof("type") == kind:
                yield getattr(message.delta.new_element, kind)

    def said(self) -> str:
        """All that the last run has sent, as text."""
        return "\n".join(map(str, self.messages))

    def upload(self, name: str, content: bytes, file: str = "", *, length: str = "", boundary: str = "") -> Reply:
        """Send a file to where the browser would send it. `length` and `boundary` take the place of the true ones."""
        edge = secrets.token_hex(8)
        safe = re.sub(r'[\r\n"]', "_", name)
        body = (
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{safe}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode() + content
        body += f"\r\n--{edge}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary or edge}",
            "X-Xsrftoken": self.token,
            "Cookie": f"_streamlit_xsrf={self.token}",
        }
        if length:
            headers["Content-Length"] = length
        return fetch(
            self.address, f"/_stcore/upload_file/{self.id}/{file or secrets.token_hex(8)}", "PUT", body, headers
        )
