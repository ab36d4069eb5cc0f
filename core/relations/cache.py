"""The answers of web services, kept on disk for weeks: one compressed file for each request."""

import gzip
import json
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.errors import NearfieldError
from core.kept_arrays import cache_folder
from core.reading import read_regular
from core.storage import atomic_path, sha256_text

KEPT_DAYS = 28
_DAY = 86_400.0


class AnswerCache:
    """Answers by address in `folder`, at most `days` old. `now` is the clock, in seconds."""

    def __init__(
        self, folder: Path | None = None, days: float = KEPT_DAYS, now: Callable[[], float] = time.time
    ) -> None:
        self.folder = folder or cache_folder() / "answers"
        self._seconds = days * _DAY
        self._now = now

    def read(self, url: str) -> Any | None:
        """The kept answer, or None where there is none, it is too old, or its file is damaged."""
        try:
            kept = json.loads(gzip.decompress(read_regular(self._file(url))))
            is_fresh = kept["url"] == url and 0 <= self._now() - kept["fetched"] <= self._seconds
        except (NearfieldError, OSError, EOFError, zlib.error, ValueError, TypeError, KeyError, RecursionError):
            return None
        return kept["answer"] if is_fresh else None

    def write(self, url: str, answer: Any) -> None:
        """Keep an answer. Raises NearfieldError where the disk refuses."""
        content = {"url": url, "fetched": self._now(), "answer": answer}
        with atomic_path(self._file(url), "The cache of answers") as temporary:
            temporary.write_bytes(gzip.compress(json.dumps(content).encode(), 6))

    def _file(self, url: str) -> Path:
        digest = sha256_text(url)
        return self.folder / digest[:2] / f"{digest}.json.gz"
