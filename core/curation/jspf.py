"""JSPF, the XSPF playlist format in JSON (https://xspf.org/jspf), with MusicBrainz's extension.

ListenBrainz reads the playlist's `title` and `public`, and each track's `identifier`, a link to a MusicBrainz recording
(https://musicbrainz.org/doc/jspf). Identifiers are lists here, as ListenBrainz writes them.
"""

from collections.abc import Mapping
from typing import Any

from core.catalogue.records import is_text
from core.curation.lists import MAX_NAME, CurationList
from core.curation.matching import FileContent, Mention
from core.curation.playlists import (
    ARTIST,
    CREATOR,
    EXTENSION,
    MUSICBRAINZ_PLAYLIST,
    MUSICBRAINZ_TRACK,
    RECORDING,
    Playlist,
    Track,
    is_mbid,
    mbids_in,
    playlist_content,
    playlist_extension,
    readable_mention,
    track_extension,
)
from core.curation.records import Provenance, json_bytes
from core.errors import NearfieldError

MAX_TRACKS = 20_000


def jspf_bytes(curated: CurationList, playlist: Playlist, provenance: Provenance) -> bytes:
    """The playlist as JSPF, not public."""
    content = {
        "playlist": {
            "title": curated.name,
            "creator": CREATOR,
            "date": provenance.written,
            "extension": {
                MUSICBRAINZ_PLAYLIST: {"public": False},
                EXTENSION: playlist_extension(curated, provenance),
            },
            "track": [_track(track) for track in playlist.tracks],
        }
    }
    return json_bytes(content)


def read_jspf(content: Mapping[str, Any]) -> FileContent:
    """Read the artists of a JSPF playlist from Nearfield or another program, ignoring other extensions."""
    playlist = content.get("playlist")
    tracks = playlist.get("track", []) if isinstance(playlist, Mapping) else None
    if not isinstance(playlist, Mapping) or not isinstance(tracks, list):
        raise NearfieldError("The file is no JSPF playlist: it has no list of tracks.")
    if len(tracks) > MAX_TRACKS:
        raise NearfieldError(f"The playlist has {len(tracks)} tracks; at most {MAX_TRACKS} are read. Split it.")
    mentions = [_mention(track, f"Track {number}") for number, track in enumerate(tracks, start=1)]
    return playlist_content(_text(playlist.get("title")), mentions, _extension(playlist, EXTENSION))


def _track(track: Track) -> dict[str, Any]:
    entry = track.entry
    extension: dict[str, Any] = {EXTENSION: track_extension(track)}
    if is_mbid(entry.mbid):
        extension[MUSICBRAINZ_TRACK] = {"artist_identifiers": [ARTIST + entry.mbid.lower()]}
    content = {
        "location": [track.location] if track.location else [],
        "identifier": [RECORDING + track.recording_mbid] if track.recording_mbid else [],
        "title": track.title,
        "creator": track.creator,
        "annotation": entry.note,
        "album": track.album,
        "extension": extension,
    }
    return {name: value for name, value in content.items() if value}


def _mention(track: Any, where: str) -> Mention:
    if not isinstance(track, Mapping):
        return Mention(name=str(track)[:MAX_NAME], fault=f"{where} must be a JSON object.")
    own = _extension(track, EXTENSION)
    if own is not None:
        return readable_mention(own, where)
    musicbrainz = _extension(track, MUSICBRAINZ_TRACK)
    links = musicbrainz.get("artist_identifiers") if isinstance(musicbrainz, Mapping) else None
    mbids = mbids_in(links, ARTIST) if isinstance(links, list) else []
    recordings = mbids_in(_texts(track.get("identifier")), RECORDING)
    return Mention(
        mbids=tuple(mbids),
        name=_text(track.get("creator")),
        title=_text(track.get("title")),
        recording=next(iter(recordings), ""),
        location=next(iter(_texts(track.get("location"))), ""),
    )


def _texts(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if is_text(one)]


def _extension(content: Mapping[str, Any], application: str) -> Any:
    """The body of an extension, which JSPF may wrap in a list; None if there is none."""
    extensions = content.get("extension")
    body = extensions.get(application) if isinstance(extensions, Mapping) else None
    return (body[0] if body else None) if isinstance(body, list) else body


def _text(value: Any) -> str:
    return value[:MAX_NAME] if is_text(value) else ""
