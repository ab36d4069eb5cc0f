"""The catalogues on this machine: the bundled one and those that were imported beside it."""

import os
from dataclasses import dataclass
from pathlib import Path

from core.catalogue.format import MANIFEST_FILE, Manifest
from core.catalogue.recovery import recover_catalogues
from core.errors import CatalogueError, NearfieldError
from core.storage import read_json

DATA_VARIABLE = "NEARFIELD_DATA"
BUNDLED = "nearfield-demo"
LISTS_FOLDER = "shelves"
"""Folder beside the catalogues where Nearfield 0.1 kept lists; those that have moved are still there."""

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Entry:
    """A folder that holds a catalogue: `key` names it in URLs; `fault` says why it cannot be opened, or is empty."""

    key: str
    path: Path
    manifest: Manifest | None
    fault: str = ""

    @property
    def title(self) -> str:
        return self.manifest.title if self.manifest else f"{self.key} (cannot be opened)"


def data_folder() -> Path:
    """The folder of catalogues: the environment's NEARFIELD_DATA, or `data` in the project."""
    return Path(os.environ.get(DATA_VARIABLE) or _ROOT / "data")


def list_catalogues(folder: Path | None = None) -> list[Entry]:
    """All catalogues in `folder`, the bundled one first, then by name. Only manifests are read."""
    folder = folder or data_folder()
    recover_catalogues(folder)
    files = folder.glob(f"[!.]*/{MANIFEST_FILE}")
    entries = [_entry(file.parent) for file in files]
    return sorted(entries, key=lambda entry: (entry.key != BUNDLED, entry.key))


def check_not_reserved(name: str) -> None:
    """Raise CatalogueError if Nearfield needs a folder of this name for something else."""
    from core.database.connection import DATABASE_FILE  # loads SQLAlchemy, which reading a catalogue does without

    if name in (LISTS_FOLDER, DATABASE_FILE) or name.startswith(f"{DATABASE_FILE}-"):
        raise CatalogueError(f"A catalogue cannot be called “{name}”: lists are kept there. Choose another name.")


def _entry(path: Path) -> Entry:
    try:
        return Entry(path.name, path, Manifest.from_dict(read_json(path / MANIFEST_FILE)))
    except NearfieldError as fault:
        return Entry(path.name, path, None, str(fault))
