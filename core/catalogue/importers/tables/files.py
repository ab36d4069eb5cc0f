"""The files of a source: which are read, which are not and why, and each as one or two tables of columns."""

import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from core.array_files import map_array
from core.arrays import FloatArray
from core.catalogue.format import MOST_COLUMNS
from core.catalogue.importers.tables.cells import Column
from core.catalogue.importers.tables.delimited import Reading, read_delimited
from core.catalogue.importers.tables.graph_files import is_node_link, json_columns, read_node_link, read_xml_graph
from core.errors import CatalogueError, NearfieldError
from core.reading import open_regular, parse_json
from core.table_files import read_parquet

MOST_ROWS = 20_000_000
LARGEST_TEXT = 1 << 30
LARGEST_GRAPH = 8 << 30
NODES, EDGES = "#nodes", "#edges"
"""After the name of a graph's file: the table that is meant."""

_ATOMIC = (".inter", ".user", ".item", ".link", ".kg", ".net")
"""RecBole's atomic files: separated by tabs, with the type of each column behind its name."""

_DELIMITED = (".csv", ".tsv", ".tab", ".txt", ".dat", ".edgelist", ".edges", ".nodes", *_ATOMIC)
_LINES = (".jsonl", ".ndjson")
_XML = (".graphml", ".gexf", ".xml")
_PICKLES = {
    ".pkl": "pandas.read_pickle(FILE).to_parquet('table.parquet')",
    ".pickle": "pandas.read_pickle(FILE).to_parquet('table.parquet')",
    ".joblib": "numpy.save('vectors.npy', array)",
    ".pt": "numpy.save('vectors.npy', tensor.numpy())",
    ".pth": "numpy.save('vectors.npy', tensor.numpy())",
    ".ckpt": "numpy.save('vectors.npy', tensor.numpy())",
    ".bin": "numpy.save('vectors.npy', array)",
    ".gpickle": "networkx.write_graphml(graph, 'graph.graphml')",
}
_OTHERS = {
    ".xlsx": "Save each sheet as CSV.",
    ".xls": "Save each sheet as CSV.",
    ".ods": "Save each sheet as CSV.",
    ".npz": "Save each array by numpy.save as .npy, with its ids in a text file.",
    ".mat": "Save each table as CSV.",
    ".rds": "Save each table as CSV.",
    ".h5": "Save each table as Parquet.",
    ".hdf5": "Save each table as Parquet.",
    ".zip": "Unpack it and give the folder.",
    ".tar": "Unpack it and give the folder.",
    ".tgz": "Unpack it and give the folder.",
    ".db": "Save each table as CSV.",
    ".sqlite": "Save each table as CSV.",
}


