"""The artists that a word highlights on a map: those with a tag, or those whose name contains the word."""

from dataclasses import dataclass

import numpy as np

from core.arrays import BoolArray
from core.maps.tag_enrichment import TagTable
from core.search.lookup import LONGEST_TEXT, NameIndex
from core.search.sound_tags import TAG_KINDS

KINDS = dict(zip(TAG_KINDS, ("genre", "mood", "theme", "sound"), strict=True))


@dataclass(frozen=True)
class Highlight:
    """The highlighted artists `who` (n,), and in `words` what they have in common, as the catalogue spells it."""

    who: BoolArray
    words: str


class HighlightIndex:
    """An index of the tags and names of a catalogue; build it once per catalogue."""

    def __init__(self, tags: TagTable, names: NameIndex) -> None:
        self._tags = tags
        counts = tags.counts().tolist()
        order = sorted(range(len(tags)), key=lambda place: (-counts[place], tags.kinds[place], tags.tags[place]))
        self.choices = {tag_code(tags.kinds[i], tags.tags[i]): counts[i] for i in order}
        """`tag_code` of every tag -> how many artists have it, the most frequent first."""
        self._code_of_tag = {self.named(code).casefold(): code for code in reversed(self.choices)}
        self._names = names

    def named(self, code: str) -> str:
        """The tag of a code, without its kind."""
        return code.partition(".")[2]

    def find(self, text: str) -> Highlight:
        """The artists that match `text`: a code of `choices`, the name of a tag, or a part of an artist's name.

        Among tags of the same name the most frequent counts; if nothing matches, no artist is highlighted. Case,
        accents and punctuation of names are ignored.
        """
        code = text if text in self.choices else None
        text = text.strip()[:LONGEST_TEXT]
        code = code or (text if text in self.choices else self._code_of_tag.get(text.casefold()))
        if code is not None:
            kind, _, tag = code.partition(".")
            return Highlight(self._tags.having(kind, tag), f"{KINDS[kind]} {tag}")
        who = np.zeros(len(self._names.catalogue), bool)
        who[self._names.rows_holding(text)] = True
        return Highlight(who, f"name with “{text}”")


def tag_code(kind: str, tag: str) -> str:
    """The code of a tag in a link: "genres.Jazz"."""
    return f"{kind}.{tag}"
