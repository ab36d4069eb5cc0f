"""Tables that take long to read and to check, kept in the cache folder as Arrow has them in memory, and mapped.

A table that is mapped is there at once at any length, and many processes share its pages.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa

from core.errors import NearfieldError
from core.kept_arrays import Form, kept


def kept_tables(
    name: str, made_from: tuple[str, ...], make: Callable[[], Mapping[str, pa.Table]]
) -> dict[str, pa.Table]:
    """The tables that `make` makes, by name, as `kept_arrays` keeps arrays."""
    return kept(_TABLES, name, made_from, make)


def _write(path: Path, table: pa.Table) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def _map(path: Path) -> pa.Table:
    try:
        return pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    except pa.ArrowException as fault:
        raise NearfieldError(f"{path.name} is not a readable table ({fault}).") from None


_TABLES: Form[pa.Table] = Form(".arrow", lambda table: table.nbytes, _write, _map)
