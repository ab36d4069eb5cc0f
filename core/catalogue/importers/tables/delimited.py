"""Text files with separated columns, read as people and programs write them: any separator, encoding and quoting.

Every cell stays text. What was done to read a file is noted, and so is each row that could not be read.
"""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.csv as pa_csv

from core.errors import CatalogueError
from core.text import counted

SEPARATORS = (",", ";", "\t", "|")
SPACE = " "
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_SAMPLE_LINES = 40
_SAMPLE_BYTES = 1 << 18
_WHOLE_LINE = re.compile(r'"(?:[^"]|"")*"')
_LITERAL_QUOTE = re.compile(rb'(?:^|[\t\n])"(?:[^"\n]|"")*"(?=[^\t\r\n"])')
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?([eE][-+]?\d+)?")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?")
_LARGEST_CELL = 1 << 24
_BLOCK = 8 << 20
_WORTH_THREADS = 64 << 20
"""Bytes from which on a file is read by several threads; for less they cost more than they save."""


@dataclass(frozen=True)
class Reading:
    """How a file is read; what is None is found out."""

    encoding: str | None = None
    separator: str | None = None
    header: bool | None = None


@dataclass(frozen=True)
class Delimited:
    """The columns of a file, all of them text, and how it was read. `first_line` is the line of the first row."""

    columns: dict[str, pa.ChunkedArray]
    separator: str
    header: bool
    first_line: int
    notes: list[str] = field(default_factory=list)


def read_delimited(data: bytes, name: str, reading: Reading) -> Delimited:
    """Read the bytes of a text file with separated columns. Raises CatalogueError, which names the file."""
    given = reading.separator
    if given is not None and (len(given) != 1 or not given.isascii() or given in '"\n\r\0'):
        raise CatalogueError(f"{name}: the separator must be one character of ASCII, such as “;”, not “{given}”.")
    try:
        return _read(data, name, reading)
    except csv.Error as fault:
        raise CatalogueError(f"{name} cannot be read as text with separated columns ({fault}).") from None


def _read(data: bytes, name: str, reading: Reading) -> Delimited:
    notes: list[str] = []
    text = _decoded(data, name, reading.encoding, notes)
    skipped, text = _without_comments(text, notes)
    if not text.strip():
        raise CatalogueError(f"{name} is empty.")
    text = _unwrapped(text, notes)
    separator = reading.separator or found_separator(sample_lines(text))
    if separator == SPACE:
        text = re.sub(rb"[ \t]+", b"\t", re.sub(rb"(?m)^[ \t]+|[ \t]+$", b"", text))
    used = "\t" if separator == SPACE else separator
    quoted = not (used == "\t" and b'"' in text and _has_literal_quotes(text))
    first = _cells(sample_lines(text, 1)[0], used, quoted)
    header = looks_like_header(first) if reading.header is None else reading.header
    names = _column_names(first, notes) if header else [str(place) for place in range(1, len(first) + 1)]
    if not header:
        notes.append(f"no header line: its columns are called {', '.join(names[:4])}{' …' if len(names) > 4 else ''}")
    table = _fast(text, names, used, quoted, header)
    if table is None:
        table = _row_by_row(text, names, used, quoted, header, skipped, notes)
    columns = dict(zip(names, table.columns, strict=True))
    return Delimited(columns, separator, header, skipped + header + 1, notes)


def _decoded(data: bytes, name: str, encoding: str | None, notes: list[str]) -> bytes:
    """The text as UTF-8 without a byte order mark, with lines that end as Unix's do."""
    data = as_utf8(data, name, encoding, notes)
    if b"\0" in data:
        raise CatalogueError(f"{name} is not text: it holds bytes of zero. Save it as CSV in UTF-8.")
    if b"\r" not in data:
        return data
    data = data.replace(b"\r\n", b"\n")
    return data.replace(b"\r", b" ") if b"\n" in data else data.replace(b"\r", b"\n")


