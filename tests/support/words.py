"""Questions in words for real music: what is asked, of which kind of artist, and what has no meaning.

The kind of an artist is what the tags of its own files say as a genre, and was not chosen by who heard or answered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.arrays import IntArray
from core.clips.word_search import WordSearch
from core.features.audio_sets import MUSICNN_TAGS

KINDS: dict[str, tuple[str, ...]] = {
    "metal": ("metal",),
    "orchestral": ("classical", "orchestral", "symphonic"),
    "electronic": ("dnb", "drum and bass", "electronic", "techno", "trance", "house", "ambient"),
}
"""Kind -> what stands in the genre of an artist of this kind."""

QUERIES: dict[str, str] = {
    "fierce metal, distorted guitar": "metal",
    "death metal": "metal",
    "loud aggressive riffs": "metal",
    "hard rock": "metal",
    "thrash with growled vocals": "metal",
    "a heavy metal band": "metal",
    "loud guitars and drums": "metal",
    "brutal, intense metalcore": "metal",
    "symphonic orchestra": "orchestral",
    "romantic classical music": "orchestral",
    "violin and cello": "orchestral",
    "a string quartet": "orchestral",
    "orchestral strings, no vocals": "orchestral",
    "classical opera with a choir": "orchestral",
    "chamber music with strings": "orchestral",
    "quiet baroque piece for violin": "orchestral",
    "techno": "electronic",
    "fast electronic beat": "electronic",
    "dance party with synths": "electronic",
    "rhythmic electronica": "electronic",
}
"""Query -> the kind of artist that is expected first."""

NONSENSE = (
    "xylophone from mars qwertz",
    "vumtazik",
    "my tax return",
    "asdf jkl",
    "kubernetes",
    "the mitochondria",
    "qqq",
    "seventeen hexagons",
    "blarg frob",
    "parliament",
)
"""Words that no music is like."""


@dataclass(frozen=True)
class Answered:
    """What a query found: the artist's row, its kind ("" where its files say none of KINDS), and its score beside what
    the nearest artist reaches by chance; the kind of the first artist whose files say one; and the share of artists
    that are of the expected kind, among all and among those whose files say one."""

    query: str
    expected: str
    row: int
    kind: str
    score: float
    chance: float
    said: str
    share: float
    share_of_said: float


def kinds_of(genres: Sequence[Sequence[str]]) -> list[str]:
    """The first of KINDS that an artist's genres name; "" for none."""
    return [
        next((kind for kind, words in KINDS.items() if any(w in g.lower() for w in words for g in listed)), "")
        for listed in genres
    ]


def ask(search: WordSearch, kinds: list[str]) -> list[Answered]:
    """The answers to those of QUERIES of whose kind there is an artist."""
    found = []
    for query, expected in QUERIES.items():
        if expected not in kinds:
            continue
        words = search.answer([query], [1.0], len(kinds))
        answer = words.answers[MUSICNN_TAGS]
        rows: IntArray = answer.nearest.rows
        said = [kinds[row] for row in rows if kinds[row]]
        n_expected = kinds.count(expected)
        found.append(
            Answered(
                query,
                expected,
                int(rows[0]),
                kinds[rows[0]],
                float(answer.nearest.scores[0]),
                words.chance[MUSICNN_TAGS],
                said[0],
                n_expected / len(kinds),
                n_expected / len(said),
            )
        )
    return found


def refused(search: WordSearch) -> Mapping[str, bool]:
    """Of each of NONSENSE whether it finds nothing and its words are named as not understood."""
    found = {}
    for query in NONSENSE:
        words = search.answer([query], [1.0])
        assert words.understood is not None
        found[query] = not words.answers and bool(words.understood.unknown)
    return found
