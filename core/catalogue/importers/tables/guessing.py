"""What tables probably mean, by the names of their columns and what is in them. People can change all of it."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pyarrow.compute as pc

from core.catalogue.arguments import TAKEN_NAMES
from core.catalogue.importers.tables import vocabulary as words
from core.catalogue.importers.tables.cells import Column, as_numbers, as_text, is_list, known_splits, mbids, vectors_of
from core.catalogue.importers.tables.files import Table
from core.catalogue.importers.tables.linking import ends_among, ends_with, is_one_a_row
from core.catalogue.importers.tables.mapping import (
    ArtistTerms,
    CatalogueTerms,
    EdgeTerms,
    FileTerms,
    ListenTerms,
    Mapping,
    RelationTerms,
    SetTerms,
)

_LEAST_NUMERIC = 0.5
"""The part of the known cells that must be numbers for a column to count as numbers."""

_LEAST_KNOWN = 0.5
"""The part of the artists that must have a number for its column to join the others in a set."""

_NOT_MEANT = ("row", "index", "x", "y", "z", "size", "unnamed_0", "level_0", "rank", "r", "g", "b")


def guess_mapping(
    tables: list[Table], vectors: list[tuple[str, str]], notes: list[str], artists_in: str = ""
) -> Mapping:
    """What the tables mean. `vectors` are files .npy, each with the file of its ids. What is left out goes to `notes`.

    `artists_in` is the table of artists, where somebody has said which it is.
    A column that nobody knows is not used; the report of the import lists it.
    """
    edges: list[EdgeTerms] = []
    listens: list[ListenTerms] = []
    nodes: list[Table] = []
    relations: list[RelationTerms] = []
    for table in tables:
        if table.name == artists_in:
            nodes.append(table)
        elif terms := guess_listens(table.name, list(table.columns), table.header):
            listens.append(terms)
        elif pair := _edge_terms(table, _ends(table)):
            edges.append(pair)
            relations += _directed_relation(table, pair)
        else:
            nodes.append(table)
    described = _table_of_artists(nodes, artists_in)
    artists = _artist_terms(described) if described else None
    if artists and described:
        keys = [as_text(described.columns[column]) for column in (artists.id, artists.name, artists.mbid) if column]
        for table in [table for table in nodes if table is not described and table.header]:
            if pair := _edge_terms(table, ends_among(table, keys)):
                edges.append(pair)
                nodes.remove(table)
    sets: list[SetTerms] = []
    for table in nodes:
        if table is described and artists:
            if not (artists.id or artists.mbid or artists.name):
                continue
            sets += _sets_of(table, artists.id or artists.mbid or artists.name, set(_columns_of(artists)), True, notes)
        elif key := _key_of(table):
            sets += _sets_of(table, key, {key}, False, notes)
        else:
            notes.append(f"{table.name} is not used: none of its columns names artists")
    if artists and described and (artists.id or artists.mbid or artists.name):
        sets += _label_sets(described, artists.id or artists.mbid or artists.name)
    sets += [_vector_file(file, ids) for file, ids in vectors]
    files = [FileTerms(table.name, list_separator=" ") for table in tables if "token_seq" in table.types.values()]
    return Mapping(CatalogueTerms(), artists, edges, _other_names(sets, notes), relations, listens, files)


def guess_listens(name: str, columns: list[str], header: bool) -> ListenTerms | None:
    """The columns of a table of listens, also of Last.fm-1K's and Last.fm-360K's without a header; None for another."""
    if not header:
        if len(columns) == 6:
            return ListenTerms(name, "1", "3", time="2", name="4")
        if len(columns) == 4 and any(part in name.casefold() for part in ("360k", "usersha1", "artmbid", "profile")):
            return ListenTerms(name, "1", "2", name="3", plays="4")
        return None
    user, artist = words.matching(columns, words.USER), words.matching(columns, words.LISTENED)
    if not user or not artist:
        return None
    shown = words.matching(columns, words.LISTENED_NAME)
    return ListenTerms(
        name,
        user,
        artist,
        words.matching(columns, words.TIME),
        shown if shown != artist else "",
        words.matching(columns, words.PLAYS),
    )


def _edge_terms(table: Table, ends: tuple[str, str]) -> EdgeTerms | None:
    columns = list(table.columns)
    source, target = ends
    if not source:
        return None
    others = [column for column in columns if column not in (source, target)]
    weight = words.matching(others, words.WEIGHT)
    if not weight and not table.header and len(columns) == 3 and _is_numeric(table.columns[columns[2]]):
        weight = columns[2]
    relation = next(
        (
            column
            for name in words.RELATION
            if (column := words.matching(others, (name,))) and column != weight and _tells_relations(table, column)
        ),
        "",
    )
    return EdgeTerms(table.name, source, target, weight, relation_column=relation)


def _ends(table: Table) -> tuple[str, str]:
    columns = list(table.columns)
    for first, second in words.ENDS:
        source, target = words.matching(columns, (first,)), words.matching(columns, (second,))
        if source and target and source != target:
            return source, target
    if not table.header and 2 <= len(columns) <= 4:
        return columns[0], columns[1]
    key = _key_of(table)
    return ends_with(table, key) if key else ("", "")


def _tells_relations(table: Table, column: str) -> bool:
    """Whether a column tells relations, neither directions as Gephi's Type nor a text of its own for each edge."""
    values = {str(value).casefold() for value in pc.unique(as_text(table.columns[column])).to_pylist()}
    return not values <= words.DIRECTIONS and len(values) <= max(3, min(50, len(table) // 2))


def _directed_relation(table: Table, terms: EdgeTerms) -> list[RelationTerms]:
    """The relation of edges that the file calls directed."""
    directed = table.directed
    kind = words.matching(list(table.columns), ("type",))
    if kind and not terms.relation_column:
        values = {str(value).casefold() for value in pc.unique(as_text(table.columns[kind])).to_pylist()}
        directed = values == {"directed"}
    return [RelationTerms(terms.relation, symmetric=False)] if directed and not terms.relation_column else []


def _table_of_artists(tables: list[Table], chosen: str) -> Table | None:
    """The table called `chosen`, otherwise the likeliest one."""
    best = next((table for table in tables if table.name == chosen), max(tables, key=_artist_merit, default=None))
    return best if best and (best.name == chosen or _artist_merit(best) > (0, 0, 0)) else None


def _artist_merit(table: Table) -> tuple[int, int, int]:
    """How likely a table is the one of the artists; nothing for a table that names none."""
    columns = list(table.columns)
    key = _key_of(table)
    if not key:
        return (0, 0, 0)
    named = bool(words.matching(columns, words.NAME))
    called = any(part in table.name.casefold() for part in ("artist", "node", "item"))
    return (1 + 2 * named + called + 4 * is_one_a_row(table, key), len(table), len(columns))


def _key_of(table: Table) -> str:
    columns = list(table.columns)
    if not table.header:
        return ""
    return next(
        (found for names in (words.ID, words.MBID, words.NAME) if (found := words.matching(columns, names))), ""
    )


def _artist_terms(table: Table) -> ArtistTerms:
    columns = list(table.columns)
    key = words.matching(columns, words.ID)
    name = words.matching([column for column in columns if column != key], words.NAME)
    mbid = words.matching(columns, words.MBID)
    if mbid and not _has_mbids(table.columns[mbid]):
        mbid = ""
    split = words.matching(columns, words.SPLIT)
    if split and not _is_split(table.columns[split]):
        split = ""
    decade = words.matching(columns, words.DECADE)
    popularity = words.matching(columns, words.POPULARITY)
    return ArtistTerms(
        table.name,
        key,
        name,
        mbid,
        split,
        _lists(columns, words.GENRES),
        _lists(columns, words.MOODS),
        _lists(columns, words.THEMES),
        decade,
        popularity if popularity and _is_numeric(table.columns[popularity]) else "",
    )


def _lists(columns: list[str], names: tuple[str, ...]) -> list[str]:
    """The column with this name, or those that are numbered through: genre1, genre2, genre3."""
    if found := words.matching(columns, names):
        return [found]
    stems = [stem for stem in _stems(columns) if words.plain(stem) in names]
    return _stems(columns)[stems[0]] if stems else []


def _stems(columns: list[str]) -> dict[str, list[str]]:
    found = words.numbered(columns)
    for name in words.GENRES[:2]:
        pair = [
            column for column in columns if words.plain(column) in (f"{name}1", f"{name}2", f"{name}_1", f"{name}_2")
        ]
        if len(pair) == 2 and name not in map(words.plain, found):
            found[name] = pair
    return found


def _columns_of(artists: ArtistTerms) -> list[str]:
    one = [artists.id, artists.name, artists.mbid, artists.split, artists.decade, artists.popularity]
    return [column for column in one if column] + artists.genres + artists.moods + artists.themes


def _sets_of(table: Table, key: str, used: Collection[str], is_artists: bool, notes: list[str]) -> list[SetTerms]:
    """The sets of numbers in a table: vectors in cells, columns that are numbered through, and the other numbers."""
    sets = []
    numeric = []
    for column, cells in table.columns.items():
        name = words.plain(column)
        if column in used or name in (*_NOT_MEANT, *words.SPLIT) or name.endswith("_id"):
            continue
        if _holds_vectors(cells):
            sets.append(SetTerms(words.set_name(column), table.name, key, vector=column))
        elif not is_list(cells) and _is_numeric(cells):
            numeric.append(column)
    groups = words.numbered(numeric)
    for stem, columns in groups.items():
        sets.append(SetTerms(words.set_name(stem), table.name, key, prefix=stem, columns=[]))
        if [column for column in table.columns if column.startswith(stem)] != columns:
            sets[-1] = SetTerms(words.set_name(stem), table.name, key, columns=columns)
    grouped = {column for columns in groups.values() for column in columns}
    rest = [column for column in numeric if column not in grouped]
    kept = [column for column in rest if _share_known(table.columns[column]) >= _LEAST_KNOWN]
    for column in rest:
        if column not in kept and len(rest) > 1 and kept:
            share = _share_known(table.columns[column])
            notes.append(
                f"{table.name}: “{column}” is left out of the numbers, since only {share:.0%} of the rows have it"
            )
    if rest:
        stem = Path(table.name.partition("#")[0]).stem
        name = "numbers" if is_artists else words.set_name(stem)
        sets.append(SetTerms(name, table.name, key, columns=kept or rest))
    return sets


def _label_sets(table: Table, key: str) -> list[SetTerms]:
    """The sets of labels in the table of artists."""
    columns = list(table.columns)
    found = []
    for name, names in (("genres", words.GENRES), ("moods", words.MOODS), ("themes", words.THEMES)):
        if labels := _lists(columns, names):
            found.append(SetTerms(name, table.name, key, labels=labels))
    for name in words.LABELS:
        column = words.matching(columns, (name,))
        if column and not _is_numeric(table.columns[column]):
            found.append(SetTerms(words.set_name(column), table.name, key, labels=[column]))
    return found


def _vector_file(file: str, ids: str) -> SetTerms:
    return SetTerms(words.set_name(Path(file).stem), file, ids=ids)


def _other_names(sets: list[SetTerms], notes: list[str]) -> list[SetTerms]:
    """The sets with names that are free: not Nearfield's own, and each once."""
    taken: set[str] = set()
    found = []
    for terms in sets:
        name = terms.name
        if name in TAKEN_NAMES:
            name = f"own_{name}"[:40]
            notes.append(f"the set “{terms.name}” is called “{name}”, since Nearfield uses that name itself")
        stem, number = name[:36], 2
        while name in taken:
            name, number = f"{stem}_{number}", number + 1
        taken.add(name)
        values = {each: getattr(terms, each) for each in terms.__dataclass_fields__}
        found.append(SetTerms(**(values | {"name": name})))
    return found


def _holds_vectors(column: Column) -> bool:
    if is_list(column):
        return str(column.type.value_type) in ("double", "float", "halffloat")
    text = as_text(column).slice(0, 50)
    cells = [cell for cell in text.to_pylist() if cell]
    if not cells or not all(cell.startswith("[") for cell in cells):
        return False
    values, bad = vectors_of(text)
    return values.shape[1] > 1 and not bad.any()


def _is_numeric(column: Column) -> bool:
    if is_list(column):
        return False
    found = as_numbers(column)
    known = int(np.count_nonzero(~np.isnan(found.values)))
    return known > 0 and known >= _LEAST_NUMERIC * (known + int(found.bad.sum()))


def _share_known(column: Column) -> float:
    values = as_numbers(column).values
    return float(np.mean(~np.isnan(values))) if len(values) else 0.0


def _has_mbids(column: Column) -> bool:
    known, _ = mbids(as_text(column))
    return any(known.to_pylist())


def _is_split(column: Column) -> bool:
    found, wrong = known_splits(as_text(column))
    return bool((found != "").any()) and not wrong.any()
