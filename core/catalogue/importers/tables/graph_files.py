"""Graphs as other programs save them: GraphML and GEXF, read as a stream, and node-link JSON.

Each becomes two tables: the nodes, with `id` and what else is known of them, and the edges, with `source` and `target`.
XML that declares entities is refused: a few lines of them unpack to more than any memory holds.
"""

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from xml.parsers import expat

import pyarrow as pa

from core.errors import CatalogueError

MOST_NODES = 2_000_000
MOST_EDGES = 20_000_000
_BLOCK = 1 << 20
_MOST_ATTRIBUTES = 5_000
_NAMED = {"weight": "weight", "label": "label", "kind": "kind", "type": "type"}


@dataclass
class _Rows:
    """Cells by column, of rows that need not have them all."""

    count: int = 0
    columns: dict[str, list[str | None]] = field(default_factory=dict)

    def add(self, cells: dict[str, str]) -> None:
        for name, value in cells.items():
            if name not in self.columns:
                if len(self.columns) >= _MOST_ATTRIBUTES:
                    raise CatalogueError(f"more than {_MOST_ATTRIBUTES:,} attributes")
                self.columns[name] = []
            column = self.columns[name]
            column.extend([None] * (self.count - len(column)))
            column.append(value)
        self.count += 1

    def filled(self) -> dict[str, pa.Array]:
        return {
            name: pa.array(column + [None] * (self.count - len(column)), pa.string())
            for name, column in self.columns.items()
        }


@dataclass
class Graph:
    """A graph while it is read. Ends of edges are kept as numbers into `ids`, which holds each id once."""

    nodes: _Rows = field(default_factory=_Rows)
    edges: _Rows = field(default_factory=_Rows)
    directed: bool = False
    notes: list[str] = field(default_factory=list)
    _code: dict[str, int] = field(default_factory=dict)
    _node_codes: array = field(default_factory=lambda: array("q"))
    _ends: tuple[array, array] = field(default_factory=lambda: (array("q"), array("q")))

    def add_node(self, node: str, cells: dict[str, str]) -> None:
        if self.nodes.count >= MOST_NODES:
            raise CatalogueError(f"more than {MOST_NODES:,} nodes")
        self._node_codes.append(self._code.setdefault(node, len(self._code)))
        self.nodes.add(cells)

    def add_edge(self, source: str, target: str, cells: dict[str, str]) -> None:
        if self.edges.count >= MOST_EDGES:
            raise CatalogueError(f"more than {MOST_EDGES:,} edges")
        for ends, end in zip(self._ends, (source, target), strict=True):
            ends.append(self._code.setdefault(end, len(self._code)))
        self.edges.add(cells)

    def node_columns(self) -> dict[str, pa.Array]:
        """The table of nodes; its first column is `id`."""
        return {"id": self._ids(self._node_codes)} | _renamed(self.nodes.filled(), ("id",))

    def edge_columns(self) -> dict[str, pa.Array]:
        """The table of edges; its first columns are `source` and `target`."""
        source, target = map(self._ids, self._ends)
        return {"source": source, "target": target} | _renamed(self.edges.filled(), ("source", "target"))

    def _ids(self, codes: array) -> pa.Array:
        return pa.array(list(self._code), pa.string()).take(pa.array(codes, pa.int64()))


def _renamed(columns: dict[str, pa.Array], taken: tuple[str, ...]) -> dict[str, pa.Array]:
    return {f"{name} (attribute)" if name in taken else name: column for name, column in columns.items()}


def read_xml_graph(file: BinaryIO, name: str) -> Graph:
    """Read GraphML or GEXF, block by block. Raises CatalogueError for what is neither, or declares entities."""
    reader = _XmlReader(name)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.EntityDeclHandler = _refuse_entities(name)
    try:
        while block := file.read(_BLOCK):
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except expat.ExpatError as fault:
        raise CatalogueError(f"{name} is not readable XML ({fault}).") from None
    except OSError as fault:
        raise CatalogueError(f"{name} cannot be read ({fault.strerror}).") from None
    if reader.kind not in ("graphml", "gexf"):
        raise CatalogueError(f"{name} is neither GraphML nor GEXF: it begins with <{reader.kind}>.")
    return reader.graph


def _refuse_entities(name: str) -> Callable[..., None]:
    def refuse(*_: Any) -> None:
        raise CatalogueError(f"{name} declares XML entities, which are not read. Save the graph again without them.")

    return refuse


