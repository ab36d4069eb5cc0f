"""The artists in a credit such as “A feat. B” or “A, B & C”, as far as a catalogue has them.

A name that the catalogue has is never split. Signs that join artists in any file, such as “feat.”, split a credit even
if the catalogue lacks one of them. Signs that names hold too, such as “&”, split it only if the catalogue has them all.
"""

import re
from collections.abc import Callable
from functools import cache

Lookup = Callable[[str], int | None]
"""The row of the one artist with this name; None for no artist or several."""

_SURE = re.compile(
    r"[\s(\[]+(?:featuring|feat\.?|ft\.?)\s+|\s*[;|\0]\s*|\s+/\s+|(?<!\d),(?=\S)(?!\d)",
    re.IGNORECASE,
)
_POSSIBLE = re.compile(r"(\s*,\s*|\s+(?:&|\+|x|×|and|with|vs\.?|versus|und|et|y)\s+|/)", re.IGNORECASE)
_BRACKET = re.compile(r"[(\[]")
_MOST_PARTS = 12
_DASH = re.compile(r"\s+[-–—]\s+")
_TRACK_NUMBER = re.compile(r"\d{1,3}(?:\.\s*|\s*[-–—]\s+|\s+)(?=\S)")


def artists_in(credit: str, lookup: Lookup) -> tuple[list[int], list[str]]:
    """The rows of the artists in a credit, in order, and the parts of it that the catalogue lacks."""
    row = lookup(credit)
    if row is not None:
        return [row], []
    rows: list[int] = []
    lacking: list[str] = []
    for part in _sure_parts(credit):
        found = _all_of(part, lookup)
        rows += found
        lacking += [] if found else [part]
    return (rows, lacking) if rows else ([], [credit])


def artists_in_title(title: str, lookup: Lookup) -> list[int]:
    """The rows of the artists of “Artist - Title”: those before the last dash that leaves known artists alone."""
    for text in dict.fromkeys((title, _TRACK_NUMBER.sub("", title, count=1))):
        for cut in reversed(list(_DASH.finditer(text))):
            rows, lacking = artists_in(text[: cut.start()].strip(), lookup)
            if rows and not lacking:
                return rows
    return []


def title_credit(title: str) -> str:
    """What stands before the first dash of “Artist - Title”, or all of it."""
    return _DASH.split(title, maxsplit=1)[0].strip()


def _sure_parts(credit: str) -> list[str]:
    """The parts between signs that always join artists, without a bracket that the sign opened."""
    parts = (part.strip() for part in _SURE.split(credit))
    closed = (part[:-1].rstrip() if part.endswith((")", "]")) and not _BRACKET.search(part) else part for part in parts)
    return [part for part in closed if part]


def _all_of(text: str, lookup: Lookup) -> list[int]:
    """The rows of the artists that make up the whole text, the fewest; empty if any is lacking."""
    pieces = _POSSIBLE.split(text)
    names = len(pieces) // 2 + 1
    if names > _MOST_PARTS:
        return []

    @cache
    def rows_from(start: int) -> tuple[int, ...] | None:
        if start == names:
            return ()
        for end in range(names, start, -1):
            row = lookup("".join(pieces[2 * start : 2 * end - 1]).strip())
            rest = None if row is None else rows_from(end)
            if row is not None and rest is not None:
                return (row, *rest)
        return None

    return list(rows_from(0) or ())
