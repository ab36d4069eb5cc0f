"""Which tags say something about the music.

People tag to organise themselves, too: what they own, want to see, or love (P. Lamere, Social Tagging and Music
Information Retrieval, Journal of New Music Research 37(2), 2008, table 1: personal, opinion and organisational tags).
Others are left by databases: notes of editors, ids of labels' systems. Two artists are not alike for sharing these.
"""

import re

from core.catalogue.genres import MISSING_WORDS

_PERSONAL = (
    "seen live",
    "want to see live",
    "i own it",
    "albums i own",
    "check out",
    "favorite",
    "favorites",
    "favourite",
    "favourites",
    "favoritos",
    "favorite songs",
    "favourite songs",
    "favorite bands",
    "favourite bands",
    "favorite artists",
    "favourite artists",
    "loved",
    "love it",
    "love at first listen",
    "songs i absolutely love",
    "friends",
    "guilty pleasure",
    "guilty pleasures",
    "under 2000 listeners",
)
_OPINION = (
    "<3",
    "amazing",
    "awesome",
    "fucking awesome",
    "best",
    "the best",
    "best song ever",
    "best songs ever",
    "brilliant",
    "cool",
    "fantastic",
    "genius",
    "good",
    "good stuff",
    "great",
    "great song",
    "legend",
    "lol",
    "lovely",
    "masterpiece",
    "nice",
    "overrated",
    "perfect",
    "perfection",
    "sick",
    "talented",
    "underrated",
)
_NOTES = (
    "2008 universal fire victim",
    "aln-sh",
    "awesomename",
    "cotm candidate",
    "fixme",
    "iswcs pending",
    "likedis auto",
    "multiple ipi",
    "n2",
    "nuno",
    "server name",
    "sillyname",
    "_edit",
)
EMPTY_TAGS = frozenset((*_PERSONAL, *_OPINION, *_NOTES))


_KINDS = ("mood: ", "theme: ", "genre: ")


def without_kind(tag: str) -> str:
    """The tag without the kind of tag that a set may write before it, as in "mood: airy"."""
    return tag.removeprefix(next((kind for kind in _KINDS if tag.startswith(kind)), ""))


def is_telling(tag: str) -> bool:
    """Whether a tag describes the music, as far as a list can say."""
    plain = re.sub(r"\s+", " ", tag).strip().casefold()
    return plain not in EMPTY_TAGS and plain not in MISSING_WORDS
