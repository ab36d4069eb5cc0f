"""The artists of tables: their ids, names, splits and what else is known of them, and how other tables find them."""

import hashlib
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.arrays import BoolArray
from core.catalogue.format import SPLITS
from core.catalogue.importers.tables.cells import (
    Column,
    as_numbers,
    as_text,
    decades,
    known_splits,
    labels_of_columns,
    looks_garbled,
    mbids,
)
from core.catalogue.importers.tables.files import Table
from core.catalogue.importers.tables.mapping import JOINS, ArtistTerms, FileTerms
from core.errors import CatalogueError
from core.text import counted

SHARES = (0.8, 0.1, 0.1)
"""The parts of the artists that made-up splits give to train, validation and test."""

_MOST_NAMED = 3


@dataclass(frozen=True)
class People:
    """The artists, one row each. `rows` are the rows of the table that they come from."""

    frame: pd.DataFrame
    ids: pa.Array
    rows: npt.NDArray[np.int64]
    made_splits: bool
    split_method: str
    read: int
    dropped: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    _keys: dict[str, pa.Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.frame)

    def find(self, keys: pa.Array, by: str) -> npt.NDArray[np.int64]:
        """(m,) the artist that each id, name or MBID means; -1 for nobody, -2 for a name that several have."""
        wanted = _folded(keys) if by == "name" else pc.utf8_lower(keys) if by == "mbid" else keys
        known = self._keys_by(by)
        found = pc.fill_null(pc.index_in(wanted, value_set=known), -1).to_numpy(zero_copy_only=False).astype(np.int64)
        if by != "id":
            several = self._shared(by)
            found = np.where((found >= 0) & several[found], -2, found)
        return np.where(pc.equal(keys, "").to_numpy(zero_copy_only=False), -1, found)

    def best_join(self, keys: pa.Array) -> str:
        """Whether ids, names or MBIDs of artists are meant: what most of `keys` match."""
        distinct = pc.unique(keys)
        matches: dict[str, int] = {}
        for by in JOINS:
            matches[by] = int((self.find(distinct, by) != -1).sum())
            if matches[by] == len(distinct):
                return by
        return max(matches, key=lambda by: matches[by])

    def _keys_by(self, by: str) -> pa.Array:
        if by not in self._keys:
            if by == "id":
                self._keys[by] = self.ids
            elif by == "name":
                self._keys[by] = _folded(pa.array(self.frame["name"], pa.string(), from_pandas=True))
            else:
                known = self.frame["mbid"] if "mbid" in self.frame else pd.Series([""] * len(self), dtype="str")
                self._keys[by] = pc.fill_null(pa.array(known, pa.string(), from_pandas=True), "")
        return self._keys[by]

    def _shared(self, by: str) -> BoolArray:
        keys = pd.Series(self._keys_by(by).to_pandas())
        return keys.duplicated(keep=False).to_numpy(bool) if len(keys) else np.zeros(1, bool)


def _folded(names: pa.Array) -> pa.Array:
    """Names as they are compared: in NFC, in small letters, white space collapsed."""
    ascii_only = pc.all(pc.string_is_ascii(names)).as_py() if len(names) else True
    if not ascii_only:
        names = pa.array([unicodedata.normalize("NFC", name).casefold() for name in names.to_pylist()], pa.string())
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(pc.utf8_lower(names), r"\s+", " "))


