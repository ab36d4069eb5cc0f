"""Names, counts and times as short plain text that is safe to show anywhere."""

import re
import unicodedata
from collections.abc import Iterable

LABEL_LENGTH = 28
LONGEST_FILE_NAME = 60
_DIRECTION_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_PATH = re.compile(r"(?<![\w.:/~])(?:file://|~\w*)?(?:/[^\s/'\"“”‘’(),;:<>]+)+/?")
_UNSAFE_IN_FILE_NAMES = re.compile(r"[^A-Za-z0-9_-]+")


def plain_text(name: str) -> str:
    """`name` on one line, without control characters and without marks that change the direction of text."""
    if name.isprintable():  # all but a few names, and much faster than letter by letter
        return " ".join(name.split())
    kept = "".join(
        character if unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"} else " "
        for character in name
        if character not in _DIRECTION_CONTROLS
    )
    return " ".join(kept.split())


def short_label(name: str, length: int = LABEL_LENGTH) -> str:
    """At most `length` characters of `name`, with an ellipsis if cut, never between a letter and its combining mark."""
    text = plain_text(name)
    if len(text) <= length:
        return text
    end = length - 1
    while end > 1 and (unicodedata.combining(text[end]) or "\u200d" in text[end - 1 : end + 1]):
        end -= 1
    return text[:end].rstrip() + "…"


def shown_name(name: str, length: int | None = None) -> str:
    """`name` on one line, cut to `length` characters if given; never empty."""
    return (plain_text(name) if length is None else short_label(name, length)) or "(no name)"


def without_paths(text: str, roots: Iterable[str] = ()) -> str:
    """`text` with the last part of each absolute path in place of the path.

    `roots` are folders of this machine; they are known as such even if their names hold spaces.
    """
    for root in sorted(roots, key=len, reverse=True):
        if len(root) > 1:
            text = text.replace(f"{root}/", "/").replace(root, root.rpartition("/")[2])
    return _PATH.sub(lambda found: found.group().rstrip("/").rpartition("/")[2], text)


def file_name(*parts: str) -> str:
    """A file name without suffix, joined from `parts`, that every file system accepts."""
    safe = "-".join(_UNSAFE_IN_FILE_NAMES.sub("-", part).strip("-") for part in parts)
    return safe[:LONGEST_FILE_NAME].strip("-") or "artists"


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 artist", "1,200 artists"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def file_size(n_bytes: int) -> str:
    """A size for people: 512 -> "under 1 MB", 3_000_000 -> "3 MB", 2_500_000_000 -> "2.5 GB"."""
    if n_bytes < 1e6:
        return "under 1 MB"
    return f"{n_bytes / 1e6:,.0f} MB" if n_bytes < 1e9 else f"{n_bytes / 1e9:,.1f} GB"


def decade_name(year: float) -> str:
    """ "1990s"; a year that begins no decade stays a year."""
    return f"{year:.0f}" if year % 10 else f"{year:.0f}s"


def duration(seconds: float) -> str:
    """ "under a minute", "5 minutes", "1 h 20 min"."""
    minutes = round(seconds / 60)
    if seconds < 60:
        return "under a minute"
    if minutes < 60:
        return "1 minute" if minutes == 1 else f"{minutes} minutes"
    return f"{minutes // 60} h {minutes % 60:02d} min"
