"""Lists as playlists: one recording for each kept artist, and the artists left out with the reason.

JSPF and XSPF hold tracks, so Nearfield stores the list of artists in an extension of its own. Each track holds its
entry, and the playlist holds the provenance and the entries left out with their places. Other programs ignore it.
Nearfield reads the whole list back, in the order of the tracks, which another program may have changed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from core.catalogue import Catalogue
from core.curation.lists import MAX_ENTRIES, CurationList, Entry
from core.curation.matching import FileContent, Mention
from core.curation.records import (
    FORMAT_VERSION,
    LIST_FORMAT,
    Provenance,
    check_format,
    entry_from,
    entry_record,
    provenance_from,
)
from core.errors import NearfieldError

EXTENSION = "urn:nearfield:list:1"
RECORDING = "https://musicbrainz.org/recording/"
ARTIST = "https://musicbrainz.org/artist/"
MUSICBRAINZ_PLAYLIST = "https://musicbrainz.org/doc/jspf#playlist"
MUSICBRAINZ_TRACK = "https://musicbrainz.org/doc/jspf#track"
CREATOR = "Nearfield"

_MBID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Track:
    """An artist's track in a playlist. `recording_mbid` is empty if the catalogue knows none."""

    entry: Entry
    creator: str
    title: str
    recording_mbid: str


@dataclass(frozen=True)
class LeftOut:
    """An artist without a track in the playlist, with its place in the list and the reason as a plain sentence."""

    entry: Entry
    place: int
    reason: str


@dataclass(frozen=True)
class Playlist:
    """The tracks in the order of the list, and the artists left out."""

    tracks: tuple[Track, ...]
    left_out: tuple[LeftOut, ...]


def playlist_of(catalogue: Catalogue, curated: CurationList, recordings_only: bool = False) -> Playlist:
    """One track for each kept artist: the first with a MusicBrainz recording, otherwise the first with a title.

    With `recordings_only`, artists without a MusicBrainz recording are left out, because ListenBrainz rejects a
    playlist that has a track without one.
    """
    chosen = _chosen_tracks(catalogue, [entry.row for entry in curated.entries if entry.row is not None])
    tracks, left_out = [], []
    for place, entry in enumerate(curated.entries):
        title, recording = ("", "") if entry.row is None else chosen.get(entry.row, ("", ""))
        reason = _why_left_out(entry, title, recording, recordings_only)
        if reason:
            left_out.append(LeftOut(entry, place, reason))
        else:
            tracks.append(Track(entry, _creator(catalogue, entry), title, recording))
    return Playlist(tuple(tracks), tuple(left_out))


def is_mbid(text: Any) -> bool:
    """Whether `text` has the form of a MusicBrainz identifier."""
    return isinstance(text, str) and bool(_MBID.fullmatch(text))


def mbids_in(texts: Iterable[Any], prefix: str = "") -> list[str]:
    """The MBIDs among the texts: those that are MBIDs, and those at the end of links that begin with `prefix`."""
    ends = [text.removesuffix("/").rsplit("/", 1)[-1] for text in texts if _fits(text, prefix)]
    return [end.lower() for end in ends if is_mbid(end)]


def playlist_extension(curated: CurationList, playlist: Playlist, provenance: Provenance) -> dict[str, Any]:
    """The content of the playlist's extension."""
    left_out = [
        {"place": one.place, "reason": one.reason, "entry": entry_record(one.entry)} for one in playlist.left_out
    ]
    return {
        "format": LIST_FORMAT,
        "version": FORMAT_VERSION,
        "name": curated.name,
        "provenance": asdict(provenance),
        "left_out": left_out,
    }


def track_extension(track: Track) -> dict[str, Any]:
    """The content of a track's extension."""
    return entry_record(track.entry)


def playlist_content(title: str, mentions: list[Mention], extension: Any) -> FileContent:
    """The content of a playlist: the mentions of its tracks in order, and what its `extension`, if any, adds.

    Raises NearfieldError if the extension does not have the form of `playlist_extension`.
    """
    if extension is None:
        return FileContent(title, mentions)
    if not isinstance(extension, Mapping):
        raise NearfieldError("The playlist's Nearfield extension must be a JSON object.")
    check_format(extension, LIST_FORMAT)
    left_out = extension.get("left_out", [])
    if not isinstance(left_out, list) or len(left_out) > MAX_ENTRIES:
        raise NearfieldError(f"The playlist's artists left out must be a list of at most {MAX_ENTRIES}.")
    merged = list(mentions)
    for number, one in enumerate(left_out, start=1):
        where = f"Artist left out {number}"
        if not isinstance(one, Mapping) or not _is_place(one.get("place")):
            raise NearfieldError(f"{where} has no place.")
        merged.insert(one["place"], mention_of(one.get("entry"), where))
    name = extension.get("name")
    return FileContent(name if isinstance(name, str) else title, merged, provenance_from(extension.get("provenance")))


def mention_of(record: Any, where: str) -> Mention:
    """The mention of an artist from a record of `entry_record`."""
    entry = entry_from(record, {}, where)
    mbids = (entry.mbid,) if entry.mbid else ()
    return Mention(entry.artist_id, mbids, entry.name, entry.verdict, entry.note, entry.origin)


def _fits(text: Any, prefix: str) -> bool:
    if not isinstance(text, str):
        return False
    return is_mbid(text) or text.replace("http://", "https://", 1).startswith(prefix or "https://")


def _is_place(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MAX_ENTRIES


def _chosen_tracks(catalogue: Catalogue, rows: list[int]) -> dict[int, tuple[str, str]]:
    """Artist row -> title and recording MBID of the artist's track, each empty if unknown."""
    tracks = catalogue.tracks[catalogue.tracks["artist"].isin(rows)]
    recording = tracks["recording_mbid"].where(tracks["recording_mbid"].map(is_mbid).astype(bool), "").fillna("")
    title = tracks["title"].fillna("").str.strip()
    usable = pd.DataFrame({"artist": tracks["artist"], "title": title, "recording": recording})
    usable["order"] = (usable["recording"] == "") * 2 + (usable["title"] == "")
    first = usable.sort_values("order", kind="stable").drop_duplicates("artist")
    return {
        int(artist): (str(text), str(mbid).lower())
        for artist, text, mbid in zip(first["artist"], first["title"], first["recording"], strict=True)
    }


def _why_left_out(entry: Entry, title: str, recording: str, recordings_only: bool) -> str:
    """The reason, or empty for an artist that has a track in the playlist."""
    if entry.verdict == "skip":
        return "It is marked to skip."
    if entry.row is None:
        return "This catalogue has no such artist."
    if not title and not recording:
        return "The catalogue has no track of this artist."
    if recordings_only and not recording:
        return "The catalogue knows no MusicBrainz recording of this artist."
    return ""


def _creator(catalogue: Catalogue, entry: Entry) -> str:
    """The artist's plain name, without the hint that distinguishes namesakes, or the shown name if it has none."""
    name = "" if entry.row is None else str(catalogue.artists["name"].iloc[entry.row]).strip()
    return name if name and entry.name.startswith(name) else entry.name
