"""Find an artist by what a person types or pastes: an id, a link, a name, its beginning, or a misspelling."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial, reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.array_files import Array
from core.arrays import IntArray
from core.catalogue import Catalogue
from core.catalogue.format import ARTISTS_FILE, EDGES_FILE
from core.catalogue.ids import RowOfId, sorted_rows, texts_of
from core.errors import NearfieldError
from core.kept_arrays import KEPT_FROM, kept_arrays
from core.search.name_text import NameText

LONGEST_TEXT = 200
"""Only this many characters of a name or a query are compared."""

MISSPELT_FROM = 3
"""Shortest query that may be a misspelling."""

_LISTED_CANDIDATES = 5

_ID_IN_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mn\d{10}")
_SILENT = re.compile(r"['’`´.]")
_NO_LETTER = re.compile(r"[\W_]+")
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)

_ID_COLUMNS = ("artist_id", "mbid", "allmusic_id")
_MOST_WORDS = 8
_BEGINNINGS = 3
_VERSION = f"1 {unicodedata.unidata_version}"
"""Of what a kept index holds."""


def normalise(name: str) -> str:
    """`name` without case, accents, apostrophes, full stops and other punctuation: "Sigur Rós" -> "sigur ros".

    A name made only of punctuation ("!!!") stays as it is.
    """
    text = name[:LONGEST_TEXT].casefold()
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.translate(_UNDECOMPOSED))
        text = "".join(character for character in decomposed if not unicodedata.combining(character)).casefold()
    letters = _NO_LETTER.sub(" ", _SILENT.sub("", text)).strip()
    signs = "".join(character for character in text if character.isprintable() and not character.isspace())
    return (letters or signs)[:LONGEST_TEXT]


@dataclass(frozen=True)
class Hits:
    """Rows that a search found, best first.

    `are_alike` if none holds the text: all are called something like it. `are_others` if none has the text as its id,
    is called so or begins so: the text is no artist's name, and no beginning of one.
    """

    rows: list[int]
    are_alike: bool = False
    are_others: bool = False


class NameIndex:
    """The names and ids of a catalogue, prepared for lookup. Build it once per catalogue.

    For many artists what it takes long to prepare is kept on disk.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._ids = _texts_of_ids(catalogue)
        if len(catalogue) < KEPT_FROM:
            arrays: Mapping[str, Array] = self._made()
        else:
            arrays = kept_arrays("names", (*catalogue.stamps(ARTISTS_FILE, EDGES_FILE), _VERSION), self._made)
        self._names = NameText.from_arrays(arrays)
        self._rows_of_ids = [RowOfId(texts, arrays[f"rows_{column}"]) for column, texts in self._ids.items()]
        self._standing: IntArray = np.asarray(arrays["standing"])

    def _made(self) -> dict[str, Array]:
        names = NameText.of([normalise(name) for name in self.catalogue.artists["name"]])
        rows = {f"rows_{column}": sorted_rows(texts).astype(np.int32) for column, texts in self._ids.items()}
        return names.arrays() | rows | {"standing": _standing(self.catalogue)}

    def row_of_id(self, text: str) -> int | None:
        """The row of the artist with the id, MBID or AllMusic id in `text`, alone or inside a link; otherwise None."""
        pasted = text.strip()[:LONGEST_TEXT].casefold()
        row = self._row_of_id(pasted)
        if row is None and (found := _ID_IN_TEXT.search(pasted)):
            row = self._row_of_id(found.group())
        return row

    def rows_named(self, text: str) -> list[int]:
        """Rows of all artists with this name, ignoring case, accents and punctuation; spelt as typed first, then best
        known."""
        query = normalise(text)
        rows = self._names.fits(query)[0] if query else np.empty(0, np.int64)
        return self._as_spelt(rows, text).tolist()

    def rows_holding(self, text: str) -> IntArray:
        """Rows of all artists whose name contains the text, ignoring case, accents and punctuation, ascending."""
        query = normalise(text)
        return self._names.rows_holding(query) if query else np.empty(0, np.int64)

    def rows_spelt(self, text: str) -> tuple[list[int], list[int]]:
        """Rows of the artists whose name is exactly `text`, and of those whose name is so but for case."""
        rows = np.array(self.rows_named(text), np.int64)
        misspelling = self._misspelling(rows, text)
        return rows[misspelling == 0].tolist(), rows[misspelling <= 1].tolist()

    def find(self, text: str, limit: int = 12) -> list[int]:
        """See `find_artists`."""
        return self.search(text, limit).rows

    def search(self, text: str, limit: int = 12) -> Hits:
        """The rows of `find_artists`, and whether they are only alike."""
        query = normalise(text)
        if not query or limit < 1:
            return Hits([])
        found: dict[int, None] = {}  # in the order of their finding
        n_begun = 0
        for step, rows in enumerate(self._holding(query, text, limit)):
            found.update(dict.fromkeys(rows.tolist()))
            n_begun = len(found) if step < _BEGINNINGS else n_begun
            if len(found) >= limit:
                break
        are_alike = not found
        if len(found) < limit and len(query) >= MISSPELT_FROM:
            rows, likeness = self._names.alike(query)
            found.update(dict.fromkeys(rows[np.lexsort((self._standing[rows], -np.round(likeness)))].tolist()))
        return Hits(list(found)[:limit], are_alike and bool(found), bool(found) and not n_begun)

    def _holding(self, query: str, text: str, limit: int) -> Iterator[IntArray]:
        """The rows that hold the query, those of a better fit first, as far as `limit` needs them.

        The first _BEGINNINGS have it as their id, are called so, or begin so.

        A fit yields its best known `limit` besides those of better fits, so each row that counts is among them.
        """
        identified = self.row_of_id(text)
        yield np.array([] if identified is None else [identified], np.int64)
        exact, prefix, word_prefix = self._names.fits(query)
        yield self._as_spelt(exact, text)
        yield self._best_known(prefix, limit + 1)
        better = np.concatenate([exact, prefix])
        yield self._best_known(_without(word_prefix, better), limit + 1)
        better = np.concatenate([better, word_prefix])
        inside = _without(self._names.rows_holding(query), better)
        yield self._best_known(inside, limit + 1)
        words = query.split()[:_MOST_WORDS]
        if len(words) > 1:
            every_word = self._with_words(words)
            yield self._best_known(_without(every_word, np.concatenate([better, inside])), limit + 1)

    def _with_words(self, words: list[str]) -> IntArray:
        """Rows of the names with a word that begins with each of `words`."""
        having = (np.unique(self._names.word_hits(word)[0]) for word in words)
        return reduce(partial(np.intersect1d, assume_unique=True), having).astype(np.int64)

    def _best_known(self, rows: IntArray, most: int) -> IntArray:
        """At most `most` of the rows, those of the best standing, in this order."""
        standing = self._standing[rows]
        if len(rows) > most:
            chosen = np.argpartition(standing, most)[:most]
            rows, standing = rows[chosen], standing[chosen]
        return rows[np.argsort(standing)]

    def _as_spelt(self, rows: IntArray, text: str) -> IntArray:
        """Rows whose names equal the text for a search: spelt as typed first, then best known."""
        return rows[np.lexsort((self._standing[rows], self._misspelling(rows, text)))]

    def _misspelling(self, rows: IntArray, text: str) -> IntArray:
        """How names of these rows, equal to the text for a search, are spelt: 0 as typed, 1 but for case, 2 else."""
        typed = _spelling(text)
        names = [_spelling(str(name)) for name in self.catalogue.artists["name"].iloc[rows]]
        return np.array([0 if name == typed else 1 if _same_case(name, typed) else 2 for name in names], np.int64)

    def _row_of_id(self, text: str) -> int | None:
        """An artist_id wins over another artist's MBID or AllMusic id."""
        found = (rows.get(text) for rows in self._rows_of_ids)
        return next((row for row in found if row is not None), None) if text else None


