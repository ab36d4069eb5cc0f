"""A mapping: which file and column of somebody's tables means what. It is TOML, so that it can be saved and edited."""

import json
import tomllib
from collections.abc import Iterable
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from core.errors import CatalogueError, NearfieldError
from core.reading import read_regular

JOINS = ("id", "name", "mbid")
_LARGEST_MAPPING = 1 << 20
_SETTINGS = ("is_given",)


@dataclass(frozen=True)
class CatalogueTerms:
    """Where the tables come from, and under which terms. `learned` names the relation that models learn."""

    title: str = ""
    source: str = ""
    licence: str = ""
    citation: str = ""
    learned: str = ""


@dataclass(frozen=True)
class FileTerms:
    """How a file is read. What is not said is found out."""

    file: str
    separator: str = ""
    encoding: str = ""
    header: bool | None = None
    list_separator: str = ""


@dataclass(frozen=True)
class ArtistTerms:
    """The columns of the artists. Genres, moods and themes can be one column with lists, or several."""

    file: str
    id: str = ""
    name: str = ""
    mbid: str = ""
    split: str = ""
    genres: list[str] = field(default_factory=list)
    moods: list[str] = field(default_factory=list)
    themes: list[str] = field(default_factory=list)
    decade: str = ""
    popularity: str = ""


@dataclass(frozen=True)
class SetTerms:
    """One feature set: numbers in `columns` or in all columns that begin with `prefix`, labels (each becomes a
    column of zeros and ones), lists of numbers in the column `vector`, or a file .npy with `ids`. Without a file they
    stand in the table of artists."""

    name: str
    file: str = ""
    id: str = ""
    joined_by: str = "id"
    columns: list[str] = field(default_factory=list)
    prefix: str = ""
    labels: list[str] = field(default_factory=list)
    vector: str = ""
    ids: str = ""
    title: str = ""
    licence: str = ""
    extractor: str = ""


@dataclass(frozen=True)
class EdgeTerms:
    """The columns of edges. The relation is one name, or stands in a column."""

    file: str
    source: str
    target: str
    weight: str = ""
    relation: str = "similar"
    relation_column: str = ""
    joined_by: str = ""


@dataclass(frozen=True)
class RelationTerms:
    """What is known of a relation. `title` says how an edge reads: “listed as similar”, “played together”."""

    name: str
    title: str = ""
    source: str = ""
    licence: str = ""
    date: str = ""
    algorithm: str = ""
    symmetric: bool = True
    redistributable: bool = True


@dataclass(frozen=True)
class ListenTerms:
    """The columns of a table of listens."""

    file: str
    user: str
    artist: str
    time: str = ""
    name: str = ""
    plays: str = ""


@dataclass(frozen=True)
class Mapping:
    """What every table means. Without artists, the ends of edges are the artists. `is_given` tells one that a person
    wrote, in which a mistake is refused, from a guess."""

    catalogue: CatalogueTerms = CatalogueTerms()
    artists: ArtistTerms | None = None
    edges: list[EdgeTerms] = field(default_factory=list)
    features: list[SetTerms] = field(default_factory=list)
    relations: list[RelationTerms] = field(default_factory=list)
    listens: list[ListenTerms] = field(default_factory=list)
    files: list[FileTerms] = field(default_factory=list)
    is_given: bool = False

    def reading_of(self, file: str) -> FileTerms:
        """How a file is read."""
        return next((terms for terms in self.files if terms.file == file), FileTerms(file))

    def file_names(self) -> list[str]:
        """The files that the mapping speaks of, each once, without the part that names a table of a graph."""
        sections: list[Any] = [*filter(None, [self.artists]), *self.edges, *self.features, *self.listens]
        return list(dict.fromkeys(section.file.partition("#")[0] for section in sections))


_SECTIONS = {"edges": EdgeTerms, "features": SetTerms, "relations": RelationTerms, "listens": ListenTerms}
_Terms = TypeVar("_Terms")


