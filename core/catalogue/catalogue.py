"""Opening a catalogue read-only: tables in memory, feature sets and track vectors memory-mapped."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from core.array_files import map_array
from core.arrays import BoolArray, FloatArray, IntArray
from core.catalogue.display_names import NAMING, display_names
from core.catalogue.elsewhere import nobody_elsewhere
from core.catalogue.format import (
    ARTISTS_FILE,
    EDGES_FILE,
    ELSEWHERE_FILE,
    FEATURES_FOLDER,
    LIST_COLUMNS,
    MANIFEST_FILE,
    MOST_COLUMNS,
    RESERVED_FEATURE_NAMES,
    SPLITS,
    TRACKS_FILE,
    TRACKS_FOLDER,
    FeatureInfo,
    Manifest,
)
from core.catalogue.identity import (
    COMPUTED,
    artists_hash,
    directed_edges_hash,
    edges_hash,
    feature_hash,
    inputs_fault,
    tracks_hash,
)
from core.catalogue.ids import RowOfId, sorted_rows, texts_of
from core.catalogue.recovery import recover_catalogue
from core.catalogue.relations import SIMILAR, Relation, complete_relations
from core.catalogue.table_reading import checked_tables, file_inside
from core.catalogue.tables import undirected
from core.catalogue.tag_lists import TagLists
from core.catalogue.tracks import no_tracks
from core.errors import CatalogueError, NearfieldError
from core.folders import is_being_replaced
from core.kept_arrays import KEPT_FROM, kept_arrays
from core.kept_tables import kept_tables
from core.storage import read_json, sha256_arrays, sha256_text
from core.table_files import frame_of

_MOST_ATTEMPTS = 20
"""How often opening starts again because a new version takes the place of the old one meanwhile."""


@dataclass(frozen=True)
class Catalogue:
    """An open catalogue. Artists are addressed by row, 0 to n - 1, in the order of `artists`."""

    path: Path
    manifest: Manifest
    artists: pd.DataFrame
    edges: pd.DataFrame
    feature_infos: dict[str, FeatureInfo]
    tracks: pd.DataFrame = field(default_factory=no_tracks)
    elsewhere: pd.DataFrame = field(default_factory=nobody_elsewhere)

    def __len__(self) -> int:
        return len(self.artists)

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def feature_names(self) -> list[str]:
        """The stored feature sets."""
        return list(self.feature_infos)

    @property
    def all_feature_names(self) -> list[str]:
        """What a model can be trained on: the stored sets and the computed ones."""
        return [*RESERVED_FEATURE_NAMES, *self.feature_infos]

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over the hashes of every file the manifest lists, and the learned relation unless it is "similar"."""
        learned = [] if self.manifest.learned == SIMILAR else [f"learned {self.manifest.learned}"]
        return sha256_text(*(f"{path} {digest}" for path, digest in sorted(self.manifest.files.items())), *learned)

    def stamps(self, *files: str) -> tuple[str, ...]:
        """What tells this version of some files from any other, also where one was changed behind the manifest's
        back."""
        found = [(self.path / file).stat() for file in files]
        return self.content_hash, *(f"{file.st_size} {file.st_mtime_ns}" for file in found)

    @cached_property
    def artists_hash(self) -> str:
        """Identifies the artists and their splits by value."""
        return artists_hash(self.artists)

    @cached_property
    def edges_hash(self) -> str:
        """Identifies the edges that models learn by value."""
        return edges_hash(self.learned_edges)

    def feature_hash(self, name: str) -> str:
        """Identifies a stored feature set by value; it is read once, unless the manifest says the hash."""
        if name not in self._feature_hashes:
            self._feature_hashes[name] = feature_hash(self.feature_array(name), self.feature_info(name))
        return self._feature_hashes[name]

    def tracks_hash(self, name: str) -> str:
        """Identifies the single tracks' vectors of a set by value; they are read once."""
        if name not in self._tracks_hashes:
            self._tracks_hashes[name] = tracks_hash(self.tracks["artist"].to_numpy(np.int64), self.track_array(name))
        return self._tracks_hashes[name]

    def relation_hash(self, name: str) -> str:
        """Identifies the edges of a relation by value, with their direction where it has one."""
        ends = self.edges.loc[self.edges["relation"] == name, ["source", "target"]].to_numpy(np.int64)
        record = self.relations.get(name)
        return edges_hash(ends) if record is not None and record.symmetric else directed_edges_hash(ends)

    @cached_property
    def _tracks_hashes(self) -> dict[str, str]:
        return {}

    @cached_property
    def _feature_hashes(self) -> dict[str, str]:
        stated = self.manifest.inputs
        return {} if not stated or inputs_fault(stated) else dict(stated["features"])

    def inputs(
        self, features: Iterable[str] = (), tracks: Iterable[str] = (), relations: Iterable[str] = ()
    ) -> dict[str, Any]:
        """The record of what is made from this catalogue and these feature sets; see core/catalogue/identity.py.

        `tracks` are sets whose single tracks were used too, `relations` those that were used besides the learned one.
        Sets that are computed, not stored, have no values of their own. Raises CatalogueError for an unknown set.
        """
        stored = sorted({name for name in features if name in self.feature_infos or name not in COMPUTED})
        hashes = {name: self.feature_hash(name) for name in stored}
        found: dict[str, Any] = {"artists": self.artists_hash, "edges": self.edges_hash, "features": hashes}
        of_tracks = {name: self.tracks_hash(name) for name in sorted(set(tracks))}
        of_relations = {name: self.relation_hash(name) for name in sorted(set(relations))}
        found |= {"tracks": of_tracks} if of_tracks else {}
        return found | ({"relations": of_relations} if of_relations else {})

    @cached_property
    def split(self) -> npt.NDArray[np.int8]:
        """(n,) 0 train, 1 validation, 2 test."""
        return pd.Categorical(self.artists["split"], categories=list(SPLITS)).codes.astype(np.int8)

    def in_split(self, *splits: str) -> BoolArray:
        """(n,) which artists belong to one of `splits`: "train", "val" or "test"."""
        return np.isin(self.split, [SPLITS.index(split) for split in splits])

    @cached_property
    def split_hash(self) -> str:
        return sha256_arrays(self.split)

    @cached_property
    def learned_edges(self) -> IntArray:
        """(m, 2) undirected edges of the relation that models learn, lower row first, each once, sorted."""
        learned = self.manifest.learned
        if len(self) < KEPT_FROM:
            return self.edges_of(learned)
        made_from = (*self.stamps(EDGES_FILE), learned)
        return np.asarray(kept_arrays("edges", made_from, lambda: {"edges": self.edges_of(learned)})["edges"])

    def edges_of(self, relation: str) -> IntArray:
        """(m, 2) undirected edges of `relation`, lower row first, each once, sorted; none where no edge has it."""
        return undirected(self.edges, relation)

    @cached_property
    def tag_columns(self) -> list[str]:
        """Those of genres, moods and themes that are known of any artist."""
        return [column for column in LIST_COLUMNS if self.tag_lists(column).tags]

    def tag_lists(self, column: str) -> TagLists:
        """The genres, moods or themes of all artists; `column` names which."""
        if column not in self._tag_lists:
            self._tag_lists[column] = TagLists.of(self.artists[column])
        return self._tag_lists[column]

    @cached_property
    def _tag_lists(self) -> dict[str, TagLists]:
        return {}

    @cached_property
    def has_decades(self) -> bool:
        """Whether the decade of any artist is known."""
        return "decade" in self.artists and bool(self.artists["decade"].notna().any())

    @cached_property
    def has_popularity(self) -> bool:
        """Whether the popularity of any artist is known."""
        return bool(self.artists["popularity"].notna().any())

    @property
    def relations(self) -> dict[str, Relation]:
        """The kinds of edges, by name."""
        return {relation.name: relation for relation in self.manifest.relations}

    @property
    def learned_relation(self) -> Relation | None:
        """The relation that models learn; None where there is nothing to learn from."""
        return self.manifest.learned_relation

    @property
    def audio_folder(self) -> Path:
        """Where the paths of the tracks' files begin."""
        return self.path / self.manifest.audio_root

    @cached_property
    def display_names(self) -> pd.Series:
        """(n,) a name to show for every artist: never empty, never ambiguous without a hint."""
        if len(self) < KEPT_FROM:
            return display_names(self.artists)
        made_from = (*self.stamps(ARTISTS_FILE), NAMING)
        kept = kept_tables("shown", made_from, lambda: {"names": _table_of(display_names(self.artists))})
        return frame_of(kept["names"], "names")["name"]

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """artist_id -> row."""
        ids = self.artists["artist_id"]
        if len(self) < KEPT_FROM:
            return {artist_id: row for row, artist_id in enumerate(ids)}
        texts = texts_of(ids)
        order = kept_arrays("ids", self.stamps(ARTISTS_FILE), lambda: {"rows": sorted_rows(texts).astype(np.int32)})
        return RowOfId(texts, order["rows"])

    def id_of(self, row: int) -> str:
        """The artist_id of a row."""
        return str(self._ids.iloc[row])

    @cached_property
    def _ids(self) -> pd.Series:
        """A column by itself: looking one up in a frame takes longer than the value."""
        return self.artists["artist_id"]

    @property
    def track_feature_names(self) -> list[str]:
        """The feature sets that are stored track by track too."""
        return [name for name in self.feature_infos if track_file(name) in self.manifest.files]

    @cached_property
    def row_of_track(self) -> dict[str, int]:
        """track_id -> row of `tracks`."""
        return {track_id: row for row, track_id in enumerate(self.tracks["track_id"])}

    def tracks_of(self, row: int) -> pd.DataFrame:
        """The tracks of the artist in `row`; the index of the frame is their rows in `tracks`."""
        return self.tracks[self.tracks["artist"] == row]

    def feature_info(self, name: str) -> FeatureInfo:
        if name not in self.feature_infos:
            known = ", ".join(self.all_feature_names)
            raise CatalogueError(f"{self.name} has no feature set “{name}”. It has: {known}.")
        return self.feature_infos[name]

    def feature_array(self, name: str) -> FloatArray:
        """(n, d) float32, memory-mapped read-only; a row of NaN for an artist without the set."""
        self.feature_info(name)
        return map_features(self.path, feature_file(name), len(self))

    def track_array(self, name: str) -> FloatArray:
        """(tracks, d) float32, memory-mapped read-only, in the columns of the feature set `name`; NaN rows where
        absent. Raises CatalogueError where the set is not stored track by track."""
        self.feature_info(name)
        if name not in self.track_feature_names:
            known = ", ".join(self.track_feature_names) or "none"
            raise CatalogueError(f"{self.name} has no “{name}” of single tracks. It has: {known}.")
        return map_features(self.path, track_file(name), len(self.tracks), TRACKS_FILE)


