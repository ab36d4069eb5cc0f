"""Curation lists: kept or skipped artists in a chosen order, each with a note and where it was found.

Everything here is an immutable value, and every change returns a new one. Nothing is read or written.
"""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from core.catalogue.records import is_text
from core.errors import NearfieldError

Verdict = Literal["keep", "skip"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

Order = Literal["name", "rank", "newest", "kept first"]
ORDERS: tuple[Order, ...] = get_args(Order)

MAX_ENTRIES = 2000
MAX_LISTS = 100
MAX_NOTE = 2000
MAX_NAME = 500
MAX_ID = 200
MAX_LIST_NAME = 80
MAX_RANK = 10_000_000
MAX_DATE = 40
FIRST_LIST = "My list"


@dataclass(frozen=True)
class Origin:
    """Where an artist was found: the space, the query, the model and the version of the catalogue.

    `rank` is 1 for the nearest, and `score` depends on the space. `model` names what made the space, such as the id of
    a run. `catalogue_hash` is the catalogue's content hash, and `date` is ISO 8601. Unknown fields are None or empty.
    """

    space: str = ""
    query: str = ""
    rank: int | None = None
    score: float | None = None
    model: str = ""
    catalogue_hash: str = ""
    date: str = ""


@dataclass(frozen=True)
class Entry:
    """One artist of a list. `row` is None if the open catalogue lacks the artist; it is never written."""

    row: int | None
    artist_id: str
    name: str
    mbid: str = ""
    verdict: Verdict = "keep"
    note: str = ""
    origin: Origin = field(default_factory=Origin)


@dataclass(frozen=True)
class CurationList:
    """Entries in the order that the visitor chose, each artist once."""

    name: str
    entries: tuple[Entry, ...] = ()

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, artist_id: object) -> bool:
        return any(entry.artist_id == artist_id for entry in self.entries)

    def entry(self, artist_id: str) -> Entry:
        return self.entries[_place(self, artist_id)]

    @property
    def kept(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.verdict == "keep"]


@dataclass(frozen=True)
class ListCollection:
    """All lists of one visitor, with unique names. There is always at least one list."""

    lists: tuple[CurationList, ...] = (CurationList(FIRST_LIST),)

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.lists]

    def __getitem__(self, name: str) -> CurationList:
        """The list of this name. Raises NearfieldError, which names the lists, if there is none."""
        for one in self.lists:
            if one.name == name:
                return one
        raise NearfieldError(f"There is no list “{name}”. There are: {', '.join(self.names)}.")


def add(curated: CurationList, entries: Iterable[Entry]) -> CurationList:
    """Append the entries in order. An artist already in the list keeps its first entry.

    Raises NearfieldError if the list would have more than 2,000 artists.
    """
    by_artist = {entry.artist_id: entry for entry in curated.entries}
    for entry in entries:
        by_artist.setdefault(entry.artist_id, entry)
    if len(by_artist) > MAX_ENTRIES:
        raise NearfieldError(f"A list holds at most {MAX_ENTRIES} artists. Start another list for more.")
    return replace(curated, entries=tuple(by_artist.values()))


def remove(curated: CurationList, artist_ids: Iterable[str]) -> CurationList:
    """The list without these artists. Artists that are not in it are ignored."""
    gone = frozenset(artist_ids)
    return replace(curated, entries=tuple(entry for entry in curated.entries if entry.artist_id not in gone))


def put_back(curated: CurationList, entry: Entry, place: int) -> CurationList:
    """The list with a removed entry at `place` again, or unchanged if it has the artist already."""
    return curated if entry.artist_id in curated else move(add(curated, [entry]), entry.artist_id, place)


def move(curated: CurationList, artist_id: str, place: int) -> CurationList:
    """Move the artist to `place`, 0 for the first, within the ends. Raises NearfieldError if it is not in the list."""
    now = _place(curated, artist_id)
    entries = list(curated.entries)
    entry = entries.pop(now)
    entries.insert(min(max(place, 0), len(entries)), entry)
    return replace(curated, entries=tuple(entries))


def sorted_by(curated: CurationList, order: Order) -> CurationList:
    """The list in another order. Entries that are equal in it keep their order.

    By name is by letters, without regard to case and accents; by rank is the best place in any answer first; newest is
    the latest kept first. Entries without a rank or date come last.
    """
    keys: dict[Order, Callable[[Entry], Any]] = {
        "name": lambda entry: _letters(entry.name),
        "rank": lambda entry: entry.origin.rank or MAX_RANK + 1,
        "kept first": lambda entry: entry.verdict != "keep",
    }
    if order == "newest":
        dated = sorted(curated.entries, key=lambda entry: entry.origin.date, reverse=True)
        return replace(curated, entries=tuple(dated))
    return replace(curated, entries=tuple(sorted(curated.entries, key=keys[order])))


