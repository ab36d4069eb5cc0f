"""Bounds on what visitors upload, held by the server: a page's own limits are only said to the browser."""

import re
from functools import cache
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.owner import address_of, is_local
from pages.serving.bounds import Account, Arriving, Refused, most_held
from pages.serving.offers import OFFERS
from pages.serving.store import StreamlitStore

_ROUTE = re.compile(r"/_stcore/upload_file/([^/]+)/([^/]+)$")
_NAME = re.compile(rb'filename="((?:[^"\\\r\n]|\\.)*)"', re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"
_LONGEST_HEAD = 16 * 1024


class BoundUploads:
    """Lets an upload through as long as it stays within the account, and keeps for the page why another was refused."""

    def __init__(self, app: ASGIApp, account: Account | None = None) -> None:
        self.app = app
        self._account = account or account_of_server()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = _ROUTE.search(scope["path"]) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if route is None:
            await self.app(scope, receive, send)
            return
        session, file = route.groups()
        try:
            arriving = self._account.begin(session, file, _address(scope), _length(scope))
        except Refused as refused:
            self._account.offers.note_refusal(session, refused.why)
            await PlainTextResponse(refused.why, refused.status)(scope, receive, send)
            return
        try:
            await self.app(scope, _Counted(self._account, arriving, receive), send)
        finally:
            self._account.end(arriving)


class _Counted:
    """Receives an upload, and breaks it off where it exceeds what it may be."""

    def __init__(self, account: Account, arriving: Arriving, receive: Receive) -> None:
        self._account = account
        self._arriving = arriving
        self._receive = receive
        self._n_bytes = 0
        self._head: bytes | None = b""

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            body = message.get("body", b"")
            self._n_bytes += len(body)
            try:
                self._account.grow(self._arriving, self._n_bytes)
                self._read_name(body, not message.get("more_body", False))
            except Refused as refused:
                self._account.offers.note_refusal(self._arriving.session, refused.why)
                # Starlette answers with it, as it does to Streamlit's own refusals.
                raise HTTPException(refused.status, refused.why, {"Connection": "close"}) from None
        return message

    def _read_name(self, body: bytes, is_end: bool) -> None:
        """Check the file's name as soon as the head before its content is there."""
        if self._head is None:
            return
        self._head += body[:_LONGEST_HEAD]
        head, end, _ = self._head.partition(_HEAD_END)
        if end or is_end or len(head) >= _LONGEST_HEAD:
            found = _NAME.search(head) if end else None
            self._account.check_name(self._arriving, _decoded(found.group(1)) if found else None)
            self._head = None


@cache
def account_of_server() -> Account:
    """The one account of this process."""
    return Account(OFFERS, StreamlitStore(), most_held())


def _address(scope: Scope) -> str | None:
    """Where the request comes from, as far as can be told."""
    peer = (scope.get("client") or ("",))[0]
    forwarded = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
    return address_of(None if is_local(peer) else peer, forwarded)


def _length(scope: Scope) -> int:
    """The length that the request says it has; 0 where it says none, so that it counts as it arrives."""
    said = Headers(scope=scope).get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else 0


def _decoded(name: bytes) -> str:
    return unquote(name.decode("utf-8", "replace").replace('\\"', '"'))
