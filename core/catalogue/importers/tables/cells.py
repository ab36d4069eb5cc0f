"""What cells mean: text, numbers, lists, MBIDs, decades and splits, column by column."""

import ast
import json
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.arrays import BoolArray, DoubleArray
from core.text import counted

Column: TypeAlias = "pa.ChunkedArray | pa.Array"

_UNKNOWN = pa.array(["", "na", "n/a", "nan", "none", "null", "-", "?", "\\n", "#n/a", "nil"])
"""What stands for an unknown number. In text only the empty cell does: “None” and “NaN” are names."""

_NUMBER = r"^-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$"
_DECIMAL_COMMA = r"^[-+]?(\d+|\d{1,3}(\.\d{3})+),\d+$"
_THOUSANDS = {
    ",": r"^[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$",
    ".": r"^[-+]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?$",
}
"""Numbers with thousands apart, by what stands between them."""

_MBID = r"(?P<mbid>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
_YEAR = r"(?P<year>1[0-9]{3}|20[0-9]{2})"
_SHORT_DECADE = r"^'?(?P<tens>[0-9]0)'?s$"
_MOJIBAKE = (
    "Ã[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
    "|Â[\u00a0-\u00bf]|â€|\ufffd"
)
LIST_SEPARATORS = (";", "|", ",")

_SPLITS = {
    "train": "train",
    "training": "train",
    "tr": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "dev": "val",
    "development": "val",
    "test": "test",
    "testing": "test",
    "te": "test",
}
_CODES = ({"0": "train", "1": "val", "2": "test"}, {"1": "train", "2": "val", "3": "test"})


@dataclass(frozen=True)
class Numbers:
    """A column of numbers: NaN where unknown. `bad` flags cells that hold something that is no finite number."""

    values: DoubleArray
    bad: BoolArray
    decimal_commas: int = 0
    grouped: int = 0
    percents: int = 0

    @property
    def spellings(self) -> list[str]:
        """How many of the numbers are written in an unusual way, as lines of a report."""
        counts = {
            "a decimal comma": self.decimal_commas,
            "thousands set apart": self.grouped,
            "a percent sign, which is left out": self.percents,
        }
        return [f"{counted(count, 'number')} with {how}" for how, count in counts.items() if count]


@dataclass(frozen=True)
class Labels:
    """Labels of rows: (m,) the row and the code of each, codes into `names`; a row has a label once, in order."""

    rows: npt.NDArray[np.int64]
    codes: npt.NDArray[np.int64]
    names: list[str]

    def lists(self, n_rows: int) -> npt.NDArray[np.object_]:
        """(n,) the labels of each row, as an array of its own."""
        names = np.array([*self.names, ""], object)[self.codes]
        ends = np.cumsum(np.bincount(self.rows, minlength=n_rows)).tolist()
        lists = np.empty(n_rows, object)
        for row, (start, end) in enumerate(zip([0, *ends], ends, strict=False)):
            lists[row] = names[start:end]
        return lists


def is_list(column: Column) -> bool:
    """Whether each cell is a list, as Parquet and JSON can hold."""
    kind = column.type
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def is_numeric(column: Column) -> bool:
    """Whether the file itself says that the cells are numbers."""
    kind = column.type
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def as_text(column: Column) -> pa.Array:
    """Text without white space at its ends; "" where there is nothing. Whole floats are written as whole numbers."""
    kind = column.type
    if pa.types.is_floating(kind):
        whole = pc.cast(column, pa.int64(), safe=False)
        if pc.all(pc.or_kleene(pc.is_null(column, nan_is_null=True), pc.equal(pc.cast(whole, kind), column))).as_py():
            column = pc.if_else(pc.is_nan(column), pa.scalar(None, pa.int64()), whole)
    if is_list(column):
        column = pa.array([json.dumps(cell, ensure_ascii=False) if cell else "" for cell in column.to_pylist()])
    text = column if pa.types.is_string(kind) else pc.cast(column, pa.string())
    flat = text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text
    return pc.fill_null(pc.utf8_trim_whitespace(flat), "")


def as_numbers(column: Column) -> Numbers:
    """Numbers, also with decimal commas, which are told apart by the absence of any other number in the cell."""
    if is_numeric(column) or pa.types.is_boolean(column.type):
        known = pc.cast(pc.cast(column, pa.float64()) if not pa.types.is_boolean(column.type) else column, pa.float64())
        values = known.to_numpy(zero_copy_only=False) if isinstance(known, pa.Array) else known.to_numpy()
        infinite = np.isinf(values)
        return Numbers(np.where(infinite, np.nan, values), infinite)
    text = as_text(column)
    try:
        plain = pc.cast(pc.if_else(pc.equal(text, ""), None, text), pa.float64())
    except pa.ArrowInvalid:
        return _written_numbers(text)
    values = plain.to_numpy(zero_copy_only=False)
    infinite = np.isinf(values)
    return Numbers(np.where(infinite, np.nan, values) if infinite.any() else values, infinite)


