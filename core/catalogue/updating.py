"""Updating a catalogue: the new version is built in a folder beside the old one, then exchanged with it.

Runs, maps, results and everything else in the folder that is not part of the catalogue move to the new version. A kill
at any moment leaves the old or the new version, and the next opening moves what is left.
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from filelock import Timeout

from core.arrays import FloatArray
from core.catalogue.arguments import check_frame
from core.catalogue.catalogue import Catalogue, feature_file, open_catalogue, track_file, with_relations
from core.catalogue.format import (
    ARTISTS_FILE,
    EDGES_FILE,
    ELSEWHERE_FILE,
    MANIFEST_FILE,
    TEXT_COLUMNS,
    TRACKS_FILE,
    FeatureInfo,
    Manifest,
)
from core.catalogue.identity import artists_hash, edges_hash, feature_hash
from core.catalogue.recovery import CONTENT
from core.catalogue.relations import Relation
from core.catalogue.tables import artist_problems, complete_artists, edge_problems, typed_artists, undirected
from core.catalogue.writing import (
    Features,
    TrackFeatures,
    check_elsewhere,
    check_features,
    check_learned,
    check_tracks,
    write_edges,
    write_elsewhere,
    write_features,
    write_tracks,
)
from core.errors import CatalogueError
from core.folders import folder_lock, recover_folder, replace_folder
from core.storage import read_json, sha256_file, temporary_folder, write_json, writing


def update_catalogue(
    catalogue: Catalogue,
    features: Features | None = None,
    tracks: pd.DataFrame | None = None,
    track_features: TrackFeatures | None = None,
    notes: Sequence[str] = (),
    *,
    relations: Sequence[Relation] = (),
    edges: pd.DataFrame | None = None,
    elsewhere: pd.DataFrame | None = None,
    learned: str | None = None,
    audio_root: str | None = None,
    artists: pd.DataFrame | None = None,
) -> Catalogue:
    """Replace `catalogue` by a new version with this content added or replaced; return it.

    `tracks` replace the old tracks and their vectors. Without them the old ones stay, and `track_features` adds or
    replaces vectors of theirs. A replaced feature set of another width loses the vectors of its tracks unless they are
    given. `relations` are added to the manifest's, or replace those of the same name. `edges` replace the edges of the
    relations that they have and of those in `relations`, and `elsewhere` likewise the artists known elsewhere; the
    other relations stay. `artists` replace the table of artists: those that were there come first, with their ids and
    splits and in their order; for the others, sets that are not given are unknown. `learned` and `audio_root` replace
    the manifest's unless they are None. `notes` are added to the manifest's. The new version has another content hash.
    Raises CatalogueError for bad content, and if the catalogue has changed since it was opened or another process is
    changing it; then the old version is untouched.
    """
    features, track_features = features or {}, track_features or {}
    people = None if artists is None else _grown(catalogue, artists)
    n_artists = len(catalogue) if people is None else len(people)
    if n_artists > len(catalogue):
        features = {name: _longer(catalogue, name, n_artists) for name in catalogue.feature_names} | dict(features)
    check_features(features, n_artists)
    new = _new_relations(catalogue, n_artists, relations, edges, elsewhere, learned, audio_root)
    folder = Path(os.path.realpath(catalogue.path))
    try:
        with writing(folder), folder_lock(folder):
            recover_folder(folder, CONTENT)
            stored = Manifest.from_dict(read_json(folder / MANIFEST_FILE))
            if with_relations(stored, catalogue.edges, catalogue.elsewhere) != catalogue.manifest:
                raise CatalogueError(f"{catalogue.name} was changed meanwhile. Open it again.")
            widths = {name: catalogue.feature_array(name).shape[1] for name in catalogue.feature_names}
            widths |= {name: values.shape[1] for name, (values, _) in features.items()}
            table = tracks if tracks is not None or TRACKS_FILE not in catalogue.manifest.files else catalogue.tracks
            checked = check_tracks(table, track_features, n_artists, widths)
            with temporary_folder(folder) as building:
                replaced = _replaced_files(catalogue, features, tracks is not None, track_features, widths)
                replaced |= new.replaced | ({ARTISTS_FILE} if people is not None else set())
                for file in sorted(set(catalogue.manifest.files) - replaced):
                    _copy(folder / file, building / file)
                if people is not None:
                    people.to_parquet(building / ARTISTS_FILE, index=False)
                if EDGES_FILE in new.replaced:
                    write_edges(building, new.edges, new.manifest)
                if ELSEWHERE_FILE in new.replaced:
                    write_elsewhere(building, new.elsewhere)
                write_features(building, features)
                write_tracks(building, None if tracks is None else checked, track_features)
                identity = catalogue.artists_hash if people is None else artists_hash(people)
                manifest = _new_manifest(catalogue, new, features, identity, building, notes)
                write_json(building / MANIFEST_FILE, manifest.as_dict())
                replace_folder(building, folder, CONTENT)
    except Timeout:
        raise CatalogueError(f"Another process is changing {catalogue.name}. Try again when it has finished.") from None
    return open_catalogue(catalogue.path)


def _grown(catalogue: Catalogue, artists: pd.DataFrame) -> pd.DataFrame:
    """The new table of artists in stored form. Raises CatalogueError unless it begins with the old artists."""
    check_frame("artists", artists, TEXT_COLUMNS)
    complete = complete_artists(artists)
    for problem in artist_problems(complete):
        raise CatalogueError(str(problem))
    for column in ("artist_id", "split"):
        if complete[column].iloc[: len(catalogue)].tolist() != catalogue.artists[column].tolist():
            raise CatalogueError(
                f"The artists of {catalogue.name} must stay in order with the same {column}; add others after them."
            )
    return typed_artists(complete)


def _longer(catalogue: Catalogue, name: str, n_artists: int) -> tuple[FloatArray, FeatureInfo]:
    """A stored set for `n_artists` artists, of whom the new ones lack it."""
    old = catalogue.feature_array(name)
    values = np.full((n_artists, old.shape[1]), np.nan, np.float32)
    values[: len(old)] = old
    return values, catalogue.feature_info(name)


@dataclass(frozen=True)
class _NewRelations:
    """The edges and the artists elsewhere of the new version; `replaced` are the files that change."""

    manifest: Manifest
    edges: pd.DataFrame
    elsewhere: pd.DataFrame
    replaced: set[str]


def _new_relations(
    catalogue: Catalogue,
    n_artists: int,
    relations: Sequence[Relation],
    edges: pd.DataFrame | None,
    elsewhere: pd.DataFrame | None,
    learned: str | None,
    audio_root: str | None,
) -> _NewRelations:
    manifest, names, replaced = catalogue.manifest, [relation.name for relation in relations], set()
    new_edges, new_elsewhere = catalogue.edges, catalogue.elsewhere
    if edges is not None:
        for problem in edge_problems(edges, n_artists):
            raise CatalogueError(str(problem))
        new_edges = _with_replaced(catalogue.edges, edges, names)
        replaced.add(EDGES_FILE)
    check_elsewhere(elsewhere, n_artists)
    if elsewhere is not None:
        new_elsewhere = _with_replaced(catalogue.elsewhere, elsewhere, names)
        replaced.add(ELSEWHERE_FILE)
    kept = [relation for relation in manifest.relations if relation.name not in names]
    manifest = replace(
        manifest,
        relations=[*kept, *relations],
        learned=manifest.learned if learned is None else learned,
        audio_root=manifest.audio_root if audio_root is None else audio_root,
    )
    manifest = check_learned(with_relations(manifest, new_edges, new_elsewhere), new_edges)
    return _NewRelations(manifest, new_edges, new_elsewhere, replaced)


def _with_replaced(old: pd.DataFrame, new: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The old rows of other relations than those of the new rows or `names`, and the new rows."""
    stays = old[~old["relation"].isin({*names, *new["relation"].unique()})]
    return pd.concat([stays, new[[column for column in old if column in new]]], ignore_index=True)


