"""The catalogue on disk: a folder of plain files that opens in well under a second and holds no pickle.

    catalogue.json          name, kind (real or synthetic), source, licence, citation, relations, sha256 of every file
    artists.parquet         one row per artist; the row number is the artist's identity inside the folder
    edges.parquet           source, target (rows of artists.parquet), relation, weight
    features/<set>.npy      float32 (n, d), a row of NaN for an artist without the set
    features/<set>.json     title, kind, column names, licence, extractor, version, checkpoint hash, pipeline
    tracks.parquet          optional: one row per track, with the artist's row and how to get the sound
    tracks/<set>.npy        optional: float32 (tracks, d), in the columns of features/<set>
    elsewhere.parquet       optional: artists that are known elsewhere, and the artists here that they are near

docs/catalogue-format.md describes it for people who write catalogues. Format 1 can be read; format 2 is written.
`runs/`, `maps/` and `results.parquet` are derived from these and are not part of the catalogue's hash.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from core.catalogue.records import LONGEST_REASON, are_texts, check_extra, read_record, record_dict
from core.catalogue.relations import SIMILAR, Pipeline, Relation, Splits, check_relations
from core.errors import CatalogueError
from core.text import short_label

FORMAT = "nearfield-catalogue"
FORMAT_VERSION = 2
FORMAT_MINOR = 0
OLDEST_VERSION = 1

MANIFEST_FILE = "catalogue.json"
ARTISTS_FILE = "artists.parquet"
EDGES_FILE = "edges.parquet"
FEATURES_FOLDER = "features"
TRACKS_FILE = "tracks.parquet"
TRACKS_FOLDER = "tracks"
ELSEWHERE_FILE = "elsewhere.parquet"

SPLITS = ("train", "val", "test")

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
OPTIONAL_TRACK_COLUMNS = ("album", "path")
ELSEWHERE_COLUMNS = ("mbid", "name", "artist", "relation", "weight")

MOST_ROWS = {ARTISTS_FILE: 20_000_000, EDGES_FILE: 200_000_000, TRACKS_FILE: 50_000_000, ELSEWHERE_FILE: 50_000_000}
"""The longest tables that a catalogue may have; in memory each may take `largest_table`."""

MOST_COLUMNS = 65_536
"""The widest feature set."""

_FEATURE_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
RESERVED_FEATURE_NAMES = ("random",)
"""Sets that are computed, never stored."""


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
    """What a feature set is, where it came from, how it was made and on which terms."""

    name: str
    title: str
    kind: str = "continuous"
    columns: list[str] | None = None
    extractor: str = ""
    version: str = ""
    checkpoint_hash: str | None = None
    notes: str = ""
    licence: str = ""
    pipeline: Pipeline | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    """Fields of a newer minor version."""

    def __post_init__(self) -> None:
        check_feature_name(self.name)
        texts = [self.title, self.kind, self.extractor, self.version, self.notes, self.licence]
        if not are_texts([*texts, self.checkpoint_hash or ""]) or not (self.columns is None or are_texts(self.columns)):
            raise CatalogueError(f"{self.name}: its description must be text, and columns a list of texts.")
        if self.kind not in FEATURE_KINDS:
            raise CatalogueError(f"{self.name}: kind must be one of {', '.join(FEATURE_KINDS)}.")
        if not isinstance(self.pipeline, Pipeline | None):
            raise CatalogueError(f"{self.name}: pipeline must be a Pipeline.")
        check_extra(self.extra, self.name)

    def as_dict(self) -> dict[str, Any]:
        return record_dict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any], where: str, minor: int = FORMAT_MINOR) -> "FeatureInfo":
        """The description in the JSON of a catalogue of format 2.`minor`, or 1. Raises CatalogueError."""
        is_newer = minor > FORMAT_MINOR
        body = dict(content)
        if body.get("pipeline") is not None:
            body["pipeline"] = read_record(Pipeline, body["pipeline"], f"{where}: pipeline", is_newer)
        return read_record(cls, body, where, is_newer)


@dataclass(frozen=True)
class Manifest:
    """Who made a catalogue, from what, and under which terms.

    `relations` describe the kinds of edges; `learned` is the one that models learn and are scored on, "" where there
    are no edges to learn from. `audio_root` is where the paths of the tracks' files begin, absolute or relative to the
    catalogue's folder. `inputs` are the hashes by value of core/catalogue/identity.py. `minor` and `extra` are a newer
    minor version and its fields.
    """

    name: str
    title: str
    kind: str
    source: str
    licence: str
    citation: str
    created_by: str = ""
    notes: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    learned: str = SIMILAR
    splits: Splits = field(default_factory=Splits)
    audio_root: str = ""
    inputs: dict[str, Any] = field(default_factory=dict)
    minor: int = FORMAT_MINOR
    extra: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        texts = [self.name, self.title, self.kind, self.source, self.licence, self.citation, self.created_by]
        if not are_texts([*texts, self.learned, self.audio_root]) or not are_texts(self.notes):
            raise CatalogueError(f"{MANIFEST_FILE}: every field must be text, and notes a list of texts.")
        if not isinstance(self.files, dict) or not are_texts([*self.files, *self.files.values()]):
            raise CatalogueError(f"{MANIFEST_FILE}: files must give the sha256 of every file as text.")
        if self.kind not in KINDS:
            raise CatalogueError(
                f"{MANIFEST_FILE}: kind must be one of {', '.join(KINDS)}, not “{short_label(self.kind)}”."
            )
        for path in self.files:
            if path.startswith("/") or ".." in path.split("/") or "\0" in path:
                raise CatalogueError(
                    f"{MANIFEST_FILE} lists “{short_label(path, LONGEST_REASON)}”, which lies outside the catalogue."
                )
        if "\0" in self.audio_root:
            raise CatalogueError(f"{MANIFEST_FILE}: audio_root is no path of a folder.")
        if not isinstance(self.splits, Splits) or not isinstance(self.inputs, dict):
            raise CatalogueError(f"{MANIFEST_FILE}: splits and inputs must be records.")
        check_relations(self.relations)
        check_extra(self.extra, MANIFEST_FILE)

    def relation(self, name: str) -> Relation:
        """The record of a relation. Raises CatalogueError where there is none of that name."""
        for relation in self.relations:
            if relation.name == name:
                return relation
        known = ", ".join(relation.name for relation in self.relations) or "none"
        raise CatalogueError(f"{self.name} has no relation “{short_label(name)}”. It has: {known}.")

    @property
    def learned_relation(self) -> Relation | None:
        """The record of the relation that models learn; None where there is nothing to learn from."""
        return next((relation for relation in self.relations if relation.name == self.learned), None)

    def as_dict(self) -> dict[str, Any]:
        return {"format": FORMAT, "version": FORMAT_VERSION} | record_dict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Manifest":
        """The manifest in the JSON of a catalogue. Raises CatalogueError, also for a version that cannot be read."""
        minor = _check_version(content)
        is_newer = minor > FORMAT_MINOR
        body = {key: value for key, value in content.items() if key not in ("format", "version")}
        if "splits" in body:
            body["splits"] = read_record(Splits, body["splits"], f"{MANIFEST_FILE}: splits", is_newer)
        if isinstance(body.get("relations"), list):
            body["relations"] = [
                read_record(Relation, one, f"{MANIFEST_FILE}: a relation", is_newer) for one in body["relations"]
            ]
        return read_record(cls, body, MANIFEST_FILE, is_newer)


def _check_version(content: dict[str, Any]) -> int:
    """The minor version of a manifest. Raises CatalogueError unless this Nearfield can read it."""
    if content.get("format") != FORMAT:
        raise CatalogueError(f"{MANIFEST_FILE} is not a Nearfield catalogue's manifest.")
    version, minor = content.get("version"), content.get("minor", 0)
    if type(version) is not int or not OLDEST_VERSION <= version <= FORMAT_VERSION:
        is_newer = type(version) is int and version > FORMAT_VERSION
        raise CatalogueError(
            f"{MANIFEST_FILE} has format version {short_label(str(version))}; this Nearfield reads versions "
            f"{OLDEST_VERSION} to {FORMAT_VERSION}. "
            + ("Install a newer Nearfield." if is_newer else "Import the source again.")
        )
    if type(minor) is not int or minor < 0:
        raise CatalogueError(f"{MANIFEST_FILE}: minor must be a whole number, 0 or more.")
    return minor
