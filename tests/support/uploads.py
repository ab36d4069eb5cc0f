"""Streamlit's own upload endpoint behind the server's bounds, without a server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string
from streamlit.web.server.starlette.starlette_routes import create_upload_routes

from pages.serving.bounds import Account
from pages.serving.offers import Offers
from pages.serving.uploads import BoundUploads
from tests.support.asgi import Answer, ask

BOUNDARY = "nearfield-boundary"
_TOKEN = generate_xsrf_token_string(None, None)


@dataclass
class Sessions:
    """Sessions that are here, with Streamlit's own memory of their files."""

    here: set[str] = field(default_factory=set)
    files: MemoryUploadedFileManager = field(default_factory=lambda: MemoryUploadedFileManager("/_stcore/upload_file"))
    ended: list[str] = field(default_factory=list)

    def held(self) -> Mapping[str, Mapping[str, int]]:
        tables = self.files.file_storage.items()
        return {session: {file: len(kept.data) for file, kept in files.items()} for session, files in tables}

    def drop(self, session: str, file: str) -> None:
        self.files.remove_file(session, file)

    def is_here(self, session: str) -> bool:
        return session in self.here

    def end(self, session: str) -> None:
        self.ended.append(session)
        self.files.remove_session_files(session)

    def is_active_session(self, session: str) -> bool:
        """What the endpoint asks of Streamlit's runtime."""
        return session in self.here

    def n_bytes(self) -> int:
        """Bytes of all files."""
        return sum(sum(files.values()) for files in self.held().values())


def bounded_endpoint(most: int, *here: str) -> tuple[Starlette, Account, Sessions]:
    """The endpoint, its account, and the sessions that are `here`."""
    sessions = Sessions(set(here))
    account = Account(Offers(), sessions, most)
    runtime: Any = sessions
    routes = create_upload_routes(runtime, sessions.files, "")
    return Starlette(routes=routes, middleware=[Middleware(BoundUploads, account=account)]), account, sessions


def multipart(name: str, content: bytes) -> bytes:
    """A body as a browser sends it."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    return head.encode() + b"Content-Type: text/plain\r\n\r\n" + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def put(
    app: Any,
    session: str,
    file: str,
    body: bytes,
    *,
    says_length: bool = True,
    chunk: int = 65_536,
    client: str = "127.0.0.1",
    others: Iterable[tuple[str, str]] = (),
) -> Answer:
    """Upload a body, with the token that the browser was given."""
    headers = [
        ("host", "localhost"),
        ("content-type", f"multipart/form-data; boundary={BOUNDARY}"),
        ("x-xsrftoken", _TOKEN),
        ("cookie", f"_streamlit_xsrf={_TOKEN}"),
        *([("content-length", str(len(body)))] if says_length else []),
        *others,
    ]
    chunks = [body[start : start + chunk] for start in range(0, max(1, len(body)), chunk)]
    return ask(app, f"/_stcore/upload_file/{session}/{file}", "PUT", headers, chunks, client=client)
