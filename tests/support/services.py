"""A web service on loopback that behaves as a test says, and a clock that needs no time."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

CONTACT = "tests@example.org"


@dataclass
class Reply:
    """What the service sends. `cut` is how many bytes of the body are missing at the end, though announced; `held` an
    event that it waits for before each byte after the first."""

    content: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    cut: int = 0
    held: threading.Event | None = None

    @property
    def bytes(self) -> bytes:
        return json.dumps(self.content).encode() if self.body is None else self.body


@dataclass(frozen=True)
class Asked:
    """A request that arrived."""

    path: str
    parameters: dict[str, str]
    headers: dict[str, str]


class Service(ThreadingHTTPServer):
    """Answers each request with what `answer` gives for its parameters; `first` replies come before that."""

    daemon_threads = True

    def __init__(self, answer: Callable[[dict[str, str]], Reply]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.first: list[Reply] = []
        self.asked: list[Asked] = []

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        parameters = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.server.asked.append(Asked(parts.path, parameters, dict(self.headers)))
        reply = self.server.first.pop(0) if self.server.first else self.server.answer(parameters)
        body = reply.bytes
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        sent = body[: len(body) - reply.cut]
        if reply.held is not None:
            self.wfile.write(sent[:1])
            self.wfile.flush()
            reply.held.wait(60)
            sent = sent[1:]
        self.wfile.write(sent)

    def log_message(self, *arguments: object) -> None:
        """Nothing is logged."""


@contextmanager
def serving(answer: Callable[[dict[str, str]], Reply]) -> Iterator[Service]:
    """A service that runs until the block ends."""
    service = Service(answer)
    thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        service.shutdown()
        service.server_close()
        thread.join()


class Clock:
    """A clock that only goes on while somebody sleeps by it; `slept` adds up the seconds."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds


def mbid(number: int) -> str:
    """A made-up MBID."""
    return f"{number:08x}-0000-4000-8000-000000000000"
