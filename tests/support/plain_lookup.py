"""Looking artists up by reading every name: what the index of names must agree with."""

import re

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from core.catalogue import Catalogue
from core.search.lookup import MISSPELT_FROM, Hits, normalise
from core.search.name_text import MISSPELT_RATIO

_ID, _EXACT, _PREFIX, _WORD_PREFIX, _SUBSTRING, _ALL_WORDS, _MISSPELT, _NOT_FOUND = range(8)


class PlainLookup:
    """`NameIndex.search` in passes over all names; `row_of_id`, `misspelling` and `standing` are those of the index."""

    def __init__(self, catalogue: Catalogue, row_of_id, misspelling, standing) -> None:
        names = [normalise(name) for name in catalogue.artists["name"]]
        lengths = np.fromiter(map(len, names), np.int64, len(names))
        self._row_of_id, self._misspelling, self._standing = row_of_id, misspelling, standing
        self._without_article = [name.removeprefix("the ") for name in names]
        self._text = "\n" + "\n".join(names) + "\n"
        self._characters = np.frombuffer(self._text.encode("utf-32-le", "surrogatepass"), np.uint32)
        self._starts = np.cumsum(lengths + 1) - lengths

    def search(self, text: str, limit: int) -> Hits:
        query = normalise(text)
        if not query or limit < 1:
            return Hits([])
        tier = self._tiers(query)
        words = query.split()[:8]
        if len(words) > 1:
            every_word = np.logical_and.reduce([self._tiers(word) <= _WORD_PREFIX for word in words])
            tier[every_word & (tier == _NOT_FOUND)] = _ALL_WORDS
        identified = self._row_of_id(text)
        if identified is not None:
            tier[identified] = _ID
        misfit = np.zeros(len(tier), np.float32)
        exact = np.flatnonzero(tier == _EXACT)
        misfit[exact] = self._misspelling(exact, text)
        if np.count_nonzero(tier < _NOT_FOUND) < limit and len(query) >= MISSPELT_FROM:
            queries = [query.removeprefix("the ")]
            scored = process.cdist(queries, self._without_article, scorer=fuzz.ratio, score_cutoff=MISSPELT_RATIO)[0]
            misspelt = (tier == _NOT_FOUND) & (scored >= MISSPELT_RATIO)
            tier[misspelt] = _MISSPELT
            misfit[misspelt] = -np.round(scored[misspelt])
        found = np.flatnonzero(tier < _NOT_FOUND)
        order = np.lexsort((self._standing[found], misfit[found], tier[found]))[:limit]
        rows = [int(row) for row in found[order]]
        return Hits(rows, bool(rows) and tier[rows[0]] == _MISSPELT, bool(rows) and tier[rows[0]] > _PREFIX)

    def _tiers(self, query: str) -> npt.NDArray[np.int8]:
        tiers = np.full(len(self._starts), _NOT_FOUND, np.int8)
        hits = re.finditer(f"(?={re.escape(query)})", self._text)
        places = np.fromiter((hit.start() for hit in hits), np.int64)
        before, after = self._characters[places - 1], self._characters[places + len(query)]
        at_start = before == ord("\n")
        fits = [at_start & (after == ord("\n")), at_start, before == ord(" ")]
        fit = np.select(fits, [_EXACT, _PREFIX, _WORD_PREFIX], _SUBSTRING).astype(np.int8)
        np.minimum.at(tiers, np.searchsorted(self._starts, places, side="right") - 1, fit)
        return tiers
