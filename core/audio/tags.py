"""What a music file says about itself, by tinytag. The keys of tinytag's `other` differ between kinds of files.

`read_tags` runs in the process of `core.audio.tag_worker`, which has limits of time and memory. Nothing longer than
what tags hold in earnest is taken.
"""

import hashlib
import os
import re
import stat
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from tinytag import TinyTag, TinyTagException
from tinytag.tinytag import UnsupportedFormatError

from core.audio.checks import recognise
from core.errors import AudioError

READER = "tinytag 2.3.2, 1"
"""What reads tags, and our version of it: when it changes, files are read again."""

_MOST_VALUES = 100
_LONGEST_VALUE = 1000
_LONGEST_LIST = 8000
"""Characters of a value that lists several things."""

_EDGE_BYTES = 1 << 16
_HEAD_BYTES = 4096
_MBID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NUL = re.compile("\0\ufeff?")
_ARTIST_MBIDS = ("musicbrainz_artistid", "musicbrainz artist id", "musicbrainz/artist id")
_ALBUM_ARTIST_MBIDS = ("musicbrainz_albumartistid", "musicbrainz album artist id", "musicbrainz/album artist id")
_RECORDINGS = ("musicbrainz_trackid", "musicbrainz track id", "musicbrainz/track id")
_UFID = "ufid"
_UFID_OWNER = "musicbrainz.org"
_COMPILATIONS = ("compilation", "cpil", "tcmp", "wm/iscompilation", "itunescompilation")
_ARTISTS = ("artists", "wm/artists")
_YES = ("1", "true", "yes")


@dataclass(frozen=True)
class Tags:
    """The tags of one file. Values are as they stand there but for white space and the normal form, several as several;
    all may be empty.

    `artists` pools ARTIST and ARTISTS in the order of the file. `are_read` is false where the file is of a kind whose
    tags cannot be read, or has none.
    """

    title: str = ""
    album: str = ""
    artists: tuple[str, ...] = ()
    album_artists: tuple[str, ...] = ()
    artist_mbids: tuple[str, ...] = ()
    album_artist_mbids: tuple[str, ...] = ()
    recording_mbid: str = ""
    genres: tuple[str, ...] = ()
    is_compilation: bool = False
    are_read: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The fields that are not empty."""
        return {name: value for name, value in vars(self).items() if value}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Tags":
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in content.items()
        }
        return cls(**fields)


def read_tags(path: str) -> tuple[Tags, str]:
    """The tags of a file, and its fingerprint: a hash of its size, its beginning and its end.

    Raises AudioError, which says why, for what is no music file that Nearfield knows.
    """
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise AudioError("It is no regular file.")
            if not found.st_size:
                raise AudioError("The file is empty.")
            head = file.read(_EDGE_BYTES)
            container = recognise(head[:_HEAD_BYTES])
            tags = _tags(file, path)
            if container is None and not tags.are_read:
                raise AudioError("Its content is no sound of a kind that Nearfield knows, or its beginning is lost.")
            return tags, _fingerprint(file, head, found.st_size)
    except OSError as fault:
        raise AudioError(f"It cannot be read ({fault.strerror or fault}).") from None


def _tags(file: BinaryIO, path: str) -> Tags:
    """What tinytag finds. A file whose tags are damaged, or of a kind that it does not know, counts as one without."""
    for name in (None, Path(path).name):
        file.seek(0)
        try:
            found = TinyTag.get(name, file, duration=False)
        except UnsupportedFormatError:
            continue
        except (TinyTagException, ValueError):
            return Tags()
        return _pooled(found.as_dict())
    return Tags()


def _pooled(fields: dict[str, Any]) -> Tags:
    values = {key.casefold(): [str(each) for each in value] for key, value in fields.items() if isinstance(value, list)}
    artists = _values(values, "artist", *_ARTISTS)
    tags = Tags(
        title=_first(values, "title"),
        album=_first(values, "album"),
        artists=artists,
        album_artists=_values(values, "albumartist"),
        artist_mbids=_mbids(values, *_ARTIST_MBIDS),
        album_artist_mbids=_mbids(values, *_ALBUM_ARTIST_MBIDS),
        recording_mbid=_recording(values),
        genres=_values(values, "genre"),
        is_compilation=any(value.strip().casefold() in _YES for value in _values(values, *_COMPILATIONS)),
    )
    return replace(tags, are_read=tags != Tags())


def _values(values: dict[str, list[str]], *keys: str) -> tuple[str, ...]:
    """All values of these fields, in order, each once."""
    found: dict[str, None] = {}
    for key in keys:
        for value in values.get(key, [])[:_MOST_VALUES]:
            for part in _NUL.split(value[:_LONGEST_LIST])[:_MOST_VALUES]:
                if text := _clean(part):
                    found.setdefault(text)
    return tuple(found)[:_MOST_VALUES]


def _clean(value: str) -> str:
    text = unicodedata.normalize("NFC", " ".join(value.replace("\ufeff", "").split()))
    return text.encode("utf-8", "replace").decode("utf-8")[:_LONGEST_VALUE]


def _first(values: dict[str, list[str]], key: str) -> str:
    return next(iter(_values(values, key)), "")


def _mbids(values: dict[str, list[str]], *keys: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for key in keys:
        for value in values.get(key, [])[:_MOST_VALUES]:
            for mbid in _MBID.findall(value[:_LONGEST_LIST]):
                found.setdefault(mbid.lower())
    return tuple(found)[:_MOST_VALUES]


def _recording(values: dict[str, list[str]]) -> str:
    """The recording's MBID: MusicBrainz calls it the track's in tags."""
    owned = [value for value in values.get(_UFID, []) if _UFID_OWNER in value]
    found = _mbids(values, *_RECORDINGS) or _mbids({_UFID: owned}, _UFID)
    return found[0] if found else ""


def _fingerprint(file: BinaryIO, head: bytes, size: int) -> str:
    digest = hashlib.sha256(b"%d\0" % size)
    digest.update(head)
    if size > len(head):
        file.seek(max(len(head), size - _EDGE_BYTES))
        digest.update(file.read(_EDGE_BYTES))
    return digest.hexdigest()
