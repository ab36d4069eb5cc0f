"""DuckDB within bounds: a database of its own in a temporary folder, with limits on memory and threads."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from core.errors import NearfieldError

THREADS = 2


@contextmanager
def database(memory_mb: int, folder: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database that is removed at the end. What exceeds `memory_mb` goes to the disk, into `folder` or the
    system's folder for temporary files. Raises NearfieldError for whatever DuckDB cannot read or do."""
    with TemporaryDirectory(prefix="nearfield-", dir=folder) as place:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": f"{memory_mb}MB",
            "threads": THREADS,
            "temp_directory": f"{place}/spill",
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        connection = duckdb.connect(f"{place}/work.duckdb", config=settings)
        try:
            yield connection
        except duckdb.OutOfMemoryException:
            raise NearfieldError(
                f"{memory_mb:,} MB of memory are not enough. Allow more, or take the users in more ranges."
            ) from None
        except (duckdb.IOException, duckdb.InvalidInputException, duckdb.ConversionException) as fault:
            raise NearfieldError(f"The tables cannot be read: {_first_line(fault)}") from None
        finally:
            connection.close()


def quoted(text: str | Path) -> str:
    """`text` as a literal of SQL."""
    return "'" + str(text).replace("'", "''") + "'"


def column(name: str) -> str:
    """`name` as the name of a column in SQL."""
    return '"' + name.replace('"', '""') + '"'


def _first_line(fault: Exception) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0]
