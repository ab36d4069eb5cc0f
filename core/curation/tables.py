"""Reading lists from CSV and other separated text: Nearfield's own, also after a spreadsheet, and other programs'.

What cannot be read of one artist's origin is left unknown and told. It is never a reason to refuse a list.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from core.audio.music_files import AUDIO_SUFFIXES
from core.curation.foreign import column, foreign_mention, is_known
from core.curation.lists import MAX_NAME
from core.curation.matching import FileContent, Mention
from core.curation.playlists import mention_of
from core.curation.records import ENTRY_FIELDS, Provenance, provenance_from
from core.curation.spreadsheets import original
from core.errors import NearfieldError
from core.text import counted

MAX_ROWS = 20_000
_MOST_TOLD = 5
_PROVENANCE_FIELDS = tuple(field.name for field in fields(Provenance))
_OWN_MARK = "nearfield"
_SEPARATORS = (",", ";", "\t", "|")
_SAID_SEPARATOR = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)
_WHOLE_NUMBER = re.compile(r"(\d{1,8})(?:[.,]0+)?")
_DECIMAL_COMMA = re.compile(r"[-+]?\d{1,3}(?:\.\d{3})+,\d+|[-+]?\d+,\d+(?:[eE][-+]?\d+)?")
_ORIGIN = ("space", "query", "rank", "score", "model", "catalogue_hash", "date")


def read_table(text: str) -> FileContent:
    """Read the artists of a file with separated columns, or of plain text with one artist a line.

    Only ids, names, verdicts and notes are read from other programs' files, and other columns are ignored. Raises
    NearfieldError if no column holds artists or the file has too many lines.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    said = _SAID_SEPARATOR.fullmatch(lines[0]) if lines else None
    if said:
        text = text.split("\n", 1)[-1].lstrip("\r\n")
        lines = lines[1:]
    separator = said[1] if said else _separator(lines[0]) if lines else ","
    header = _header(lines[0] if lines else "", separator)
    if not is_known(header):
        return _plain_text(lines, separator)
    named = [name for name in header if name]
    if len(set(named)) < len(named):
        raise NearfieldError("The CSV file has two columns of one name. Rename one.")
    is_own = _OWN_MARK in header
    rows, notes = _rows(text, separator, is_own)
    if is_own:
        return _own_content(rows, separator in (";", "\t"), notes)
    by_column = ({column(name): cell for name, cell in row.items()} for row in rows)
    mentions = [foreign_mention(row, f"Artist {number}") for number, row in enumerate(by_column, start=1)]
    return FileContent("", mentions, notes=notes)


def is_path(line: str) -> bool:
    """Whether a line of text is the path of a sound file."""
    return line.strip().lower().endswith(AUDIO_SUFFIXES)


def _separator(first_line: str) -> str:
    unquoted = re.sub(r'"[^"]*"', "", first_line)
    return max(_SEPARATORS, key=unquoted.count)


def _header(line: str, separator: str) -> list[str]:
    try:
        cells = next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        return []
    return [original(cell).strip().lower() for cell in cells]


def _plain_text(lines: list[str], separator: str) -> FileContent:
    """One artist a line, unless the lines are rows of a table."""
    widths = {line.count(separator) for line in lines}
    if len(widths) == 1 and widths != {0}:
        raise NearfieldError(
            "The CSV file has no column artist_id, mbid, name or artist in its first line. Add one, or write one "
            "artist a line."
        )
    _check_length(len(lines))
    return FileContent("", [_line_mention(line.strip()) for line in lines if not line.startswith("#")])


def _line_mention(line: str) -> Mention:
    if len(line) > MAX_NAME:
        return Mention(name=line[:MAX_NAME], fault="The line is too long to be a name.")
    return Mention(name=line, title=line)


def _rows(text: str, separator: str, is_own: bool) -> tuple[list[dict[str, str]], tuple[str, ...]]:
    """The rows by the names in the header. A space before a cell belongs to it only in Nearfield's own files."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=not is_own, strict=True)
    rows: list[dict[str, str]] = []
    try:
        header = [original(name).strip().lower() for name in next(reader, [])]
        for cells in reader:
            _check_length(len(rows) + 1)
            if any(cells):
                rows.append({name: original(cell) for name, cell in zip(header, cells, strict=False)})
    except csv.Error as fault:
        if not rows:
            raise NearfieldError(f"Line {reader.line_num} is not valid CSV ({fault}). Save it anew as CSV.") from None
        return rows, (f"From line {reader.line_num} on, the file is not valid CSV ({fault}), so it was not read.",)
    return rows, ()


def _check_length(number: int) -> None:
    if number > MAX_ROWS:
        raise NearfieldError(f"The CSV file has more than {MAX_ROWS} lines. Split it.")


def _own_content(rows: list[dict[str, str]], may_have_commas: bool, notes: tuple[str, ...]) -> FileContent:
    unread: list[str] = []
    mentions = [
        _own_mention(row, f"Artist {number}", may_have_commas, unread) for number, row in enumerate(rows, start=1)
    ]
    if unread:
        more = f", and {counted(len(unread) - _MOST_TOLD, 'other')}" if len(unread) > _MOST_TOLD else ""
        notes = (*notes, f"Where artists were found is partly unreadable: {'; '.join(unread[:_MOST_TOLD])}{more}.")
    first = rows[0] if rows else {}
    try:
        provenance = provenance_from({name: first.get(name, "") for name in _PROVENANCE_FIELDS})
    except NearfieldError:
        provenance = Provenance(catalogue=first.get("catalogue", "")[:MAX_NAME])
    return FileContent(first.get("list", ""), mentions, provenance, notes)


def _own_mention(row: Mapping[str, str], where: str, may_have_commas: bool, unread: list[str]) -> Mention:
    record: dict[str, Any] = {}
    for name in (name for name in ENTRY_FIELDS if row.get(name)):
        value = _value(name, row[name], may_have_commas)
        if name in _ORIGIN and not _is_readable({"artist_id": "-", name: value}):
            unread.append(f"{name} of {where[0].lower()}{where[1:]}, “{row[name][:20]}”")
        else:
            record[name] = value
    if not record.get("artist_id"):
        return foreign_mention({column(name): cell for name, cell in row.items()}, where)
    try:
        return mention_of(record, where)
    except NearfieldError as fault:
        return Mention(name=row.get("name", "")[:MAX_NAME], fault=str(fault))


def _value(name: str, text: str, may_have_commas: bool) -> str | int | float:
    """The value of a cell, as the spreadsheet may have written it; the text if it is no number."""
    if name == "rank":
        found = _WHOLE_NUMBER.fullmatch(text.strip())
        return int(found[1]) if found else text
    if name == "score":
        if may_have_commas and _DECIMAL_COMMA.fullmatch(text.strip()):
            text = text.replace(".", "").replace(",", ".")
        try:
            return float(text)
        except ValueError:
            return text
    return text.strip().lower() if name == "verdict" else text


def _is_readable(record: Mapping[str, Any]) -> bool:
    try:
        mention_of(dict(record), "It")
    except NearfieldError:
        return False
    return True
