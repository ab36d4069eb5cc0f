"""Downloads of large files: resumed after an interruption, verified, and moved into place only when complete.

huggingface_hub could fetch LAION's files too, but a page can neither follow nor cancel it, and it does not compare
files with a known sha256.
"""

import errno
import http.client
import os
import shutil
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from filelock import FileLock, Timeout

from core.errors import NearfieldError
from core.storage import read_json, sha256_file, write_json

Progress = Callable[[int, int | None], None]
_BLOCK = 1 << 20
_SPARE = 64 << 20
_ATTEMPTS = 4
_TIMEOUT_SECONDS = 30.0
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class RemoteFile:
    """One file of a checkpoint; `size` in bytes and `sha256` where its source publishes them."""

    name: str
    url: str
    size: int | None = None
    sha256: str | None = None


class StoppedError(NearfieldError):
    """The user cancelled a download; what has arrived is kept for the next time."""


class _BrokenOffError(Exception):
    """The connection ended early; another attempt may help."""


def download(
    file: RemoteFile,
    folder: Path,
    on_progress: Progress = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
    pause: float = 1.0,
) -> str:
    """Fetch `file` into `folder` and return its sha256.

    `on_progress(done, total)` counts bytes. An interrupted or cancelled download is resumed (HTTP range requests, RFC
    9110 section 14). It fails after four attempts in a row without progress; the pauses between them grow from `pause`
    seconds. Raises StoppedError when cancelled, and NearfieldError if the server refuses, the size or sha256 differs
    from the known one, the disk is full, or another process is downloading the same file.
    """
    _check_url(file.url)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f".{file.name}.lock", timeout=0):
            return _download(file, folder, on_progress, cancelled, pause)
    except Timeout:
        raise NearfieldError(f"{file.name} is being downloaded by another process. Wait until it is done.") from None
    except OSError as fault:
        if fault.errno == errno.ENOSPC:
            raise NearfieldError(f"The disk became full. Make room in {folder} and go on.") from None
        raise NearfieldError(f"{folder} cannot be written to ({fault.strerror or fault}).") from None


def _download(
    file: RemoteFile, folder: Path, on_progress: Progress, cancelled: Callable[[], bool], pause: float
) -> str:
    part = folder / f"{file.name}.part"
    failed_attempts = 0
    while True:
        before = _size(part)
        try:
            _fetch_rest(file, part, on_progress, cancelled)
            break
        except _BrokenOffError as fault:
            failed_attempts = failed_attempts + 1 if _size(part) <= before else 0
            if failed_attempts == _ATTEMPTS:
                raise NearfieldError(
                    f"The connection broke off after {_size(part) / 1e6:,.1f} MB of {file.name} ({fault}). "
                    "Try again later; it goes on from there."
                ) from None
            time.sleep(pause * 2**failed_attempts)
    found = sha256_file(part)
    if file.sha256 is not None and found != file.sha256:
        _forget(part)
        raise NearfieldError(
            f"What arrived as {file.name} is not the file that is known (sha256 {found[:12]}…, expected "
            f"{file.sha256[:12]}…) and was deleted. Try again; if it happens twice, do not use that source."
        )
    part.replace(folder / file.name)
    _forget(part)
    return found


def _fetch_rest(file: RemoteFile, part: Path, on_progress: Progress, cancelled: Callable[[], bool]) -> None:
    """Append the missing bytes to `part`. Raises _BrokenOffError if the connection ends early."""
    done = _size(part)
    if file.size is not None and done == file.size:
        return
    if file.size is not None and done > file.size:
        _forget(part)
        done = 0
    with closing(_open(file, part, done)) as response:
        if response.status != http.client.PARTIAL_CONTENT:
            done = 0
        total = _total(response, done)
        if file.size is not None and total is not None and total != file.size:
            _forget(part)
            raise NearfieldError(
                f"{file.name} has {total:,} bytes at its source, and {file.size:,} are known. It was replaced there; "
                "do not use it before you know why."
            )
        total = file.size if total is None else total
        _check_space(part.parent, file.name, total, done)
        write_json(_notes(part), {"etag": response.headers.get("ETag", "")})
        on_progress(done, total)
        with part.open("r+b" if done else "wb") as target:
            target.seek(done)
            while block := _read(response):
                target.write(block)
                done += len(block)
                on_progress(done, total)
                if cancelled():
                    raise StoppedError(f"Stopped after {done / 1e6:,.0f} MB; the next time it goes on from there.")
            os.fsync(target.fileno())
    if total is not None and done < total:
        raise _BrokenOffError("the server closed it")
    if total is not None and done > total:
        _forget(part)
        raise NearfieldError(f"The server sent more than the {total:,} bytes of {file.name}. Try again later.")


def _open(file: RemoteFile, part: Path, done: int) -> Any:
    """Request the bytes from `done` on, or all of them if the server's file has changed."""
    headers = {"User-Agent": "nearfield", "Accept-Encoding": "identity"}
    if done:
        headers["Range"] = f"bytes={done}-"
        etag = read_json(_notes(part)).get("etag") if _notes(part).is_file() else None
        if etag and not etag.startswith("W/"):
            headers["If-Range"] = etag
    try:
        response = urlopen(Request(file.url, headers=headers), timeout=_TIMEOUT_SECONDS)
    except HTTPError as fault:
        with closing(fault):
            if fault.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
                _forget(part)
                raise _BrokenOffError("it had to start again") from None
            if fault.code >= 500 or fault.code == http.client.TOO_MANY_REQUESTS:
                raise _BrokenOffError(f"the server answered {fault.code}") from None
            raise NearfieldError(
                f"{urlsplit(file.url).hostname} has no {file.name} for us (it answered {fault.code} {fault.reason}). "
                "Get the file in a browser and give its path instead."
            ) from None
    except (URLError, OSError, http.client.HTTPException) as fault:
        raise _BrokenOffError(str(getattr(fault, "reason", None) or fault)) from None
    if done and response.status == http.client.PARTIAL_CONTENT and _first_byte(response) != done:
        response.close()
        _forget(part)
        raise _BrokenOffError("the server sent another part than it was asked for")
    return response


def _read(response: Any) -> bytes:
    try:
        return bytes(response.read(_BLOCK))
    except (OSError, http.client.HTTPException) as fault:
        raise _BrokenOffError(str(fault) or type(fault).__name__) from None


def _total(response: Any, done: int) -> int | None:
    """Size of the whole file in bytes, if the server gives it."""
    length = response.headers.get("Content-Length")
    return done + int(length) if length and length.isdigit() else None


def _first_byte(response: Any) -> int:
    first = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
    return int(first) if first.isdigit() else -1


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise NearfieldError(f"{url} is not fetched: checkpoints come over https only.")


def _check_space(folder: Path, name: str, total: int | None, done: int) -> None:
    free = shutil.disk_usage(folder).free
    needed = (total or 0) - done + _SPARE
    if needed > free:
        raise NearfieldError(
            f"{name} needs {needed / 1e9:.2f} GB more in {folder}, where {free / 1e9:.2f} GB are free. Make room, or "
            "set NEARFIELD_CACHE to a folder on another disk."
        )


def _size(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0


def _notes(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _notes(part).unlink(missing_ok=True)