def _table_of(names: pd.Series) -> pa.Table:
    return pa.table({"name": texts_of(names)})


def open_catalogue(path: Path | str) -> Catalogue:
    """Open the catalogue in folder `path`. What a killed writer has left undone there is done first.

    Raises CatalogueError, naming file, row and reason, where the folder is not a usable catalogue. File hashes
    are compared by `validate`, not here: opening must stay fast.
    """
    folder = Path(path)
    for attempt in range(_MOST_ATTEMPTS):
        recover_catalogue(folder)
        version = _version(folder)
        try:
            catalogue = _open_version(folder)
        except (NearfieldError, FileNotFoundError):
            is_certain = not is_being_replaced(Path(os.path.realpath(folder))) and _version(folder) == version
            if is_certain or attempt == _MOST_ATTEMPTS - 1:
                raise
        else:
            if _version(folder) == version:
                return catalogue
    raise CatalogueError(f"{folder} is being changed all the time. Try again when that has ended.")


def _version(folder: Path) -> tuple[int, int] | None:
    """What tells a folder from another that takes its place; None where there is none."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _open_version(folder: Path) -> Catalogue:
    if not os.path.lexists(folder / MANIFEST_FILE):
        raise CatalogueError(f"{folder} is not a catalogue: it has no {MANIFEST_FILE}.")
    manifest = Manifest.from_dict(read_json(folder / MANIFEST_FILE))
    tables = checked_tables(folder, manifest)
    artists, edges = tables[ARTISTS_FILE], tables[EDGES_FILE]
    elsewhere = tables.get(ELSEWHERE_FILE, nobody_elsewhere())
    manifest = with_relations(manifest, edges, elsewhere)
    infos = {}
    for name in listed_features(manifest):
        info = infos[name] = read_feature_info(folder, name, manifest.minor)
        width = map_features(folder, feature_file(name), len(artists)).shape[1]
        if info.columns is not None and len(info.columns) != width:
            raise CatalogueError(f"{feature_file(name)} has {width} columns, but {len(info.columns)} column names.")
    tracks = tables.get(TRACKS_FILE, no_tracks())
    return Catalogue(folder, manifest, artists, edges, infos, tracks, elsewhere)


def with_relations(manifest: Manifest, edges: pd.DataFrame, elsewhere: pd.DataFrame | None) -> Manifest:
    """The manifest with a record for each relation that edges, or links to artists elsewhere, have."""
    names = set(edges["relation"].unique())
    if elsewhere is not None:
        names |= set(elsewhere["relation"].unique())
    return replace(manifest, relations=complete_relations(manifest.relations, names, manifest.kind))


def feature_file(name: str, suffix: str = ".npy") -> str:
    """The path of a set's matrix, or with ".json" of its description, inside a catalogue."""
    return f"{FEATURES_FOLDER}/{name}{suffix}"


