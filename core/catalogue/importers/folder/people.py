"""From the records of files to artists, tracks and edges. What was decided on the way is gathered for the review."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from core.audio.music_files import shown_path, stored_path
from core.audio.tags import Tags
from core.catalogue.importers.folder.credits import (
    FEATURED_WEIGHT,
    Credit,
    Credits,
    credits_of,
    folded,
    is_no_artist,
    looks_joined,
    whole_names,
)
from core.catalogue.importers.folder.store import Record
from core.catalogue.importers.folder.track_rows import TrackRows

BY_FOLDER = "no tags: the folder"
_MOST_GENRES = 10
_LEADING_NUMBER = re.compile(r"^\(\d+\)\s*(?=\S)")
_BARE_NUMBERS = re.compile(r"(\(\d+\))+|\d+")


@dataclass(slots=True)
class Person:
    """One artist, as found in the tags: the spellings of the name, genres, and how many tracks."""

    mbid: str
    names: Counter[str] = field(default_factory=Counter)
    genres: Counter[str] = field(default_factory=Counter)
    tracks: int = 0
    featured: int = 0

    @property
    def name(self) -> str:
        """The most frequent spelling; of several, the first in the alphabet."""
        return min(self.names, key=lambda name: (-self.names[name], name))

    @property
    def aliases(self) -> list[str]:
        """The other spellings, also those in another case."""
        return sorted(set(self.names) - {self.name})

    @property
    def key(self) -> str:
        return self.mbid or folded(self.name)

    def common_genres(self) -> list[str]:
        """The genres, the most frequent first, each in its most frequent spelling."""
        spellings: dict[str, Counter[str]] = defaultdict(Counter)
        for genre, count in self.genres.items():
            spellings[folded(genre)][genre] += count
        order = sorted(spellings, key=lambda genre: (-spellings[genre].total(), genre))
        shown = [min(spellings[each], key=lambda text: (-spellings[each][text], text)) for each in order]
        return shown[:_MOST_GENRES]


@dataclass
class Library:
    """All that the files of a folder say. `people` is by key, in the order in which they were found; `together` is the
    weight of each pair of keys."""

    people: dict[str, Person] = field(default_factory=dict)
    tracks: TrackRows = field(default_factory=TrackRows)
    together: dict[tuple[str, str], float] = field(default_factory=dict)
    splits: dict[tuple[str, str], "Decision"] = field(default_factory=dict)
    kept_whole: dict[tuple[str, str], "Decision"] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)
    nobody: list[tuple[str, str]] = field(default_factory=list)
    by_folder: Counter[str] = field(default_factory=Counter)
    same_content: list[list[str]] = field(default_factory=list)
    same_recording: list[list[str]] = field(default_factory=list)
    read: int = 0
    untagged: int = 0


@dataclass(slots=True)
class Decision:
    """What was done with one text of a credit: its parts, how many files have it, and the first of them."""

    parts: tuple[str, ...]
    example: str
    files: int = 0


def known_names(records: Iterable[Record]) -> set[str]:
    """The folded names that anywhere in the library are shown to be one artist each, although they look joined."""
    names = (name for record in records if not record.fault for name in whole_names(record.tags))
    return {name for name in names if looks_joined(name)}


def gather(
    records: Iterator[Record], known: Collection[str], exceptions: Collection[str], check: Callable[[], None]
) -> Library:
    """Everything that the records say. `check` is called for each and may raise to stop."""
    library = Library()
    copies: dict[tuple[str, str], list[str]] = defaultdict(list)
    for record in records:
        check()
        if record.fault:
            library.refused.append((shown_path(record.name), record.fault))
            continue
        library.read += 1
        found = _credits(record, known, exceptions, library)
        if not found.artists:
            continue
        _remember(found, record, library)
        twins = copies[record.content, found.main[0].key] if record.content else [record.name]
        if record.content:
            twins.append(record.name)
        if len(twins) > 1:
            continue
        _add_track(library, found, record)
    library.same_content = [[shown_path(name) for name in names] for names in copies.values() if len(names) > 1]
    library.same_recording = library.tracks.same_recording()
    return library


def _credits(record: Record, known: Collection[str], exceptions: Collection[str], library: Library) -> Credits:
    """The credit by the tags, or else by the folders; without artists where there is neither, which is noted."""
    tags = record.tags
    library.untagged += not tags.are_read
    found = credits_of(tags, known, exceptions)
    if found.artists:
        return found
    if tags.artists or tags.is_compilation:
        said = ", ".join(tags.artists) or "a compilation without artists"
        library.nobody.append((shown_path(record.name), f"the artist is “{said}”"))
        return found
    folder, _, rest = shown_path(record.name).partition("/")
    if not rest or is_no_artist(folder):
        library.nobody.append((shown_path(record.name), "no artist in its tags, and none in its folders"))
        return found
    library.by_folder[folder] += 1
    return Credits((Credit(unicodedata.normalize("NFC", " ".join(folder.split()))),))


def _remember(found: Credits, record: Record, library: Library) -> None:
    for told, why in ((library.splits, found.rule), (library.kept_whole, found.kept)):
        if why and found.shown:
            parts = tuple(credit.name for credit in found.artists)
            decision = told.setdefault((found.shown, why), Decision(parts, shown_path(record.name)))
            decision.files += 1


def _add_track(library: Library, found: Credits, record: Record) -> None:
    genres = _genres(record.tags)
    for credit in found.artists:
        person = library.people.setdefault(credit.key, Person(credit.mbid))
        person.names[credit.name] += 1
        if credit.featured:
            person.featured += 1
        else:
            person.tracks += 1
            person.genres.update(genres)
    title = record.tags.title or _title(record.name)
    for credit in found.main:
        path = stored_path(record.name)
        library.tracks.add(credit.key, path, title, record.tags.album, record.tags.recording_mbid)
    for one, other in combinations(found.artists, 2):
        pair = (one.key, other.key) if one.key < other.key else (other.key, one.key)
        weight = FEATURED_WEIGHT if one.featured or other.featured else 1.0
        library.together[pair] = library.together.get(pair, 0.0) + weight


def _title(name: str) -> str:
    stem = shown_path(name).rpartition("/")[2].rpartition(".")[0]
    return " ".join(stem.split()) or shown_path(name)


def _genres(tags: Tags) -> list[str]:
    """Each genre once: values split at semicolons, without ID3's numbers before the names."""
    found: dict[str, None] = {}
    for value in tags.genres:
        for part in value.split(";"):
            text = _LEADING_NUMBER.sub("", part.strip())
            if text and not _BARE_NUMBERS.fullmatch(text):
                found.setdefault(text)
    return list(found)
