"""Lists as versioned JSON and back. Reading checks everything, because a file may come from anywhere.

Unknown fields are rejected. They come from another program or a later version, and their meaning would be lost.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

import core
from core.catalogue import Catalogue
from core.catalogue.records import is_text
from core.curation.lists import (
    MAX_DATE,
    MAX_ENTRIES,
    MAX_ID,
    MAX_LISTS,
    MAX_NAME,
    MAX_NOTE,
    MAX_RANK,
    CurationList,
    Entry,
    ListCollection,
    Origin,
    checked_list_name,
    checked_note,
    checked_verdict,
)
from core.errors import NearfieldError

LIST_FORMAT = "nearfield-list"
COLLECTION_FORMAT = "nearfield-shelf"
FORMAT_VERSION = 1
MAX_FILE_BYTES = 32 << 20

_ORIGIN_LENGTHS = {"space": MAX_ID, "query": MAX_NAME, "model": MAX_ID, "catalogue_hash": MAX_ID, "date": MAX_DATE}
_ORIGIN_FIELDS = tuple(field.name for field in fields(Origin))
ENTRY_FIELDS = ("artist_id", "name", "mbid", "verdict", "note", *_ORIGIN_FIELDS)


@dataclass(frozen=True)
class Provenance:
    """The source of a file: the catalogue at the time of writing, and the program."""

    catalogue: str = ""
    catalogue_title: str = ""
    catalogue_kind: str = ""
    content_hash: str = ""
    nearfield: str = ""
    written: str = ""


def provenance_of(catalogue: Catalogue, when: datetime | None = None) -> Provenance:
    """The provenance of a file written now, or at `when`."""
    manifest = catalogue.manifest
    written = (when or datetime.now(UTC)).isoformat(timespec="seconds")
    return Provenance(manifest.name, manifest.title, manifest.kind, catalogue.content_hash, core.__version__, written)


def entry_record(entry: Entry) -> dict[str, Any]:
    """An entry as plain values, without its row and without unknown fields; see `entry_from`."""
    values = {name: getattr(entry, name) for name in ("artist_id", "name", "mbid", "verdict", "note")}
    values |= asdict(entry.origin)
    return {name: value for name, value in values.items() if value not in ("", None)}


def entry_from(record: Any, row_of: Mapping[str, int], where: str) -> Entry:
    """The entry of a record, with its row from `row_of`. Raises NearfieldError, beginning with `where`, if invalid."""
    content = _object(record, ENTRY_FIELDS, where)
    artist_id = text_of(content, "artist_id", MAX_ID, where)
    if not artist_id:
        raise NearfieldError(f"{where} has no artist_id.")
    origin = {name: text_of(content, name, length, where) for name, length in _ORIGIN_LENGTHS.items()}
    _check_date(origin["date"], where)
    return Entry(
        row=row_of.get(artist_id),
        artist_id=artist_id,
        name=text_of(content, "name", MAX_NAME, where),
        mbid=text_of(content, "mbid", MAX_ID, where),
        verdict=checked_verdict(text_of(content, "verdict", MAX_ID, where) or "keep"),
        note=checked_note(text_of(content, "note", MAX_NOTE, where)),
        origin=Origin(
            rank=whole_number(content.get("rank"), f"{where}: rank"),
            score=finite_number(content.get("score"), f"{where}: score"),
            **origin,
        ),
    )


def list_record(curated: CurationList, provenance: Provenance) -> dict[str, Any]:
    """A list as a JSON record."""
    return {
        "format": LIST_FORMAT,
        "version": FORMAT_VERSION,
        "provenance": asdict(provenance),
        "name": curated.name,
        "entries": [entry_record(entry) for entry in curated.entries],
    }


def list_from(content: Any, row_of: Mapping[str, int]) -> tuple[CurationList, Provenance]:
    """The list of a record. Raises NearfieldError if it does not have the form of `list_record`."""
    content = _object(content, ("format", "version", "provenance", "name", "entries"), "The list")
    check_format(content, LIST_FORMAT)
    name = checked_list_name(text_of(content, "name", MAX_NAME, "The list"))
    return CurationList(name, _entries(content.get("entries"), row_of)), provenance_from(content.get("provenance"))


def collection_record(collection: ListCollection, provenance: Provenance) -> dict[str, Any]:
    """A collection as a JSON record."""
    lists = [{"name": one.name, "entries": [entry_record(entry) for entry in one.entries]} for one in collection.lists]
    return {
        "format": COLLECTION_FORMAT,
        "version": FORMAT_VERSION,
        "provenance": asdict(provenance),
        "lists": lists,
    }


def collection_from(content: Any, row_of: Mapping[str, int]) -> tuple[ListCollection, Provenance]:
    """The collection of a record. Raises NearfieldError if it does not have the form of `collection_record`."""
    content = _object(content, ("format", "version", "provenance", "lists"), "The file of lists")
    check_format(content, COLLECTION_FORMAT)
    lists = []
    for number, one in enumerate(_sequence(content.get("lists"), MAX_LISTS, "lists"), start=1):
        one = _object(one, ("name", "entries"), f"List {number}")
        name = checked_list_name(text_of(one, "name", MAX_NAME, f"List {number}"))
        lists.append(CurationList(name, _entries(one.get("entries"), row_of)))
    if len({one.name for one in lists}) < len(lists):
        raise NearfieldError("Two of the lists have the same name. Rename one in the file.")
    return ListCollection(tuple(lists) or ListCollection().lists), provenance_from(content.get("provenance"))


def provenance_from(content: Any) -> Provenance:
    """The provenance of a record. Missing fields are empty."""
    names = tuple(field.name for field in fields(Provenance))
    content = _object({} if content is None else content, names, "The provenance")
    return Provenance(**{name: text_of(content, name, MAX_NAME, "The provenance") for name in names})


def json_bytes(content: Any) -> bytes:
    """Readable JSON in UTF-8."""
    return (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def json_from(content: bytes | str, what: str) -> Any:
    """Parse JSON text. Raises NearfieldError, which names `what`, if it is invalid or contains NaN or infinity."""
    try:
        text = content if isinstance(content, str) else content.decode("utf-8-sig")
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as fault:
        reason = (str(fault).splitlines() or [""])[0][:MAX_ID]
        raise NearfieldError(f"{what} is not valid JSON ({reason}).") from None


def text_of(content: Mapping[str, Any], name: str, longest: int, where: str) -> str:
    """A text field of a record, empty if it is missing."""
    value = content.get(name)
    if value is None:
        return ""
    if not is_text(value):
        raise NearfieldError(f"{where}: {name} must be text.")
    if len(value) > longest:
        raise NearfieldError(f"{where}: {name} has {len(value)} characters; at most {longest} are read.")
    return str(value)


def whole_number(value: Any, where: str) -> int | None:
    """A rank: None, or a whole number from 1."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_RANK:
        raise NearfieldError(f"{where} must be a whole number from 1.")
    return value


