"""From a source and options to the content of a catalogue: what is read, what it means, and what is told of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from core.catalogue.format import Manifest
from core.catalogue.importers.registry import Content, Options
from core.catalogue.importers.tables.delimited import Reading, read_delimited
from core.catalogue.importers.tables.ends import Joined, distinct_edges, ends_of, join_edges
from core.catalogue.importers.tables.files import (
    Table,
    files_of,
    ids_file,
    kind_of,
    read_head,
    read_tables,
    refuse_unreadable,
)
from core.catalogue.importers.tables.guessing import guess_listens, guess_mapping
from core.catalogue.importers.tables.mapping import Mapping, RelationTerms, SetTerms, read_mapping
from core.catalogue.importers.tables.people import People, people_of_ends, people_of_table
from core.catalogue.importers.tables.report import Findings
from core.catalogue.importers.tables.sets import Gathered, gather_file, gather_set, set_columns
from core.catalogue.relations import SIMILAR, Relation, Splits
from core.errors import CatalogueError

TERMS = ("title", "source", "licence", "citation", "learned")
_HEAD = 1 << 18
_LISTENS = (
    "{file} is a table of listens: who listened to what. Import the artists first, then make relations of it by "
    "python -m core relations CATALOGUE --from listens --source {file}"
)


@dataclass
class Source:
    """The tables of a source by name, and what was told while they were read."""

    folder: Path
    tables: dict[str, Table] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def table(self, name: str) -> Table:
        """The table of this name. Raises CatalogueError, which lists those that there are."""
        if name not in self.tables:
            known = ", ".join(self.tables) or "none"
            raise CatalogueError(f"There is no table {name}. Tables that can be read: {known}.")
        return self.tables[name]


def read_source(source: Path, options: Options) -> Content:
    """All that the tables in `source` hold, by the mapping that the options name or by a guess."""
    mapping = read_mapping(Path(options["mapping"])) if "mapping" in options else None
    given = {name: options[name].strip() for name in TERMS if options.get(name, "").strip()}
    return read_with(source, mapping, given, _seed(options.get("seed", "0")))


def read_with(source: Path, mapping: Mapping | None, terms: Options, seed: int = 0) -> Content:
    """`read_source` with the mapping itself, None for a guess; `terms` replace those of the mapping."""
    if mapping is None:
        read, mapping = _guessed(source)
    else:
        read = _named(source, mapping)
    mapping = replace(mapping, catalogue=replace(mapping.catalogue, **terms))
    mapping, findings, edges, features = gathered(read, mapping, seed)
    report = findings.report(mapping)
    words = mapping.catalogue
    manifest = Manifest(
        name="",
        title=words.title,
        kind="real",
        source=words.source,
        licence=words.licence,
        citation=words.citation or "none",
        created_by="importer tables 1",
        notes=[line for line in report.lines if not line.startswith(("source: ", "licence: "))],
        relations=_relations(mapping, findings.edges_by_relation),
        learned=findings.learned,
        splits=Splits("made", findings.people.split_method) if findings.people.made_splits else Splits("given"),
    )
    sets = {one.name: (one.values, one.info) for one in features if one.values is not None and one.info is not None}
    return Content(manifest, findings.people.frame, edges, sets, report=report)


def guess_source(source: Path, artists_in: str = "") -> tuple[dict[str, list[str]], Mapping]:
    """The columns of each table in a source, and what they probably mean if `artists_in` is the table of artists."""
    read, mapping = _guessed(source, artists_in)
    return {name: list(table.columns) for name, table in read.tables.items()}, mapping


def check_terms(content: Content) -> None:
    """Raise CatalogueError unless source and licence are said: whoever gets the catalogue has to know them."""
    missing = [name for name in ("source", "licence") if not getattr(content.manifest, name)]
    if missing:
        options = " and ".join(f"--{name} TEXT" for name in missing)
        raise CatalogueError(
            f"Say the {' and the '.join(missing)} of the tables: {options}, or in [catalogue] of the mapping. For your "
            "own data, “my own” and “all rights reserved” will do."
        )


def gathered(source: Source, mapping: Mapping, seed: int) -> tuple[Mapping, Findings, pd.DataFrame, list[Gathered]]:
    """The mapping with the learned relation filled in, what was found, all edges, and the sets."""
    people = _people(source, mapping, seed)
    directed = frozenset(relation.name for relation in mapping.relations if not relation.symmetric)
    joined = [join_edges(source.table(terms.file), terms, people, directed) for terms in mapping.edges]
    edges, again = distinct_edges([one.frame for one in joined], directed, len(people))
    counts = {str(name): int(count) for name, count in edges["relation"].value_counts().items()}
    if joined and not len(edges):
        raise CatalogueError(_no_usable_edge(joined))
    learned = _learned(mapping, counts)
    sets = [_set(source, mapping, terms, people) for terms in mapping.features]
    if repeated := _repeated(one.name for one in sets):
        raise CatalogueError(f"Two feature sets are called “{repeated}”.")
    notes = [*source.notes, *(_LISTENS.format(file=terms.file) for terms in mapping.listens)]
    unused = {name: _unused(table, mapping) for name, table in source.tables.items()}
    notes += [f"{table.name}: {note}" for table in source.tables.values() for note in table.notes]
    findings = Findings(people, joined, sets, counts, again, learned, unused, notes)
    return replace(mapping, catalogue=replace(mapping.catalogue, learned=learned)), findings, edges, sets


def _seed(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise CatalogueError(f"seed must be a whole number, not “{text}”.") from None


def _guessed(source: Path, artists_in: str = "") -> tuple[Source, Mapping]:
    """All tables of a source, and what they probably mean. Tables of listens are recognised by their beginning."""
    files, others = files_of(source)
    read = Source(source if source.is_dir() else source.parent, notes=others)
    arrays = [file for file in files if kind_of(file) == ".npy"]
    ids = {file: ids_file(file) for file in arrays}
    beside = {file for file in ids.values() if file is not None}
    vectors = []
    for file in arrays:
        found = ids[file]
        if file in beside:
            continue
        if found is None:
            raise CatalogueError(
                f"{file.name} says not whose vectors it holds: rows are joined by id, not by place. Put the ids into "
                f"{file.stem}.ids.txt beside it, one a line."
            )
        vectors.append((file.name, found.name))
    listens = []
    described = {file for file in beside if kind_of(file) in (".csv", ".tsv") and len(_head_columns(file)) > 1}
    for file in files:
        if file in arrays or file in beside - described:
            continue
        if found_listens := guess_listens(file.name, *_head(file)):
            listens.append(found_listens)
            continue
        for table in read_tables(file, file.name, Reading()):
            read.tables[table.name] = table
    if listens and not read.tables and not vectors:
        raise CatalogueError(f"{_LISTENS.format(file=listens[0].file)}. A table of artists has a column id or name.")
    mapping = guess_mapping(list(read.tables.values()), vectors, read.notes, artists_in)
    return read, replace(mapping, listens=[*mapping.listens, *listens])


def _head(file: Path) -> tuple[list[str], bool]:
    """The columns of a text file by its beginning, and whether they have names; none for other files."""
    if kind_of(file) in (".parquet", ".npy", ".json", ".jsonl", ".ndjson", ".graphml", ".gexf", ".xml"):
        return [], True
    head = read_head(file, _HEAD)
    whole = head if len(head) < _HEAD else head[: head.rfind(b"\n") + 1]
    if not whole.strip():
        return [], True
    try:
        found = read_delimited(whole, file.name, Reading())
    except CatalogueError:
        return [], True
    return [column.partition(":")[0] for column in found.columns], found.header


def _head_columns(file: Path) -> list[str]:
    return _head(file)[0]


def _named(source: Path, mapping: Mapping) -> Source:
    """The tables that a mapping names. Other files of the folder are told."""
    folder = source if source.is_dir() else source.parent
    if not folder.is_dir():
        raise CatalogueError(f"There is neither a file nor a folder {source}.")
    read = Source(folder)
    names = mapping.file_names()
    if not names:
        raise CatalogueError("The mapping names no file: it needs [artists], [[edges]] or [[features]].")
    listened = {terms.file for terms in mapping.listens}
    for name in names:
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise CatalogueError(f"{name} lies outside {folder}. Put the file there.")
        if not path.is_file():
            raise CatalogueError(f"There is no file {name} in {folder}.")
        if kind_of(path) == ".npy" or name in listened:
            refuse_unreadable(path)
            continue
        said = mapping.reading_of(name)
        reading = Reading(said.encoding or None, said.separator or None, said.header)
        for table in read_tables(path, name, reading):
            read.tables[table.name] = table
    if source.is_dir():
        beside = {terms.ids for terms in mapping.features} | set(names)
        others = sorted(file.name for file in folder.iterdir() if file.is_file() and file.name not in beside)
        shown = [name for name in others if not name.startswith(".") and not name.endswith(".toml")]
        read.notes += [f"not read, since the mapping does not name it: {name}" for name in shown]
    return read


def _people(source: Source, mapping: Mapping, seed: int) -> People:
    if mapping.artists is None:
        ends = [end for terms in mapping.edges for end in ends_of(source.table(terms.file), terms)]
        return people_of_ends(ends, seed)
    table = source.table(mapping.artists.file)
    return people_of_table(table, mapping.artists, mapping.reading_of(_file_of(table)), seed, mapping.is_given)


def _set(source: Source, mapping: Mapping, terms: SetTerms, people: People) -> Gathered:
    if kind_of(Path(terms.file)) == ".npy":
        return gather_file(source.folder / terms.file, terms, people)
    table = source.table(terms.file)
    is_artists = mapping.artists is not None and mapping.artists.file == table.name
    return gather_set(table, terms, mapping.reading_of(_file_of(table)), people, is_artists)


def _file_of(table: Table) -> str:
    return table.name.partition("#")[0]


def _no_usable_edge(joined: list[Joined]) -> str:
    reasons = [f"{count:,} with {reason}" for one in joined for reason, count in one.dropped.items() if count]
    examples = [note for one in joined for note in one.notes if note.startswith("the first edge")]
    tried = ", ".join(dict.fromkeys(one.notes[0].rpartition("for ")[2] for one in joined))
    example = f" {examples[0][0].upper()}{examples[0][1:]}." if examples else ""
    return (
        f"No edge can be used: {', '.join(reasons) or 'the tables of edges are empty'}. The ends were taken for "
        f"{tried}.{example} Check the columns, or say by joined_by in a mapping whether ends are ids, names or MBIDs."
    )


def _learned(mapping: Mapping, counts: dict[str, int]) -> str:
    """The relation that models learn: the one that is said, else “similar”, else that of the most edges."""
    said = mapping.catalogue.learned
    if said:
        if said not in counts:
            known = ", ".join(counts) or "none"
            raise CatalogueError(f"There is no edge of the relation “{said}” to learn from. Relations: {known}.")
        return said
    if not counts:
        return ""
    return SIMILAR if SIMILAR in counts else max(counts, key=lambda name: counts[name])


def _relations(mapping: Mapping, counts: dict[str, int]) -> list[Relation]:
    """A record for each relation that has edges. What is not said of it is that of the whole catalogue."""
    said = {terms.name: terms for terms in mapping.relations}
    found = []
    for name in counts:
        terms = said.get(name, RelationTerms(name))
        found.append(
            Relation(
                name,
                terms.title,
                terms.source or mapping.catalogue.source,
                terms.licence or mapping.catalogue.licence,
                terms.date,
                terms.algorithm,
                terms.symmetric,
                terms.redistributable,
            )
        )
    return found


def _repeated(names: Iterable[str]) -> str:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return ""


def _unused(table: Table, mapping: Mapping) -> list[str]:
    """The columns of a table that nothing in the mapping names."""
    used: set[str] = set()
    if mapping.artists and mapping.artists.file == table.name:
        artists = mapping.artists
        used |= {artists.id, artists.name, artists.mbid, artists.split, artists.decade, artists.popularity}
        used |= {*artists.genres, *artists.moods, *artists.themes}
    for edge in mapping.edges:
        if edge.file == table.name:
            used |= {edge.source, edge.target, edge.weight, edge.relation_column}
    for one in mapping.features:
        if one.file == table.name:
            used |= {one.id, *set_columns(table, one)}
    return [column for column in table.columns if column not in used]
