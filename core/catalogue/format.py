"""The catalogue on disk: a folder of plain files that opens in well under a second and holds no pickle.

    catalogue.json          name, kind (real or synthetic), source, licence, citation, sha256 of every file
    artists.parquet         one row per artist; the row number is the artist's identity inside the folder
    edges.parquet           source, target (rows of artists.parquet), relation, weight
    features/<set>.npy      float32 (n, d), a row of NaN for an artist without the set
    features/<set>.json     title, kind, column names, extractor, version, checkpoint hash
    tracks.parquet          optional: one row per track, with the artist's row and how to get the sound
    tracks/<set>.npy        optional: float32 (tracks, d), in the columns of features/<set>

`runs/`, `maps/` and `results.parquet` are derived from these and are not part of the catalogue's hash.
"""

import re
from dataclasses import asdict, dataclass, field
from typing import Any

from core.errors import CatalogueError
from core.text import short_label

FORMAT = "nearfield-catalogue"
FORMAT_VERSION = 1

MANIFEST_FILE = "catalogue.json"
ARTISTS_FILE = "artists.parquet"
EDGES_FILE = "edges.parquet"
FEATURES_FOLDER = "features"
TRACKS_FILE = "tracks.parquet"
TRACKS_FOLDER = "tracks"

SPLITS = ("train", "val", "test")
SIMILAR = "similar"
"""The relation that models are trained and scored on."""

KINDS = ("real", "synthetic")
FEATURE_KINDS = ("continuous", "binary")
TRACK_KINDS = ("synthetic", "file")

TEXT_COLUMNS = ("artist_id", "name", "split")
OPTIONAL_TEXT_COLUMNS = ("mbid", "allmusic_id")
LIST_COLUMNS = ("genres", "moods", "themes")
NUMBER_COLUMNS = ("popularity",)
OPTIONAL_INTEGER_COLUMNS = ("decade", "published_row")
ARTIST_COLUMNS = TEXT_COLUMNS[:2] + OPTIONAL_TEXT_COLUMNS + ("split",) + LIST_COLUMNS + NUMBER_COLUMNS
EDGE_COLUMNS = ("source", "target", "relation", "weight")
TRACK_COLUMNS = ("artist", "track_id", "title", "recording_mbid", "kind", "recipe")

MOST_ROWS = {ARTISTS_FILE: 2_000_000, EDGES_FILE: 20_000_000, TRACKS_FILE: 5_000_000}
"""The longest tables that a catalogue may have: what can be opened and checked in seconds, within 2 GB."""

MOST_COLUMNS = 65_536
"""The widest feature set."""

_FEATURE_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
RESERVED_FEATURE_NAMES = ("random",)
"""Sets that are computed, never stored."""

_LONGEST_REASON = 200
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def is_text(value: Any) -> bool:
    """Whether `value` is text that files can hold; a lone surrogate (half a character) is not."""
    return isinstance(value, str) and not _HALF_CHARACTER.search(value)


def _are_texts(values: Any) -> bool:
    return isinstance(values, list) and all(map(is_text, values))


def check_feature_name(name: str) -> None:
    """Raise CatalogueError unless `name` can name a stored feature set."""
    if not _FEATURE_NAME.fullmatch(name):
        raise CatalogueError(
            f"“{name}” cannot name a feature set: use small letters, digits and _, starting with a letter."
        )
    if name in RESERVED_FEATURE_NAMES:
        raise CatalogueError(f"“{name}” is computed by Nearfield and cannot be stored in a catalogue.")


@dataclass(frozen=True)
class FeatureInfo:
    """What a feature set is and where it came from."""

    name: str
    title: str
    kind: str = "continuous"
    columns: list[str] | None = None
    extractor: str = ""
    version: str = ""
    checkpoint_hash: str | None = None
    notes: str = ""

    def __post_init__(self) -> None:
        check_feature_name(self.name)
        texts = [self.title, self.kind, self.extractor, self.version, self.notes, self.checkpoint_hash or ""]
        if not _are_texts(texts) or not (self.columns is None or _are_texts(self.columns)):
            raise CatalogueError(f"{self.name}: its description must be text, and columns a list of texts.")
        if self.kind not in FEATURE_KINDS:
            raise CatalogueError(f"{self.name}: kind must be one of {', '.join(FEATURE_KINDS)}.")

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any], where: str) -> "FeatureInfo":
        return _build(cls, content, where)


@dataclass(frozen=True)
class Manifest:
    """Who made a catalogue, from what, and under which terms."""

    name: str
    title: str
    kind: str
    source: str
    licence: str
    citation: str
    created_by: str = ""
    notes: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        texts = [self.name, self.title, self.kind, self.source, self.licence, self.citation, self.created_by]
        if not _are_texts(texts) or not _are_texts(self.notes):
            raise CatalogueError(f"{MANIFEST_FILE}: every field must be text, and notes a list of texts.")
        if not isinstance(self.files, dict) or not _are_texts([*self.files, *self.files.values()]):
            raise CatalogueError(f"{MANIFEST_FILE}: files must give the sha256 of every file as text.")
        if self.kind not in KINDS:
            raise CatalogueError(
                f"{MANIFEST_FILE}: kind must be one of {', '.join(KINDS)}, not “{short_label(self.kind)}”."
            )
        for path in self.files:
            if path.startswith("/") or ".." in path.split("/") or "\0" in path:
                raise CatalogueError(
                    f"{MANIFEST_FILE} lists “{short_label(path, _LONGEST_REASON)}”, which lies outside the catalogue."
                )

    def as_dict(self) -> dict[str, Any]:
        return {"format": FORMAT, "version": FORMAT_VERSION} | asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Manifest":
        if content.get("format") != FORMAT:
            raise CatalogueError(f"{MANIFEST_FILE} is not a Nearfield catalogue's manifest.")
        if content.get("version") != FORMAT_VERSION:
            version = short_label(str(content.get("version")))
            raise CatalogueError(
                f"{MANIFEST_FILE} has format version {version}; this Nearfield reads version "
                f"{FORMAT_VERSION}. Import the source again."
            )
        body = {key: value for key, value in content.items() if key not in ("format", "version")}
        return _build(cls, body, MANIFEST_FILE)


def _build(cls: type, content: dict[str, Any], where: str) -> Any:
    """Make a dataclass from JSON, turning missing or unknown fields into a plain message."""
    known = cls.__dataclass_fields__  # type: ignore[attr-defined]
    unknown = sorted(set(content) - set(known))
    if unknown:
        raise CatalogueError(f"{where} has unknown fields: {short_label(', '.join(unknown), _LONGEST_REASON)}.")
    try:
        return cls(**content)
    except TypeError as fault:
        raise CatalogueError(f"{where} is incomplete: {fault}.") from None