def as_utf8(data: bytes, name: str, encoding: str | None, notes: list[str]) -> bytes:
    """The text as UTF-8 without a byte order mark. An `encoding` of None is found out; another than UTF-8 is noted.

    Raises CatalogueError, which names the file, if it is no text in this encoding.
    """
    if encoding is None:
        for mark, marked in _BOMS:
            if data.startswith(mark):
                data, encoding = data[len(mark) :], marked
                break
        else:
            encoding = _unmarked_encoding(data, name)
        if encoding not in ("utf-8", "ascii"):
            notes.append(f"read as {encoding}" + (", since it is no UTF-8" if encoding == "cp1252" else ""))
    try:
        if encoding != "utf-8":
            data = data.decode(encoding, "replace" if encoding == "cp1252" else "strict").encode("utf-8")
        else:
            data.decode("utf-8")
    except LookupError:
        raise CatalogueError(f"{name}: “{encoding}” is no encoding. Try utf-8, utf-16 or latin-1.") from None
    except UnicodeError:
        raise CatalogueError(f"{name} is not text in {encoding}. Save it as UTF-8.") from None
    return data


def _unmarked_encoding(data: bytes, name: str) -> str:
    head = data[:2000]
    if b"\0" in head:
        odd, even = head[1::2].count(0), head[::2].count(0)
        if max(odd, even) > len(head) // 4 and min(odd, even) < len(head) // 50 + 1:
            return "utf-16-le" if odd > even else "utf-16-be"
        raise CatalogueError(f"{name} is not text: it holds bytes of zero. Save it as CSV in UTF-8.")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _without_comments(text: bytes, notes: list[str]) -> tuple[int, bytes]:
    """How many lines before the table are empty or begin with #, and the text without them."""
    place = lines = comments = 0
    while place < len(text):
        end = text.find(b"\n", place)
        line = text[place : len(text) if end < 0 else end].strip()
        if line and not line.startswith(b"#"):
            break
        comments += bool(line)
        lines += 1
        place = len(text) if end < 0 else end + 1
    if comments:
        notes.append(f"{counted(comments, 'comment')} before the table, after #: not read")
    return lines, text[place:]


def sample_lines(text: bytes, most: int = _SAMPLE_LINES) -> list[str]:
    """The first lines of UTF-8 text that are not empty."""
    head = text[:_SAMPLE_BYTES].decode("utf-8", "ignore")
    return [line for line in head.split("\n") if line.strip()][:most]


