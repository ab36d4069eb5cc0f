"""Lists as playlists: one track for each kept artist, and the artists left out with the reason.

A track has the file of the library and the MusicBrainz recording, as far as the catalogue knows them. An artist without
a track comes with name and MBID alone. JSPF, XSPF and M3U8 hold tracks, so Nearfield stores the artists in an extension
of its own. Each track holds its entry, and the playlist holds the provenance. Other programs ignore it. Nearfield reads
the artists back in the order of the tracks, which another program may have changed. Who is left out is nowhere in the
file, since a playlist goes to others, and rejections are nobody else's business.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal
from urllib.parse import quote_from_bytes

import pandas as pd

from core.catalogue import Catalogue
from core.catalogue.recordings import recording_path
from core.catalogue.records import is_text
from core.curation.lists import MAX_ENTRIES, MAX_NAME, CurationList, Entry
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
REJECTED = "It is rejected."
"""Why an artist that the list rejects is left out of a file."""

_MBID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


Paths = Literal["absolute", "relative", "none"]
"""How a playlist names the files of the library: where they are on this machine, below the music folder, or not."""


@dataclass(frozen=True)
class Track:
    """An artist in a playlist, with a track if the catalogue knows one. Unknown texts are empty.

    `path` is the track's file, which may be gone: absolute, or relative to the catalogue's music folder.
    """

    entry: Entry
    creator: str
    title: str = ""
    recording_mbid: str = ""
    album: str = ""
    path: Path | None = None

    @property
    def is_known(self) -> bool:
        """Whether the catalogue knows more of a track than who made it: a file, a recording or a title."""
        return bool(self.path or self.recording_mbid or self.title)

    @property
    def location(self) -> str:
        """The file's address as a URI, or a reference relative to the music folder; empty without a file."""
        if self.path is None:
            return ""
        if self.path.is_absolute():
            return self.path.as_uri()
        # ./ keeps a colon in the first folder's name from being taken for a scheme.
        return "./" + quote_from_bytes(bytes(PurePosixPath(self.path.as_posix())))


@dataclass(frozen=True)
class LeftOut:
    """An artist that is not in the file, and the reason as a plain sentence."""

    entry: Entry
    reason: str


@dataclass(frozen=True)
class Playlist:
    """The tracks in the order of the list, and the artists left out."""

    tracks: tuple[Track, ...]
    left_out: tuple[LeftOut, ...]


def playlist_of(
    catalogue: Catalogue,
    curated: CurationList,
    recordings_only: bool = False,
    paths: Paths = "absolute",
    files_first: bool = False,
) -> Playlist:
    """One track for each kept artist: the first with a MusicBrainz recording, otherwise the first with a file or title.

    With `files_first`, a track with a file comes before one with a recording. With `recordings_only`, artists without a
    MusicBrainz recording are left out, because ListenBrainz rejects a playlist that has a track without one.
    """
    rows = [entry.row for entry in curated.entries if entry.row is not None and entry.verdict == "keep"]
    chosen = _chosen_tracks(catalogue, rows, files_first)
    tracks, left_out = [], []
    for entry in curated.entries:
        track = Track(entry, _creator(catalogue, entry))
        if entry.row in chosen:
            track = _with_track(catalogue, track, chosen[entry.row], paths)
        if reason := _why_left_out(track, recordings_only):
            left_out.append(LeftOut(entry, reason))
        else:
            tracks.append(track)
    return Playlist(tuple(tracks), tuple(left_out))


def is_mbid(text: Any) -> bool:
    """Whether `text` has the form of a MusicBrainz identifier."""
    return isinstance(text, str) and bool(_MBID.fullmatch(text))


def mbids_in(texts: Iterable[Any], prefix: str = "") -> list[str]:
    """The MBIDs among the texts: those that are MBIDs, and those at the end of links that begin with `prefix`."""
    ends = [text.removesuffix("/").rsplit("/", 1)[-1] for text in texts if _fits(text, prefix)]
    return [end.lower() for end in ends if is_mbid(end)]