def track_file(name: str) -> str:
    """The path of the matrix of a set's single tracks inside a catalogue."""
    return f"{TRACKS_FOLDER}/{name}.npy"


def listed_features(manifest: Manifest) -> list[str]:
    """Names of the feature sets that a manifest lists, in order of their names."""
    return [Path(file).stem for file in sorted(manifest.files) if file == feature_file(Path(file).stem)]


def read_feature_info(folder: Path, name: str, minor: int = 0) -> FeatureInfo:
    """The description of the feature set `name` of the catalogue in `folder`, whose format has this minor version."""
    file = feature_file(name, ".json")
    info = FeatureInfo.from_dict(read_json(file_inside(folder, file)), file, minor)
    if info.name != name:
        raise CatalogueError(f"{file} describes a feature set “{info.name}”, not “{name}”.")
    return info


def map_features(folder: Path, file: str, n_rows: int, table: str = ARTISTS_FILE) -> FloatArray:
    """(n, d) float32, memory-mapped, a row for each row of `table`. Raises CatalogueError for another type or shape."""
    path = file_inside(folder, file)
    try:
        values = map_array(path)
    except NearfieldError as fault:
        raise CatalogueError(file.removesuffix(path.name) + str(fault)) from None
    if values.dtype != np.float32 or values.ndim != 2:
        raise CatalogueError(f"{file} must be float32 with two axes, not {values.dtype} {values.shape}.")
    if len(values) != n_rows:
        raise CatalogueError(f"{file} has {len(values)} rows, but {table} has {n_rows}.")
    if values.shape[1] > MOST_COLUMNS:
        raise CatalogueError(f"{file} has {values.shape[1]:,} columns; at most {MOST_COLUMNS:,} can be used.")
    return values
