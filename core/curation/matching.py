"""Match the artists that a file mentions to the artists of a catalogue."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import unquote, urlparse

import pandas as pd

from core.catalogue import Catalogue
from core.curation.credits import artists_in, artists_in_title, title_credit
from core.curation.finding import entry_of
from core.curation.lists import Entry, Origin, Verdict
from core.curation.records import Provenance
from core.search.lookup import normalise

_ABSENT = "This catalogue has no artist of this id, MusicBrainz id or name."
_HAS_DRIVE = re.compile(r"[A-Za-z]:[\\/]|\\\\")


@dataclass(frozen=True)
class Mention:
    """An artist or track as a file gives it, with empty unknown fields.

    `mbids` and `credits` are the artists of one track. `name` may be a credit of several, `title` one of the form
    “Artist - Title”. `recording` is a MusicBrainz recording, `location` the path or URI of a file. `fault` says why the
    entry cannot be read at all.
    """

    artist_id: str = ""
    mbids: tuple[str, ...] = ()
    name: str = ""
    verdict: Verdict = "keep"
    note: str = ""
    origin: Origin = field(default_factory=Origin)
    credits: tuple[str, ...] = ()
    title: str = ""
    recording: str = ""
    location: str = ""
    fault: str = ""


@dataclass(frozen=True)
class FileContent:
    """A list's name, its artists in order, its provenance if Nearfield wrote the file, and what was not read of it."""

    name: str
    mentions: Sequence[Mention]
    provenance: Provenance | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unmatched:
    """An artist of a file without a match: the place of its entry, from 1, its name or id, and the reason.

    Origin, note and verdict are those of the entry, for whoever chooses an artist by hand.
    """

    place: int
    called: str
    reason: str
    mention: Mention = field(default_factory=Mention, compare=False)

    def as_entry(self, catalogue: Catalogue, row: int) -> Entry:
        """The entry with the artist in `row`."""
        return _entry(catalogue, row, self.mention)


def match_mentions(catalogue: Catalogue, content: FileContent) -> tuple[list[Entry], list[Unmatched]]:
    """The matched artists, in order, and those without a match.

    An artist is matched by artist_id, otherwise by MBID, otherwise by name if only one artist has this name: as it is
    written, or without regard to case, accents and punctuation. A track is matched to its artists, otherwise by its
    recording or its file. An artist_id from another catalogue counts only if the name matches too, because ids such as
    "syn-0001" occur in many catalogues.
    """
    index = _Index(catalogue)
    foreign = content.provenance is not None and content.provenance.catalogue != catalogue.name
    entries, unmatched = [], []
    for place, mention in enumerate(content.mentions, start=1):
        rows, lacking = index.match(mention, foreign)
        entries += [_entry(catalogue, row, mention) for row in dict.fromkeys(rows)]
        unmatched += [Unmatched(place, one.called, one.reason, mention) for one in lacking]
    return entries, unmatched


class _Lacking(NamedTuple):
    called: str
    reason: str


