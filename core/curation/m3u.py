"""M3U8, the playlist format of most players: one line for each file, in UTF-8, with lines that begin with # beside it.

`#EXTINF` names artist and title. An artist without a file has comments only, which players ignore. Nearfield's own
comments hold the list as JSON in ASCII, so no name or note can break a line.
"""

import json
import unicodedata
from typing import Any

from core.curation.lists import MAX_NAME, CurationList
from core.curation.matching import FileContent, Mention
from core.curation.playlists import (
    ARTIST,
    RECORDING,
    Playlist,
    Track,
    is_mbid,
    playlist_content,
    playlist_extension,
    readable_mention,
    track_extension,
)
from core.curation.records import Provenance, json_from
from core.errors import NearfieldError

HEADER = "#EXTM3U"
MAX_LINES = 200_000
_LIST, _ENTRY = "#NEARFIELD-LIST:", "#NEARFIELD-ARTIST:"
_TITLE, TRACK = "#PLAYLIST:", "#EXTINF:"
_UNKNOWN_SECONDS = -1


def m3u_bytes(curated: CurationList, playlist: Playlist, provenance: Provenance) -> bytes:
    """The playlist as M3U8."""
    extension = playlist_extension(curated, provenance)
    lines = [HEADER, "#EXTENC:UTF-8", _TITLE + _one_line(curated.name), _LIST + json.dumps(extension, allow_nan=False)]
    for track in playlist.tracks:
        lines += _track_lines(track)
    return ("\n".join(lines) + "\n").encode()


def read_m3u(text: str) -> FileContent:
    """Read the artists of an M3U playlist from Nearfield or another program, which names them in `#EXTINF`."""
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        raise NearfieldError(f"The playlist has {len(lines)} lines; at most {MAX_LINES} are read. Split it.")
    title, extension, called = "", None, ""
    mentions: list[Mention] = []
    is_known = False
    for number, line in enumerate(map(str.strip, lines), start=1):
        if line.startswith(_LIST):
            extension = json_from(line.removeprefix(_LIST), f"Line {number}")
        elif line.startswith(_ENTRY):
            is_known = True
            mentions.append(readable_mention(json_from(line.removeprefix(_ENTRY), f"Line {number}"), f"Line {number}"))
        elif line.startswith(_TITLE):
            title = line.removeprefix(_TITLE).strip()[:MAX_NAME]
        elif line.startswith(TRACK):
            called = line.partition(",")[2].strip()[:MAX_NAME]
        elif line and not line.startswith("#"):
            mentions += [] if is_known else [Mention(title=called, location=line)]
            called, is_known = "", False
    return playlist_content(title, mentions, extension)


def _track_lines(track: Track) -> list[str]:
    lines = [_ENTRY + json.dumps(track_extension(track), allow_nan=False)]
    links = [RECORDING + track.recording_mbid] if track.recording_mbid else []
    links += [ARTIST + track.entry.mbid.lower()] if is_mbid(track.entry.mbid) else []
    if track.path is None:
        return [*lines, f"# {_called(track)}", *(f"# {link}" for link in links)]
    return [*lines, *(f"# {link}" for link in links), f"{TRACK}{_UNKNOWN_SECONDS},{_called(track)}", _file(track)]


def _called(track: Track) -> str:
    return " - ".join(text for text in (_one_line(track.creator), _one_line(track.title)) if text)


def _file(track: Track) -> str:
    """The path as it is, or as a URI if it does not fit in a line of text or would be read as something else."""
    path = str(track.path)
    is_plain = path == _one_line(path) and not path.startswith("#") and path.isprintable()
    return path if is_plain else track.location


def _one_line(text: Any) -> str:
    """Text without characters that end a line or that UTF-8 cannot hold."""
    shown = "".join(" " if unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") else one for one in str(text))
    return " ".join(shown.split())