def finite_number(value: Any, where: str) -> float | None:
    """A score: None, or a number that is neither NaN nor infinite."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(_as_float(value)):
        raise NearfieldError(f"{where} must be a finite number.")
    return float(value)


def check_format(content: Mapping[str, Any], expected: str) -> None:
    """Raise NearfieldError unless the record is of this format and version."""
    if content.get("format") != expected:
        raise NearfieldError(f"The file is no {expected} of Nearfield.")
    if content.get("version") != FORMAT_VERSION or isinstance(content.get("version"), bool):
        raise NearfieldError(f"The file has another version of {expected}; this Nearfield reads {FORMAT_VERSION}.")


def _entries(content: Any, row_of: Mapping[str, int]) -> tuple[Entry, ...]:
    records = enumerate(_sequence(content, MAX_ENTRIES, "entries"), start=1)
    entries = tuple(entry_from(record, row_of, f"Entry {number}") for number, record in records)
    if len({entry.artist_id for entry in entries}) < len(entries):
        raise NearfieldError("An artist stands twice in one list. Take one out of the file.")
    return entries


def _object(content: Any, known: Sequence[str], where: str) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise NearfieldError(f"{where} must be a JSON object.")
    unknown = sorted(content.keys() - set(known))
    if unknown:
        listed = ", ".join(ascii(name[:MAX_DATE]) for name in unknown[:5])
        raise NearfieldError(f"{where} has fields that this Nearfield does not know: {listed}.")
    return content


def _sequence(content: Any, longest: int, what: str) -> list[Any]:
    if not isinstance(content, list):
        raise NearfieldError(f"The file has no list of {what}.")
    if len(content) > longest:
        raise NearfieldError(f"The file has {len(content)} {what}; at most {longest} are read. Split it.")
    return content


def _check_date(date: str, where: str) -> None:
    try:
        if date:
            datetime.fromisoformat(date)
    except ValueError:
        raise NearfieldError(f"{where}: date must be as in 2026-01-31T12:00:00+00:00.") from None


def _as_float(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
