"""Ways to spoil a Parquet table: other columns, cells, rows and metadata."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.campaign.documents import LONG
from benchmarks.campaign.files import Way
from tests.support.furnished import DEEP, equal_edges


def _numbers(value: Any) -> Callable[[int, random.Random], list[Any]]:
    return lambda n, rng: [value] * n


_COLUMNS: tuple[Callable[[int, random.Random], Any], ...] = (
    *map(
        _numbers, (None, -1, 0, 2**31, 2**62, 1e300, float("nan"), float("inf"), True, "x", "", LONG, "\0", b"\xff\xfe")
    ),
    lambda n, rng: [str(row) for row in range(n)],
    lambda n, rng: [rng.choice((None, 1)) for _ in range(n)],
    lambda n, rng: [[row] for row in range(n)],
    lambda n, rng: [[None, "x"]] * n,
    lambda n, rng: [["x"] * 2000] * n,
    lambda n, rng: [{"x": row} for row in range(n)],
    lambda n, rng: [[["x"]]] * n,
    lambda n, rng: pa.array([2**62] * n, pa.timestamp("ms")),
    lambda n, rng: pa.array([1] * n, pa.timestamp("ns", "Europe/Nowhere")),
    lambda n, rng: pa.array([1] * n, pa.date32()),
    lambda n, rng: pa.array([1] * n, pa.duration("s")),
    lambda n, rng: pa.array([1] * n, pa.decimal128(30, 2)),
    lambda n, rng: pa.array([2**64 - 1] * n, pa.uint64()),
    lambda n, rng: pa.array(["x"] * n).dictionary_encode(),
    lambda n, rng: pa.array(["x"] * n, pa.large_string()),
    lambda n, rng: pa.array([None] * n, pa.null()),
    lambda n, rng: pa.array([[("a", 1)]] * n, pa.map_(pa.string(), pa.int32())),
    lambda n, rng: pa.array([1.5] * n, pa.float16()),
)


def _changed_table(change: Callable[[pa.Table, random.Random], pa.Table]) -> Way:
    def way(file: Path, rng: random.Random) -> None:
        table = change(pq.read_table(file), rng)
        compression = rng.choice(("snappy", "gzip", "zstd", "none"))
        pq.write_table(table, file, compression=compression, use_dictionary=rng.random() < 0.5)

    way.__name__ = change.__name__
    return way


def _place(table: pa.Table, rng: random.Random) -> int:
    return rng.randrange(table.num_columns)


def _another_column(table: pa.Table, rng: random.Random) -> pa.Table:
    at = _place(table, rng)
    return table.set_column(at, table.column_names[at], _arrow(rng.choice(_COLUMNS)(len(table), rng)))


def _one_other_cell(table: pa.Table, rng: random.Random) -> pa.Table:
    at = _place(table, rng)
    values = table.column(at).to_pylist()
    values[rng.randrange(len(values))] = rng.choice(_COLUMNS[:16])(1, rng)[0]
    return table.set_column(at, table.column_names[at], _arrow(values, [str(value) for value in values]))


def _arrow(values: Any, instead: Any = None) -> pa.Array:
    try:
        return values if isinstance(values, pa.Array) else pa.array(values)
    except (pa.ArrowException, OverflowError):
        return pa.array(instead)


def _cast_to_text(table: pa.Table, rng: random.Random) -> pa.Table:
    at = _place(table, rng)
    return table.set_column(
        at, table.column_names[at], pa.array([str(value) for value in table.column(at).to_pylist()])
    )


def _without_column(table: pa.Table, rng: random.Random) -> pa.Table:
    return table.remove_column(_place(table, rng))


def _renamed_column(table: pa.Table, rng: random.Random) -> pa.Table:
    names = list(table.column_names)
    names[_place(table, rng)] = rng.choice((*names, "x", "", LONG, "\0", "__index_level_0__", "0"))
    return table.rename_columns(names)


def _more_columns(table: pa.Table, rng: random.Random) -> pa.Table:
    for number in range(rng.choice((1, 3, 300))):
        table = table.append_column(f"new{number}", _arrow(rng.choice(_COLUMNS)(len(table), rng)))
    return table


def _other_rows(table: pa.Table, rng: random.Random) -> pa.Table:
    ways: tuple[Callable[[], pa.Table], ...] = (
        lambda: table.slice(0, 0),
        lambda: table.slice(1),
        lambda: table.slice(0, max(1, len(table) // 2)),
        lambda: pa.concat_tables([table, table]),
        lambda: pa.concat_tables([table] * 50),
        lambda: table.take(pa.array(list(range(len(table)))[::-1])),
        lambda: table.take(pa.array([0] * len(table))),
    )
    return rng.choice(ways)()


def _other_metadata(table: pa.Table, rng: random.Random) -> pa.Table:
    texts = (b"", b"{}", b"[]", b"null", b"\xff", b'{"index_columns": ["x"], "columns": []}', DEEP.encode())
    index = {"index_columns": [table.column_names[0]], "columns": [], "column_indexes": [], "pandas_version": "2"}
    ranged = {"kind": "range", "name": None, "start": 0, "stop": 10**9, "step": 1}
    lied = {"index_columns": [ranged], "columns": [], "column_indexes": []}
    return table.replace_schema_metadata(
        {b"pandas": rng.choice((*texts, json.dumps(index).encode(), json.dumps(lied).encode()))}
    )


def _many_equal_rows(file: Path, rng: random.Random) -> None:
    """A table of millions of equal rows that takes hardly any space."""
    if file.name == "edges.parquet":
        equal_edges(file, rng.choice((1_000_000, 21_000_000)), 1_000_000)
        return
    one = pq.read_table(file).slice(0, 1)
    block = one.take(pa.array(np.zeros(200_000, np.int64)))
    with pq.ParquetWriter(file, one.schema) as writer:
        for _ in range(rng.choice((1, 15))):
            writer.write_table(block)


TABLES: tuple[Way, ...] = (
    *(_changed_table(_another_column),) * 4,
    *(_changed_table(_one_other_cell),) * 4,
    _changed_table(_cast_to_text),
    _changed_table(_without_column),
    _changed_table(_renamed_column),
    _changed_table(_more_columns),
    _changed_table(_other_rows),
    _changed_table(_other_metadata),
    _many_equal_rows,
)