def _replaced_files(
    catalogue: Catalogue, features: Features, new_tracks: bool, track_features: TrackFeatures, widths: dict[str, int]
) -> set[str]:
    """Files of the old version that the new one rewrites or drops."""
    replaced = {feature_file(name, suffix) for name in features for suffix in (".npy", ".json")}
    replaced |= {track_file(name) for name in track_features}
    if new_tracks:
        replaced.add(TRACKS_FILE)
    for name in catalogue.track_feature_names:
        if new_tracks or (name in features and catalogue.track_array(name).shape[1] != widths[name]):
            replaced.add(track_file(name))
    return replaced


def _new_manifest(
    catalogue: Catalogue,
    new: _NewRelations,
    features: Features,
    artists: str,
    building: Path,
    notes: Sequence[str],
) -> Manifest:
    files = {file.relative_to(building).as_posix(): file for file in sorted(building.rglob("*")) if file.is_file()}
    hashes = {
        name: catalogue.manifest.files[name]
        if name in catalogue.manifest.files and os.path.samefile(file, catalogue.path / name)
        else sha256_file(file)
        for name, file in files.items()
    }
    by_value = {name: catalogue.feature_hash(name) for name in catalogue.feature_names if name not in features}
    by_value |= {name: feature_hash(values, info) for name, (values, info) in features.items()}
    inputs = {
        "artists": artists,
        "edges": edges_hash(undirected(new.edges, new.manifest.learned)),
        "features": by_value,
    }
    said = new.manifest.notes
    notes = [*said, *(note for note in notes if note not in said)]
    return replace(new.manifest, files=hashes, notes=notes, inputs=inputs)


def _copy(source: Path, dest: Path) -> None:
    """Hard-link the file if the file system can, otherwise copy it."""
    dest.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, dest)
    except OSError:
        shutil.copy2(source, dest)
