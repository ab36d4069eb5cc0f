"""Whom a word means on a map: the artists with a tag, or those whose name holds it."""

from dataclasses import dataclass

import numpy as np

from core.arrays import BoolArray
from core.catalogue import Catalogue
from core.catalogue.format import LIST_COLUMNS
from core.maps.typical import TagTable
from core.search.lookup import LONGEST_TEXT, normalise

KINDS = dict(zip(LIST_COLUMNS, ("genre", "mood", "theme"), strict=True))


@dataclass(frozen=True)
class Highlight:
    """The artists `who` (n,) that something means, and in words, as the catalogue writes them, what that is."""

    who: BoolArray
    words: str


class HighlightIndex:
    """The tags and names of a catalogue, prepared to be asked; build it once per catalogue."""

    def __init__(self, catalogue: Catalogue, tags: TagTable) -> None:
        self._tags = tags
        counts = tags.counts().tolist()
        order = sorted(range(len(tags)), key=lambda place: (-counts[place], tags.kinds[place], tags.tags[place]))
        self.choices = {tag_code(tags.kinds[i], tags.tags[i]): counts[i] for i in order}
        """What can be asked for by `tag_code` -> how many artists have it, the most frequent first."""
        self._meant = {self.named(code).casefold(): code for code in reversed(self.choices)}
        self._names = [normalise(name) for name in catalogue.artists["name"]]

    def named(self, code: str) -> str:
        """The tag of a code, without its kind."""
        return code.partition(".")[2]

    def find(self, text: str) -> Highlight:
        """The artists that `text` means: a code of `choices`, a tag as it is called, or a part of their names.

        Of tags called alike, the most frequent; nobody where nothing fits. Case, accents and signs of names are
        ignored.
        """
        code = text if text in self.choices else None
        text = text.strip()[:LONGEST_TEXT]
        code = code or (text if text in self.choices else self._meant.get(text.casefold()))
        if code is not None:
            kind, _, tag = code.partition(".")
            return Highlight(self._tags.having(kind, tag), f"{KINDS[kind]} {tag}")
        query = normalise(text)
        named = (query in name for name in self._names) if query else (False for _ in self._names)
        who = np.fromiter(named, bool, len(self._names))
        return Highlight(who, f"name with “{text}”")


def tag_code(kind: str, tag: str) -> str:
    """How a choice of a tag is written in a link: "genres.Jazz"."""
    return f"{kind}.{tag}"