def in_order_of(curated: CurationList, artist_ids: Iterable[str]) -> CurationList:
    """The list in the order of these artists; the others follow as they are."""
    places = {artist_id: place for place, artist_id in enumerate(artist_ids)}
    ordered = sorted(curated.entries, key=lambda entry: places.get(entry.artist_id, len(places)))
    return replace(curated, entries=tuple(ordered))


def annotate(curated: CurationList, artist_id: str, note: str) -> CurationList:
    """The list with this note on the artist. Raises NearfieldError for a note of more than 2,000 characters."""
    return _changed(curated, artist_id, lambda entry: replace(entry, note=checked_note(note)))


def judge(curated: CurationList, artist_id: str, verdict: Verdict) -> CurationList:
    """The list with the artist kept or skipped."""
    return _changed(curated, artist_id, lambda entry: replace(entry, verdict=checked_verdict(verdict)))


def with_list(collection: ListCollection, curated: CurationList) -> ListCollection:
    """The collection with the list in place of the one with the same name, or at the end.

    Raises NearfieldError for a bad name, or for more than 100 lists.
    """
    curated = replace(curated, name=checked_list_name(curated.name))
    if curated.name in collection.names:
        return ListCollection(tuple(curated if one.name == curated.name else one for one in collection.lists))
    if len(collection.lists) >= MAX_LISTS:
        raise NearfieldError(f"There are {MAX_LISTS} lists already, and no more fit. Delete one first.")
    return ListCollection((*collection.lists, curated))


def without_list(collection: ListCollection, name: str) -> ListCollection:
    """The collection without the list. Removing the last list leaves an empty one."""
    gone = collection[name]
    return ListCollection(tuple(one for one in collection.lists if one is not gone) or ListCollection().lists)


def renamed(collection: ListCollection, name: str, new_name: str) -> ListCollection:
    """The collection with a list renamed in place. Raises NearfieldError if the name is taken."""
    new_name = checked_list_name(new_name)
    if new_name != name and new_name in collection.names:
        raise NearfieldError(f"There is a list “{new_name}” already. Choose another name.")
    old = collection[name]
    return ListCollection(tuple(replace(one, name=new_name) if one is old else one for one in collection.lists))


def free_name(collection: ListCollection, wanted: str) -> str:
    """`wanted`, with a number after it if a list already has this name."""
    wanted = checked_list_name(wanted[:MAX_LIST_NAME])
    names = (f"{wanted[: MAX_LIST_NAME - len(tail)]}{tail}" for tail in _tails())
    return next(name for name in names if name not in collection.names)


def checked_list_name(name: str) -> str:
    """A list's name on one line. Raises NearfieldError if it has no visible characters, or too many."""
    shown = " ".join(_printable(name).split())
    if not shown:
        raise NearfieldError("A list needs a name. Type one.")
    if len(shown) > MAX_LIST_NAME:
        raise NearfieldError(f"A list's name has at most {MAX_LIST_NAME} characters, not {len(shown)}. Shorten it.")
    return shown


def checked_note(note: str) -> str:
    """A note without control characters other than line breaks, and with line breaks of one kind."""
    text = _printable(note.replace("\r\n", "\n").replace("\r", "\n"), keep="\n").strip()
    if len(text) > MAX_NOTE:
        raise NearfieldError(f"A note has at most {MAX_NOTE} characters, not {len(text)}. Shorten it.")
    return text


def checked_verdict(verdict: str) -> Verdict:
    """The verdict of this name. Raises NearfieldError, which names the verdicts, if there is none."""
    for known in VERDICTS:
        if verdict == known:
            return known
    raise NearfieldError(f"“{verdict[:MAX_ID]}” is no verdict. There are: {', '.join(VERDICTS)}.")


def _printable(text: str, keep: str = "") -> str:
    if not is_text(text):
        raise NearfieldError("The text holds half a character. Type it anew.")
    return "".join(
        character if character in keep or unicodedata.category(character) not in ("Cc", "Zl", "Zp") else " "
        for character in text
    )


def _letters(name: str) -> tuple[str, str]:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(one for one in decomposed if not unicodedata.combining(one)), name


def _tails() -> Iterable[str]:
    yield ""
    yield from (f" ({number})" for number in range(2, MAX_LISTS + 2))


def _place(curated: CurationList, artist_id: str) -> int:
    for place, entry in enumerate(curated.entries):
        if entry.artist_id == artist_id:
            return place
    raise NearfieldError(f"“{artist_id[:MAX_ID]}” is not in the list {curated.name}. It may have been taken out.")


def _changed(curated: CurationList, artist_id: str, change: Callable[[Entry], Entry]) -> CurationList:
    place = _place(curated, artist_id)
    entries = curated.entries
    return replace(curated, entries=(*entries[:place], change(entries[place]), *entries[place + 1 :]))
