"""The rules of XSPF 1 (https://xspf.org/spec), as its schema states them: which element holds what, and how often."""

import re
import xml.etree.ElementTree as ET
from datetime import datetime

NAMESPACE = "{http://xspf.org/ns/0/}"
_ANY = 10**9
_COMMON = {
    "title": 1,
    "creator": 1,
    "annotation": 1,
    "info": 1,
    "image": 1,
    "link": _ANY,
    "meta": _ANY,
    "extension": _ANY,
}
_CHILDREN = {
    "playlist": _COMMON | {"location": 1, "identifier": 1, "date": 1, "license": 1, "attribution": 1, "trackList": 1},
    "trackList": {"track": _ANY},
    "track": _COMMON | {"location": _ANY, "identifier": _ANY, "album": 1, "trackNum": 1, "duration": 1},
    "attribution": {"location": _ANY, "identifier": _ANY},
}
_ATTRIBUTES = {"playlist": {"version"}, "link": {"rel"}, "meta": {"rel"}, "extension": {"application"}}
_ADDRESSES = {"info", "location", "identifier", "image", "license", "link"}
_ADDRESS = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
"""A URI reference in ASCII (RFC 3986), which the schema's xs:anyURI allows as it is."""


def xspf_faults(content: bytes) -> list[str]:
    """What in a document breaks the rules, as short texts; empty for a valid playlist."""
    root = ET.fromstring(content)
    if root.tag != f"{NAMESPACE}playlist":
        return [f"the root is {root.tag}"]
    faults = [] if root.get("version") in ("0", "1") else ["version"]
    if root.find(f"{NAMESPACE}trackList") is None:
        faults.append("no trackList")
    return faults + _faults(root, "playlist")


def _faults(element: ET.Element, name: str) -> list[str]:
    faults = []
    if set(element.attrib) != _ATTRIBUTES.get(name, set()):
        faults.append(f"attributes of {name}: {sorted(element.attrib)}")
    faults += [
        f"{key} of {name}: {element.get(key)}" for key in ("rel", "application") if not _is_address(element, key)
    ]
    if name == "extension":
        return faults + [f"{child.tag} in extension" for child in element if child.tag.startswith(NAMESPACE)]
    if name in _CHILDREN:
        between = [element.text, *(child.tail for child in element)]
        faults += [f"text in {name}: {text}" for text in between if (text or "").strip()]
        return faults + _faults_of_children(element, name)
    faults += [f"{child.tag} in {name}" for child in element]
    text = (element.text or "").strip()
    if name in _ADDRESSES and not _ADDRESS.fullmatch(text):
        faults.append(f"{name} is no address: {text}")
    if name in ("trackNum", "duration") and not text.isdecimal():
        faults.append(f"{name} is no number: {text}")
    if name == "date" and datetime.fromisoformat(text).isoformat() != text:
        faults.append(f"date: {text}")
    return faults


def _faults_of_children(element: ET.Element, name: str) -> list[str]:
    allowed, faults = _CHILDREN[name], []
    tags = [child.tag.removeprefix(NAMESPACE) for child in element]
    faults += [f"{tag} in {name}" for tag in tags if tag not in allowed]
    faults += [f"{tags.count(tag)} {tag} in {name}" for tag in set(tags) if tags.count(tag) > allowed.get(tag, _ANY)]
    for child, tag in zip(element, tags, strict=True):
        faults += _faults(child, tag) if tag in allowed else []
    return faults


def _is_address(element: ET.Element, key: str) -> bool:
    return key not in element.attrib or bool(_ADDRESS.fullmatch(element.attrib[key]))
