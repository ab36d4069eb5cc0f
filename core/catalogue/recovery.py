"""What happens before a catalogue is opened: what a killed writer has left undone is done, and its litter goes."""

import os
from pathlib import Path

from core.catalogue.format import (
    ARTISTS_FILE,
    EDGES_FILE,
    ELSEWHERE_FILE,
    FEATURES_FOLDER,
    MANIFEST_FILE,
    TRACKS_FILE,
    TRACKS_FOLDER,
)
from core.folders import recover_if_needed, replaced_folders
from core.storage import sweep

CONTENT = frozenset(
    {MANIFEST_FILE, ARTISTS_FILE, EDGES_FILE, FEATURES_FOLDER, TRACKS_FILE, TRACKS_FOLDER, ELSEWHERE_FILE}
)
"""What belongs to a version of a catalogue. Runs, maps, fusions and results belong to all of them."""

_RUN_DEPTH = 2
"""Folders of runs are two below the catalogue, and nothing that is written is deeper."""


def recover_catalogue(path: Path) -> None:
    """Make the catalogue at `path` whole if a writer of it was killed, and remove what is nobody's."""
    folder = Path(os.path.realpath(path))
    recover_if_needed(folder, MANIFEST_FILE, CONTENT)
    if (folder / MANIFEST_FILE).is_file():
        sweep(folder.parent, name=folder.name)
        sweep(folder, _RUN_DEPTH)


def recover_catalogues(folder: Path) -> None:
    """Bring back the catalogues in `folder` that have no place because a writer was killed, and remove litter."""
    for found in replaced_folders(folder):
        recover_if_needed(found, MANIFEST_FILE, CONTENT)
    sweep(folder)