def find_artists(names: Catalogue | NameIndex, text: str, limit: int = 12) -> list[int]:
    """Rows of the artists that match `text`, best first, at most `limit`. Empty text finds none.

    The artist with that id, MBID or AllMusic id comes first, given alone or inside a link. Then come names equal to the
    text, those spelt as typed first, then those that differ by case alone; then names that begin with it, names with a
    word that begins with it, names that contain it, names with all its words in another order, and finally likely
    misspellings. Case, accents and punctuation are ignored. Among equal matches more popular artists come first, then
    those with more edges.
    """
    return _index(names).find(text, limit)


def resolve_artist(names: Catalogue | NameIndex, text: str) -> int:
    """The row of the one artist that `text` names, by id, by shown name, or by name.

    Raises NearfieldError, with up to five candidates and their ids, if no artist or several artists match.
    """
    index = _index(names)
    row = index.row_of_id(text)
    if row is not None:
        return row
    named = index.rows_named(text)
    for same in (named, *index.rows_spelt(text), _rows_shown_as(index.catalogue, text)):
        if len(same) == 1:
            return same[0]
    shown = " ".join(text[:LONGEST_TEXT].split())
    if named:
        raise NearfieldError(f"“{shown}” fits {len(named)} artists. Give the id of one: {_listed(index, named)}.")
    found = index.find(text, _LISTED_CANDIDATES)
    if found:
        raise NearfieldError(f"No artist is called “{shown}”. Perhaps one of these: {_listed(index, found)}.")
    raise NearfieldError(f"No artist fits “{shown}”. Give a name, or an artist, MusicBrainz or AllMusic id.")