def _unwrapped(text: bytes, notes: list[str]) -> bytes:
    """The text without the quotes that some programs put around each whole line."""
    sample = sample_lines(text)
    wrapped = [line for line in sample if _is_wrapped(line)]
    if len(wrapped) < max(1, len(sample) // 2):
        return text
    count = 0
    lines = []
    for line in text.decode("utf-8").split("\n"):
        is_wrapped = _is_wrapped(line)
        count += is_wrapped
        lines.append(_inside(line) if is_wrapped else line)
    notes.append(f"{counted(count, 'line')} quoted as a whole: the quotes are taken off")
    return "\n".join(lines).encode("utf-8")


def _is_wrapped(line: str) -> bool:
    return bool(_WHOLE_LINE.fullmatch(line)) and any(separator in line for separator in SEPARATORS)


def _inside(line: str) -> str:
    return line[1:-1].replace('""', '"')


def found_separator(lines: list[str]) -> str:
    """The separator that splits most lines into as many cells as the first, and into the most cells."""

    def merit(separator: str) -> tuple[float, int]:
        widths = [len(_cells(line, separator)) for line in lines]
        return (sum(width == widths[0] for width in widths) / len(widths), widths[0]) if widths[0] > 1 else (0.0, 0)

    best = max(SEPARATORS, key=merit)
    if merit(best) > (0.0, 0):
        return best
    widths = {len(line.split()) for line in lines}
    return SPACE if len(widths) == 1 and widths.pop() > 1 else SEPARATORS[0]


def _has_literal_quotes(text: bytes) -> bool:
    """Whether quotes belong to the cells: one is never closed, or text follows the closing one."""
    return text.count(b'"') % 2 == 1 or bool(_LITERAL_QUOTE.search(text))


def _cells(line: str, separator: str, quoted: bool = True) -> list[str]:
    if not quoted or '"' not in line:
        return line.split(separator)
    csv.field_size_limit(_LARGEST_CELL)
    return next(csv.reader([line], delimiter=separator), [])


def looks_like_header(cells: list[str]) -> bool:
    """Whether the first line names the columns: none of its cells is a number, an MBID or a moment."""
    texts = [cell.strip() for cell in cells]
    return any(texts) and not any(
        _NUMBER.fullmatch(text) or _UUID.fullmatch(text) or _MOMENT.fullmatch(text) for text in texts
    )


def _column_names(cells: list[str], notes: list[str]) -> list[str]:
    """The names of the columns, each another: empty ones and repeated ones get a number."""
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = cell.strip() or f"column {place}"
        if name in names:
            notes.append(f"two columns are called “{name}”: the second is “{name} ({place})”")
            name = f"{name} ({place})"
        names.append(name)
    return names


def _fast(text: bytes, names: list[str], separator: str, quoted: bool, header: bool) -> pa.Table | None:
    """The table, or None where a row has too many or too few cells or a quote is never closed."""
    has_quotes = quoted and b'"' in text
    if has_quotes and text.count(b'"') % 2:
        return None
    try:
        return pa_csv.read_csv(
            pa.BufferReader(text),
            pa_csv.ReadOptions(
                column_names=names, skip_rows=int(header), block_size=_BLOCK, use_threads=len(text) > _WORTH_THREADS
            ),
            pa_csv.ParseOptions(
                delimiter=separator, quote_char='"' if has_quotes else False, newlines_in_values=has_quotes
            ),
            pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
    except pa.ArrowInvalid:
        return None


def _row_by_row(
    text: bytes, names: list[str], separator: str, quoted: bool, header: bool, skipped: int, notes: list[str]
) -> pa.Table:
    """The table of a file whose rows differ in length: short ones are filled up, long ones are left out and told."""
    width, done, first_long = len(names), Counter[str](), 0
    rows: list[list[str]] = []
    for line, cells in _rows(text.decode("utf-8"), separator, quoted):
        if len(cells) == 1 and width > 1 and separator in cells[0]:
            cells = _cells(cells[0], separator)
            done["unquoted"] += 1
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            cells = cells[:width]
        if len(cells) < width:
            done["filled"] += 1
            cells += [""] * (width - len(cells))
        if len(cells) > width:
            done["long"] += 1
            first_long = first_long or line + skipped
        else:
            rows.append(cells)
    rows = rows[int(header) :]
    if done["unquoted"]:
        notes.append(f"{counted(done['unquoted'], 'line')} quoted as a whole: the quotes are taken off")
    if done["filled"]:
        notes.append(f"{counted(done['filled'], 'row')} with fewer cells than the first: the others count as empty")
    if done["long"]:
        notes.append(
            f"{counted(done['long'], 'row')} with more cells than the first: left out "
            f"(the first is line {first_long}); a cell that holds the separator needs quotes"
        )
    return pa.table({str(place): [row[place] for row in rows] for place in range(width)}).cast(
        pa.schema([(str(place), pa.string()) for place in range(width)])
    )


def _rows(text: str, separator: str, quoted: bool) -> list[tuple[int, list[str]]]:
    """The number of the line and the cells of each row that is not empty."""
    csv.field_size_limit(_LARGEST_CELL)
    if quoted and text.count('"') % 2 == 0:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        return [(reader.line_num, cells) for cells in reader if any(cells)]
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            found.append((number, _cells(line, separator, quoted and line.count('"') % 2 == 0)))
    return found