def _written_numbers(text: pa.Array) -> Numbers:
    """The numbers of a column in which some cells are words for unknown, have a decimal comma or are no number."""
    text = pc.if_else(pc.is_in(pc.utf8_lower(text), _UNKNOWN), None, text)
    number = pc.match_substring_regex(text, _NUMBER)
    bad, commas, grouped, percents = pc.fill_null(pc.invert(number), False), 0, 0, 0
    if pc.any(bad).as_py():
        text, percents = _without_percent_signs(text)
        text, grouped = _without_thousands(text)
        text = pc.if_else(pc.starts_with(text, "+"), pc.utf8_slice_codeunits(text, 1), text)
        comma = pc.match_substring_regex(text, _DECIMAL_COMMA)
        commas = int(pc.sum(comma).as_py() or 0)
        bare = pc.replace_substring(pc.replace_substring(text, ".", ""), ",", ".")
        text = pc.if_else(comma, bare, text)
        bad = pc.fill_null(pc.invert(pc.match_substring_regex(text, _NUMBER)), False)
        text = pc.if_else(bad, None, text)
    values = pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False)
    infinite = np.isinf(values)
    return Numbers(
        np.where(infinite, np.nan, values), bad.to_numpy(zero_copy_only=False) | infinite, commas, grouped, percents
    )


def _without_percent_signs(text: pa.Array) -> tuple[pa.Array, int]:
    """“43 %” as “43”, and how many cells are so."""
    signed = pc.match_substring_regex(text, r"^[-+]?[\d.,]*\d\s?%$")
    return pc.if_else(signed, pc.replace_substring_regex(text, r"\s?%$", ""), text), int(pc.sum(signed).as_py() or 0)


def _without_thousands(text: pa.Array) -> tuple[pa.Array, int]:
    """Numbers whose thousands are set apart, without what stands between them, and how many are so.

    “1.234” alone may be a fraction. So the whole column is looked at: a cell such as “1.234.567” tells what the point
    is for, and a comma that always has three digits behind it, beside whole numbers below a thousand, parts thousands.
    """
    for sign, pattern in _THOUSANDS.items():
        fits = pc.match_substring_regex(text, pattern)
        signed = pc.match_substring(text, sign)
        several = pc.and_(fits, pc.greater(pc.count_substring(text, sign), 1))
        if not pc.all(pc.equal(fits, signed)).as_py() or not pc.any(fits).as_py():
            continue
        small = pc.match_substring_regex(text, r"^\d{1,3}$")
        if pc.any(several).as_py() or (sign == "," and pc.any(small).as_py()):
            return pc.if_else(fits, pc.replace_substring(text, sign, ""), text), int(pc.sum(fits).as_py())
    return text, 0


def mbids(text: pa.Array) -> tuple[pa.Array, BoolArray]:
    """MBIDs in small letters, also those inside an address, "" for none; and which cells hold something else."""
    lowered = pc.utf8_lower(text)
    if pc.all(pc.match_substring_regex(lowered, f"^{_MBID}$")).as_py():
        return lowered, np.zeros(len(text), bool)
    known = pc.fill_null(pc.struct_field(pc.extract_regex(lowered, _MBID), "mbid"), "")
    wrong = pc.and_(pc.equal(known, ""), pc.not_equal(text, ""))
    return known, wrong.to_numpy(zero_copy_only=False)


def decades(text: pa.Array) -> tuple[DoubleArray, BoolArray]:
    """Decades of years, dates and decades (1994, 1994-03-02, 1990s and 90s are all 1990); NaN for none; and which cells
    hold something else."""
    years = pc.cast(pc.struct_field(pc.extract_regex(text, _YEAR), "year"), pa.float64())
    tens = pc.cast(pc.struct_field(pc.extract_regex(text, _SHORT_DECADE), "tens"), pa.float64())
    values = years.to_numpy(zero_copy_only=False)
    short = tens.to_numpy(zero_copy_only=False)
    values = np.where(np.isnan(values), np.where(short < 30, 2000 + short, 1900 + short), values)
    empty = pc.is_in(pc.utf8_lower(text), _UNKNOWN).to_numpy(zero_copy_only=False)
    return np.floor(values / 10) * 10, np.isnan(values) & ~empty


def known_splits(text: pa.Array) -> tuple[npt.NDArray[np.object_], BoolArray]:
    """(n,) "train", "val", "test" or "" by the names and numbers that people use; and which cells hold another name."""
    lowered = pc.utf8_lower(text)
    values = lowered.to_pandas().astype(object).to_numpy()
    present = set(values) - {""}
    names: dict[str, str] = _SPLITS
    for codes in _CODES:
        if present and present <= codes.keys():
            names = codes
            break
    found = np.array([names.get(value, "") for value in values], object)
    return found, (found == "") & (values != "")


