"""Match the artists that a file mentions to the artists of a catalogue."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from core.catalogue import Catalogue
from core.curation.finding import entry_of
from core.curation.lists import Entry, Origin, Verdict
from core.curation.records import Provenance


@dataclass(frozen=True)
class Mention:
    """An artist as a file gives it, with empty unknown fields. Several MBIDs are the artists of one track."""

    artist_id: str = ""
    mbids: tuple[str, ...] = ()
    name: str = ""
    verdict: Verdict = "keep"
    note: str = ""
    origin: Origin = field(default_factory=Origin)


@dataclass(frozen=True)
class FileContent:
    """A list's name, its artists in order, and its provenance if Nearfield wrote the file."""

    name: str
    mentions: Sequence[Mention]
    provenance: Provenance | None = None


@dataclass(frozen=True)
class Unmatched:
    """An artist of a file without a match: its place, from 1, its name or id, and the reason."""

    place: int
    called: str
    reason: str


def match_mentions(catalogue: Catalogue, content: FileContent) -> tuple[list[Entry], list[Unmatched]]:
    """The matched artists, in order, and those without a match.

    An artist is matched by artist_id, otherwise by MBID, otherwise by exact name if only one artist has this name. An
    artist_id from another catalogue counts only if the name matches too, because ids such as "syn-0001" occur in many
    catalogues.
    """
    index = _Index(catalogue, content.mentions)
    foreign = content.provenance is not None and content.provenance.catalogue != catalogue.name
    entries, unmatched = [], []
    for place, mention in enumerate(content.mentions, start=1):
        row, reason = index.row(mention, foreign)
        if row is None:
            called = mention.name or mention.artist_id or next(iter(mention.mbids), "") or "(no name)"
            unmatched.append(Unmatched(place, called, reason))
        else:
            entry = entry_of(catalogue, row, mention.origin)
            entries.append(replace(entry, verdict=mention.verdict, note=mention.note))
    return entries, unmatched


class _Index:
    """The rows of all artists that the mentions may match, by id, MBID and name."""

    def __init__(self, catalogue: Catalogue, mentions: Iterable[Mention]) -> None:
        names = {_plain(mention.name) for mention in mentions} - {""}
        mbids = {mbid.lower() for mention in mentions for mbid in mention.mbids}
        own = catalogue.artists["name"].str.normalize("NFC").str.strip()
        shown = catalogue.display_names.str.normalize("NFC").str.strip()
        self._by_id = catalogue.row_of
        self._own_name, self._shown_name = own, shown
        self._by_mbid = _rows_by_text(catalogue.artists["mbid"].str.lower(), mbids)
        self._by_name = _rows_by_text(own, names)
        self._by_shown_name = _rows_by_text(shown, names)

    def row(self, mention: Mention, foreign: bool) -> tuple[int | None, str]:
        """The row, or None and the reason."""
        row = self._by_id.get(mention.artist_id)
        if row is not None and (not foreign or self._is_called(row, mention.name)):
            return row, ""
        for mbid in mention.mbids:
            if rows := self._by_mbid.get(mbid.lower()):
                return rows[0], ""
        name = _plain(mention.name)
        for same in (self._by_shown_name.get(name, []), self._by_name.get(name, [])):
            if len(same) == 1:
                return same[0], ""
            if same:
                return None, f"{len(same)} artists are called so, and the file gives no id that tells which."
        return None, "This catalogue has no artist of this id, MBID or exact name."

    def _is_called(self, row: int, name: str) -> bool:
        return _plain(name) in (self._own_name.iloc[row], self._shown_name.iloc[row])


def _rows_by_text(column: "pd.Series[str]", wanted: set[str]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    hits = column[column.isin(list(wanted))]
    for row, text in hits.items():
        rows.setdefault(str(text), []).append(int(str(row)))
    return rows


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip()
