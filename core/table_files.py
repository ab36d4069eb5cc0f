"""Parquet tables in files that anything may have been written into: bounded before they are read, and while."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import NearfieldError
from core.reading import open_regular

LARGEST_TABLE = 1 << 30
"""Bytes of a table in memory, before it becomes a frame."""

MOST_VALUES = 100_000_000
"""Values in all columns of a table together; equal values take no space in a file."""

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


def read_parquet(path: Path, most_rows: int, keep_lists: bool = False) -> pd.DataFrame:
    """The table in a parquet file, its rows numbered in file order.

    With `keep_lists`, columns of lists of texts stay as Arrow has them, and become lists one by one when they are
    looked at; millions of them as objects take seconds and hundreds of megabytes.

    Raises NearfieldError for a file that is none, for more than `most_rows` rows and for a table beyond the limits.
    """
    with open_regular(path, LARGEST_TABLE) as file:
        try:
            table = _table(pq.ParquetFile(file), path.name, most_rows)
            mapper = _list_type if keep_lists else None
            frame: pd.DataFrame = table.to_pandas(types_mapper=mapper).reset_index(drop=True)
            if not all(isinstance(column, str) for column in frame.columns):
                raise ValueError("a column's name is not text")
        except _FAULTS as fault:
            reason = (str(fault).splitlines() or [type(fault).__name__])[0]
            raise NearfieldError(f"{path.name} is not a readable parquet file ({reason[:300]}).") from None
    return frame


def _table(parquet: Any, name: str, most_rows: int) -> pa.Table:
    metadata = parquet.metadata
    if metadata.num_rows > most_rows:
        raise NearfieldError(f"{name} has {metadata.num_rows:,} rows; at most {most_rows:,} can be read.")
    groups = [metadata.row_group(index) for index in range(metadata.num_row_groups)]
    values = sum(group.column(index).num_values for group in groups for index in range(group.num_columns))
    if values > MOST_VALUES:
        raise NearfieldError(f"{name} has {values:,} values; at most {MOST_VALUES:,} can be read.")
    schema = parquet.schema_arrow
    if len(set(schema.names)) < len(schema.names):
        raise ValueError("two columns have the same name")
    batches: list[pa.RecordBatch] = []
    size = rows = 0
    for batch in parquet.iter_batches(_BATCH_ROWS):
        size, rows = size + batch.nbytes, rows + batch.num_rows
        if size > LARGEST_TABLE or rows > most_rows:
            raise NearfieldError(f"{name} is too large: it unpacks to more than {LARGEST_TABLE >> 20:,} MB.")
        batches.append(batch)
    table = pa.Table.from_batches(batches, schema)
    table.validate(full=True)
    return _without_dictionaries(table)


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