class _XmlReader:
    """Follows the elements of a GraphML or GEXF file and collects its nodes and edges."""

    def __init__(self, name: str) -> None:
        self.kind = ""
        self.graph = Graph()
        self._name = name
        self._titles: dict[tuple[str, str], str] = {}
        self._class = ""
        self._open: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self._key = ""
        self._value: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(" ")[2].casefold()
        self.kind = self.kind or tag
        if tag == "graph":
            self.graph.directed = "directed" in (attributes.get("edgedefault"), attributes.get("defaultedgetype"))
        elif tag == "key":
            where = attributes.get("for", "all")
            for element in ("node", "edge") if where == "all" else (where,):
                self._titles[element, attributes.get("id", "")] = attributes.get("attr.name") or attributes.get(
                    "id", ""
                )
        elif tag == "attributes":
            self._class = attributes.get("class", "node")
        elif tag == "attribute":
            title = attributes.get("title") or attributes.get("id", "")
            self._titles[self._class, attributes.get("id", "")] = title
        elif tag in ("node", "edge"):
            self._open.append((tag, dict(attributes), {}))
        elif tag == "attvalue" and self._open:
            self._keep(attributes.get("for") or attributes.get("id", ""), attributes.get("value", ""))
        elif tag == "data" and self._open:
            self._key, self._value = attributes.get("key", ""), []

    def text(self, text: str) -> None:
        if self._value is not None:
            self._value.append(text)

    def end(self, tag: str) -> None:
        tag = tag.rpartition(" ")[2].casefold()
        if tag == "data" and self._value is not None:
            self._keep(self._key, "".join(self._value))
            self._value = None
        elif tag in ("node", "edge") and self._open:
            self._finish(*self._open.pop())

    def _keep(self, key: str, value: str) -> None:
        element, _, cells = self._open[-1]
        cells[self._titles.get((element, key), key)] = value

    def _finish(self, element: str, attributes: dict[str, str], cells: dict[str, str]) -> None:
        for attribute, column in _NAMED.items():
            if attribute in attributes:
                cells.setdefault(column, attributes[attribute])
        if "directed" in attributes:
            cells.setdefault("type", "Directed" if attributes["directed"].casefold() == "true" else "Undirected")
        needed = ("id",) if element == "node" else ("source", "target")
        if missing := [each for each in needed if each not in attributes]:
            raise CatalogueError(f"{self._name} has a <{element}> without {' and '.join(missing)}.")
        try:
            if element == "node":
                self.graph.add_node(attributes["id"], cells)
            else:
                self.graph.add_edge(attributes["source"], attributes["target"], cells)
        except CatalogueError as fault:
            raise CatalogueError(f"{self._name} has {fault}; these cannot be read.") from None


def is_node_link(content: Any) -> bool:
    """Whether JSON holds a graph as networkx and d3 write it: nodes, and links or edges."""
    return isinstance(content, dict) and any(isinstance(content.get(key), list) for key in ("links", "edges"))


def read_node_link(content: dict[str, Any], name: str) -> tuple[dict[str, Any], dict[str, Any], bool]:
    """The columns of nodes and of edges, and whether the graph is directed. Raises CatalogueError for another form."""
    nodes = content.get("nodes", [])
    lists = [content[key] for key in ("links", "edges") if content.get(key)]
    if len(lists) > 1:
        raise CatalogueError(f"{name} has both “links” and “edges”. Leave one of them out.")
    edges = lists[0] if lists else []
    for title, rows in (("nodes", nodes), ("edges", edges)):
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise CatalogueError(f"{name}: {title} must be a list of objects.")
    if nodes and not any("id" in node for node in nodes):
        nodes = [{"id": place} | node for place, node in enumerate(nodes)]
    return json_columns(nodes), json_columns(edges), content.get("directed") is True


def json_columns(rows: list[dict[str, Any]]) -> dict[str, pa.Array]:
    """The columns of objects, each text, numbers or lists; what is missing or null stays unknown."""
    names = list(dict.fromkeys(key for row in rows for key in row))
    if len(names) > _MOST_ATTRIBUTES:
        raise CatalogueError(f"There are more than {_MOST_ATTRIBUTES:,} different fields.")
    return {name: _json_column([row.get(name) for row in rows]) for name in names}


def _json_column(values: list[Any]) -> pa.Array:
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, list) for value in known):
        if all(type(item) in (int, float) for value in known for item in value):
            cells = [None if value is None else [float(item) for item in value] for value in values]
            return pa.array(cells, pa.list_(pa.float64()))
        return pa.array(
            [None if value is None else [_text(item) for item in value] for value in values], pa.list_(pa.string())
        )
    if known and all(type(value) is float or (type(value) is int and abs(value) < 2**53) for value in known):
        if all(type(value) is int for value in known):
            return pa.array(values, pa.int64())
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    return pa.array([None if value is None else _text(value) for value in values], pa.string())


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("name", value))
    return str(value).encode("utf-8", "replace").decode("utf-8")
