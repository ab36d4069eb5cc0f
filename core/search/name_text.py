"""All names of a catalogue as one text whose places are sorted, so that a part of a name is found without reading all.

Every place in the text is sorted by the three characters that begin there, and so are the places where words begin.
Three characters of what is typed lead to few places by bisection, and the other characters are compared there alone.
Misspelt names are found among those whose letters are nearly those of the text: two texts that differ by d letters in
order differ by at most d letters regardless of order.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from core.array_files import Array
from core.arrays import FloatArray, IntArray

MISSPELT_RATIO = 75
"""Smallest percentage of letters that a query and the name it misspells share, in order."""

ARTICLE = "the "
_BITS = 21
"""Bits that hold any character."""

_SORTED_BY = 3
_WINDOWS = 12
"""How many parts of a long query are looked up to find the rarest."""

_LETTERS = 32
_BLOCK = 1 << 16
_END, _SPACE = ord("\n"), ord(" ")

Places = npt.NDArray[np.int32]
Characters = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class NameText:
    """Names (n,) in one text with an end of line before, between and after them.

    Shapes: `characters` (c,) the text; `starts` (n + 1,) where each name begins, and would after the last; `places`
    all places of names, `word_places` (w,) those where a word begins, sorted as the module says; `word_rows` (w,) the
    names of the latter; `letters` (32, n) how many letters of each class a name has, without its article.
    """

    characters: Characters
    starts: Places
    places: Places
    word_places: Places
    word_rows: Places
    letters: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, names: Sequence[str]) -> "NameText":
        """The text of names without line ends, each of at most 200 characters."""
        text = "\n" + "\n".join(names) + "\n"
        characters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        lengths = np.fromiter(map(len, names), np.int64, len(names))
        starts = (1 + np.concatenate([[0], np.cumsum(lengths + 1)])).astype(np.int32)
        places = np.flatnonzero(characters != _END).astype(np.int32)
        before = characters[places - 1]
        word_places = places[(before == _END) | (before == _SPACE)]
        keys = _keys(characters)
        word_places = word_places[np.argsort(keys[word_places], kind="stable")]
        places = places[np.argsort(keys[places], kind="stable")]
        word_rows = _rows_of(starts, word_places)
        return cls(characters, starts, places, word_places, word_rows, _letters(characters, starts))

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> "NameText":
        """Inverse of `arrays`."""
        return cls(**{each.name: np.asarray(arrays[each.name]) for each in fields(cls)})

    def arrays(self) -> dict[str, Array]:
        """The arrays by name, to be kept."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def __len__(self) -> int:
        return len(self.starts) - 1

    def word_hits(self, text: str) -> tuple[Places, Places]:
        """The names (h,) in which a word begins with `text`, and where (h,); a name once for each such word."""
        wanted = _codes(text)
        low, high = self._range(self.word_places, wanted[:_SORTED_BY])
        places, rows = self.word_places[low:high], self.word_rows[low:high]
        for offset in range(_SORTED_BY, len(wanted)):
            fits = self.characters[places + offset] == wanted[offset]
            places, rows = places[fits], rows[fits]
        return rows, places

    def fits(self, text: str) -> tuple[IntArray, IntArray, IntArray]:
        """The names that are `text`, those that begin with it, and those with another word that does, each once."""
        rows, places = self.word_hits(text)
        at_start = self.starts[rows] == places
        whole = at_start & (self.starts[rows + 1] - 1 == places + len(text))
        n = len(self)
        return _once(rows[whole], n), _once(rows[at_start & ~whole], n), _once(rows[~at_start], n)

    def rows_holding(self, text: str) -> IntArray:
        """The names that hold `text` anywhere, each once."""
        wanted = _codes(text)
        offsets = range(max(1, min(_WINDOWS, len(wanted) - _SORTED_BY + 1)))
        ranges = [self._range(self.places, wanted[offset : offset + _SORTED_BY]) for offset in offsets]
        rarest = min(offsets, key=lambda offset: ranges[offset][1] - ranges[offset][0])
        begins = self.places[slice(*ranges[rarest])] - np.int32(rarest)
        begins = begins[begins > 0]
        for offset, character in enumerate(wanted):
            if not rarest <= offset < rarest + _SORTED_BY:
                begins = begins[self.characters[begins + offset] == character]
        return _once(_rows_of(self.starts, begins), len(self))

    def alike(self, text: str) -> tuple[IntArray, FloatArray]:
        """The names whose indel likeness to `text`, both without the article, is MISSPELT_RATIO to 100, and which."""
        query = text.removeprefix(ARTICLE)
        rows = self._nearly(query)
        names = [self.name(int(row)).removeprefix(ARTICLE) for row in rows]
        likeness = process.cdist([query], names, scorer=fuzz.ratio, score_cutoff=MISSPELT_RATIO)[0]
        fits = likeness >= MISSPELT_RATIO
        return rows[fits], likeness[fits]

    def name(self, row: int) -> str:
        """The name of a row."""
        own = self.characters[self.starts[row] : self.starts[row + 1] - 1]
        return own.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")

    def _nearly(self, query: str) -> IntArray:
        """The names whose letters differ from those of the query by no more than a likeness of 75 % allows."""
        wanted = np.bincount([code % _LETTERS for code in _codes(query)], minlength=_LETTERS)
        found = []
        for start in range(0, len(self), _BLOCK):
            block = self.letters[:, start : start + _BLOCK]
            difference, total = np.zeros((2, block.shape[1]), np.int16)
            for own, count in zip(block, wanted.tolist(), strict=True):
                difference += np.abs(own.astype(np.int16) - np.int16(count))
                total += own
            # 1 - d / (a + b) >= .75, where a and b are lengths and d the letters that differ.
            near = (100 - MISSPELT_RATIO) * (total.astype(np.int32) + len(query)) >= 100 * difference.astype(np.int32)
            found.append(start + np.flatnonzero(near))
        return np.concatenate(found) if found else np.zeros(0, np.int64)

    def _range(self, places: Places, wanted: Sequence[int]) -> tuple[int, int]:
        """The first of the sorted `places` at which these one to three characters stand, and the first one after."""
        depth = len(wanted)
        key = tuple(wanted)

        def begins(place: int) -> tuple[int, ...]:
            at = int(places[place])
            return tuple(self.characters[at : at + depth].tolist())

        low = bisect_left(range(len(places)), key, key=begins)
        return low, bisect_left(range(len(places)), (*key[:-1], key[-1] + 1), lo=low, key=begins)


