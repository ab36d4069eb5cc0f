"""One request to an ASGI application, without a server and without a network."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What the application answered; `headers` by names in lower case. Status 0: it never began to."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def ask(
    app: Any,
    path: str,
    method: str = "GET",
    headers: Iterable[tuple[str, str]] = (("host", "localhost"),),
    chunks: Iterable[bytes] = (b"",),
    kind: str = "http",
    client: str = "127.0.0.1",
) -> Answer:
    """Ask by HTTP, with a body in `chunks`, or for a websocket. After the last chunk the client is gone."""
    return asyncio.run(asked(app, path, method, headers, chunks, kind, client))


async def asked(
    app: Any,
    path: str,
    method: str = "GET",
    headers: Iterable[tuple[str, str]] = (("host", "localhost"),),
    chunks: Iterable[bytes] = (b"",),
    kind: str = "http",
    client: str = "127.0.0.1",
) -> Answer:
    """The same, within a running loop."""
    scope = {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http" if kind == "http" else "ws",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        "client": (client, 40000),
        "server": ("localhost", 8501),
        "subprotocols": [],
        "state": {},
    }
    rest = list(chunks)
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        if kind == "websocket":
            return {"type": "websocket.connect"}
        if not rest:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": rest.pop(0), "more_body": bool(rest)}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return _answer(sent)


def _answer(sent: list[Any]) -> Answer:
    if any(message["type"] == "websocket.close" for message in sent):
        return Answer(403)
    if any(message["type"] == "websocket.accept" for message in sent):
        return Answer(101)
    start = next((message for message in sent if message["type"] == "http.response.start"), None)
    if start is None:
        return Answer()
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
    body = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    return Answer(start["status"], headers, body)