@dataclass(frozen=True)
class Table:
    """One table: its columns are text, numbers or lists. `first_line` is the line of its first row, 0 if unknown."""

    name: str
    columns: dict[str, Column]
    notes: list[str] = field(default_factory=list)
    header: bool = True
    first_line: int = 0
    directed: bool | None = None
    types: dict[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def column(self, name: str) -> Column:
        """The column of this name. Raises CatalogueError, which lists the columns that there are."""
        if name not in self.columns:
            known = ", ".join(self.columns)
            raise CatalogueError(f"{self.name} has no column “{name}”. It has: {known[:500]}.")
        return self.columns[name]

    def place(self, row: int) -> str:
        """Where a row stands, for people."""
        return f"{self.name}, line {row + self.first_line}" if self.first_line else f"{self.name}, row {row + 1}"


def files_of(source: Path) -> tuple[list[Path], list[str]]:
    """The files of a source that can be read, and a line for each of the others. Raises CatalogueError for none."""
    if source.is_file():
        refuse_unreadable(source)
        return [source], []
    if not source.is_dir():
        raise CatalogueError(f"There is neither a file nor a folder {source}.")
    found = sorted(file for file in source.iterdir() if file.is_file() and not file.name.startswith("."))
    readable, others = [], []
    for file in found:
        try:
            refuse_unreadable(file)
        except CatalogueError as fault:
            others.append(str(fault))
            continue
        readable.append(file)
    if not readable:
        why = f" {others[0]}" if others else " Give a file or a folder with CSV, TSV, Parquet, JSON or graph files."
        raise CatalogueError(f"{source} holds no table that can be read.{why}")
    return readable, others


def kind_of(path: Path) -> str:
    """The ending that tells how a file is read, without .gz."""
    suffixes = [suffix.casefold() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def refuse_unreadable(path: Path) -> None:
    """Raise CatalogueError, which says how to convert it, for a file that is not read."""
    kind = kind_of(path)
    if kind in _PICKLES or _begins_as_pickle(path):
        how = _PICKLES.get(kind, "pandas.read_pickle(FILE).to_parquet('table.parquet')")
        raise CatalogueError(
            f"{path.name} is not read: a file of Python objects can run any program when it is opened. "
            f"Convert it where you trust it, for example by {how}."
        )
    if kind in _OTHERS:
        raise CatalogueError(f"{path.name} is not read. {_OTHERS[kind]}")
    if kind not in (*_DELIMITED, *_LINES, *_XML, ".json", ".parquet", ".npy"):
        raise CatalogueError(f"{path.name} is not read: it is none of CSV, TSV, Parquet, JSON, .npy, GraphML and GEXF.")


def _begins_as_pickle(path: Path) -> bool:
    try:
        with open_regular(path) as file:
            head = file.read(2)
    except NearfieldError:
        return False
    return head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")


def read_tables(path: Path, name: str, reading: Reading) -> list[Table]:
    """The tables in a file: nodes and edges of a graph, otherwise one. Raises CatalogueError, which names the file."""
    refuse_unreadable(path)
    kind = kind_of(path)
    try:
        if kind in _XML:
            return _xml_tables(path, name)
        if kind == ".parquet":
            return [_parquet_table(path, name)]
        if kind in _LINES:
            return [_lines_table(path, name)]
        if kind == ".json":
            return _json_tables(path, name)
        return [_delimited_table(path, name, kind, reading)]
    except NearfieldError as fault:
        raise CatalogueError(str(fault)) from None


def read_bytes(path: Path, largest: int = LARGEST_TEXT) -> bytes:
    """The content of a file, unpacked where it ends in .gz. Raises NearfieldError beyond `largest` bytes."""
    with open_regular(path, largest) as file:
        if path.suffix.casefold() != ".gz":
            return file.read(largest)
        try:
            with gzip.open(file) as packed:
                content = packed.read(largest + 1)
        except (OSError, EOFError, zlib.error) as fault:
            raise CatalogueError(f"{path.name} cannot be unpacked ({fault}).") from None
    if len(content) > largest:
        raise CatalogueError(f"{path.name} unpacks to more than {largest:,} bytes.")
    return content


def read_head(path: Path, size: int) -> bytes:
    """The first bytes of a file, unpacked where it ends in .gz."""
    opened: Callable[[Any], Any] = gzip.open if path.suffix.casefold() == ".gz" else lambda file: file
    try:
        with open_regular(path) as file:
            return bytes(opened(file).read(size))
    except (OSError, EOFError, zlib.error) as fault:
        raise CatalogueError(f"{path.name} cannot be read ({fault}).") from None


def _delimited_table(path: Path, name: str, kind: str, reading: Reading) -> Table:
    atomic = kind in _ATOMIC
    if atomic and reading.separator is None:
        reading = Reading(reading.encoding, "\t", reading.header)
    found = read_delimited(read_bytes(path), name, reading)
    _check_rows(name, len(next(iter(found.columns.values()))))
    columns: dict[str, Column] = dict(found.columns)
    types: dict[str, str] = {}
    if atomic or any(column.endswith(":token") for column in columns):
        types = {column.partition(":")[0]: column.partition(":")[2] for column in columns}
        columns = {column.partition(":")[0]: cells for column, cells in columns.items()}
    return Table(name, columns, found.notes, found.header, found.first_line, types=types)


def _check_rows(name: str, rows: int) -> None:
    if rows > MOST_ROWS:
        raise CatalogueError(f"{name} has {rows:,} rows; at most {MOST_ROWS:,} can be read.")


def _parquet_table(path: Path, name: str) -> Table:
    frame = read_parquet(path, MOST_ROWS)
    columns: dict[str, Column] = {}
    for column in frame.columns:
        try:
            columns[str(column)] = pa.array(frame[column], from_pandas=True)
        except (pa.ArrowException, TypeError, ValueError) as fault:
            raise CatalogueError(f"{name}: the column “{column}” cannot be read ({fault}).") from None
    return Table(name, columns)


def _lines_table(path: Path, name: str) -> Table:
    rows = []
    for number, line in enumerate(read_bytes(path).splitlines(), 1):
        if line.strip():
            row = parse_json(line, f"{name}, line {number},")
            if not isinstance(row, dict):
                raise CatalogueError(f"{name}, line {number}: each line must be a JSON object.")
            rows.append(row)
    if not rows:
        raise CatalogueError(f"{name} is empty.")
    return Table(name, dict(json_columns(rows)), first_line=1)


def _json_tables(path: Path, name: str) -> list[Table]:
    content = parse_json(read_bytes(path), name)
    if is_node_link(content):
        nodes, edges, directed = read_node_link(content, name)
        return _graph_tables(name, nodes, edges, directed)
    if isinstance(content, list) and content and all(isinstance(row, dict) for row in content):
        return [Table(name, dict(json_columns(content)))]
    raise CatalogueError(f"{name} is neither a list of objects nor a graph with nodes and links.")


def _xml_tables(path: Path, name: str) -> list[Table]:
    with open_regular(path, LARGEST_GRAPH) as file:
        if path.suffix.casefold() == ".gz":
            with gzip.open(file) as packed:
                graph = read_xml_graph(packed, name)  # type: ignore[arg-type]
        else:
            graph = read_xml_graph(file, name)
    return _graph_tables(name, graph.node_columns(), graph.edge_columns(), graph.directed)


def _graph_tables(name: str, nodes: dict[str, Any], edges: dict[str, Any], directed: bool) -> list[Table]:
    tables = [Table(name + NODES, nodes), Table(name + EDGES, edges, directed=directed)]
    return [table for table in tables if table.columns and len(table)]


def read_vectors(path: Path, name: str) -> FloatArray:
    """(m, d) the vectors of an .npy file. Raises CatalogueError for another shape or type."""
    try:
        values = map_array(path)
    except NearfieldError as fault:
        raise CatalogueError(str(fault)) from None
    if values.ndim != 2 or values.dtype.kind not in "fiub":
        raise CatalogueError(f"{name} must hold numbers in two axes, not {values.dtype} {values.shape}.")
    if values.shape[1] > MOST_COLUMNS:
        raise CatalogueError(f"{name} has {values.shape[1]:,} columns; at most {MOST_COLUMNS:,} can be used.")
    with np.errstate(over="ignore"):
        return values.astype(np.float32)


def ids_file(path: Path) -> Path | None:
    """The file with the ids of an .npy file's rows, which stands beside it, if there is one."""
    stems = (f"{path.stem}.ids", f"{path.stem}_ids", f"{path.stem}-ids", path.stem, "ids")
    names = [f"{stem}{suffix}" for stem in stems for suffix in (".txt", ".csv", ".tsv", ".json", ".npy")]
    found = [path.with_name(name) for name in names if path.with_name(name) != path]
    return next((file for file in found if file.is_file()), None)


def read_ids(path: Path) -> pa.Array:
    """Ids of rows: a line each in a text file, a JSON list, or an .npy of text or whole numbers."""
    try:
        if path.suffix == ".npy":
            values = map_array(path)
            if values.ndim != 1 or values.dtype.kind not in "iuU":
                raise CatalogueError(f"{path.name} must hold ids: text or whole numbers in one axis.")
            return pa.array([str(value) for value in values.tolist()], pa.string())
        if path.suffix == ".json":
            content = parse_json(read_bytes(path), path.name)
            if not isinstance(content, list):
                raise CatalogueError(f"{path.name} must be a JSON list of ids.")
            return pa.array([each if isinstance(each, str) else json.dumps(each) for each in content], pa.string())
        lines = read_bytes(path).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise CatalogueError(f"{path.name} is not text in UTF-8.") from None
    except NearfieldError as fault:
        raise CatalogueError(str(fault)) from None
    return pa.array([line.strip().strip('"') for line in lines if line.strip()], pa.string())
