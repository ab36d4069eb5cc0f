"""Requests to a web service with its manners kept: it says who asks, waits when told to, and asks nothing twice.

The answers are JSON over HTTP GET. An answer is read within bounds of size and time, and kept in a cache on disk. A
client sends a token only to the host that it was made for: redirects are not followed.
"""

import email.utils
import http.client
import json
import re
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import core
from core.errors import NearfieldError, StoppedError
from core.reading import parse_json
from core.relations.cache import AnswerCache

TIMEOUT_SECONDS = 20.0
LARGEST_ANSWER = 8 << 20
ATTEMPTS = 4
LONGEST_WAIT = 300.0
"""Seconds: a service that asks for a longer pause is left alone until another day."""

_CONTACT = re.compile(r"[!-'*-~]*[@.][!-'*-~]+")
"""A mail or web address in the characters that a header may hold."""
_BLOCK = 1 << 16
_NAP = 0.2
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_RETRIED = (429, 500, 502, 503, 504)


class ServiceError(NearfieldError):
    """A service is away, slow, refuses us, or answers in a form that is not known."""


class RefusedError(ServiceError):
    """The service refuses one request, with this HTTP status and this text."""

    def __init__(self, message: str, status: int, body: bytes) -> None:
        super().__init__(message)
        self.status = status
        self.body = body