class _Index:
    """The rows of artists by id, MBID, name, recording and file."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._by_id = catalogue.row_of

    def match(self, mention: Mention, foreign: bool) -> tuple[list[int], list[_Lacking]]:
        """The rows of a mention's artists, and which of them are lacking."""
        if mention.fault:
            return [], [_Lacking(mention.name or "(no name)", mention.fault)]
        row = self._by_id.get(mention.artist_id)
        if row is not None and (not foreign or self._is_called(row, mention.name)):
            return [row], []
        rows, lacking = self._by_mbids(mention)
        if not rows:
            rows, lacking = self._by_names(mention)
        if not rows and (track := self._artist_of_track(mention)) is not None:
            return [track], []
        return rows, lacking

    def _by_mbids(self, mention: Mention) -> tuple[list[int], list[_Lacking]]:
        found = [self._mbids.get(mbid.lower()) for mbid in mention.mbids]
        rows = [row for row in found if row is not None]
        names = mention.credits if len(mention.credits) == len(mention.mbids) else mention.mbids
        missing = [name for name, row in zip(names, found, strict=True) if row is None]
        return rows, [_Lacking(name, _ABSENT) for name in missing]

    def _by_names(self, mention: Mention) -> tuple[list[int], list[_Lacking]]:
        rows: list[int] = []
        missing: list[str] = []
        for credit in mention.credits or ((mention.name,) if mention.name.strip() else ()):
            found, lacking = artists_in(credit, self._row_called)
            rows += found
            missing += lacking
        if not rows and mention.title:
            rows = artists_in_title(mention.title, self._row_called)
            missing = [] if rows else missing or [mention.title]
        if rows or missing:
            return rows, [_Lacking(name, self._why_lacking(name)) for name in missing]
        file = "".join(_path_parts(mention.location)[-1:])
        called = mention.artist_id or next(iter(mention.mbids), "") or file or "(no name)"
        return [], [_Lacking(called, _ABSENT)]

    def _artist_of_track(self, mention: Mention) -> int | None:
        row = self._recordings.get(mention.recording.lower()) if mention.recording else None
        if row is not None or not mention.location:
            return row
        parts = _path_parts(mention.location)
        for start in range(len(parts)):
            row = self._files.get("/".join(parts[start:]))
            if row is not None:
                return row
        stem = parts[-1].rpartition(".")[0] if parts else ""
        named = artists_in_title(stem, self._row_called)
        folders = (self._row_called(folder) for folder in (parts[-3:-2] + parts[-2:-1]))
        return named[0] if named else next((row for row in folders if row is not None), None)

    def _rows_called(self, name: str) -> list[int]:
        """All artists with this name, by the strictest comparison that finds any."""
        plain = _plain(name)
        for names in (self._shown_names, self._names):
            if rows := names.get(plain):
                return rows
        key = normalise(name)
        return self._normalised.get(key, []) if key else []

    def _row_called(self, name: str) -> int | None:
        rows = self._rows_called(name)
        return rows[0] if len(rows) == 1 else None

    def _why_lacking(self, name: str) -> str:
        number = len(self._rows_called(title_credit(name)))
        if number > 1:
            return f"{number} artists are called so, and the file gives no id that tells which."
        return _ABSENT

    def _is_called(self, row: int, name: str) -> bool:
        artists = (self._catalogue.artists["name"], self._catalogue.display_names)
        return _plain(name) in [_plain(str(names.iloc[row])) for names in artists]

    @cached_property
    def _mbids(self) -> dict[str, int]:
        return _first_rows(self._catalogue.artists["mbid"].dropna().str.lower())

    @cached_property
    def _names(self) -> dict[str, list[int]]:
        return _rows_by_text([_plain(str(name)) for name in self._catalogue.artists["name"]])

    @cached_property
    def _shown_names(self) -> dict[str, list[int]]:
        return _rows_by_text([_plain(str(name)) for name in self._catalogue.display_names])

    @cached_property
    def _normalised(self) -> dict[str, list[int]]:
        return _rows_by_text([normalise(str(name)) for name in self._catalogue.artists["name"]])

    @cached_property
    def _recordings(self) -> dict[str, int]:
        tracks = self._catalogue.tracks
        recordings = tracks["recording_mbid"].dropna().str.lower()
        return {str(mbid): int(tracks["artist"].iloc[place]) for mbid, place in _first_rows(recordings).items()}

    @cached_property
    def _files(self) -> dict[str, int]:
        tracks = self._catalogue.tracks
        if "path" not in tracks:
            return {}
        paths = tracks["path"].dropna().str.normalize("NFC")
        return {str(path): int(tracks["artist"].iloc[place]) for path, place in _first_rows(paths).items()}


def _entry(catalogue: Catalogue, row: int, mention: Mention) -> Entry:
    return replace(entry_of(catalogue, row, mention.origin), verdict=mention.verdict, note=mention.note)


def _path_parts(location: str) -> list[str]:
    """The folders and the name of a file, given as a path of any system or as a URI."""
    is_path = _HAS_DRIVE.match(location) or "://" not in location
    path = location.replace("\\", "/") if _HAS_DRIVE.match(location) else location
    if not is_path or location.startswith("./"):
        path = unquote(urlparse(location).path)
    parts = PurePosixPath(unicodedata.normalize("NFC", path)).parts
    return [part for part in parts if part not in ("/", ".", "..")]


def _first_rows(column: "pd.Series[str]") -> dict[str, int]:
    """Text -> its first row."""
    return {str(text): int(str(row)) for row, text in column[::-1].items()}


def _rows_by_text(texts: Sequence[str]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        rows.setdefault(text, []).append(row)
    return rows


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())
