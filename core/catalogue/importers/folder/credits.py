"""Who is the artist: from the tags of a track to the artists of its credit, by rules that are told.

Nothing is guessed by likeness. A credit is split where the tags say how, or at words that join artists unless the whole
name is known to be one artist's.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import combinations

from core.audio.tags import Tags

FEATURED_WEIGHT = 0.25

NO_ARTIST_MBIDS = frozenset(
    {
        "89ad4ac3-39f7-470e-963a-56509c546377",  # Various Artists
        "125ec42a-7229-4250-afc5-e057484327fe",  # [unknown]
        "eec63d3c-3b81-4ad4-b1e4-7c147d4d2b61",  # [no artist]
    }
)
_NO_ARTISTS = frozenset({"", "various artists", "various", "v.a.", "unknown artist", "[unknown]", "[no artist]"})

BY_LIST = "the tags list the artists"
BY_MBIDS = "as many parts as MBIDs"
BY_CREDIT = "a list with slashes, whose parts stand in the credit"
BY_WORDS = "joining words"
BY_ALBUM_ARTIST = "no artist: the album artist"

_FEATURING = re.compile(r"[\s(\[]+(?:featuring|feat\.?|ft\.?)\s+", re.IGNORECASE)
_JOINED = re.compile(r" / | feat\. | feat | ft\. | ft |; ", re.IGNORECASE)
_SEPARATORS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[\s(\[]+(?:featuring|feat\.?|ft\.?)\s+",
        r"\s*;\s*",
        r"\s+/\s+",
        r"\s+(?:vs\.?|versus)\s+",
        r"\s+(?:with|x|×)\s+",
        r"\s*,\s*",
        r"\s+&\s+",
        r"\s+(?:and|und|et|y)\s+",
        r"\s+\+\s+",
        r"/",
    )
)


@dataclass(frozen=True)
class Credit:
    """One artist in the credit of a track; `mbid` may be ""."""

    name: str
    mbid: str = ""
    featured: bool = False

    @property
    def key(self) -> str:
        """What tells artists apart: the MBID, or else the folded name."""
        return self.mbid or folded(self.name)


@dataclass(frozen=True)
class Credits:
    """The artists of a track. Where a text was split or might have been, `shown` is the text, `rule` says how it was
    split, and `kept` why it was not."""

    artists: tuple[Credit, ...]
    shown: str = ""
    rule: str = ""
    kept: str = ""

    @property
    def main(self) -> tuple[Credit, ...]:
        return tuple(credit for credit in self.artists if not credit.featured)


def folded(name: str) -> str:
    """A name as it is compared: NFC, without regard to case, white space collapsed."""
    return unicodedata.normalize("NFC", " ".join(unicodedata.normalize("NFC", name).casefold().split()))


def looks_joined(name: str) -> bool:
    """Whether a name holds a word or sign at which a credit is split."""
    return _JOINED.search(name) is not None


def is_no_artist(name: str, mbid: str = "") -> bool:
    """Whether this stands for nobody, or for many."""
    return mbid in NO_ARTIST_MBIDS or folded(name) in _NO_ARTISTS


def whole_names(tags: Tags) -> Iterator[str]:
    """The folded names that these tags show to be one artist each: a lone album artist, the values of a list, and a
    single artist with exactly one MBID."""
    values = _values(tags)
    if len(tags.album_artists) == 1:
        yield folded(tags.album_artists[0])
    if len(values) > 1:
        shown = _shown(values, len(tags.artist_mbids))
        yield from (folded(value) for value in values if value != shown)
    elif len(values) == 1 and len(tags.artist_mbids) == 1:
        yield folded(values[0])


def credits_of(tags: Tags, known: Collection[str], exceptions: Collection[str]) -> Credits:
    """The artists of a track without those that are nobody.

    `known` are folded names that `whole_names` found anywhere in the library; `exceptions` are folded names that people
    said to keep whole.
    """
    values = _values(tags)
    if not [value for value in values if not is_no_artist(value)] and not tags.is_compilation:
        others = [value for value in tags.album_artists if not is_no_artist(value)]
        if others:
            mbids = tags.album_artist_mbids if len(tags.album_artist_mbids) == len(tags.album_artists) else ()
            found = _from_values(tags.album_artists, mbids, known, exceptions)
            return Credits(_somebody(found.artists), found.shown or others[0], found.rule or BY_ALBUM_ARTIST)
    found = _from_values(values, tags.artist_mbids, known, exceptions)
    return Credits(_somebody(found.artists), found.shown, found.rule, found.kept)


def _somebody(artists: tuple[Credit, ...]) -> tuple[Credit, ...]:
    """Each artist once, main rather than featured, without nobody. Where all are featured, the first is main."""
    found: dict[str, Credit] = {}
    for credit in artists:
        if not is_no_artist(credit.name, credit.mbid):
            before = found.get(credit.key)
            if before is None or (before.featured and not credit.featured):
                found[credit.key] = credit
    kept = list(found.values())
    if kept and all(credit.featured for credit in kept):
        kept[0] = Credit(kept[0].name, kept[0].mbid)
    return tuple(kept)


def _from_values(
    values: tuple[str, ...], mbids: tuple[str, ...], known: Collection[str], exceptions: Collection[str]
) -> Credits:
    if not values:
        return Credits(())
    if len(values) > 1:
        return _from_list(values, mbids)
    text = values[0]
    if folded(text) in exceptions:
        return Credits((_one(text, mbids),), text if looks_joined(text) else "", kept="your list of exceptions")
    if len(mbids) > 1:
        if parts := _guided(text, len(mbids)):
            return Credits(_credits(parts, mbids, text), text, BY_MBIDS)
        return Credits((Credit(text),), text, kept=f"{len(mbids)} MBIDs, but no way to split it into as many parts")
    if not looks_joined(text):
        return Credits((_one(text, mbids),))
    if len(mbids) == 1:
        return Credits((_one(text, mbids),), text, kept="one MBID")
    if folded(text) in known:
        return Credits((Credit(text),), text, kept="the whole name stands elsewhere as one artist")
    parts = [part.strip() for part in _JOINED.split(text)]
    return Credits(_credits([part for part in parts if part], (), text), text, BY_WORDS)


def _from_list(values: tuple[str, ...], mbids: tuple[str, ...]) -> Credits:
    shown = _shown(values, len(mbids))
    names = [value for value in values if value != shown]
    return Credits(_credits(names, mbids, shown), shown or " | ".join(values), BY_LIST)


def _values(tags: Tags) -> tuple[str, ...]:
    """The values of the artist's tags, those of ID3v2.3 split at the slashes that stand between artists."""
    values: dict[str, None] = {}
    for value in tags.artists:
        others = [other for other in tags.artists if other != value]
        for part in _between_slashes(value, others, len(tags.artist_mbids)):
            values.setdefault(part)
    return tuple(values)