class BusyError(Exception):
    """The service could not answer now; another attempt may help. `wait` is the seconds it asks for, if it does."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *details: Any) -> None:
        return None


def _accept(answer: Any) -> None:
    """Every answer is good."""


@dataclass
class Client:
    """Asks one service, and names `contact`, an address where its keepers reach whoever asks.

    `interval` is the least number of seconds between two requests.

    `headers` and the `secrets` of a request hold what proves who asks; no message, cache or log repeats them.
    """

    base: str
    contact: str
    cache: AnswerCache | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    interval: float = 0.0
    timeout: float = TIMEOUT_SECONDS
    cancelled: Callable[[], bool] = lambda: False
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    asked: int = field(default=0, init=False)
    """Requests that went out, repeated ones included."""
    _free_at: float = field(default=float("-inf"), init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.base)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise NearfieldError(f"{self.base} is not asked: services are asked over https only.")
        if not _CONTACT.fullmatch(self.contact):
            raise NearfieldError(
                "Give a mail address or a web page as contact: services ask for it, to reach whoever asks too much."
            )
        self._opener = build_opener(_NoRedirects)

    @property
    def host(self) -> str:
        return urlsplit(self.base).hostname or self.base

    @property
    def _agent(self) -> str:
        return f"nearfield/{core.__version__} ( {self.contact} )"

    def url(self, path: str, parameters: Mapping[str, str]) -> str:
        """The address of a request, without its secrets."""
        return f"{self.base.rstrip('/')}/{path.lstrip('/')}?{urlencode(parameters)}"

    def is_cached(self, path: str, parameters: Mapping[str, str]) -> bool:
        """Whether the cache holds the answer to this request."""
        return self.cache is not None and self.cache.read(self.url(path, parameters)) is not None

    def get(
        self,
        path: str,
        parameters: Mapping[str, str],
        secrets: Mapping[str, str] | None = None,
        check: Callable[[Any], None] = _accept,
    ) -> Any:
        """The JSON that the service answers, from the cache if it is there.

        `check` may raise BusyError, which counts as a failed attempt, or any NearfieldError; such an answer is not
        kept. Raises RefusedError for an answer of 400 to 499, ServiceError when the service stays away, slow or busy or
        sends no JSON, and StoppedError when the user stops. What has arrived is in the cache.
        """
        url = self.url(path, parameters)
        if self.cache is not None and (kept := self.cache.read(url)) is not None:
            return kept
        full = f"{url}&{urlencode(secrets)}" if secrets else url
        answer = self._ask(full, check)
        if self.cache is not None:
            self.cache.write(url, answer)
        return answer

    def _ask(self, url: str, check: Callable[[Any], None]) -> Any:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._wait_until(self._free_at)
                answer = parse(self._fetch(url))
                check(answer)
                return answer
            except BusyError as fault:
                if attempt == ATTEMPTS:
                    raise ServiceError(
                        f"{self.host} gave no answer ({fault}), though it was asked {ATTEMPTS} times. Try again later."
                    ) from None
                self._pause(fault.wait if fault.wait is not None else 2.0 ** (attempt - 1))
        raise AssertionError("the last attempt returns or raises")

    def _pause(self, seconds: float) -> None:
        if seconds > LONGEST_WAIT:
            raise ServiceError(f"{self.host} asks us to wait for {seconds / 60:,.0f} minutes. Try again after that.")
        self._free_at = max(self._free_at, self.clock() + seconds)

    def _wait_until(self, moment: float) -> None:
        while True:
            if self.cancelled():
                raise StoppedError
            left = moment - self.clock()
            if left <= 0:
                return
            self.sleep(min(left, _NAP))

    def _fetch(self, url: str) -> bytes:
        """One request. Raises BusyError where another attempt may help."""
        self.asked += 1
        until = self.clock() + self.timeout
        request = Request(url, headers={"User-Agent": self._agent, "Accept": "application/json", **self.headers})
        try:
            with closing(self._opener.open(request, timeout=self.timeout)) as response:
                self._note_limits(response.headers)
                return self._read(response, until)
        except HTTPError as fault:
            with closing(fault):
                self._note_limits(fault.headers)
                self._refuse(fault)
        except (URLError, OSError, http.client.HTTPException) as fault:
            reason = getattr(fault, "reason", None) or fault
            raise BusyError(str(reason) or type(fault).__name__) from None
        raise AssertionError("an answer is returned or an error raised")

    def _read(self, response: http.client.HTTPResponse, until: float) -> bytes:
        expected = response.headers.get("Content-Length", "")
        body = bytearray()
        while block := response.read1(_BLOCK):
            body += block
            if len(body) > LARGEST_ANSWER:
                raise ServiceError(f"{self.host} sent more than {LARGEST_ANSWER >> 20} MB at once, which is not read.")
            if self.clock() > until:
                raise BusyError(f"its answer took longer than {self.timeout:g} seconds")
        if expected.isdigit() and len(body) < int(expected):
            raise BusyError("only a part of its answer arrived")
        return bytes(body)

    def _refuse(self, fault: HTTPError) -> None:
        if fault.code in _RETRIED:
            raise BusyError(f"it answered {fault.code}", seconds_after(fault.headers.get("Retry-After")))
        if 300 <= fault.code < 400:
            raise ServiceError(f"{self.host} has moved to another address. A newer version of Nearfield may know it.")
        body = b""
        with suppress(OSError, http.client.HTTPException):
            body = fault.read(_BLOCK)
        raise RefusedError(f"{self.host} refused a request (it answered {fault.code}).", fault.code, body)

    def _note_limits(self, headers: Any) -> None:
        """Keep the interval, and wait for the next period where this one's requests are used up."""
        now = self.clock()
        self._free_at = now + self.interval
        reset = seconds_after(headers.get("X-RateLimit-Reset-In"))
        if headers.get("X-RateLimit-Remaining", "").strip() == "0" and reset is not None:
            self._pause(reset)


def parse(body: bytes) -> Any:
    """The JSON of an answer. Raises BusyError for anything else, since half an answer looks like that."""
    try:
        return parse_json(body, "its answer")
    except NearfieldError:
        raise BusyError("its answer was not JSON") from None


def seconds_after(text: str | None, now: Callable[[], float] = time.time) -> float | None:
    """The seconds of a `Retry-After`: a number or a date (RFC 9110 section 10.2.3). None where it is neither."""
    if not text:
        return None
    with suppress(ValueError):
        seconds = float(text)
        return max(0.0, seconds) if seconds < float("inf") else None
    with suppress(ValueError, TypeError):
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - now())
    return None


def error_text(body: bytes) -> str:
    """What the JSON of a refusal says, or nothing."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    found = content.get("error") or content.get("message") if isinstance(content, dict) else None
    return found if isinstance(found, str) else ""