def read_mapping(path: Path) -> Mapping:
    """The mapping in a TOML file. Raises CatalogueError, which names table and key, for one that is wrong."""
    try:
        content = tomllib.loads(read_regular(path, _LARGEST_MAPPING).decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise CatalogueError(f"{path.name} is not valid TOML ({fault}).") from None
    except NearfieldError as fault:
        raise CatalogueError(str(fault)) from None
    return parse_mapping(content, path.name)


def parse_mapping(content: dict[str, Any], where: str) -> Mapping:
    """The mapping in what TOML holds."""
    known = [each.name for each in fields(Mapping) if each.name not in _SETTINGS]
    for key in content:
        if key not in known:
            raise CatalogueError(f"{where}: “{key}” is no table of a mapping. There are: {', '.join(known)}.")
    lists: dict[str, list[Any]] = {
        key: [_terms(kind, one, f"{where}, [[{key}]]") for one in _tables(content.get(key, []), key, where)]
        for key, kind in (_SECTIONS | {"files": FileTerms}).items()
    }
    described = content.get("artists")
    artists = None if described is None else _terms(ArtistTerms, described, f"{where}, [artists]")
    lists["features"] = [_with_table(terms, artists, where) for terms in lists["features"]]
    terms = _terms(CatalogueTerms, content.get("catalogue", {}), f"{where}, [catalogue]")
    return Mapping(terms, artists, is_given=True, **lists)


def _with_table(terms: SetTerms, artists: ArtistTerms | None, where: str) -> SetTerms:
    """The set with file and id of the table of artists, where it says none."""
    if not terms.file and artists is None:
        raise CatalogueError(f"{where}, [[features]]: “{terms.name}” lacks file.")
    if artists is None or terms.file not in ("", artists.file):
        return terms
    return replace(terms, file=artists.file, id=terms.id or artists.id or artists.mbid or artists.name)


def _tables(found: Any, key: str, where: str) -> list[Any]:
    if isinstance(found, dict):
        return [found]
    if not isinstance(found, list):
        raise CatalogueError(f"{where}: write “{key}” as a table, [[{key}]].")
    return found


def _terms(kind: type[_Terms], content: Any, where: str) -> _Terms:
    """A section from what TOML holds; a single column may stand where a list of columns may."""
    if not isinstance(content, dict):
        raise CatalogueError(f"{where} must be a table of keys and values.")
    known = {each.name: each for each in fields(kind)}  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    for key, value in content.items():
        if key not in known:
            raise CatalogueError(f"{where} has no key “{key}”. It has: {', '.join(known)}.")
        values[key] = _checked(value, str(known[key].type), f"{where}: {key}")
    required = [each.name for each in known.values() if each.default is MISSING and each.default_factory is MISSING]
    if missing := [name for name in required if not values.get(name)]:
        raise CatalogueError(f"{where} lacks {' and '.join(missing)}.")
    if "joined_by" in values and values["joined_by"] not in JOINS:
        raise CatalogueError(f"{where}: joined_by must be one of {', '.join(JOINS)}.")
    return kind(**values)


def _checked(value: Any, kind: str, where: str) -> Any:
    if kind.startswith("bool") or kind.endswith("'bool'>"):
        if not isinstance(value, bool):
            raise CatalogueError(f"{where} must be true or false.")
        return value
    if kind.startswith("list"):
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            raise CatalogueError(f"{where} must be the name of a column or a list of them.")
        return listed
    if not isinstance(value, str):
        raise CatalogueError(f"{where} must be text in quotes.")
    return value


def write_mapping(mapping: Mapping) -> str:
    """The mapping as TOML. What is empty or as usual is left out."""
    parts = [_section("[catalogue]", mapping.catalogue, keep=("title", "source", "licence"))]
    if mapping.artists:
        parts.append(_section("[artists]", mapping.artists))
    for key in ("files", "features", "edges", "relations", "listens"):
        parts += [_section(f"[[{key}]]", terms) for terms in getattr(mapping, key)]
    return "\n".join(parts)


def _section(title: str, terms: Any, keep: Iterable[str] = ()) -> str:
    lines = [title]
    for each in fields(terms):
        value = getattr(terms, each.name)
        usual = each.default_factory() if each.default_factory is not MISSING else each.default
        if value != usual or each.name in keep:
            lines.append(f"{each.name} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
