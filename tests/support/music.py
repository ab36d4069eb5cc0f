"""Tagged music files of every kind for the tests, as small as can be; mutagen writes the tags."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mutagen import id3
from mutagen.aiff import AIFF
from mutagen.flac import FLAC
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4, MP4FreeForm
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

from tests.support.audio_samples import by_pyav, by_soundfile, tone

CONTAINERS = ("flac", "ogg", "opus", "m4a", "mp3 2.4", "mp3 2.3")
"""The six kinds of tags; "wav" and "aiff" hold ID3v2.4 too."""

_VORBIS = {
    "title": "title",
    "album": "album",
    "artist": "artist",
    "artists": "artists",
    "album_artist": "albumartist",
    "artist_mbids": "musicbrainz_artistid",
    "recording": "musicbrainz_trackid",
    "release_track": "musicbrainz_releasetrackid",
    "genres": "genre",
    "compilation": "compilation",
}
_MP4 = {"title": "\xa9nam", "album": "\xa9alb", "artist": "\xa9ART", "album_artist": "aART", "genres": "\xa9gen"}
_MP4_FREE = {
    "artists": "ARTISTS",
    "artist_mbids": "MusicBrainz Artist Id",
    "recording": "MusicBrainz Track Id",
    "release_track": "MusicBrainz Release Track Id",
}
_ID3 = {"title": "TIT2", "album": "TALB", "artist": "TPE1", "album_artist": "TPE2", "genres": "TCON"}
_ID3_FREE = {
    "artists": "ARTISTS",
    "artist_mbids": "MusicBrainz Artist Id",
    "release_track": "MusicBrainz Release Track Id",
}


def mbid(number: int) -> str:
    """An MBID that nobody has."""
    return f"{number:08x}-0000-4000-8000-000000000000"


@functools.cache
def untagged(kind: str) -> bytes:
    """A tenth of a second of sound without tags."""
    samples = tone(0.1, 8_000)
    match kind.split()[0]:
        case "flac":
            return by_soundfile(samples, 8_000, "FLAC")
        case "ogg":
            return by_soundfile(samples, 8_000, "OGG", "VORBIS")
        case "opus":
            return by_soundfile(samples, 8_000, "OGG", "OPUS")
        case "m4a":
            return by_pyav(tone(0.1, 44_100), 44_100, "mp4", "aac")
        case "mp3":
            return by_soundfile(tone(0.1, 22_050), 22_050, "MP3", "MPEG_LAYER_III")
        case "aiff":
            return by_soundfile(samples, 8_000, "AIFF")
    return by_soundfile(samples, 8_000, "WAV")


def music(path: Path, kind: str, **tags: str | Sequence[str]) -> Path:
    """Write a file of this kind with these tags, each a text or several: title, album, artist, artists, album_artist,
    artist_mbids, recording, release_track, genres, compilation."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(untagged(kind))
    values = {name: [value] if isinstance(value, str) else list(value) for name, value in tags.items()}
    if values:
        retag(path, kind, **values)
    return path


def retag(path: Path, kind: str, **tags: Sequence[str]) -> None:
    """Write these tags into the file."""
    if kind in ("flac", "ogg", "opus"):
        _write_vorbis({"flac": FLAC, "ogg": OggVorbis, "opus": OggOpus}[kind](path), tags)
    elif kind == "m4a":
        _write_mp4(MP4(path), tags)
    else:
        _write_id3({"wav": WAVE, "aiff": AIFF}.get(kind, MP3)(path), tags, "2.3" in kind)


def _write_vorbis(file: Any, tags: Mapping[str, Sequence[str]]) -> None:
    if file.tags is None:
        file.add_tags()
    file.update({_VORBIS[name]: list(values) for name, values in tags.items()})
    file.save()


def _write_mp4(file: MP4, tags: Mapping[str, Sequence[str]]) -> None:
    for name, values in tags.items():
        if name == "compilation":
            file["cpil"] = True
        elif name in _MP4:
            file[_MP4[name]] = list(values)
        else:
            file[f"----:com.apple.iTunes:{_MP4_FREE[name]}"] = [MP4FreeForm(value.encode()) for value in values]
    file.save()


def _write_id3(file: Any, tags: Mapping[str, Sequence[str]], is_old: bool) -> None:
    if file.tags is None:
        file.add_tags()
    for name, values in tags.items():
        if name == "compilation":
            frame = id3.Frames["TCMP"](encoding=1, text=list(values))
        elif name == "recording":
            frame = id3.Frames["UFID"](owner="http://musicbrainz.org", data=values[0].encode())
        elif name in _ID3:
            frame = id3.Frames[_ID3[name]](encoding=1, text=list(values))
        else:
            frame = id3.Frames["TXXX"](encoding=1, desc=_ID3_FREE[name], text=list(values))
        file.tags.add(frame)
    if is_old:
        file.save(v2_version=3, v23_sep="/")
    else:
        file.save()
