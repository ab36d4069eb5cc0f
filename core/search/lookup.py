"""Find an artist by what a person types or pastes: an id, a link, a name, its beginning, or a misspelling."""

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from core.arrays import FloatArray, IntArray
from core.catalogue import Catalogue
from core.errors import NearfieldError

LONGEST_TEXT = 200
"""Only this many characters of a name or a query are compared."""

MISSPELT_FROM = 3
"""Shortest query that may be a misspelling."""

MISSPELT_RATIO = 75
"""Smallest percentage of letters that a query and the name it misspells share, in order."""

_LISTED_CANDIDATES = 5

_ID_IN_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mn\d{10}")
_SILENT = re.compile(r"['’`´.]")
_NO_LETTER = re.compile(r"[\W_]+")
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)

_ID, _EXACT, _PREFIX, _WORD_PREFIX, _SUBSTRING, _ALL_WORDS, _MISSPELT, _NOT_FOUND = range(8)
_MOST_WORDS = 8


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
    """Rows that a search found, best first. `are_alike` if none holds the text: all are called something like it."""

    rows: list[int]
    are_alike: bool = False


class NameIndex:
    """The names and ids of a catalogue, prepared for lookup. Build it once per catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        names = [normalise(name) for name in catalogue.artists["name"]]
        lengths = np.fromiter(map(len, names), np.int64, len(names))
        self.catalogue = catalogue
        self._without_article = [name.removeprefix("the ") for name in names]
        self._text = "\n" + "\n".join(names) + "\n"
        self._characters = np.frombuffer(self._text.encode("utf-32-le", "surrogatepass"), np.uint32)
        self._starts = np.cumsum(lengths + 1) - lengths
        self._row_of_id = _rows_of_ids(catalogue)
        self._standing = _standing(catalogue)

    def row_of_id(self, text: str) -> int | None:
        """The row of the artist with the id, MBID or AllMusic id in `text`, alone or inside a link; otherwise None."""
        pasted = text.strip()[:LONGEST_TEXT].casefold()
        row = self._row_of_id.get(pasted)
        if row is None and (found := _ID_IN_TEXT.search(pasted)):
            row = self._row_of_id.get(found.group())
        return row

    def rows_named(self, text: str) -> list[int]:
        """Rows of all artists with this name, ignoring case, accents and punctuation; spelt as typed first, then best
        known."""
        query = normalise(text)
        rows = np.flatnonzero(self._tiers(query) == _EXACT) if query else np.empty(0, np.int64)
        return [int(row) for row in rows[np.lexsort((self._standing[rows], self._misspelling(rows, text)))]]

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
        tier = self._tiers(query)
        words = query.split()[:_MOST_WORDS]
        if len(words) > 1:
            every_word = np.logical_and.reduce([self._tiers(word) <= _WORD_PREFIX for word in words])
            tier[every_word & (tier == _NOT_FOUND)] = _ALL_WORDS
        identified = self.row_of_id(text)
        if identified is not None:
            tier[identified] = _ID
        misfit = np.zeros(len(tier), np.float32)
        exact = np.flatnonzero(tier == _EXACT)
        misfit[exact] = self._misspelling(exact, text)
        if np.count_nonzero(tier < _NOT_FOUND) < limit and len(query) >= MISSPELT_FROM:
            likeness = self._likeness(query)
            misspelt = (tier == _NOT_FOUND) & (likeness >= MISSPELT_RATIO)
            tier[misspelt] = _MISSPELT
            misfit[misspelt] = -np.round(likeness[misspelt])
        found = np.flatnonzero(tier < _NOT_FOUND)
        order = np.lexsort((self._standing[found], misfit[found], tier[found]))[:limit]
        rows = [int(row) for row in found[order]]
        return Hits(rows, bool(rows) and tier[rows[0]] == _MISSPELT)

    def _misspelling(self, rows: IntArray, text: str) -> IntArray:
        """How names of these rows, equal to the text for a search, are spelt: 0 as typed, 1 but for case, 2 else."""
        typed = _spelling(text)
        names = [_spelling(str(name)) for name in self.catalogue.artists["name"].iloc[rows]]
        return np.array([0 if name == typed else 1 if _same_case(name, typed) else 2 for name in names], np.int64)

    def _tiers(self, query: str) -> npt.NDArray[np.int8]:
        """(n,) how each name contains `query`, found in one pass over a text that joins all names."""
        tiers = np.full(len(self._starts), _NOT_FOUND, np.int8)
        hits = re.finditer(f"(?={re.escape(query)})", self._text)
        places = np.fromiter((hit.start() for hit in hits), np.int64)
        before, after = self._characters[places - 1], self._characters[places + len(query)]
        at_start = before == ord("\n")
        fits = [at_start & (after == ord("\n")), at_start, before == ord(" ")]
        fit = np.select(fits, [_EXACT, _PREFIX, _WORD_PREFIX], _SUBSTRING).astype(np.int8)
        np.minimum.at(tiers, np.searchsorted(self._starts, places, side="right") - 1, fit)
        return tiers

    def _likeness(self, query: str) -> FloatArray:
        """(n,) 0 to 100 by indel distance to the names without their article; 0 below MISSPELT_RATIO."""
        queries = [query.removeprefix("the ")]
        return process.cdist(queries, self._without_article, scorer=fuzz.ratio, score_cutoff=MISSPELT_RATIO)[0]


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


def _rows_of_ids(catalogue: Catalogue) -> dict[str, int]:
    """Map every id in lower case to its row. An artist_id wins over another artist's MBID or AllMusic id."""
    rows: dict[str, int] = {}
    for column in ("artist_id", "mbid", "allmusic_id"):
        known = catalogue.artists[column].dropna()
        for row, identifier in zip(known.index, known, strict=True):
            rows.setdefault(identifier.casefold(), int(row))
    rows.pop("", None)
    return rows


def _standing(catalogue: Catalogue) -> IntArray:
    """(n,) each artist's rank by popularity, unknown last, then by number of edges, then by row."""
    popularity = catalogue.artists["popularity"].to_numpy(float)
    degree = np.bincount(catalogue.learned_edges.ravel(), minlength=len(catalogue))
    order = np.lexsort((-degree, -np.nan_to_num(popularity, nan=-1.0)))
    standing = np.empty(len(catalogue), np.int64)
    standing[order] = np.arange(len(catalogue))
    return standing