def people_of_table(table: Table, terms: ArtistTerms, reading: FileTerms, seed: int, given: bool) -> People:
    """The artists in a table. Raises CatalogueError for columns that are missing, and for splits that are none.

    `given` says that a person wrote the mapping: then a column of MBIDs that holds none is refused, not just told.
    """
    if not (terms.id or terms.mbid or terms.name):
        raise CatalogueError(f"[artists] names no column of {table.name} that tells artists apart. Give id or name.")
    dropped, notes = Counter[str](), list[str]()
    known, wrong_mbids = mbids(as_text(table.column(terms.mbid))) if terms.mbid else (None, None)
    ids = _ids(table, terms, known)
    empty = pc.equal(ids, "").to_numpy(zero_copy_only=False)
    again = pd.Series(ids.to_pandas()).duplicated().to_numpy(bool) & ~empty
    if not terms.id and not terms.mbid:
        again[:] = False
        ids = _told_apart(ids, notes)
    dropped.update({"no id": int(empty.sum()), "an id that stands above already": int(again.sum())})
    rows = np.flatnonzero(~empty & ~again)
    if not len(rows):
        raise CatalogueError(f"{table.name} holds no artist with an id in the column “{terms.id or terms.name}”.")
    for flags, what in ((empty, "has no id"), (again, "repeats an id")):
        if flags.any():
            notes.append(f"{table.place(int(flags.argmax()))} {what}; the first row of an id counts")

    def chosen(column: Column) -> pa.Array:
        return as_text(column).take(pa.array(rows))

    kept = ids.take(pa.array(rows))
    frame = pd.DataFrame({"artist_id": kept.to_pandas().astype("str")})
    names = chosen(table.column(terms.name)) if terms.name else kept
    unnamed = pc.equal(names, "")
    if count := int(pc.sum(unnamed).as_py() or 0):
        notes.append(f"{counted(count, 'artist')} without a name: the id stands for it")
        names = pc.if_else(unnamed, kept, names)
    frame["name"] = names.to_pandas().astype("str")
    _tell_names(names, notes)
    if known is not None and wrong_mbids is not None:
        wrong = int(wrong_mbids[rows].sum())
        if wrong:
            first = int(rows[wrong_mbids[rows].argmax()])
            if given and not any(known.to_pylist()):
                raise CatalogueError(f"{table.name}: the column “{terms.mbid}” holds no MBID.")
            notes.append(
                f"“{terms.mbid}”: {counted(wrong, 'cell')} without an MBID, unknown (the first: {table.place(first)})"
            )
        frame["mbid"] = known.take(pa.array(rows)).to_pandas().astype(object).replace("", None)
    for column, columns in (("genres", terms.genres), ("moods", terms.moods), ("themes", terms.themes)):
        if columns:
            labels = labels_of_columns([table.column(each) for each in columns], reading.list_separator)
            frame[column] = labels.lists(len(table))[rows]
    if terms.decade:
        values, bad = decades(as_text(table.column(terms.decade)))
        frame["decade"] = pd.array(values[rows], "Float64").astype("Int32")
        _tell_bad(table, terms.decade, bad, "without a year, unknown", notes)
    if terms.popularity:
        numbers = as_numbers(table.column(terms.popularity))
        notes += [f"“{terms.popularity}”: {spelling}" for spelling in numbers.spellings]
        bad = numbers.bad | (numbers.values < 0)
        frame["popularity"] = np.where(bad, np.nan, numbers.values)[rows]
        _tell_bad(table, terms.popularity, bad, "without a number of zero or more, unknown", notes)
    splits, made = _splits(table, terms.split, rows, frame["artist_id"].tolist(), seed, notes)
    frame["split"] = splits
    return People(frame, kept, rows, made > 0, _method(made, len(frame), seed), len(table), dropped, notes)


def people_of_ends(ends: list[pa.Array], seed: int) -> People:
    """The artists that edges name, where no table lists artists. Their ids are their names."""
    ids = pc.unique(pa.concat_arrays(ends)) if ends else pa.array([], pa.string())
    ids = ids.filter(pc.not_equal(ids, ""))
    if not len(ids):
        raise CatalogueError("The tables hold no artist: neither a table of artists nor edges between any.")
    names = ids.to_pandas().astype("str")
    frame = pd.DataFrame({"artist_id": names, "name": names})
    known, _ = mbids(ids)
    if pc.all(pc.not_equal(known, "")).as_py():
        frame["mbid"] = known.to_pandas().astype("str")
    frame["split"] = made_splits(frame["artist_id"].tolist(), seed)
    notes = ["no table lists artists: they are the ends of the edges"]
    return People(frame, ids, np.arange(len(ids)), True, _method(len(ids), len(ids), seed), len(ids), notes=notes)


