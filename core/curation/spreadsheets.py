"""Lists and tables as CSV (RFC 4180) for spreadsheets, in UTF-8 with the byte order mark that Excel needs.

A text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV Injection). So does each part
of a text after a semicolon, tab or line break, because these separate cells in some regions. Reading removes the
apostrophes again and works with or without the byte order mark.
"""

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any

import pandas as pd

from core.curation.lists import MAX_NAME, MAX_NOTE, CurationList, checked_note, checked_verdict
from core.curation.matching import FileContent, Mention
from core.curation.playlists import mention_of
from core.curation.records import ENTRY_FIELDS, Provenance, entry_record, provenance_from
from core.errors import NearfieldError

MAX_ROWS = 20_000
_PROVENANCE_FIELDS = tuple(field.name for field in fields(Provenance))
COLUMNS = ("list", *ENTRY_FIELDS, *_PROVENANCE_FIELDS)
_NUMBERS: dict[str, Callable[[str], int | float]] = {"rank": int, "score": float}
_OWN_MARK = "nearfield"
_SEPARATORS = (",", ";", "\t")
_NAME_COLUMNS = ("name", "artist", "artist_name", "creator")

_BREAKS = re.compile(r"([;\t\r\n])")
_FORMULA = re.compile(r"'*[^\S\t\r\n]*[=+\-@＝＋－＠]")
_BLANK_START = re.compile(r"'*[\t\r\n]")


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


def read_csv(content: bytes) -> FileContent:
    """Read the artists of a CSV file from Nearfield, or of any other with a column artist_id, mbid, name or artist.

    Only ids, names, verdicts and notes are read from other programs' files, and other columns are ignored. Raises
    NearfieldError if the file is not CSV, has no such column or has too many lines.
    """
    rows = _rows(content)
    if rows and _OWN_MARK in rows[0]:
        return _own_content(rows)
    mentions = [_foreign_mention(row, number) for number, row in enumerate(rows, start=2)]
    return FileContent("", mentions)


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


def _rows(content: bytes) -> list[dict[str, str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NearfieldError("The file is not in UTF-8. Save it so; a spreadsheet calls that “CSV UTF-8”.") from None
    first_line = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[dict[str, str]] = []
    try:
        header = [original(name).strip().lower() for name in next(reader, [])]
        _check_header(header)
        for cells in reader:
            if len(rows) >= MAX_ROWS:
                raise NearfieldError(f"The CSV file has more than {MAX_ROWS} lines. Split it.")
            if any(cells):
                rows.append({name: original(cell) for name, cell in zip(header, cells, strict=False)})
    except csv.Error as fault:
        raise NearfieldError(f"Line {reader.line_num} is not valid CSV ({fault}). Save it anew as CSV.") from None
    return rows


def _check_header(header: list[str]) -> None:
    if not {"artist_id", "mbid", *_NAME_COLUMNS}.intersection(header):
        raise NearfieldError("The CSV file has no column artist_id, mbid, name or artist in its first line. Add one.")
    named = [name for name in header if name]
    if len(set(named)) < len(named):
        raise NearfieldError("The CSV file has two columns of one name. Rename one.")


def _own_content(rows: list[dict[str, str]]) -> FileContent:
    mentions = []
    for number, row in enumerate(rows, start=1):
        record = {name: _cell(row, name, number) for name in ENTRY_FIELDS if row.get(name)}
        mentions.append(mention_of(record, f"Artist {number}"))
    provenance = provenance_from({name: rows[0].get(name, "") for name in _PROVENANCE_FIELDS})
    return FileContent(rows[0].get("list", ""), mentions, provenance)


def _cell(row: Mapping[str, str], name: str, number: int) -> str | int | float:
    if name not in _NUMBERS:
        return row[name]
    try:
        return _NUMBERS[name](row[name])
    except ValueError:
        raise NearfieldError(f"Artist {number}: {name} must be a number, not “{row[name][:20]}”.") from None


def _foreign_mention(row: Mapping[str, str], line: int) -> Mention:
    name = next((row[column] for column in _NAME_COLUMNS if row.get(column)), "")
    note, verdict = row.get("note", ""), row.get("verdict", "").strip().lower()
    if len(note) > MAX_NOTE or len(name) > MAX_NAME:
        raise NearfieldError(f"Artist {line - 1}: a name or note is too long to be one. Shorten it.")
    mbid = row.get("mbid", "").strip()
    return Mention(
        row.get("artist_id", "").strip(),
        (mbid,) if mbid else (),
        name,
        checked_verdict(verdict or "keep"),
        checked_note(note),
    )
