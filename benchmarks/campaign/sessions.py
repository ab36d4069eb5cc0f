"""A visitor without a browser: Streamlit's websocket, over which pages are asked for and read to their end."""

import time
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

_LARGEST = 64 << 20
_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Answer:
    """How long a page took, and what went wrong on it, "" if nothing did."""

    seconds: float
    fault: str


class Session:
    """One visitor's connection; `async with` opens and closes it."""

    def __init__(self, address: str, cookie: str = "") -> None:
        self._address = address.replace("http://", "ws://") + "/_stcore/stream"
        self._headers = {"Cookie": f"nearfield_shelf={cookie}"} if cookie else {}
        self._socket: ClientConnection | None = None

    async def __aenter__(self) -> "Session":
        self._socket = await connect(
            self._address,
            subprotocols=["streamlit"],  # type: ignore[list-item]
            additional_headers=self._headers,
            max_size=_LARGEST,
            open_timeout=_PATIENCE_SECONDS,
            ping_interval=None,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket:
            await self._socket.close()

    async def ask(self, page: str, **query: str) -> Answer:
        """Open a page, by the path in its address, and wait until its script has ended."""
        assert self._socket
        message = BackMsg()
        message.rerun_script.query_string = urlencode(query)
        message.rerun_script.page_name = page
        begun = time.monotonic()
        await self._socket.send(message.SerializeToString())
        fault = ""
        while True:
            told = ForwardMsg.FromString(bytes(await self._socket.recv(decode=False)))
            if told.WhichOneof("type") == "delta":
                fault = fault or _fault_in(told)
            elif told.WhichOneof("type") == "page_not_found":
                fault = "there is no such page"
            elif told.WhichOneof("type") == "script_finished":
                if told.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    fault = fault or "the script cannot be compiled"
                return Answer(time.monotonic() - begun, fault)


def _fault_in(told: ForwardMsg) -> str:
    element = told.delta.new_element
    return str(element.exception.message)[:500] if element.WhichOneof("type") == "exception" else ""
