"""Lists and tables as CSV (RFC 4180) for spreadsheets, in UTF-8 with the byte order mark that Excel needs.

A text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV Injection), also if characters
that take no space stand before it. So does each part of a text after a semicolon, tab or line break, because these
separate cells in some regions. `original` removes the apostrophes again.
"""

import csv
import io
import re
from dataclasses import asdict, fields
from typing import Any

import pandas as pd

from core.curation.lists import CurationList
from core.curation.records import ENTRY_FIELDS, Provenance, entry_record

_PROVENANCE_FIELDS = tuple(field.name for field in fields(Provenance))
COLUMNS = ("list", *ENTRY_FIELDS, *_PROVENANCE_FIELDS)

_BREAKS = re.compile(r"([;\t\r\n])")
_UNSEEN = (
    r"\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Characters that nobody sees and control characters, as the inside of a class of characters: all that Unicode says
to be ignored where it is not drawn, and the blanks of Hangul and of braille."""

_FORMULA = re.compile(rf"'*(?:[^\S\t\r\n]|[{_UNSEEN}])*[=+\-@＝＋－＠]")
_BLANK_START = re.compile(rf"'*[{_UNSEEN}]*[\t\r\n]")


def list_csv(curated: CurationList, provenance: Provenance) -> bytes:
    """One line per artist with its origin and the provenance of the file."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    common = {"list": curated.name} | asdict(provenance)
    for entry in curated.entries:
        writer.writerow({name: harmless(value) for name, value in (common | entry_record(entry)).items()})
    return buffer.getvalue().encode("utf-8-sig")


def table_csv(table: pd.DataFrame) -> bytes:
    """Any table, with its texts made harmless."""
    texts = {str(name): column.map(harmless) for name, column in table.select_dtypes(["object", "string"]).items()}
    safe = table.assign(**texts).rename(columns=harmless)
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def harmless(value: Any) -> Any:
    """A cell's value that no spreadsheet reads as a formula. `original` reverses it."""
    if not isinstance(value, str):
        return value
    parts = [f"'{part}" if _FORMULA.match(part) else part for part in _BREAKS.split(value)]
    text = "".join(parts)
    return f"'{text}" if _BLANK_START.match(text) else text


def original(text: str) -> str:
    """Inverse of `harmless`."""
    if text.startswith("'") and _BLANK_START.match(text, 1):
        text = text[1:]
    parts = _BREAKS.split(text)
    return "".join(part[1:] if part.startswith("'") and _FORMULA.match(part, 1) else part for part in parts)
