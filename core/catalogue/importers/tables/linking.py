"""The two columns of a table that are ends of edges, told by what is in them where their names say nothing."""

import pyarrow as pa
import pyarrow.compute as pc

from core.catalogue.importers.tables.cells import as_text, is_list, is_numeric
from core.catalogue.importers.tables.files import Table

_LEAST_SHARED = 0.5
"""The part of the values that two columns must share to name the same artists."""

_LEAST_DISTINCT = 0.9
"""The part of the cells of a key that must differ in a table with a row for each artist."""

_MOST_EQUAL = 0.5
"""The part of the rows in which two ends may be the same. Where more are, one column is only the other's spelling."""

_FEW_COLUMNS = 3
"""A table with no more columns may have edges although no artist stands twice in its first end."""


def is_one_a_row(table: Table, key: str) -> bool:
    """Whether the cells of `key` tell the rows of a table apart."""
    cells = _words(table, key)
    return len(pc.unique(cells)) >= _LEAST_DISTINCT * len(cells)


def ends_with(table: Table, key: str) -> tuple[str, str]:
    """`key` and the column that names artists of `key`, in a table that holds edges; two "" for any other table."""
    if is_one_a_row(table, key) and len(table.columns) > _FEW_COLUMNS:
        return "", ""
    known = pc.unique(_words(table, key))
    for column in _text_columns(table):
        named = pc.unique(_words(table, column))
        shared = _share(named, known) * len(named) / max(1, min(len(named), len(known)))
        if column != key and shared >= _LEAST_SHARED and _differ(table, key, column):
            return key, column
    return "", ""


def ends_among(table: Table, artists: list[pa.Array]) -> tuple[str, str]:
    """The first two columns that name artists, by the ids and names of `artists`; two "" if there are none."""
    for keys in artists:
        known = pc.unique(pc.utf8_lower(keys))
        found = [column for column in _text_columns(table) if _share(_words(table, column), known) >= _LEAST_SHARED]
        if len(found) > 1 and _differ(table, found[0], found[1]):
            return found[0], found[1]
    return "", ""


def _text_columns(table: Table) -> list[str]:
    return [column for column, cells in table.columns.items() if not is_list(cells) and not is_numeric(cells)]


def _words(table: Table, column: str) -> pa.Array:
    cells = pc.utf8_lower(as_text(table.columns[column]))
    return cells.filter(pc.not_equal(cells, ""))


def _share(cells: pa.Array, known: pa.Array) -> float:
    return float(pc.mean(pc.is_in(cells, known)).as_py() or 0) if len(cells) else 0.0


def _differ(table: Table, first: str, second: str) -> bool:
    ends = [pc.utf8_lower(as_text(table.columns[column])) for column in (first, second)]
    return float(pc.mean(pc.equal(*ends)).as_py() or 0) < _MOST_EQUAL
