"""The end of what a job's process printed, read within bounds."""

import os
from pathlib import Path

from core.errors import NearfieldError
from core.reading import open_regular

_READ_BYTES = 64 << 10


def log_end(file: Path, lines: int = 20) -> str:
    """The last `lines` lines of a log, of its last 64 KB; "" where there is none that can be read."""
    try:
        with open_regular(file) as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - _READ_BYTES))
            text = log.read(_READ_BYTES).decode("utf-8", "replace")
    except (NearfieldError, OSError):
        return ""
    return "\n".join([line for line in text.strip().splitlines() if line.strip()][-lines:])
