"""A proxy before several replicas: a visitor is sent to the same one by a cookie, and to another where that is gone."""

from __future__ import annotations

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

COOKIE = "test_replica"
_COOKIES = re.compile(rb"\r\ncookie: ([^\r]*)", re.IGNORECASE)


class StickyProxy:
    """It speaks to `replicas`, which are addresses; `connections` counts those to each."""

    def __init__(self, replicas: Sequence[str]) -> None:
        self.connections: Counter[int] = Counter()
        self.address = ""
        self._ports = [urlsplit(replica).port for replica in replicas]

    async def serve(self, began: threading.Event, end: asyncio.Event) -> None:
        """Pass on what comes until `end`."""
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.address = f"http://localhost:{server.sockets[0].getsockname()[1]}"
        began.set()
        await end.wait()
        server.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, which stays with one replica; its first answer says which."""
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            number, from_replica, to_replica = await self._connect(_wanted(head))
            request, _, rest = head.partition(b"\r\n")
            to_replica.write(request + b"\r\nX-Forwarded-For: 203.0.113.9\r\n" + rest)
            status, _, rest = (await from_replica.readuntil(b"\r\n\r\n")).partition(b"\r\n")
            writer.write(status + f"\r\nSet-Cookie: {COOKIE}={number}; Path=/\r\n".encode() + rest)
            await asyncio.gather(_pipe(reader, to_replica), _pipe(from_replica, writer))
        writer.close()

    async def _connect(self, wanted: int) -> tuple[int, asyncio.StreamReader, asyncio.StreamWriter]:
        for number in sorted(range(len(self._ports)), key=lambda number: number != wanted):
            with suppress(ConnectionError):
                reader, writer = await asyncio.open_connection("localhost", self._ports[number])
                self.connections[number] += 1
                return number, reader, writer
        raise ConnectionError("no replica is left")


@contextmanager
def sticky_proxy(replicas: Sequence[str]) -> Iterator[StickyProxy]:
    """A proxy that serves on a thread of its own."""
    proxy, began, end = StickyProxy(replicas), threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(proxy.serve(began, end)))
    thread.start()
    try:
        began.wait()
        yield proxy
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.close()


def _wanted(head: bytes) -> int:
    found = _COOKIES.search(head)
    cookies = SimpleCookie(found[1].decode("latin-1") if found else "")
    return int(cookies[COOKIE].value) if COOKIE in cookies else 0


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    writer.close()