def made_splits(ids: list[str], seed: int) -> list[str]:
    """The split of each artist by the hash of seed and id: it stays when artists are added."""
    head = f"{seed}:"
    digests = b"".join(hashlib.sha256((head + artist).encode()).digest()[:8] for artist in ids)
    places = np.frombuffer(digests, ">u8") / 2.0**64
    codes = np.searchsorted(np.cumsum(SHARES)[:-1], places, side="right")
    return [SPLITS[code] for code in codes.tolist()]


def _method(made: int, total: int, seed: int) -> str:
    """How splits were made; "" where all were given."""
    if not made:
        return ""
    what = "" if made == total else f"for {made:,} of {total:,} artists, "
    return f"{what}80 / 10 / 10 by the SHA-256 of seed {seed} and artist_id"


def _ids(table: Table, terms: ArtistTerms, known: pa.Array | None) -> pa.Array:
    if terms.id:
        return as_text(table.column(terms.id))
    if known is not None and pc.all(pc.not_equal(known, "")).as_py():
        return known
    if not terms.name:
        return known if known is not None else as_text(table.column(terms.mbid))
    names = as_text(table.column(terms.name))
    return names if known is None else pc.if_else(pc.equal(known, ""), names, known)


def _told_apart(names: pa.Array, notes: list[str]) -> pa.Array:
    """Names as ids: the artists of one name are “Name (1)”, “Name (2)”, so that none of them is meant by the name."""
    texts = names.to_pandas().astype(object)
    shared = (texts.duplicated(keep=False) & (texts != "")).to_numpy(bool)
    if not shared.any():
        return names
    count = texts.groupby(texts).cumcount()
    notes.append(
        f"{counted(int(shared.sum()), 'artist')} share a name (the first: “{texts[shared.argmax()]}”): there is no "
        "column of ids, so they are taken for namesakes"
    )
    apart = [f"{name} ({place + 1})" if flag else name for name, place, flag in zip(texts, count, shared, strict=True)]
    return pa.array(apart, pa.string())


def _tell_names(names: pa.Array, notes: list[str]) -> None:
    garbled, example = looks_garbled(names)
    if garbled:
        notes.append(
            f"garbled: {counted(garbled, 'name')}, such as “{example[:60]}”: the file was saved in another encoding "
            "than it was read in before. They are taken as they stand"
        )
    namesakes = pd.Series(names.to_pandas()).duplicated(keep=False)
    if namesakes.any():
        shown = ", ".join(f"“{name}”" for name in names.to_pandas()[namesakes].drop_duplicates().head(_MOST_NAMED))
        notes.append(f"{counted(int(namesakes.sum()), 'artist')} with the name of another ({shown})")


def _tell_bad(table: Table, column: str, bad: BoolArray, what: str, notes: list[str]) -> None:
    if bad.any():
        first = int(bad.argmax())
        cell = as_text(table.column(column))[first].as_py()
        notes.append(
            f"“{column}”: {counted(int(bad.sum()), 'cell')} {what} (the first: {table.place(first)}, “{cell[:40]}”)"
        )


def _splits(
    table: Table, column: str, rows: npt.NDArray[np.int64], ids: list[str], seed: int, notes: list[str]
) -> tuple[list[str], int]:
    """The split of each artist, and how many of them were made up."""
    made = made_splits(ids, seed)
    if not column:
        return made, len(ids)
    text = as_text(table.column(column))
    found, wrong = known_splits(text)
    if wrong.any():
        first = int(wrong.argmax())
        raise CatalogueError(
            f"{table.place(first)}: “{text[first].as_py()[:40]}” in “{column}” is no split. Write train, val and test, "
            "or 0, 1 and 2; or leave the column out of the mapping, and splits are made."
        )
    given = found[rows]
    missing = given == ""
    if missing.any():
        notes.append(
            f"{counted(int(missing.sum()), 'artist')} without a split in “{column}”: made by the hash of the id"
        )
    return [one or other for one, other in zip(given, made, strict=True)], int(missing.sum())