def playlist_extension(curated: CurationList, provenance: Provenance) -> dict[str, Any]:
    """The content of the playlist's extension."""
    return {
        "format": LIST_FORMAT,
        "version": FORMAT_VERSION,
        "name": curated.name,
        "provenance": asdict(provenance),
    }


def track_extension(track: Track) -> dict[str, Any]:
    """The content of a track's extension."""
    return entry_record(track.entry)


def playlist_content(title: str, mentions: list[Mention], extension: Any) -> FileContent:
    """The content of a playlist: the mentions of its tracks in order, and what its `extension`, if any, adds.

    Raises NearfieldError if the extension does not have the form of `playlist_extension`. Earlier versions wrote whom
    they left out as well, with their places in the list; these are read too.
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


def readable_mention(record: Any, where: str) -> Mention:
    """Like `mention_of`, with the reason as the mention's fault if the record cannot be read."""
    try:
        return mention_of(record, where)
    except NearfieldError as fault:
        name = record.get("name") if isinstance(record, Mapping) else ""
        return Mention(name=str(name)[:MAX_NAME] if is_text(name) else "", fault=str(fault))


def _fits(text: Any, prefix: str) -> bool:
    if not isinstance(text, str):
        return False
    return is_mbid(text) or text.replace("http://", "https://", 1).startswith(prefix or "https://")


def _is_place(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MAX_ENTRIES


def _chosen_tracks(catalogue: Catalogue, rows: list[int], files_first: bool) -> dict[int | None, int]:
    """Artist row -> row of the artist's track."""
    tracks = catalogue.tracks[catalogue.tracks["artist"].isin(rows)]
    lacks_file = tracks["kind"] != "file"
    lacks_recording = ~tracks["recording_mbid"].map(is_mbid).astype(bool)
    lacks_title = tracks["title"].fillna("").str.strip() == ""
    wanted, other = (lacks_file, lacks_recording) if files_first else (lacks_recording, lacks_file)
    order = wanted * 4 + other * 2 + lacks_title
    first = tracks.assign(order=order).sort_values("order", kind="stable").drop_duplicates("artist")
    return {int(artist): int(str(track)) for track, artist in first["artist"].items()}


def _with_track(catalogue: Catalogue, track: Track, row: int, paths: Paths) -> Track:
    found = catalogue.tracks.iloc[row]
    album = found.get("album")
    return replace(
        track,
        title="" if pd.isna(found["title"]) else str(found["title"]).strip(),
        recording_mbid=str(found["recording_mbid"]).lower() if is_mbid(found["recording_mbid"]) else "",
        album=album.strip() if isinstance(album, str) else "",
        path=_path(catalogue, found, paths) if found["kind"] == "file" else None,
    )


def _path(catalogue: Catalogue, track: "pd.Series[Any]", paths: Paths) -> Path | None:
    """The file of a track. A file outside the music folder has no relative path."""
    if paths == "none":
        return None
    found = recording_path(catalogue, track)
    if paths == "absolute":
        return found.resolve() if ".." in found.parts else found.absolute()
    return found.relative_to(catalogue.audio_folder) if found.is_relative_to(catalogue.audio_folder) else None


def _why_left_out(track: Track, recordings_only: bool) -> str:
    """The reason, or empty for an artist that is in the playlist."""
    if track.entry.verdict == "skip":
        return REJECTED
    if not (track.creator or track.title or track.recording_mbid):
        return "It has no name, and the catalogue has no track of this artist."
    if recordings_only and not track.recording_mbid:
        return "The catalogue knows no MusicBrainz recording of this artist."
    return ""


def _creator(catalogue: Catalogue, entry: Entry) -> str:
    """The artist's plain name, without the hint that distinguishes namesakes, or the shown name if it has none."""
    name = "" if entry.row is None else str(catalogue.artists["name"].iloc[entry.row]).strip()
    return name if name and entry.name.startswith(name) else entry.name
