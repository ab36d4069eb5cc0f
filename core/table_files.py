"""Parquet tables in files that anything may have been written into: bounded before they are read, and while."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import NearfieldError
from core.reading import open_regular

LARGEST_TABLE = 1 << 30
"""Bytes in memory of a table that anybody may have sent, before it becomes a frame."""

_BYTES_A_VALUE = 10
"""A table may have a value for each so many bytes that it may have; equal values take no space in a file."""

_BATCH_ROWS = 16_384
_FAULTS = (
    pa.ArrowException,
    OSError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    NotImplementedError,
    MemoryError,
)
"""What pyarrow raises for files of other bytes than it writes, and for types that no frame can hold."""


def read_parquet(path: Path, most_rows: int) -> pd.DataFrame:
    """The table in a parquet file, its rows numbered in file order.

    Raises NearfieldError for a file that is none, for more than `most_rows` rows and for a table beyond the limits.
    """
    return frame_of(read_arrow_table(path, most_rows), path.name)


def read_arrow_table(path: Path, most_rows: int, largest: int | None = None) -> pa.Table:
    """The table in a parquet file, each column in one piece. It may take `largest` bytes in memory, by default
    LARGEST_TABLE.

    Raises as `read_parquet`.
    """
    most = largest or LARGEST_TABLE
    with open_regular(path, most) as file:
        try:
            return _table(pq.ParquetFile(file), path.name, most_rows, most)
        except _FAULTS as fault:
            raise _unreadable(path.name, fault) from None


def frame_of(table: pa.Table, name: str, keep_lists: bool = False) -> pd.DataFrame:
    """A table as a frame, its rows numbered; columns that need no other form are not copied.

    With `keep_lists`, columns of lists of texts stay as Arrow has them, and become lists one by one when they are
    looked at; millions of them as objects take seconds and hundreds of megabytes. Raises NearfieldError, which begins
    with `name`, for a table that no frame can hold.
    """
    try:
        mapper = _list_type if keep_lists else None
        frame: pd.DataFrame = table.to_pandas(types_mapper=mapper, split_blocks=True).reset_index(drop=True)
        if not all(isinstance(column, str) for column in frame.columns):
            raise ValueError("a column's name is not text")
    except _FAULTS as fault:
        raise _unreadable(name, fault) from None
    return frame


def _unreadable(name: str, fault: BaseException) -> NearfieldError:
    reason = (str(fault).splitlines() or [type(fault).__name__])[0]
    return NearfieldError(f"{name} is not a readable parquet file ({reason[:300]}).")


def _table(parquet: Any, name: str, most_rows: int, most: int) -> pa.Table:
    metadata = parquet.metadata
    if metadata.num_rows > most_rows:
        raise NearfieldError(f"{name} has {metadata.num_rows:,} rows; at most {most_rows:,} can be read.")
    groups = [metadata.row_group(index) for index in range(metadata.num_row_groups)]
    values = sum(group.column(index).num_values for group in groups for index in range(group.num_columns))
    if values > most // _BYTES_A_VALUE:
        raise NearfieldError(f"{name} has {values:,} values; at most {most // _BYTES_A_VALUE:,} can be read.")
    schema = parquet.schema_arrow
    if len(set(schema.names)) < len(schema.names):
        raise ValueError("two columns have the same name")
    batches: list[pa.RecordBatch] = []
    size = rows = 0
    for batch in parquet.iter_batches(_BATCH_ROWS):
        size, rows = size + batch.nbytes, rows + batch.num_rows
        if size > most or rows > most_rows:
            raise NearfieldError(f"{name} is too large: it unpacks to more than {most >> 20:,} MB.")
        batches.append(batch)
    table = pa.Table.from_batches(batches, schema)
    table.validate(full=True)
    return _without_dictionaries(table).combine_chunks()


def _list_type(of: pa.DataType) -> pd.ArrowDtype | None:
    """The type in a frame of lists of texts; None for any other."""
    if pa.types.is_list(of) or pa.types.is_large_list(of):
        inner = of.value_type
        return pd.ArrowDtype(of) if pa.types.is_string(inner) or pa.types.is_large_string(inner) else None
    return None


def _without_dictionaries(table: pa.Table) -> pa.Table:
    """The table with columns that are written as numbers into a list of values replaced by the values."""
    for index, column in enumerate(table.schema):
        if pa.types.is_dictionary(column.type):
            table = table.set_column(index, column.name, table[index].cast(column.type.value_type))
    return table
