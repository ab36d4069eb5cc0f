"""The feature sets of tables: numbers, labels as columns of zeros and ones, and vectors, joined to artists by id."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.arrays import FloatArray
from core.catalogue.arguments import TAKEN_NAMES
from core.catalogue.format import FeatureInfo, check_feature_name
from core.catalogue.importers.tables import vocabulary as words
from core.catalogue.importers.tables.cells import as_numbers, as_text, labels_of_columns, vectors_of
from core.catalogue.importers.tables.files import Table, ids_file, read_ids, read_vectors
from core.catalogue.importers.tables.mapping import FileTerms, SetTerms
from core.catalogue.importers.tables.people import People
from core.errors import CatalogueError
from core.text import counted

MOST_LABELS = 2_000
"""Labels of one set. Of more, the commonest are kept and the others counted."""


@dataclass
class Gathered:
    """A feature set (n, d) with its description, and what was told while it was gathered. `values` is None where the
    set says nothing of anybody."""

    name: str
    values: FloatArray | None
    info: FeatureInfo | None
    notes: list[str] = field(default_factory=list)

    @property
    def covered(self) -> int:
        """How many artists have the set."""
        return 0 if self.values is None else int(np.count_nonzero(~np.isnan(self.values[:, 0])))


def check_set_name(name: str) -> None:
    """Raise CatalogueError for a name that no feature set can have, or that Nearfield gives to something else."""
    check_feature_name(name)
    if name in TAKEN_NAMES:
        raise CatalogueError(f"A feature set cannot be called “{name}”: Nearfield uses that name. Choose another.")


def gather_set(table: Table, terms: SetTerms, reading: FileTerms, people: People, is_artists: bool) -> Gathered:
    """The set that `terms` describes, from a table. `is_artists` says that the table is that of the artists."""
    check_set_name(terms.name)
    notes: list[str] = []
    columns: list[str] | None = None
    kind = "continuous"
    if terms.labels:
        values, columns = _labels(table, terms, reading, notes)
        kind = "binary"
    elif terms.vector:
        values, bad = vectors_of(table.column(terms.vector))
        if bad.any():
            notes.append(
                f"{counted(int(bad.sum()), 'cell')} of “{terms.vector}” with another number of numbers: unknown "
                f"(the first: {table.place(int(bad.argmax()))})"
            )
    else:
        values, columns = _numbers(table, terms, notes)
        kind = "binary" if ((values == 0) | (values == 1) | np.isnan(values)).all() else kind
    if is_artists:
        matrix = values if len(people.rows) == len(values) else values[people.rows]
    else:
        matrix = _joined(as_text(table.column(_key(table, terms))), values, table, terms, people, notes)
    return finished(terms, matrix, columns, kind, notes)


def gather_file(path: Path, terms: SetTerms, people: People) -> Gathered:
    """The set in an .npy file whose ids stand in a file beside it."""
    check_set_name(terms.name)
    values = read_vectors(path, terms.file)
    beside = path.with_name(terms.ids) if terms.ids else ids_file(path)
    if beside is None:
        raise CatalogueError(
            f"{terms.file} says not whose vectors it holds: rows are joined by id, not by place. Put the ids into "
            f"{path.stem}.ids.txt beside it, one a line."
        )
    ids = read_ids(beside)
    notes: list[str] = []
    if len(ids) == len(values) + 1:
        ids = ids.slice(1)
        notes.append(f"the first line of {beside.name} is taken for its header")
    if len(ids) != len(values):
        raise CatalogueError(f"{beside.name} has {len(ids):,} ids, but {terms.file} has {len(values):,} rows.")
    infinite = np.isinf(values).any(axis=1)
    if infinite.any():
        values[infinite] = np.nan
        notes.append(f"{counted(int(infinite.sum()), 'row')} with infinite numbers: unknown")
    matrix = _joined(ids, values, Table(beside.name, {"id": ids}), terms, people, notes)
    return finished(terms, matrix, None, "continuous", notes)


def finished(terms: SetTerms, matrix: FloatArray, columns: list[str] | None, kind: str, notes: list[str]) -> Gathered:
    """The set as a catalogue holds it: a whole row of NaN where any number is missing."""
    with np.errstate(over="ignore", invalid="ignore"):
        missing = np.isnan(matrix.sum(axis=1)) & np.isnan(matrix).any(axis=1)
    unknown = np.isnan(matrix[missing])
    partly = ~unknown.all(axis=1)
    if partly.any():
        worst = int(unknown[partly].sum(axis=0).argmax())
        often = f" (most often missing: “{columns[worst]}”)" if columns else ""
        notes.append(f"{counted(int(partly.sum()), 'artist')} with only some of the numbers: counted as without{often}")
        matrix[missing] = np.nan
    known = matrix[~missing] if missing.any() else matrix
    if not len(known) or not matrix.shape[1]:
        return Gathered(terms.name, None, None, [*notes, "left out: no artist has it"])
    constant = (known == known[0]).all(axis=0)
    if constant.all() and len(known) > 1:
        return Gathered(terms.name, None, None, [*notes, "left out: it is the same for all artists"])
    if constant.any() and len(known) > 1 and columns:
        names = [f"“{column}”" for column, flag in zip(columns, constant, strict=True) if flag]
        notes.append(f"the same for all artists: {', '.join(names[:5])}{' …' if len(names) > 5 else ''}")
    title = terms.title or words.title_of(terms.name)
    info = FeatureInfo(terms.name, title, kind, columns, terms.extractor, notes="; ".join(notes), licence=terms.licence)
    return Gathered(terms.name, matrix, info, notes)


def set_columns(table: Table, terms: SetTerms) -> list[str]:
    """The columns of a table that a set uses, its key left out."""
    if terms.prefix:
        return [column for column in table.columns if column.startswith(terms.prefix) and column != terms.id]
    return [*terms.columns, *terms.labels, *filter(None, [terms.vector])]


def _key(table: Table, terms: SetTerms) -> str:
    if not terms.id:
        raise CatalogueError(f"The set “{terms.name}” names no column of {table.name} with the artists' ids. Give id.")
    return terms.id


def _numbers(table: Table, terms: SetTerms, notes: list[str]) -> tuple[FloatArray, list[str]]:
    columns = set_columns(table, terms)
    if not columns:
        what = f"begins with “{terms.prefix}”" if terms.prefix else "is named: give columns, prefix, labels or vector"
        raise CatalogueError(f"The set “{terms.name}”: no column of {table.name} {what}.")
    values = np.empty((len(table), len(columns)), np.float32)
    for place, column in enumerate(columns):
        numbers = as_numbers(table.column(column))
        with np.errstate(over="ignore"):
            values[:, place] = numbers.values
        bad = numbers.bad | np.isinf(values[:, place])
        values[bad, place] = np.nan
        if bad.any():
            first = int(bad.argmax())
            cell = as_text(table.column(column))[first].as_py()
            notes.append(
                f"“{column}”: {counted(int(bad.sum()), 'cell')} without a number: unknown (the first: "
                f"{table.place(first)}, “{cell[:40]}”)"
            )
        notes += [f"“{column}”: {spelling}" for spelling in numbers.spellings]
    return values, columns


def _labels(table: Table, terms: SetTerms, reading: FileTerms, notes: list[str]) -> tuple[FloatArray, list[str]]:
    labels = labels_of_columns([table.column(column) for column in terms.labels], reading.list_separator)
    rows, codes, names = labels.rows, labels.codes, labels.names
    labelled = np.bincount(rows, minlength=len(table)) > 0
    if len(names) > MOST_LABELS:
        counts = np.bincount(codes, minlength=len(names))
        kept = np.sort(np.argsort(-counts, kind="stable")[:MOST_LABELS])
        notes.append(f"{len(names) - MOST_LABELS:,} of {len(names):,} labels are left out, the rarest ones")
        place = np.full(len(names), -1)
        place[kept] = np.arange(MOST_LABELS)
        rows, codes = rows[place[codes] >= 0], place[codes][place[codes] >= 0]
        names = [names[at] for at in kept]
    values = np.zeros((len(table), len(names)), np.float32)
    values[rows, codes] = 1
    values[~labelled] = np.nan
    return values, names


def _joined(
    keys: pa.Array, values: FloatArray, table: Table, terms: SetTerms, people: People, notes: list[str]
) -> FloatArray:
    """(n, d) the rows of `values` at the artists that `keys` mean. The first row of an artist counts."""
    by = terms.joined_by if terms.joined_by != "id" else people.best_join(keys)
    found: npt.NDArray[np.int64] = people.find(keys, by)
    nobody = found < 0
    if nobody.any():
        first = int(nobody.argmax())
        notes.append(
            f"{counted(int(nobody.sum()), 'row')} of {table.name} of no artist (the first: {table.place(first)}, "
            f"“{keys[first].as_py()[:40]}”)"
        )
    rows = np.flatnonzero(~nobody)
    artists, first_rows = np.unique(found[rows], return_index=True)
    if len(artists) < len(rows):
        notes.append(
            f"{counted(len(rows) - len(artists), 'row')} of {table.name} with an artist that stands above: left out"
        )
    matrix = np.full((len(people), values.shape[1]), np.nan, np.float32)
    matrix[artists] = values[rows[first_rows]]
    return matrix
