"""Reading and checking the tables of a catalogue; those of many artists are kept as they were found to be sound."""

import os
import resource
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pyarrow as pa

from core.catalogue.elsewhere import elsewhere_problems
from core.catalogue.format import ARTISTS_FILE, EDGES_FILE, ELSEWHERE_FILE, MOST_ROWS, TRACKS_FILE, Manifest
from core.catalogue.tables import Problem, artist_problems, edge_problems
from core.catalogue.tracks import track_problems
from core.errors import CatalogueError, NearfieldError
from core.kept_tables import kept_tables
from core.table_files import LARGEST_TABLE, frame_of, read_arrow_table

_KEPT_FROM_BYTES = 4 << 20
"""Of all tables' files together: from here on, reading and checking take longer than a moment."""

_SHARE_OF_MEMORY = 4
_GROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
_CHECKS: dict[str, Callable[[pd.DataFrame, int], Iterator[Problem]]] = {
    ARTISTS_FILE: lambda artists, _: artist_problems(artists),
    EDGES_FILE: edge_problems,
    ELSEWHERE_FILE: elsewhere_problems,
    TRACKS_FILE: track_problems,
}
_VERSION = "1"
"""Of the checks, and of what is kept: raise it with either."""


def largest_table() -> int:
    """Bytes in memory that a table of a catalogue may take: a quarter of this machine's, and at least LARGEST_TABLE.

    A catalogue is its owner's, who may have a large one; files that others send are held to LARGEST_TABLE.
    """
    return max(LARGEST_TABLE, _memory() // _SHARE_OF_MEMORY)


def checked_tables(folder: Path, manifest: Manifest) -> dict[str, pd.DataFrame]:
    """The tables of the catalogue in `folder`, by file, without problems. Raises CatalogueError, naming file, row and
    reason, for any other.

    Large ones are checked once a version, and then mapped from the cache folder.
    """
    files = [file for file in MOST_ROWS if file in (ARTISTS_FILE, EDGES_FILE) or file in manifest.files]
    found = [file_inside(folder, file).stat() for file in files]
    if sum(file.st_size for file in found) < _KEPT_FROM_BYTES:
        return {file: frame for file, _, frame in _checked(folder, files)}
    digests = [f"{file} {manifest.files.get(file)}" for file in files]
    stamps = [f"{file.st_size} {file.st_mtime_ns}" for file in found]
    made_from = (_VERSION, *digests, *stamps)
    kept = kept_tables("tables", made_from, lambda: {file: table for file, table, _ in _checked(folder, files)})
    return {file: _frame(file, table) for file, table in kept.items()}


def read_table(folder: Path, file: str) -> pd.DataFrame:
    """A parquet table of the catalogue in `folder`, its rows numbered in file order."""
    return _frame(file, _read(folder, file))


def file_inside(folder: Path, file: str) -> Path:
    """The path of a catalogue's file. Raises CatalogueError where it is missing or a link leads out of `folder`."""
    path = folder / file
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise CatalogueError(f"{file} is a link to a place outside the catalogue. Put the file itself there.")
    if not os.path.lexists(path):
        raise CatalogueError(f"{file} is missing in {folder}.")
    if not os.path.isfile(path):
        raise CatalogueError(f"{file} is no regular file. Put a copy of the file itself there.")
    return path


def _memory() -> int:
    """Bytes of memory that this process may use: the machine's, its container's or its own limit."""
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    own, _ = resource.getrlimit(resource.RLIMIT_AS)
    limits += [own] if own != resource.RLIM_INFINITY else []
    with suppress(OSError, ValueError):  # no such group, or no limit
        limits.append(int(_GROUP_LIMIT.read_text()))
    return min(limits)


def _read(folder: Path, file: str) -> pa.Table:
    try:
        return read_arrow_table(file_inside(folder, file), MOST_ROWS[file], largest_table())
    except NearfieldError as fault:
        raise CatalogueError(str(fault)) from None


def _checked(folder: Path, files: list[str]) -> Iterator[tuple[str, pa.Table, pd.DataFrame]]:
    """Each table, as Arrow has it and as a frame, once it has been found to have no problem."""
    n_artists = 0
    for file in files:
        table = _read(folder, file)
        frame = _frame(file, table)
        n_artists = n_artists or len(frame)
        for problem in _CHECKS[file](frame, n_artists):
            raise CatalogueError(f"{folder.name}: {problem}")
        yield file, table, frame


def _frame(file: str, table: pa.Table) -> pd.DataFrame:
    try:
        return frame_of(table, file, keep_lists=file == ARTISTS_FILE)
    except NearfieldError as fault:
        raise CatalogueError(str(fault)) from None