def looks_garbled(text: pa.Array) -> tuple[int, str]:
    """How many cells look like UTF-8 read in another encoding (BjÃ¶rk), and the first of them."""
    if pc.all(pc.string_is_ascii(text)).as_py():
        return 0, ""
    flags = pc.match_substring_regex(text, _MOJIBAKE)
    count = int(pc.sum(flags).as_py() or 0)
    return count, str(text.filter(flags)[0]) if count else ""


def labels_of(column: Column, separator: str = "") -> Labels:
    """The labels of a column of lists or of text that separates them, as in “rock;jazz” or “["rock", "jazz"]”."""
    lists = _as_lists(column, separator)
    values = pc.utf8_trim_whitespace(pc.list_flatten(lists))
    rows = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    kept = pc.fill_null(pc.not_equal(values, ""), False)
    return _distinct(rows[kept.to_numpy(zero_copy_only=False)], values.filter(kept))


def labels_of_columns(columns: list[Column], separator: str = "") -> Labels:
    """The labels of several columns, such as genre1 to genre5, together."""
    if len(columns) == 1:
        return labels_of(columns[0], separator)
    texts = [as_text(column) for column in columns]
    rows = np.tile(np.arange(len(texts[0])), len(texts))
    values = pa.concat_arrays(texts)
    kept = np.flatnonzero(pc.not_equal(values, "").to_numpy(zero_copy_only=False))
    kept = kept[np.argsort(rows[kept], kind="stable")]
    return _distinct(rows[kept], values.take(pa.array(kept)))


def _distinct(rows: npt.NDArray[np.int64], values: pa.Array) -> Labels:
    encoded = pc.dictionary_encode(values)
    names = [str(name) for name in encoded.dictionary.to_pylist()]
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    order = np.argsort(np.array(names, object)) if names else np.empty(0, np.int64)
    place = np.empty(len(names), np.int64)
    place[order] = np.arange(len(names))
    codes = place[codes] if names else codes
    _, first = np.unique(rows * max(1, len(names)) + codes, return_index=True)
    first.sort()
    return Labels(rows[first], codes[first], [names[at] for at in order])


def _as_lists(column: Column, separator: str) -> pa.Array:
    if is_list(column):
        cells = [[_label(value) for value in cell or [] if value is not None] for cell in column.to_pylist()]
        return pa.array(cells, pa.list_(pa.string()))
    text = as_text(column)
    if not separator and pc.any(pc.starts_with(text, "[")).as_py():
        return pa.array([_parsed(cell) for cell in text.to_pylist()], pa.list_(pa.string()))
    return pc.split_pattern(text, separator or list_separator(text))


def list_separator(text: pa.Array) -> str:
    """The separator that most cells hold."""
    counts = {each: int(pc.sum(pc.match_substring(text, each)).as_py() or 0) for each in LIST_SEPARATORS}
    return max(LIST_SEPARATORS, key=lambda each: counts[each])


def _parsed(cell: str) -> list[str]:
    """The list in a cell as JSON or Python write it; any other cell is its own only label."""
    if not cell.startswith("["):
        return [cell]
    for parse in (json.loads, ast.literal_eval):
        try:
            found: Any = parse(cell)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            continue
        if isinstance(found, list):
            return [_label(value) for value in found if value is not None]
    return [cell]


def _label(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("name", ""))
    return str(value)


def vectors_of(column: Column) -> tuple[npt.NDArray[np.float32], BoolArray]:
    """(n, d) the vectors in the cells of a column, rows of NaN where there is none; and which cells hold another."""
    cells = column.to_pylist() if is_list(column) else [_vector(cell) for cell in as_text(column).to_pylist()]
    widths = [len(cell) for cell in cells if cell]
    width = max(set(widths), key=widths.count) if widths else 0
    values = np.full((len(cells), width), np.nan, np.float32)
    bad = np.zeros(len(cells), bool)
    for row, cell in enumerate(cells):
        if not cell:
            continue
        if len(cell) != width or any(isinstance(value, bool) or not isinstance(value, int | float) for value in cell):
            bad[row] = True
            continue
        with np.errstate(over="ignore"):
            vector = np.array(cell, np.float64).astype(np.float32)
        bad[row] = not np.isfinite(vector).all()
        if not bad[row]:
            values[row] = vector
    return values, bad


def _vector(cell: str) -> list[Any]:
    if not cell:
        return []
    try:
        if cell.startswith("["):
            found = json.loads(cell)
            return found if isinstance(found, list) else ["?"]
        return [float(part) for part in cell.replace(",", " ").split()]
    except (ValueError, RecursionError):
        return ["?"]