def _codes(text: str) -> list[int]:
    return list(map(ord, text))


def _keys(characters: Characters) -> IntArray:
    """(c,) the characters from each place on as one number that sorts alike."""
    ahead = np.concatenate([characters, np.zeros(_SORTED_BY, np.uint32)]).astype(np.int64)
    keys = ahead[: len(characters)]
    for offset in range(1, _SORTED_BY):
        keys = keys << _BITS | ahead[offset : offset + len(characters)]
    return keys


def _letters(characters: Characters, starts: Places) -> npt.NDArray[np.uint8]:
    """(32, n) letters of names by class; every character is of some class."""
    n = len(starts) - 1
    counts = np.zeros((_LETTERS, n), np.uint8)
    for first in range(0, n, _BLOCK):
        ends = starts[first : first + _BLOCK + 1]
        own = characters[ends[0] : ends[-1]]
        cells = np.repeat(np.arange(len(ends) - 1) * _LETTERS, np.diff(ends)) + own % _LETTERS
        found = np.bincount(cells[own != _END], minlength=(len(ends) - 1) * _LETTERS)
        counts[:, first : first + _BLOCK] = found.reshape(-1, _LETTERS).T
    article = np.flatnonzero(np.diff(starts) > len(ARTICLE))
    for offset, character in enumerate(_codes(ARTICLE)):
        article = article[characters[starts[article] + offset] == character]
    for character in _codes(ARTICLE):
        counts[character % _LETTERS, article] -= 1
    return counts


def _rows_of(starts: Places, places: Places) -> Places:
    return (np.searchsorted(starts, places, side="right") - 1).astype(np.int32)


def _once(rows: Places, n_names: int) -> IntArray:
    """The rows, each once, ascending."""
    if len(rows) < n_names // _LETTERS:
        return np.unique(rows).astype(np.int64)
    among = np.zeros(n_names, bool)  # faster than sorting many
    among[rows] = True
    return np.flatnonzero(among)
