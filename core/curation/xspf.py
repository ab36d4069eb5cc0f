"""XSPF playlists, version 1 (https://xspf.org/spec), with elements in the order of the specification.

Files are parsed by expat, as text, with bounds on depth and number of elements. A DOCTYPE is rejected, so there
are no entities to expand and nothing to fetch. Characters that XML cannot hold become U+FFFD in visible texts. The
extension keeps them exactly, as JSON in ASCII.
"""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from typing import Any
from xml.parsers import expat

from core.curation.lists import MAX_NAME, CurationList
from core.curation.matching import FileContent, Mention
from core.curation.playlists import (
    ARTIST,
    CREATOR,
    EXTENSION,
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
from core.curation.records import Provenance, json_from
from core.errors import NearfieldError

MAX_ELEMENTS = 400_000
MAX_DEPTH = 16
_NAMESPACE = "http://xspf.org/ns/0/"
_OWN_NAMESPACES = (_NAMESPACE, "")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xspf_bytes(curated: CurationList, playlist: Playlist, provenance: Provenance) -> bytes:
    """The playlist as XSPF in UTF-8."""
    root = ET.Element("playlist", {"version": "1", "xmlns": _NAMESPACE})
    _add(root, "title", curated.name)
    _add(root, "creator", CREATOR)
    _add(root, "date", provenance.written)
    _add_extension(root, playlist_extension(curated, provenance))
    tracks = ET.SubElement(root, "trackList")
    for track in playlist.tracks:
        _add_track(tracks, track)
    ET.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="utf-8") + b"\n"


def read_xspf(content: str) -> FileContent:
    """Read the artists of an XSPF playlist from Nearfield or another program, ignoring other extensions.

    Raises NearfieldError if the content is not XML or not a playlist, has a DOCTYPE, or exceeds the bounds.
    """
    root = parse_xml(content)
    tracks = _child(root, "trackList")
    if _local(root) != "playlist" or tracks is None:
        raise NearfieldError("The file is no XSPF playlist: it has no list of tracks.")
    mentions = [_mention(track, f"Track {number}") for number, track in enumerate(_children(tracks, "track"), start=1)]
    return playlist_content(_text(root, "title"), mentions, _extension(root, "The playlist"))


def parse_xml(content: str) -> ET.Element:
    """The root of a document without a DOCTYPE, with at most 400,000 elements nested at most 16 deep."""
    parser = expat.ParserCreate("utf-8", namespace_separator="}")
    builder = _Builder()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(content.encode(), True)
    except expat.ExpatError as fault:
        raise NearfieldError(f"The file is not valid XML ({fault}). Save it anew.") from None
    return builder.close()


class _Builder:
    """Builds the tree within the bounds."""

    def __init__(self) -> None:
        self._tree = ET.TreeBuilder()
        self._depth = self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > MAX_DEPTH or self._count > MAX_ELEMENTS:
            raise NearfieldError("The XML is nested too deep, or has too many elements, to be a playlist.")
        self._tree.start(_qualified(tag), {_qualified(name): value for name, value in attributes.items()})

    def end(self, tag: str) -> None:
        self._depth -= 1
        self._tree.end(_qualified(tag))

    def data(self, text: str) -> None:
        self._tree.data(text)

    def close(self) -> ET.Element:
        return self._tree.close()


def _refuse_doctype(*_: Any) -> None:
    raise NearfieldError("The XML file has a DOCTYPE, which no playlist needs and which can do harm. Remove it.")


def _qualified(tag: str) -> str:
    return "{" + tag if "}" in tag else tag


def _add(parent: ET.Element, tag: str, text: str) -> None:
    if text:
        ET.SubElement(parent, tag).text = _NOT_XML.sub("\ufffd", text)


def _add_extension(parent: ET.Element, content: dict[str, Any]) -> None:
    extension = ET.SubElement(parent, "extension", {"application": EXTENSION})
    ET.SubElement(extension, "json", {"xmlns": EXTENSION}).text = json.dumps(content, allow_nan=False)


def _add_track(tracks: ET.Element, track: Track) -> None:
    element, entry = ET.SubElement(tracks, "track"), track.entry
    _add(element, "location", track.location)
    _add(element, "identifier", RECORDING + track.recording_mbid if track.recording_mbid else "")
    _add(element, "title", track.title)
    _add(element, "creator", track.creator)
    _add(element, "annotation", entry.note)
    _add(element, "album", track.album)
    if is_mbid(entry.mbid):
        ET.SubElement(element, "link", {"rel": ARTIST}).text = ARTIST + entry.mbid.lower()
    _add_extension(element, track_extension(track))


def _mention(track: ET.Element, where: str) -> Mention:
    own = _extension(track, where)
    if own is not None:
        return readable_mention(own, where)
    links = [element.text for element in track.iter() if element.tag.rpartition("}")[2] in ("link", "identifier")]
    return Mention(
        mbids=tuple(mbids_in(links, ARTIST)),
        name=_text(track, "creator"),
        title=_text(track, "title"),
        recording=next(iter(mbids_in(links, RECORDING)), ""),
        location=_text(track, "location"),
    )


def _extension(parent: ET.Element, where: str) -> Any:
    for extension in _children(parent, "extension"):
        if extension.get("application") == EXTENSION:
            return json_from("".join(extension.itertext()), f"{where}: the Nearfield extension")
    return None


def _local(element: ET.Element) -> str:
    """The local name of an XSPF element, which may lack its namespace; otherwise the full name."""
    namespace, _, name = element.tag.rpartition("}")
    return name if namespace.removeprefix("{") in _OWN_NAMESPACES else element.tag


def _children(parent: ET.Element, tag: str) -> Iterable[ET.Element]:
    return (element for element in parent if _local(element) == tag)


def _child(parent: ET.Element, tag: str) -> ET.Element | None:
    return next(iter(_children(parent, tag)), None)


def _text(parent: ET.Element, tag: str) -> str:
    element = _child(parent, tag)
    return (element.text or "").strip()[:MAX_NAME] if element is not None else ""