def _between_slashes(value: str, others: list[str], mbids: int) -> list[str]:
    """The parts of a value of ID3v2.3, if they are as many as the MBIDs or all stand in the shown credit."""
    if "/" not in value or " / " in value:
        return [value]
    parts = [part.strip() for part in value.split("/")]
    if not all(parts):
        return [value]
    for credit in others:
        merged = _merged(parts, credit)
        if len(merged) > 1 and all(_contains(credit, part) for part in merged) and mbids in (0, len(merged)):
            return merged
    return parts if len(parts) == mbids else [value]


def _merged(parts: list[str], credit: str) -> list[str]:
    """Neighbouring parts put together where the credit has the slash too, as in AC/DC."""
    merged: list[str] = []
    for part in parts:
        if merged and _contains(credit, f"{merged[-1]}/{part}"):
            merged[-1] += f"/{part}"
        else:
            merged.append(part)
    return merged


def _shown(values: tuple[str, ...], mbids: int) -> str:
    """The value that is the credit as it is shown: it contains two or more others, or one where there is an MBID for
    each value but it. "" where no value is."""
    for value in sorted(values, key=lambda value: -len(value)):
        inside = sum(_contains(value, other) for other in values if other != value)
        if inside >= 2 or (inside == 1 and mbids and len(values) == mbids + 1):
            return value
    return ""


def _contains(text: str, name: str) -> bool:
    """Whether `name` stands in `text` as whole words."""
    return re.search(rf"(?<!\w){re.escape(folded(name))}(?!\w)", folded(text)) is not None


def _guided(text: str, count: int) -> list[str]:
    """The text split into `count` parts by as few kinds of separators as can be, the plainest first; [] if none do."""
    there = [separator for separator in _SEPARATORS if separator.search(text)]
    for number in range(1, len(there) + 1):
        for chosen in combinations(there, number):
            parts = [text]
            for separator in chosen:
                parts = [piece for part in parts for piece in separator.split(part)]
            parts = [part.strip(" ()[]") for part in parts]
            if len(parts) == count and all(parts):
                return parts
    return []


def _credits(names: list[str], mbids: tuple[str, ...], shown: str) -> tuple[Credit, ...]:
    """The artists of these names, with their MBIDs if there are as many; those after “feat.” in `shown` as featured."""
    given = mbids if len(mbids) == len(names) else ("",) * len(names)
    joint = _FEATURING.search(shown)
    guests = shown[joint.end() :] if joint else ""
    hosts = shown[: joint.start()] if joint else shown
    return tuple(
        Credit(name, mbid, bool(guests) and _contains(guests, name) and not _contains(hosts, name))
        for name, mbid in zip(names, given, strict=True)
    )


def _one(name: str, mbids: tuple[str, ...]) -> Credit:
    return Credit(name, mbids[0] if len(mbids) == 1 else "")
