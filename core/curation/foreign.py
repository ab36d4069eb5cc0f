"""What other programs call the columns and fields of artists, and the mention of an artist in one of their rows.

Known are Exportify, TuneMyMusic, Soundiiz, iTunes, Last.fm, Picard and ListenBrainz; others use the same words.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from core.catalogue.records import is_text
from core.curation.lists import MAX_NAME, MAX_NOTE, Verdict, checked_note, checked_verdict
from core.curation.matching import Mention
from core.errors import NearfieldError

ARTISTS = (
    "artist",
    "artist name",
    "artist name(s)",
    "artists",
    "artist(s)",
    "artist names",
    "artists name",
    "performer",
    "band",
    "interpret",
    "künstler",
    "artiste",
    "artista",
    "creator",
    "name",
)
"""Columns of names, the likeliest first: beside an artist, a `name` is that of a track."""

MBIDS = (
    "mbid",
    "artist mbid",
    "artist mbids",
    "musicbrainz id",
    "musicbrainz artist id",
    "musicbrainz artistid",
    "musicbrainz",
    "artist identifier",
)
RECORDINGS = ("recording mbid", "recording id", "musicbrainz recording id", "musicbrainz trackid")
FILES = ("path", "file", "location", "filename")
_ADDRESSES = ("artist uri(s)", "artist uris", "artist uri", "spotify artist uri")
KNOWN = frozenset({"artist id", *ARTISTS, *MBIDS})

_MBID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_KEEPS: dict[str, Verdict] = {"": "keep", "keep": "keep", "kept": "keep", "skip": "skip", "skipped": "skip"}


def column(header: str) -> str:
    """A column's name as the names above are written."""
    return " ".join(header.casefold().replace("_", " ").split())


def is_known(headers: Iterable[str]) -> bool:
    """Whether any of the columns holds artists."""
    return not KNOWN.isdisjoint(map(column, headers))


def foreign_mention(row: Mapping[str, Any], where: str) -> Mention:
    """The mention in a row of a file: a mapping from a column's name, see `column`, to text.

    What is no text or too long becomes the mention's `fault`, which begins with `where`.
    """
    wanted = ("artist id", "note", "verdict", *ARTISTS, *MBIDS, *RECORDINGS, *FILES, *_ADDRESSES)
    texts = {name: row.get(name) or "" for name in wanted}
    odd = next((name for name, value in texts.items() if not is_text(value)), None)
    if odd is not None:
        return Mention(name=f"{row[odd]}"[:MAX_NAME], fault=f"{where}: {odd} must be text.")
    name = _first(texts, ARTISTS)
    if len(name) > MAX_NAME or len(texts["note"]) > MAX_NOTE:
        return Mention(name=name[:MAX_NAME], fault=f"{where}: a name or note is too long to be one. Shorten it.")
    addresses = _parts(_first(texts, _ADDRESSES))
    parts = _parts(name)
    return Mention(
        texts["artist id"].strip(),
        tuple(mbids_in_text(_first(texts, MBIDS))),
        name,
        _verdict(texts["verdict"]),
        _note(texts["note"]),
        credits=tuple(parts) if 1 < len(parts) == len(addresses) else (),
        recording=next(iter(mbids_in_text(_first(texts, RECORDINGS))), ""),
        location=_first(texts, FILES),
    )


def mbids_in_text(text: str) -> list[str]:
    """The MBIDs in a text, such as a link, in order."""
    return [found.lower() for found in _MBID.findall(text)]


def _first(texts: Mapping[str, str], names: Iterable[str]) -> str:
    return next((texts[name].strip() for name in names if texts[name].strip()), "")


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";" if ";" in text else ",")] if text else []


def _verdict(text: str) -> Verdict:
    """What Nearfield's own words mean; another program's column of this name says something else."""
    return checked_verdict(_KEEPS.get(text.strip().lower(), "keep"))


def _note(text: str) -> str:
    try:
        return checked_note(text)
    except NearfieldError:
        return ""
