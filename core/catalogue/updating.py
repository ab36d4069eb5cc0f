"""Updating a catalogue: the new version is built in a folder beside the old one, then exchanged with it.

Runs, maps, results and everything else in the folder that is not part of the catalogue move to the new version. A kill
at any moment leaves the old or the new version, and the next opening moves what is left.
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
from filelock import Timeout

from core.catalogue.catalogue import Catalogue, feature_file, open_catalogue, track_file
from core.catalogue.format import MANIFEST_FILE, TRACKS_FILE, Manifest
from core.catalogue.recovery import CONTENT
from core.catalogue.writing import (
    Features,
    TrackFeatures,
    check_features,
    check_tracks,
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
) -> Catalogue:
    """Replace `catalogue` by a new version with these feature sets and tracks added or replaced; return it.

    `tracks` replace the old tracks and their vectors. Without them the old ones stay, and `track_features` adds or
    replaces vectors of theirs. A replaced feature set of another width loses the vectors of its tracks unless they are
    given. `notes` are added to the manifest's. The new version has another content hash, so runs of the old one no
    longer belong to it. Raises CatalogueError for bad content, and if the catalogue has changed since it was opened or
    another process is changing it; then the old version is untouched.
    """
    features, track_features = features or {}, track_features or {}
    check_features(features, len(catalogue))
    folder = Path(os.path.realpath(catalogue.path))
    try:
        with writing(folder), folder_lock(folder):
            recover_folder(folder, CONTENT)
            if read_json(folder / MANIFEST_FILE) != catalogue.manifest.as_dict():
                raise CatalogueError(f"{catalogue.name} was changed meanwhile. Open it again.")
            widths = {name: catalogue.feature_array(name).shape[1] for name in catalogue.feature_names}
            widths |= {name: values.shape[1] for name, (values, _) in features.items()}
            table = tracks if tracks is not None or TRACKS_FILE not in catalogue.manifest.files else catalogue.tracks
            checked = check_tracks(table, track_features, len(catalogue), widths)
            with temporary_folder(folder) as building:
                replaced = _replaced_files(catalogue, features, tracks is not None, track_features, widths)
                for file in sorted(set(catalogue.manifest.files) - replaced):
                    _copy(folder / file, building / file)
                write_features(building, features)
                write_tracks(building, None if tracks is None else checked, track_features)
                write_json(building / MANIFEST_FILE, _new_manifest(catalogue, building, notes).as_dict())
                replace_folder(building, folder, CONTENT)
    except Timeout:
        raise CatalogueError(f"Another process is changing {catalogue.name}. Try again when it has finished.") from None
    return open_catalogue(catalogue.path)


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


def _new_manifest(catalogue: Catalogue, building: Path, notes: Sequence[str]) -> Manifest:
    files = {file.relative_to(building).as_posix(): file for file in sorted(building.rglob("*")) if file.is_file()}
    hashes = {
        name: catalogue.manifest.files[name]
        if name in catalogue.manifest.files and os.path.samefile(file, catalogue.path / name)
        else sha256_file(file)
        for name, file in files.items()
    }
    said = catalogue.manifest.notes
    return replace(catalogue.manifest, files=hashes, notes=[*said, *(note for note in notes if note not in said)])


def _copy(source: Path, dest: Path) -> None:
    """Hard-link the file if the file system can, otherwise copy it."""
    dest.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, dest)
    except OSError:
        shutil.copy2(source, dest)