def _spelling(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name[:LONGEST_TEXT]).split())


def _same_case(name: str, other: str) -> bool:
    return unicodedata.normalize("NFC", name.casefold()) == unicodedata.normalize("NFC", other.casefold())


def _index(names: Catalogue | NameIndex) -> NameIndex:
    return names if isinstance(names, NameIndex) else NameIndex(names)


def _listed(index: NameIndex, rows: list[int]) -> str:
    shown, ids = index.catalogue.display_names, index.catalogue.artists["artist_id"]
    return "; ".join(f"{shown.iat[row]} ({ids.iat[row]})" for row in rows[:_LISTED_CANDIDATES])


def _rows_shown_as(catalogue: Catalogue, text: str) -> list[int]:
    return [int(row) for row in np.flatnonzero(catalogue.display_names == text.strip())]


def _texts_of_ids(catalogue: Catalogue) -> dict[str, pa.Array]:
    """The ids of each kind without case."""
    return {column: _without_case(texts_of(catalogue.artists[column])) for column in _ID_COLUMNS}


def _without_case(texts: pa.Array) -> pa.Array:
    is_plain = pc.all(pc.and_(pc.string_is_ascii(texts), pc.equal(pc.ascii_lower(texts), texts)))
    if is_plain.as_py() is not False:  # as most ids are, or there is none
        return texts
    return pa.array([None if text is None else text.casefold() for text in texts.to_pylist()], pa.large_string())


def _without(rows: IntArray, others: IntArray) -> IntArray:
    return rows[~np.isin(rows, others)]


def _standing(catalogue: Catalogue) -> IntArray:
    """(n,) each artist's rank by popularity, unknown last, then by number of edges, then by row."""
    popularity = catalogue.artists["popularity"].to_numpy(float)
    degree = np.bincount(catalogue.learned_edges.ravel(), minlength=len(catalogue))
    order = np.lexsort((-degree, -np.nan_to_num(popularity, nan=-1.0)))
    standing = np.empty(len(catalogue), np.int64)
    standing[order] = np.arange(len(catalogue))
    return standing
